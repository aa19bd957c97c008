"""Verbs about the catalog: import, check."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamline.cli.common import echo_json, json_option, project_of, say, say_orphans, some_of, writing

if TYPE_CHECKING:
    from seamline.catalog.documents.given_files import GivenDocument
    from seamline.errors import Problem


@click.command("import")
@click.argument("documents", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Write nothing; tell what would be written.")
@json_option
@click.pass_context
def import_documents(context: click.Context, documents: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Read documents, folders of them, or standard input (`-`), and write catalog entries.

    A question document becomes a drafted question, with its models and papers. A workflow JSON, which a sample's page
    offers as a download, becomes that sample. A list of papers in BibTeX, RIS or CSL-JSON becomes
    papers, or adds what known ones lack. In JSON Lines, each line is a document: a string, or {"name", "text"}.

    A document that was imported before changes nothing. A question is known by what it asks, whatever its file is
    called; a paper by its arXiv identifier or DOI, then by its title; a known one is linked, not doubled.
    A document that cannot be understood is one error that names line and reason, and no file is written.

    Facts that contradict the catalog are reported, and nothing is overwritten: then the exit code is 1. Last comes a
    list of what the documents do not say, by file and field, for you to fill in.

    \b
    Examples:
      seamline import question.txt
      seamline import documents/ --dry-run     a folder; write nothing
      seamline import library.bib
      pbpaste | seamline import -
      seamline import my-chain.json
    """
    project = project_of(context)
    report = project.import_documents(documents, standard_input=sys.stdin.buffer.read, dry_run=dry_run, watch=_watched)
    if as_json:
        echo_json(asdict(report) | {"dry_run": dry_run})
        context.exit(1 if report.conflicts else 0)
    wrote = "would write" if dry_run else "wrote"
    for heading, paths in ((wrote, report.written), ("linked", report.linked), ("unchanged", report.unchanged)):
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
    if not dry_run and any(path.startswith("catalog/questions/") for path in report.written):
        from seamline.reader.place import FOLDER, WEIGHTS

        here = (project.root / FOLDER / WEIGHTS).is_file()
        read = "`seamline read` to have its sentences chosen, " if here else ""
        click.echo(f"Next: {read}`seamline serve` to see the drafted answer,")
        click.echo("then write the real one in catalog/questions/.")


@click.command()
@click.argument("question", metavar="ID")
@click.pass_context
def draft(context: click.Context, question: str) -> None:
    """Write the composed draft of a question into its file, as Markdown to go on with.

    Macros and citations stay in place. The question remains a draft until you set `status: written`. A question whose
    answer was begun is left alone: exit code 3.

    \b
    Examples:
      seamline draft my-question
    """
    from seamline.catalog.io.writing import with_body
    from seamline.catalog.reading.validation import suggestion
    from seamline.errors import CatalogError
    from seamline.files import write_if_changed
    from seamline.pages.kinds.answers import composed_draft
    from seamline.site.tree import site_data

    root = project_of(context).root
    with writing(root, "writing a draft"):
        site = site_data(root)
        known = site.catalog.questions
        if question not in known:
            raise CatalogError(f"there is no question {question!r}", where=question, hint=suggestion(question, known))
        path = known[question].path
        where = path.relative_to(root).as_posix()
        if known[question].body.strip():
            hint = "go on writing there, or delete what stands below the front matter"
            raise CatalogError("an answer was begun", where=f"{where}:{known[question].body_line}", hint=hint)
        write_if_changed(path, with_body(path.read_text(encoding="utf-8-sig"), composed_draft(site, question)))
    click.echo(f"wrote the draft into {where}: go on from there, then set `status: written`")


def _by_file(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for one in problems:
        found.setdefault(one.file, []).append(one)
    return found


def _watched(documents: Iterable[GivenDocument]) -> Iterator[GivenDocument]:
    """The documents, with a bar on a terminal while they are read."""
    from tqdm import tqdm

    yield from tqdm(documents, desc="reading", unit=" documents", leave=False, delay=1, disable=None)


@click.command()
@click.option("--write", "do_write", is_flag=True, help="Write what was shown.")
@json_option
@click.pass_context
def enrich(context: click.Context, do_write: bool, as_json: bool) -> None:
    """Ask arXiv for title, authors and year of papers that are given by their arXiv identifier and lack them.

    Needs a network and `pip install 'seamline[enrich]'`. Nothing is searched for: only identifiers that the catalog
    holds are sent. What would be written is shown, and written with --write alone; what stands there is never changed.
    Exit code 1 if arXiv does not know a paper, says of it what no entry may hold, or cannot be asked.

    \b
    Examples:
      seamline enrich            show what would be written
      seamline enrich --write
    """
    from seamline.catalog.documents import enriching

    root = project_of(context).root
    report = enriching.enrich(root)
    if do_write:
        with writing(root, "completing papers"):
            enriching.write(root, report)
    if as_json:
        found = [{"path": one.path, "facts": one.facts} for one in report.found]
        echo_json({"found": found, "unknown": report.unknown, "unfit": report.unfit, "written": do_write})
        context.exit(1 if report.unknown or report.unfit else 0)
    for one in report.found:
        click.echo(f"{'wrote' if do_write else 'would write'} {one.path}")
        for field, value in one.facts.items():
            click.echo(f"          {field}: {'; '.join(value) if isinstance(value, list) else value}")
    for path in report.unknown:
        say(f"{path}: arXiv does not know its identifier\n  -> see whether it is mistyped")
    for path, why in report.unfit.items():
        say(f"{path}: what arXiv says does not fit: {why}\n  -> fill in these lines by hand")
    if not report.found and not report.unknown and not report.unfit:
        click.echo("no paper with an arXiv identifier lacks title, authors or year")
    elif report.found and not do_write:
        click.echo("Nothing was written. Next: `seamline enrich --write`.")
    context.exit(1 if report.unknown or report.unfit else 0)


def _todo(todo: Sequence[Problem]) -> Iterator[str]:
    """What is left to fill in: papers by file and field under one line that counts them, then all else in words."""
    papers: list[Problem] = []
    rest: list[Problem] = []
    for one in todo:
        of_paper = one.file.startswith("catalog/papers/") and one.hint == "fill in these lines"
        (papers if of_paper else rest).append(one)
    if papers:
        lacking = " or ".join(name for name in ("title", "authors") if any(name in one.field for one in papers))
        count = "1 paper" if len(papers) == 1 else f"{len(papers)} papers"
        yield f"to do     {count} without {lacking}: fill in these lines"
        yield from some_of("", [f"{one.file}: {one.field}" for one in papers])
    yield from some_of("to do", rest)


@click.command()
@click.option("--strict", is_flag=True, help="Fail on a sentence of an answer that cites nothing, and name each.")
@json_option
@click.pass_context
def check(context: click.Context, strict: bool, as_json: bool) -> None:
    """Check the whole catalog, answers and docs/ with their macros and links, mkdocs.yml, schemas, and figures' seals.

    Every problem is reported at once, as file:line, field, what was found and what would be right. Exit code 3 if
    there is one. Sentences of answers that cite nothing are counted, and so are stale readings: summaries that have
    changed since `seamline read` read them, which is no error with --strict either, as their pages say so.

    \b
    Examples:
      seamline check
      seamline check --strict
    """
    project = project_of(context)
    report = project.check(strict=strict)
    for file, problems in _by_file(report.uncited).items():
        many = "1 sentence cites" if len(problems) == 1 else f"{len(problems)} sentences cite"
        say(f"{file}:{problems[0].line}: {many} nothing, this one first\n  -> `seamline check --strict` names each")
    for path, why in report.outdated.items():
        say(f"{path}: outdated: {why}")
    for path, why in report.unchecked.items():
        say(f"{path}: not fully checked: {why}")
    if stale := report.stale_readings:
        many = "1 reading is" if len(stale) == 1 else f"{len(stale)} readings are"
        named = ", ".join(stale[:3]) + (", …" if len(stale) > 3 else "")
        say(f"catalog/readings.json: {many} stale, and words rank the sentences: {named}\n  -> seamline read")
    say_orphans(project.root, report.orphans)
    if as_json:
        echo_json(report.counts)
    else:
        click.echo("the catalog is valid: " + ", ".join(f"{count} {kind}" for kind, count in report.counts.items()))
