"""Verbs about runs: samples, verify, bench."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import click

from seamline.cli.common import echo_json, json_option, project_of

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.samples.plan import SampleState

WEIGHTS = click.Choice(["auto", "mini", "hub"])
ENGINES = click.Choice(["local", "ray"])
FAILED = 5
FINDINGS = 1


class Shard(click.ParamType[tuple[int, int]]):
    """`I/N`: the I-th of N parts, counted from 1."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Two numbers, or a usage error."""
        if isinstance(value, tuple):
            return value
        part, _, parts = str(value).partition("/")
        if not (part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
            self.fail(f"{value!r} is not a part such as 2/8", param, ctx)
        return int(part), int(parts)


@click.command()
@click.option("--status", is_flag=True, help="Run nothing; tell what is due, and why.")
@click.option("--prune", is_flag=True, help="Remove runs that belong to no sample; with --status, only list them.")
@click.option("--only", multiple=True, metavar="ID", help="This sample alone; may be given more than once.")
@click.option("--force", is_flag=True, help="Run what is fresh, too.")
@click.option("--retry", is_flag=True, help="Try again what failed, though nothing changed.")
@click.option("--weights", type=WEIGHTS, default="auto", show_default=True, help="Which weights draw.")
@click.option("--engine", type=ENGINES, default="local", show_default=True, help="Where the work is done.")
@click.option("--address", metavar="ADDRESS", help="Ray cluster to use, with --engine ray.")
@click.option("--dtype", type=click.Choice(["float32", "float16", "bfloat16"]), help="Number format; the device's own.")
@click.option("--shard", type=Shard(), help="Only this part of all samples, counted from 1.")
@json_option
@click.pass_context
def samples(
    context: click.Context,
    status: bool,
    prune: bool,
    only: tuple[str, ...],
    force: bool,
    retry: bool,
    weights: str,
    engine: str,
    address: str | None,
    dtype: str | None,
    shard: tuple[int, int] | None,
    as_json: bool,
) -> None:
    """Run every sample that is missing or stale, then measure what came out.

    The hub's weights draw on a CUDA machine that has them or can get them; elsewhere the mini editor does. A sample
    that failed is not tried again until something changed, or with --retry. Exit code 5 if a sample failed.

    \b
    Examples:
      seamline samples --status                what is due, and why
      seamline samples --only swap-left --force
      seamline samples --weights hub --engine ray --address auto
      seamline samples --shard 2/8             one of eight jobs that share the work
      seamline samples --prune --status        runs left by samples that were renamed or taken out
    """
    from seamline.catalog import load

    root = project_of(context)
    catalog = load(root)
    if prune:
        if only or force or retry or shard:
            raise click.UsageError("--prune removes runs of no sample; it goes with --status and --json alone.")
        _prune(catalog, as_json=as_json, only_list=status)
        return
    if status:
        from seamline.measures.standing import standing
        from seamline.samples.plan import part_of

        mine = part_of(catalog.samples, shard)
        records = standing(root)
        for broken in records.broken:
            click.echo(f"seamline: {broken}", err=True)
        for path, why in records.outdated.items():
            click.echo(f"seamline: {path}: outdated: {why}", err=True)
        _show_status([state for state in _states(catalog, weights, only) if state.id in mine], as_json)
        _tell_undescribed(catalog, only)
        _tell_orphans(catalog)
        return
    if find_spec("torch") is None and not _due(catalog, weights, only, shard, force=force, retry=retry):
        click.echo("samples: nothing is due, and without torch nothing could be drawn")
        return
    from seamline.measures.runs import measure_runs
    from seamline.samples.running import run_due

    done = run_due(
        catalog,
        weights=weights,  # type: ignore[arg-type]  # click has checked the names
        only=only or None,
        force=force,
        retry=retry,
        shard=shard,
        engine=engine,  # type: ignore[arg-type]
        address=address,
        dtype=dtype,
    )
    measured = measure_runs(root, catalog)
    _tell_undescribed(catalog, only)
    for problem in measured.problems:
        click.echo(f"seamline: {problem}", err=True)
    if as_json:
        echo_json(asdict(done) | {"measured": measured.taken})
    else:
        click.echo(
            f"samples: {len(done.drawn)} drawn{_with(done.weights)}, {len(done.untouched)} not due, "
            f"{len(done.failed)} failed; {len(measured.taken)} runs measured"
        )
    context.exit(FAILED if done.failed or measured.problems else 0)


@click.command()
@click.option("--sample", type=click.IntRange(min=1), metavar="N", help="So many samples, evenly spread; default: all.")
@click.option("--only", multiple=True, metavar="ID", help="This sample alone; may be given more than once.")
@click.option("--weights", type=click.Choice(["mini", "hub"]), default="mini", show_default=True)
@json_option
@click.pass_context
def verify(context: click.Context, sample: int | None, only: tuple[str, ...], weights: str, as_json: bool) -> None:
    """Run committed samples again, here, and compare: were these pictures really made this way?

    Every picture is compared by PSNR and SSIM with the thresholds that "Run states" gives in the reference, and every
    number recorded of these runs is measured again on the committed pictures. Exit code 1 if something does not hold.

    \b
    Examples:
      seamline verify --sample 3
      seamline verify --only swap-left --json
    """
    from seamline.catalog import load
    from seamline.measures.verifying import verify_measures
    from seamline.samples.verify import verify as redraw

    catalog = load(project_of(context))
    compared = redraw(catalog, weights=weights, only=only or None, sample=sample)  # type: ignore[arg-type]
    off = [one for one in compared if not one.holds]
    samples = dict.fromkeys(one.sample for one in compared)
    count, differences = verify_measures(catalog.root, samples, weights)
    if as_json:
        echo_json({"pictures": [asdict(one) for one in compared], "differences": [asdict(one) for one in differences]})
    else:
        for one in off:
            click.echo(f"{one.sample}/{one.file}: PSNR {one.psnr:.1f} dB, SSIM {one.ssim:.3f}: not the same picture")
        for number in differences:
            click.echo(
                f"{number.sample}/{number.file}: {number.measure}: {_number(number.recorded)} recorded, "
                f"{_number(number.measured)} measured"
            )
        click.echo(f"verified {len(compared)} pictures: {len(compared) - len(off)} hold, {len(off)} do not")
        click.echo(f"measured {count} numbers again: {count - len(differences)} hold, {len(differences)} do not")
    context.exit(FINDINGS if off or differences else 0)


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _states(catalog: Catalog, weights: str, only: tuple[str, ...]) -> tuple[SampleState, ...]:
    """State of each sample's run with some weights; with `auto`, of the run that pages show."""
    from seamline.samples.plan import plan
    from seamline.samples.shown import shown_states

    if weights == "auto":
        return shown_states(catalog, only or None)
    return plan(catalog, weights, only=only or None)  # type: ignore[arg-type]  # click has checked the names


def _prune(catalog: Catalog, *, as_json: bool, only_list: bool) -> None:
    from seamline.samples import orphans

    found = orphans.orphans(catalog) if only_list else orphans.prune(catalog)
    if as_json:
        echo_json([{"id": one.id, "files": one.files, "kept": one.foreign} for one in found])
        return
    verb = "would remove" if only_list else "removed"
    for one in found:
        click.echo(f"{verb} {one.folder.relative_to(catalog.root)}/: {len(one.files)} files of a run of no sample")
        for path in one.foreign:
            click.echo(f"kept {path.relative_to(catalog.root)}: no file of a run", err=True)
    if not found:
        click.echo("every run belongs to a sample")


def _tell_orphans(catalog: Catalog) -> None:
    from seamline.samples.orphans import orphans

    for one in orphans(catalog):
        where = one.folder.relative_to(catalog.root)
        click.echo(f"seamline: {where}/ belongs to no sample\n  -> seamline samples --prune", err=True)


def _tell_undescribed(catalog: Catalog, only: tuple[str, ...]) -> None:
    """Say of which shown pictures the catalog does not say what they show."""
    from seamline.samples.shown import shown_states, undescribed_pictures

    for problem in undescribed_pictures(catalog, shown_states(catalog, only or None)):
        click.echo(f"seamline: {problem}", err=True)


def _due(
    catalog: Catalog,
    weights: str,
    only: tuple[str, ...],
    shard: tuple[int, int] | None,
    *,
    force: bool,
    retry: bool,
) -> bool:
    """Whether anything of what was asked for is to be drawn."""
    from seamline.samples.plan import is_due, part_of

    mine = part_of(catalog.samples, shard)
    return any(
        state.id in mine and is_due(state, force=force, retry=retry) for state in _states(catalog, weights, only)
    )


def _with(weights: Mapping[str, str]) -> str:
    """Which weights drew; each model by name where they differ."""
    names = sorted(set(weights.values()))
    if len(names) < 2:
        return f" with the {names[0]} weights" if names else ""
    return " with " + ", ".join(f"the {name} weights of {model}" for model, name in weights.items())


def _show_status(states: list[SampleState], as_json: bool) -> None:
    if as_json:
        echo_json([state.as_json() for state in states])
        return
    if not states:
        click.echo("the catalog has no samples yet: add one to catalog/samples/")
    width = max((len(state.id) for state in states), default=0)
    for state in states:
        click.echo(f"{state.id:<{width}}  {state.state:<8}  {'; '.join(state.why)}".rstrip())
