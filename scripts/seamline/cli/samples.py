"""Verbs about runs: samples, verify, bench."""

from __future__ import annotations

import click

from seamline.cli.common import echo_json, json_option, project_of

WEIGHTS = click.Choice(["auto", "mini", "hub"])
ENGINES = click.Choice(["local", "ray"])


@click.command()
@click.option("--status", is_flag=True, help="Run nothing; tell what is due, and why.")
@click.option("--only", multiple=True, metavar="ID", help="This sample alone; may be given more than once.")
@click.option("--force", is_flag=True, help="Run what is fresh, too.")
@click.option("--retry", is_flag=True, help="Try again what failed, though nothing changed.")
@click.option("--weights", type=WEIGHTS, default="auto", show_default=True, help="Which weights draw.")
@click.option("--engine", type=ENGINES, default="local", show_default=True, help="Where the work is done.")
@click.option("--address", default="auto", show_default=True, help="Ray cluster to use.")
@click.option("--shard", metavar="I/N", help="Only the I-th of N equal parts, counted from 1.")
@json_option
@click.pass_context
def samples(
    context: click.Context,
    status: bool,
    only: tuple[str, ...],
    force: bool,
    retry: bool,
    weights: str,
    engine: str,
    address: str,
    shard: str | None,
    as_json: bool,
) -> None:
    """Run every sample that is missing or stale, then measure what came out.

    \b
    Examples:
      seamline samples --status
      seamline samples --only swap-left --force
      seamline samples --weights hub --engine ray --address auto
      seamline samples --shard 2/8     one of eight array jobs
    """
    from seamline.catalog import load
    from seamline.samples.plan import plan

    root = project_of(context)
    rows = plan(load(root), weights=weights)
    if status:
        _show_status(rows, as_json)
        return
    from seamline.measures.runs import measure_runs
    from seamline.samples.running import run_due

    catalog = load(root)
    outcome = run_due(
        catalog,
        weights=weights,
        only=only,
        force=force,
        retry=retry,
        engine=engine,
        address=address,
        shard=shard,
    )
    measure_runs(root, catalog)
    if as_json:
        echo_json(outcome)


@click.command()
@click.option("--sample", "count", type=click.IntRange(min=1), metavar="N", help="This many samples; default: all.")
@json_option
@click.pass_context
def verify(context: click.Context, count: int | None, as_json: bool) -> None:
    """Run committed samples again, here, and compare: were these pictures really made this way?

    Exit code 1 if a picture differs more than the documented thresholds allow.

    \b
    Examples:
      seamline verify --sample 3
    """
    from seamline.catalog import load
    from seamline.samples.verify import verify as verify_samples

    outcomes = verify_samples(load(project_of(context)), count)
    if as_json:
        echo_json([outcome.__dict__ for outcome in outcomes])


@click.command()
@click.option("--only", multiple=True, metavar="NAME", help="This benchmark alone; may be given more than once.")
@click.pass_context
def bench(context: click.Context, only: tuple[str, ...]) -> None:
    """Measure how fast the engine is here, and record it in catalog/records/bench.json.

    \b
    Examples:
      seamline bench
      seamline bench --only mini
    """
    from seamline.samples.bench import bench as run_benchmarks

    run_benchmarks(project_of(context), only)


def _show_status(rows: object, as_json: bool) -> None:
    listed = [{"id": row.id, "state": row.state, "why": list(row.why)} for row in rows]  # type: ignore[attr-defined]
    if as_json:
        echo_json(listed)
        return
    width = max((len(row["id"]) for row in listed), default=0)
    for row in listed:
        click.echo(f"{row['id']:<{width}}  {row['state']:<8}  {'; '.join(row['why'])}".rstrip())
