"""Documents -> new catalog entries; what is known is linked, contradictions are reported, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seamline.catalog.documents.formats import format_of
from seamline.catalog.documents.given_files import GivenDocument, documents_in
from seamline.catalog.documents.merging import Merge
from seamline.catalog.entries import Entry, Question
from seamline.catalog.io.loading import catalog_of, read_files
from seamline.catalog.io.writing import entry_text, fields_text
from seamline.catalog.reading.yaml_reader import Unreadable, read_text
from seamline.errors import CatalogError, Problem
from seamline.files import write_if_changed

Watch = Callable[[Iterable[GivenDocument]], Iterable[GivenDocument]]
"""Looks on while documents are read, as a progress bar does."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; paths are relative to the project.

    Attributes:
        written: files made, and files to which a fact was added that they lacked.
        linked: known papers and models that the documents name too.
        unchanged: files of questions and samples that already say what their document says.
        conflicts: what could not be taken in, as facts that the catalog contradicts; the catalog was left as it is.
        todo: what the documents do not say and a curator has to fill in, by file and field.
    """

    written: tuple[str, ...]
    linked: tuple[str, ...]
    unchanged: tuple[str, ...]
    conflicts: tuple[Problem, ...]
    todo: tuple[Problem, ...] = ()


def import_documents(
    root: Path,
    paths: Sequence[Path],
    *,
    standard_input: Callable[[], bytes] = bytes,
    dry_run: bool = False,
    watch: Watch = iter,
) -> ImportReport:
    """Read documents into the catalog of the project in `root`: questions, samples' workflows, lists of papers.

    Everything is read, merged and checked in memory first. Then papers are written, then models, then
    samples, then questions, so that the catalog is sound after every single file, and importing again finishes what
    an interrupted import began.

    Args:
        paths: files, folders, and `-` for standard input.
        standard_input: reads what `-` stands for.
        dry_run: write nothing; the report says what would have been.
        watch: is given the documents and gives them back, one after the other as they are read.

    Raises:
        CatalogError: a document is not understood (one problem per document), or the catalog is not sound;
            no file was written.
        FilesError: the file system refused.
    """
    files = read_files(root)
    merge = Merge(catalog_of(root, files))
    problems: list[Problem] = []
    for given in watch(list(documents_in(paths, standard_input))):
        try:
            kind = format_of(given.path, given.data)
            kind.add(merge, given.path, read_text(given.data, prose=kind.prose))
        except Unreadable as error:
            problems.append(error.problem(given.label))
    if problems:
        raise CatalogError.of(problems)
    texts = {name: text.encode() for name, text in _texts(merge, files)}
    _check(root, {**files, **texts}, merge)
    written = [name for name, data in texts.items() if dry_run or write_if_changed(root / name, data)]
    return ImportReport(
        written=tuple(written),
        linked=tuple(sorted(merge.linked - texts.keys())),
        unchanged=tuple(sorted(merge.unchanged - texts.keys())),
        conflicts=tuple(dict.fromkeys(merge.conflicts)),
        todo=tuple(dict.fromkeys(merge.todo())),
    )


def _texts(merge: Merge, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Path and text of each file that is new or gains a fact: papers, then models, samples, questions."""
    before = merge.catalog
    kept = {name: question.entry for name, question in before.questions.items()}
    yield from _new_texts("papers", "yml", merge.papers, before.papers, files)
    yield from _new_texts("models", "yml", merge.models, before.models, files)
    yield from _new_texts("samples", "yml", merge.samples, before.samples, files)
    yield from _new_texts("questions", "md", merge.questions, kept, files)


def _new_texts(
    folder: str, suffix: str, entries: Mapping[str, Entry], before: Mapping[str, Entry], files: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    for name, entry in sorted(entries.items()):
        path = f"catalog/{folder}/{name}.{suffix}"
        if name not in before:
            yield path, entry_text(entry)
        elif entry != before[name]:
            yield path, extended(files[path].decode("utf-8-sig"), entry, before[name])


def extended(text: str, entry: Entry, before: Entry) -> str:
    """The file of `before`, and the facts that `entry` has beside as further lines; what stands there is left."""
    gained = {name for name in type(entry).model_fields if getattr(before, name) != getattr(entry, name)}
    lines = fields_text(entry.model_dump(mode="json", include=gained))
    if isinstance(entry, Question):
        head, fence, body = text.partition("\n---")
        return f"{head}\n{lines.rstrip()}{fence}{body}"
    return text + lines if text.endswith("\n") else f"{text}\n{lines}"


def _check(root: Path, files: Mapping[str, bytes], merge: Merge) -> None:
    """See that the files read back as exactly what is meant, before any is written."""
    try:
        catalog = catalog_of(root, files)
    except CatalogError as error:
        hint = "nothing was written; write this entry by hand, or change the document"
        raise CatalogError(f"the catalog would not be sound: {error}", hint=hint, problems=error.problems) from error
    questions = {name: one.entry for name, one in catalog.questions.items()}
    for meant, read_back in (
        (merge.papers, catalog.papers),
        (merge.models, catalog.models),
        (merge.samples, catalog.samples),
        (merge.questions, questions),
    ):
        for name, entry in meant.items():
            if read_back.get(name) != entry:
                hint = "nothing was written; write this entry by hand"
                raise CatalogError("the entry would not read back as it is meant", where=name, hint=hint)
