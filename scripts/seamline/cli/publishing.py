"""Verbs about pages and the site: render, build, serve, audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seamline.cli.common import echo_json, json_option, project_of
from seamline.cli.samples import ENGINES

if TYPE_CHECKING:
    from seamline.site.sharding.pools import Workers

Command = TypeVar("Command", bound=Callable[..., Any])


def _by_workers(command: Command) -> Command:
    """Options for who does the work; the command takes them as `workers`."""

    @click.option("--workers", type=click.IntRange(1), metavar="N", help="Processes at a time; one by default.")
    @click.option("--engine", type=ENGINES, default="local", show_default=True)
    @click.option("--address", metavar="ADDRESS", help="Ray cluster to use, with --engine ray.")
    @wraps(command)
    def with_workers(*given: Any, workers: int | None, engine: Any, address: str | None, **others: Any) -> Any:
        from seamline.site.sharding.pools import Workers

        if address and engine != "ray":
            raise click.UsageError("--address is that of a Ray cluster: add --engine ray")
        count = workers or (None if engine == "ray" else 1)
        return command(*given, workers=Workers(count, engine, address), **others)

    return with_workers  # type: ignore[return-value]  # a click command takes what its options give


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if generated/ is not what it should be.")
@_by_workers
@json_option
@click.pass_context
def render(context: click.Context, only_check: bool, workers: Workers, as_json: bool) -> None:
    """Render docs/, catalog/ and the run records into generated/.

    Only files whose bytes changed are written. What lies in generated/ and is no page any more is moved to
    .cache/removed/.

    \b
    Examples:
      seamline render
      seamline render --check    for CI: exit code 1 if someone edited generated/ by hand
    """
    from seamline.errors import DriftError

    project = project_of(context)
    if only_check:
        found = project.drift()
        if as_json:
            echo_json([asdict(difference) for difference in found])
        if found:
            raise DriftError(
                "generated/ is not what docs/, catalog/ and the run records say:\n" + "\n".join(map(str, found)),
                hint="edit the sources instead, run `seamline render`, and commit what it wrote",
            )
        return
    changes = project.render(workers=workers)
    if as_json:
        echo_json(asdict(changes))
    else:
        click.echo(
            f"rendered generated/: {len(changes.written)} written, "
            f"{len(changes.removed)} removed, {len(changes.unchanged)} unchanged"
        )


@click.command()
@click.option("--strict", is_flag=True, help="Fail on any warning, and on any sample that is not fresh.")
@click.option("--builder", type=click.Choice(["mkdocs", "zensical"]), default="mkdocs", show_default=True)
@click.option("--keep-index", is_flag=True, help="Leave the search index for the next build, to see a page sooner.")
@_by_workers
@click.pass_context
def build(context: click.Context, strict: bool, builder: str, keep_index: bool, workers: Workers) -> None:
    """Render, then build the site into site/.

    Pages that would come out as they are stay in place; where that cannot be told, and with --strict, all is built. The
    last good site stays until what is new is complete. A second build waits a moment for the first, then gives up with
    exit code 6.

    \b
    Examples:
      seamline build --strict
      seamline build --keep-index    while you write: searches find the words of the last whole build
      seamline build --builder zensical
      seamline build --workers 8     in parts, as many at a time; with --engine ray on the machines of a cluster
    """
    project = project_of(context)
    report = project.build(strict=strict, builder=builder, reindex=not keep_index, workers=workers)  # type: ignore[arg-type]  # click has checked the name
    click.echo(f"built {report.site.relative_to(project.root)}/: {report.pages} pages")


@click.command()
@click.option("--address", default="127.0.0.1:8000", show_default=True, metavar="HOST:PORT")
@click.option("--open", "open_browser", is_flag=True, help="Open a browser.")
@click.pass_context
def serve(context: click.Context, address: str, open_browser: bool) -> None:
    """Serve the site live: saving a file under docs/ or catalog/ shows in the open browser.

    \b
    Examples:
      seamline serve
      seamline serve --address 0.0.0.0:9000
    """
    context.exit(project_of(context).serve(address, open_browser=open_browser))


@click.command()
@click.argument("site", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
@click.pass_context
def audit(context: click.Context, site: Path | None, as_json: bool) -> None:
    """Read the built HTML and report what a reader must not meet.

    Links that leave the catalog, links and anchors that lead nowhere, requests to other hosts, pictures without a
    description, a size or the name of the model that drew them, files that are not the picture their name says.
    Exit code 1 if there is any finding.

    \b
    Examples:
      seamline audit                 the project's site/
      seamline audit --json | jq     {"findings": [{"page", "element", "rule", "message"}]}
    """
    report = project_of(context).audit(site)
    if as_json:
        echo_json({"findings": [finding.as_dict() for finding in report.findings]})
    else:
        for finding in report.findings:
            click.echo(f"{finding.page}: {finding.rule}: {finding.message}\n    {finding.element}")
        click.echo(f"audited {report.pages} pages: {len(report.findings) or 'no'} findings")
    context.exit(1 if report.findings else 0)


@click.command()
@json_option
@click.pass_context
def live(context: click.Context, as_json: bool) -> None:
    """Export the editor that runs in the reader's page, as catalog/live.yml declares it.

    Writes the model's graphs beside its weights and the scenes to generated/live/, and checks each graph against
    torch. A model too large for a page is refused. `seamline build` then puts the editor into the site.

    \b
    Examples:
      seamline live
      seamline live --json
    """
    report = project_of(context).export_live()
    if as_json:
        echo_json(asdict(report))
        return
    most = max(report.differences.values())
    click.echo(
        f"exported {report.weights}: {len(report.differences)} graphs, at most {most:.1e} from torch, "
        f"and {len(report.scenes)} scenes"
    )
