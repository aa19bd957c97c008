"""Verbs about the catalog: import, check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamline.cli.common import echo_json, json_option, project_of, say, say_orphans

if TYPE_CHECKING:
    from seamline.errors import Problem


@click.command("import")
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@click.pass_context
def import_documents(context: click.Context, documents: tuple[Path, ...], as_json: bool) -> None:
    """Read question documents and workflow JSON, and write catalog entries.

    A question document becomes a drafted question, with its models and papers. The JSON of a sample's workflow, which
    the sample's page offers as a download, becomes that sample.

    A document that was imported before changes nothing. A question is known by what it asks, whatever its file is
    called; a paper by its arXiv identifier or DOI, then by its title; a known one is linked, not doubled.
    A document that cannot be understood is one error that names line and reason, and no file is written.

    Facts that contradict the catalog are reported, and nothing is overwritten: then the exit code is 1. Last comes a
    list of what the documents do not say, by file and field, for you to fill in.

    \b
    Examples:
      seamline import question.txt
      seamline import documents/*.txt --json
      seamline import my-chain.json
    """
    report = project_of(context).import_documents(documents)
    if as_json:
        echo_json(asdict(report))
        context.exit(1 if report.conflicts else 0)
    for heading, paths in (("wrote", report.written), ("linked", report.linked), ("unchanged", report.unchanged)):
        for path in paths:
            click.echo(f"{heading:<9} {path}")
    for line in _todo(report.todo):
        click.echo(line)
    for conflict in report.conflicts:
        click.echo(f"conflict  {conflict}", err=True)
    if report.conflicts:
        facts = "1 fact" if len(report.conflicts) == 1 else f"{len(report.conflicts)} facts"
        say(f"{facts} could not be taken in; mend the catalog or the document, import again")
        context.exit(1)
    if any(path.startswith("catalog/questions/") for path in report.written):
        click.echo("Next: `seamline serve` to see the drafted answer, then write the real one in catalog/questions/.")


_SHOWN = 20


def _todo(todo: Sequence[Problem]) -> Iterator[str]:
    """What is left to fill in: papers by file and field under one line that counts them, then all else in words."""
    papers = [one for one in todo if one.file.startswith("catalog/papers/") and one.hint == "fill in these lines"]
    if papers:
        lacking = " or ".join(name for name in ("title", "authors") if any(name in one.field for one in papers))
        count = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
        yield f"to do     {count} without {lacking}: fill in these lines"
        yield from (f"          {one.file}: {one.field}" for one in papers[:_SHOWN])
        if len(papers) > _SHOWN:
            yield f"          and {len(papers) - _SHOWN} more; `--json` lists them all"
    rest = [one for one in todo if one not in papers]
    yield from (f"to do     {one}" for one in rest[:_SHOWN])
    if len(rest) > _SHOWN:
        yield f"to do     and {len(rest) - _SHOWN} more; `--json` lists them all"


@click.command()
@json_option
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Check the whole catalog, citations in answers and in docs/, mkdocs.yml, schemas, and the seals of figures.

    Every problem is reported at once, as file:line, field, what was found and what would be right. Exit code 3 if
    there is one.

    \b
    Examples:
      seamline check
    """
    project = project_of(context)
    report = project.check()
    for path, why in report.outdated.items():
        say(f"{path}: outdated: {why}")
    for path, why in report.unchecked.items():
        say(f"{path}: not fully checked: {why}")
    say_orphans(project.root, report.orphans)
    if as_json:
        echo_json(report.counts)
    else:
        click.echo("the catalog is valid: " + ", ".join(f"{count} {kind}" for kind, count in report.counts.items()))
