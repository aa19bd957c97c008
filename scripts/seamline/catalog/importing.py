"""Documents -> new catalog entries; what is known is linked, contradictions are reported, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from seamline.catalog.documents import Document, Given, parse
from seamline.catalog.entries import Entry, Model, Paper, Question
from seamline.catalog.languages import language_of
from seamline.catalog.links import Reference
from seamline.catalog.loading import Catalog, catalog_of, read_files
from seamline.catalog.naming import model_id, paper_id, question_id
from seamline.catalog.reading import Unreadable, read_text
from seamline.catalog.writing import entry_text, fields_text
from seamline.errors import CatalogError, FilesError, Problem
from seamline.files import write_if_changed

_AnyEntry = TypeVar("_AnyEntry", bound=Entry)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; paths are relative to the project.

    Attributes:
        written: files made, and files to which a fact was added that they lacked.
        linked: known papers and models that the documents name too.
        unchanged: question files that already say what their document says.
        conflicts: facts of a document that the catalog contradicts; the catalog was left as it is.
    """

    written: tuple[str, ...]
    linked: tuple[str, ...]
    unchanged: tuple[str, ...]
    conflicts: tuple[Problem, ...]


def import_documents(root: Path, paths: Sequence[Path]) -> ImportReport:
    """Read question documents into the catalog of the project in `root`.

    Everything is read, merged and checked in memory first. Then papers are written, then models, then
    questions, so that the catalog is sound after every single file, and importing again finishes what
    an interrupted import began.

    Raises:
        CatalogError: a document is not understood (one problem per document), or the catalog is not sound;
            no file was written.
        FilesError: the file system refused.
    """
    files = read_files(root)
    merge = _Merge(catalog_of(root, files))
    problems: list[Problem] = []
    for path in paths:
        try:
            merge.add(path, parse(read_text(_bytes_of(path))))
        except Unreadable as error:
            problems.append(error.problem(str(path)))
    if problems:
        raise CatalogError.of(problems)
    texts = {name: text.encode() for name, text in merge.texts(files)}
    _check(root, {**files, **texts}, merge)
    written = [name for name, data in texts.items() if write_if_changed(root / name, data)]
    return ImportReport(
        written=tuple(written),
        linked=tuple(sorted(merge.linked - texts.keys())),
        unchanged=tuple(sorted(merge.unchanged - texts.keys())),
        conflicts=tuple(dict.fromkeys(merge.conflicts)),
    )


@dataclass
class _Merge:
    """The catalog as it will be, while documents are added to it."""

    catalog: Catalog
    papers: dict[str, Paper] = field(init=False)
    models: dict[str, Model] = field(init=False)
    questions: dict[str, Question] = field(init=False)
    untitled: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    conflicts: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.papers, self.models = dict(self.catalog.papers), dict(self.catalog.models)
        self.questions = {name: question.entry for name, question in self.catalog.questions.items()}

    def add(self, path: Path, document: Document) -> None:
        """Take in what one document says."""
        papers = [self._related(path, given) for given in document.papers]
        models = [self._model(path, given) for given in document.models]
        self._question(path, document, list(dict.fromkeys(models)), list(dict.fromkeys(papers)))

    def texts(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
        """Path and text of each file that is new or gains a fact: papers, then models, then questions."""
        kept = {name: question.entry for name, question in self.catalog.questions.items()}
        yield from _new_texts("papers", "yml", self.papers, self.catalog.papers, files)
        yield from _new_texts("models", "yml", self.models, self.catalog.models, files)
        yield from _new_texts("questions", "md", self.questions, kept, files)

    def _related(self, path: Path, given: Given) -> str:
        reference = given.papers[0] if given.papers else Reference()
        return self._paper(path, given.line, reference, title=given.name, github=given.github, summary=given.summary)

    def _paper(self, path: Path, line: int, reference: Reference, *, title: str, github: str, summary: str) -> str:
        """Id of the paper that an entry of a document means; made if it is new."""
        facts = {
            "title": title,
            "arxiv": reference.arxiv or None,
            "arxiv_version": reference.version or None,
            "doi": reference.doi,
            "url": reference.url or None,
            "github": github or None,
            "summary": summary,
        }
        if known := self._known_paper(reference, title):
            self.linked.add(f"catalog/papers/{known}.yml")
            if title and known in self.untitled:
                self.untitled.remove(known)
                self.papers[known] = self.papers[known].model_copy(update={"title": title})
            self.papers[known] = self._completed(path, line, "papers", known, self.papers[known], facts)
            return known
        name = paper_id(title, reference.arxiv, {*self.papers, *self.models})
        if not title:
            self.untitled.add(name)
            facts["title"] = f"arXiv {reference.arxiv}" if reference.arxiv else reference.doi or reference.url
        self.papers[name] = _checked(Paper, line, facts)
        return name

    def _known_paper(self, reference: Reference, title: str) -> str | None:
        """Id of the paper that is meant: the one behind the same address, else the one of that title."""
        for name, paper in self.papers.items():
            for field_name in ("arxiv", "doi", "url"):
                theirs, ours = getattr(reference, field_name), getattr(paper, field_name)
                if theirs and ours and _plain(theirs) == _plain(ours):
                    return name
        return next(
            (name for name, paper in self.papers.items() if title and _plain(paper.title) == _plain(title)), None
        )

    def _model(self, path: Path, given: Given) -> str:
        """Id of the model that an entry of a document means; made if it is new."""
        summaries = [given.summary, *[""] * len(given.papers)]
        papers = [
            self._paper(path, given.line, reference, title="", github="", summary=summary)
            for reference, summary in zip(given.papers, summaries, strict=False)
        ]
        if given.summary and not papers:
            hint = "add the paper that the summary is of"
            self.conflicts.append(
                Problem(str(path), given.line, "summary", "belongs to no paper and was not kept", hint)
            )
        facts = {"block": given.name, "papers": list(dict.fromkeys(papers)), "github": given.github or None}
        known = next((name for name, model in self.models.items() if model.block == given.name), None)
        if known:
            self.linked.add(f"catalog/models/{known}.yml")
            self.models[known] = self._completed(path, given.line, "models", known, self.models[known], facts)
            return known
        name = model_id(given.name, {*self.models, *self.papers})
        self.models[name] = _checked(Model, given.line, facts)
        return name

    def _question(self, path: Path, document: Document, models: list[str], papers: list[str]) -> None:
        same = (name for name, known in self.questions.items() if _plain(known.asked) == _plain(document.asked))
        name = next(same, question_id(path.stem, document.asked))
        facts = {"asked": document.asked, "models": models, "papers": papers}
        if known := self.questions.get(name):
            self.unchanged.add(f"catalog/questions/{name}.md")
            self.questions[name] = self._completed(path, document.asked_line, "questions", name, known, facts)
            return
        language = language_of(document.asked)
        facts |= {"language": language, "document": path.name, "status": "draft"}
        self.questions[name] = _checked(Question, document.asked_line, facts)

    def _completed(
        self, path: Path, line: int, folder: str, name: str, known: _AnyEntry, facts: Mapping[str, Any]
    ) -> _AnyEntry:
        """`known` with the facts it lacks; a fact it contradicts is reported and left out."""
        lacking = {}
        for field_name, value in facts.items():
            ours = getattr(known, field_name)
            if not value or _plain(ours) == _plain(value) or (isinstance(value, list) and set(value) <= set(ours)):
                continue
            if not ours and field_name not in known.model_fields_set:
                if field_name != "arxiv_version":
                    lacking[field_name] = value
            else:
                where = f"catalog/{folder}/{name}.{'md' if folder == 'questions' else 'yml'}"
                what = f"the document says {_shown(value)}, {where} says {_shown(ours)}"
                self.conflicts.append(
                    Problem(str(path), line, field_name, what, "see which is right, and mend the other by hand")
                )
        if not lacking:
            return known
        return _checked(type(known), line, {**known.model_dump(mode="json", exclude_defaults=True), **lacking})


def _new_texts(
    folder: str, suffix: str, entries: Mapping[str, Entry], before: Mapping[str, Entry], files: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    for name, entry in sorted(entries.items()):
        path = f"catalog/{folder}/{name}.{suffix}"
        if name not in before:
            yield path, entry_text(entry)
        elif entry != before[name]:
            yield path, _extended(files[path].decode("utf-8-sig"), entry, before[name])


def _extended(text: str, entry: Entry, before: Entry) -> str:
    """The file with the facts it lacked as further lines; what stands there is left as it was written."""
    gained = {name for name in type(entry).model_fields if getattr(before, name) != getattr(entry, name)}
    lines = fields_text(entry.model_dump(mode="json", include=gained))
    if isinstance(entry, Question):
        head, fence, body = text.partition("\n---")
        return f"{head}\n{lines.rstrip()}{fence}{body}"
    return text + lines if text.endswith("\n") else f"{text}\n{lines}"


def _check(root: Path, files: Mapping[str, bytes], merge: _Merge) -> None:
    """See that the files read back as exactly what is meant, before any is written."""
    try:
        catalog = catalog_of(root, files)
    except CatalogError as error:
        hint = "nothing was written; write this entry by hand, or change the document"
        raise CatalogError(f"the catalog would not be sound: {error}", hint=hint, problems=error.problems) from error
    read_back = {**catalog.papers, **catalog.models, **{name: one.entry for name, one in catalog.questions.items()}}
    for name, entry in {**merge.papers, **merge.models, **merge.questions}.items():
        if read_back.get(name) != entry:
            hint = "nothing was written; write this entry by hand"
            raise CatalogError("the entry would not read back as it is meant", where=name, hint=hint)


def _checked(kind: type[_AnyEntry], line: int, facts: Mapping[str, Any]) -> _AnyEntry:
    try:
        return kind.model_validate({name: value for name, value in facts.items() if value not in (None, "", [])})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Unreadable(line, f"{first['input']!r}: {first['msg']}", "mend the document", where) from None


def _plain(value: object) -> object:
    """A fact without what does not count: case, white space, order, a repository's ending."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold().rstrip("/. ").removesuffix(".git")
    return frozenset(value) if isinstance(value, list | tuple) else value


def _shown(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return repr(text if len(text) <= 80 else f"{text[:77]}…")


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        what = f"cannot read: {(error.strerror or str(error)).lower()}"
        raise FilesError(what, where=str(path), hint="name a text file that you may read") from error
