"""Verbs about runs: samples, verify."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seamline.cli.common import echo_json, json_option, project_of, say, say_orphans

if TYPE_CHECKING:
    from seamline.project import StatusReport
    from seamline.runs.execute.carry_over import CarriedOver
    from seamline.runs.store.orphans import Orphan

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
@click.option("--carry-over", is_flag=True, help="Keep what is stale for code alone, if it would be the same again.")
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
    carry_over: bool,
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

    Where a model has a stand-in, as InstructPix2Pix has the mini editor, its own weights run on a CUDA machine that
    has them or can get them, and the stand-in elsewhere; other models run their own weights. A sample that failed is
    not tried again until something changed, or with --retry. Where the weights of a later step are missing, the steps
    that can do without them run and are kept. Exit code 5 if a sample failed or is incomplete.

    \b
    Examples:
      seamline samples --status                what is due, and why
      seamline samples --only swap-left --force
      seamline samples --weights hub --engine ray --address auto
      seamline samples --carry-over            after an upgrade: keep pictures that would come out the same
      seamline samples --shard 2/8             one of eight jobs that share the work
      seamline samples --prune --status        runs left by samples that were renamed or taken out
    """
    project = project_of(context)
    if prune:
        if only or force or retry or shard:
            raise click.UsageError("--prune removes runs of no sample; it goes with --status and --json alone.")
        _show_pruned(project.root, project.orphans() if status else project.prune(), as_json=as_json, only_list=status)
        return
    if carry_over:
        if status or force or retry or shard or address or dtype or engine != "local":
            raise click.UsageError("--carry-over goes with --only, --weights and --json alone.")
        _show_carried(project.carry_over(only=only, weights="hub" if weights == "hub" else "mini"), as_json=as_json)
        return
    which: Any = {"only": only, "weights": weights, "shard": shard}  # click has checked the names
    if status:
        _show_status(project.root, project.status(**which), as_json)
        return
    report = project.run(**which, force=force, retry=retry, engine=engine, address=address, dtype=dtype)  # type: ignore[arg-type]
    for problem in (*report.undescribed, *(report.measured.problems if report.measured else ())):
        say(problem)
    if report.summary is None or report.measured is None:
        click.echo("samples: nothing is due, and without torch nothing could be drawn")
    elif as_json:
        echo_json(asdict(report.summary) | {"measured": report.measured.taken})
    else:
        done = report.summary
        ran = {model for name in done.drawn for model in project.catalog.samples[name].models}
        ran_with = {model: name for model, name in done.weights.items() if model in ran}
        click.echo(
            f"samples: {len(done.drawn)} drawn{_with(ran_with)}, {len(done.untouched)} not due, "
            f"{len(done.incomplete)} incomplete, {len(done.failed)} failed; {len(report.measured.taken)} runs measured"
        )
    context.exit(0 if report.succeeded else FAILED)


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
    report = project_of(context).verify(only=only, weights=weights, sample=sample)  # type: ignore[arg-type]  # click has checked the name
    pictures, off, differences = report.pictures, report.mismatches, report.differences
    if as_json:
        echo_json({"pictures": [asdict(one) for one in pictures], "differences": [asdict(one) for one in differences]})
    else:
        for one in off:
            click.echo(f"{one.sample}/{one.file}: PSNR {one.psnr:.1f} dB, SSIM {one.ssim:.3f}: not the same picture")
        for number in differences:
            click.echo(
                f"{number.sample}/{number.file}: {number.measure}: {_number(number.recorded)} recorded, "
                f"{_number(number.measured)} measured"
            )
        click.echo(f"verified {len(pictures)} pictures: {len(pictures) - len(off)} hold, {len(off)} do not")
        same = report.numbers - len(differences)
        click.echo(f"measured {report.numbers} numbers again: {same} hold, {len(differences)} do not")
    context.exit(0 if report.holds else FINDINGS)


def _show_carried(done: CarriedOver, *, as_json: bool) -> None:
    if as_json:
        echo_json(asdict(done))
        return
    for name, why in done.different.items():
        click.echo(f"{name}: due as before: {why}")
    click.echo(
        f"carried over {len(done.kept)} runs, whose pictures would come out the same; "
        f"{len(done.different)} are due as before, {len(done.untouched)} were not stale for code alone"
    )


def _number(value: float | None) -> str:
    return "nothing" if value is None else f"{value:g}"


def _show_pruned(root: Path, found: Sequence[Orphan], *, as_json: bool, only_list: bool) -> None:
    if as_json:
        echo_json([{"id": one.id, "files": one.files, "kept": one.foreign} for one in found])
        return
    verb = "would remove" if only_list else "removed"
    for one in found:
        click.echo(f"{verb} {one.folder.relative_to(root)}/: {len(one.files)} files of a run of no sample")
        for path in one.foreign:
            click.echo(f"kept {path.relative_to(root)}: no file of a run", err=True)
    if not found:
        click.echo("every run belongs to a sample")


def _with(weights: Mapping[str, str]) -> str:
    """Which weights drew; each model by name where they differ."""
    names = sorted(set(weights.values()))
    if len(names) < 2:
        return f" with the {names[0]} weights" if names else ""
    return " with " + ", ".join(f"the {name} weights of {model}" for model, name in weights.items())


def _show_status(root: Path, report: StatusReport, as_json: bool) -> None:
    for broken in report.broken:
        say(broken)
    for path, why in report.outdated.items():
        say(f"{path}: outdated: {why}")
    for path, why in report.unchecked.items():
        say(f"{path}: not fully checked: {why}")
    if as_json:
        echo_json([state.as_json() for state in report.states])
    else:
        if not report.states:
            click.echo("the catalog has no samples yet: add one to catalog/samples/")
        width = max((len(state.id) for state in report.states), default=0)
        for state in report.states:
            click.echo(f"{state.id:<{width}}  {state.state:<10}  {'; '.join(state.why)}".rstrip())
    for problem in report.undescribed:
        say(problem)
    say_orphans(root, report.orphans)
