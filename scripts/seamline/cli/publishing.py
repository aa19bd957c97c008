"""Verbs about pages and the site: render, build, serve, audit."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamline.cli.common import echo_json, json_option, project_of, writing

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.files import Changes


@click.command()
@click.option("--check", "only_check", is_flag=True, help="Write nothing; fail if generated/ is not what it should be.")
@json_option
@click.pass_context
def render(context: click.Context, only_check: bool, as_json: bool) -> None:
    """Render docs/, catalog/ and the run records into generated/.

    Only files whose bytes changed are written. What lies in generated/ and is no page any more is moved to
    .cache/removed/.

    \b
    Examples:
      seamline render
      seamline render --check    for CI: exit code 1 if someone edited generated/ by hand
    """
    from seamline.catalog.schema import write_schemas
    from seamline.errors import DriftError
    from seamline.site import tree

    root = project_of(context)
    program = context.find_root().command
    if only_check:
        found = tree.differences(root, program)
        if as_json:
            echo_json([asdict(difference) for difference in found])
        if found:
            raise DriftError(
                "generated/ is not what docs/, catalog/ and the run records say:\n" + "\n".join(map(str, found)),
                hint="edit the sources instead, run `seamline render`, and commit what it wrote",
            )
        return
    with writing(root, "rendering"):
        write_schemas(root)
        changes = tree.write(root, program)
    if as_json:
        echo_json({"written": changes.written, "unchanged": changes.unchanged, "removed": changes.removed})
    else:
        click.echo(
            f"rendered {tree.FOLDER}/: {len(changes.written)} written, "
            f"{len(changes.removed)} removed, {len(changes.unchanged)} unchanged"
        )
        _say_removed(changes)


@click.command()
@click.option("--strict", is_flag=True, help="Fail on any warning, and on any sample that is not fresh.")
@click.option("--builder", type=click.Choice(["mkdocs", "zensical"]), default="mkdocs", show_default=True)
@click.pass_context
def build(context: click.Context, strict: bool, builder: str) -> None:
    """Render, then build the site into site/.

    The last good site stays in place until the new one is complete. A second build waits a moment for the first, then
    gives up with exit code 6.

    \b
    Examples:
      seamline build --strict
      seamline build --builder zensical
    """
    from seamline.catalog import load
    from seamline.samples.orphans import orphans
    from seamline.site import builder as site_builder
    from seamline.site import tree

    root = project_of(context)
    if strict:
        _require_fresh_samples(root)
    with writing(root, "building the site"):
        _say_removed(tree.write(root, context.find_root().command))
        catalog = load(root)
        _look_at_pictures(catalog, strict)
        leave_out = [f"{tree.RUNS}/{orphan.id}" for orphan in orphans(catalog)]
        site = site_builder.build(root, builder=builder, strict=strict, leave_out=leave_out)  # type: ignore[arg-type]
        pages = sum(1 for _ in site.rglob("*.html"))
    click.echo(f"built {site.relative_to(root)}/: {pages} pages")


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
    from seamline.site import builder

    code = builder.serve(project_of(context), address, open_browser=open_browser)
    context.exit(code)


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
    from seamline.errors import SiteError
    from seamline.site.audit import audit_site

    root = project_of(context)
    folder = site or root / "site"
    if not (folder / "index.html").is_file():
        raise SiteError("there is no built site here", where=str(folder), hint="seamline build")
    report = audit_site(folder, root)
    if as_json:
        echo_json({"findings": [finding.as_dict() for finding in report.findings]})
    else:
        for finding in report.findings:
            click.echo(f"{finding.page}: {finding.rule}: {finding.message}\n    {finding.element}")
        click.echo(f"audited {report.pages} pages: {len(report.findings) or 'no'} findings")
    context.exit(1 if report.findings else 0)


def _say_removed(changes: Changes) -> None:
    from seamline.site.tree import removed_words

    if words := removed_words(changes):
        click.echo(words, err=True)


def _look_at_pictures(catalog: Catalog, strict: bool) -> None:
    from seamline.errors import RunError
    from seamline.samples.intact import damaged_pictures

    found = damaged_pictures(catalog)
    if not found:
        return
    more = (f"… and {len(found) - _LISTED} more",) if len(found) > _LISTED else ()
    listed = "\n  ".join((*found[:_LISTED], *more))
    what = f"{len(found)} files of runs are not what their records say, and pages show them:\n  {listed}"
    hint = "fetch or restore them, or draw them again with `seamline samples`"
    if strict:
        raise RunError(what, hint=hint)
    click.echo(f"seamline: warning: {what}\n{hint}", err=True)


_LISTED = 10


def _require_fresh_samples(root: Path) -> None:
    from seamline.catalog import load
    from seamline.errors import CatalogError, RecordError, RunError
    from seamline.measures.standing import standing
    from seamline.samples.shown import shown_states, undescribed_pictures

    records = standing(root)
    unsound = [str(error) for error in records.broken] + [f"{path}: {why}" for path, why in records.outdated.items()]
    if unsound:
        raise RecordError(
            "a strict build would publish figures that do not belong to these weights and this code:\n  "
            + "\n  ".join(unsound),
            hint="run the command named beside each",
        )
    catalog = load(root)
    states = shown_states(catalog)
    stale = [state for state in states if state.state != "fresh"]
    if stale:
        listed = "\n  ".join(f"{one.id}: {one.state}: {'; '.join(one.why)}" for one in stale)
        raise RunError(
            f"a strict build would publish pictures that do not match their recipes:\n  {listed}",
            hint="seamline samples",
        )
    if problems := undescribed_pictures(catalog, states):
        raise CatalogError.of(problems)
