"""What documents say, added to a catalog in memory: what is known is linked, what contradicts is reported."""

from __future__ import annotations

import unicodedata
from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from seamline.blocks.names import parse_block
from seamline.blocks.tasks import says_little
from seamline.catalog.closed_catalog import Catalog
from seamline.catalog.documents.entry_names import free, model_id, paper_id, question_id, slug
from seamline.catalog.documents.given_files import NAMELESS
from seamline.catalog.documents.prompt_text import Document, Given
from seamline.catalog.documents.summary_doubts import doubts_of, doubts_of_arxiv
from seamline.catalog.entries import Entry, Model, Paper, Question, Sample
from seamline.catalog.entry_identity import RESERVED, PaperIndex, plain, plain_text
from seamline.catalog.evidence.languages import language_of
from seamline.catalog.links import Reference
from seamline.catalog.origins import hub_id
from seamline.catalog.reading.found_values import found_value
from seamline.catalog.reading.yaml_reader import Unreadable
from seamline.catalog.sources import paper_name
from seamline.errors import Problem

_AnyEntry = TypeVar("_AnyEntry", bound=Entry)


@dataclass
class Merge:
    """The catalog as it will be, while documents are added to it.

    Attributes:
        linked: files of known papers and models that the documents name too.
        unchanged: files of known questions and samples.
        conflicts: facts that were not taken in.
    """

    catalog: Catalog
    papers: dict[str, Paper] = field(init=False)
    models: dict[str, Model] = field(init=False)
    questions: dict[str, Question] = field(init=False)
    samples: dict[str, Sample] = field(init=False)
    linked: set[str] = field(default_factory=set)
    unchanged: set[str] = field(default_factory=set)
    conflicts: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.papers, self.models = dict(self.catalog.papers), dict(self.catalog.models)
        self.questions = {name: question.entry for name, question in self.catalog.questions.items()}
        self.samples = dict(self.catalog.samples)
        self._taken: ChainMap[str, Any] = ChainMap(cast("Any", self.papers), cast("Any", self.models))
        self._named: dict[str, None] = {}
        self._new: list[str] = []
        self._notes: list[Problem] = []
        self._index = PaperIndex()
        for name, paper in self.papers.items():
            self._index.add(name, paper)
        self._by_block = {parse_block(model.block).identity: name for name, model in self.models.items()}
        self._by_asked: dict[str, str] = {}
        self._by_document: dict[str, str] = {}
        for name, question in self.questions.items():
            self._by_asked.setdefault(plain_text(question.asked), name)
            self._by_document.setdefault(question.document, name)

    def add(self, path: Path, document: Document) -> None:
        """Take in what one document says. A new paper or model that nothing takes up leaves no trace."""
        self._new = []
        papers = [self._related(path, given) for given in document.papers]
        models = [self._model(path, given) for given in document.models]
        question = self._question(path, document, list(dict.fromkeys(models)), list(dict.fromkeys(papers)))
        self._drop_unused({*question.models}, {*question.papers}, models)
        self._named |= dict.fromkeys(models)

    def add_paper(
        self,
        path: Path,
        line: int,
        reference: Reference,
        key: str,
        title: str,
        github: str,
        summary: str,
        facts: Mapping[str, Any],
    ) -> str:
        """Take in a paper of a reference list, under its `key` there if that can be an id; gives its id.

        Args:
            facts: what else is known of it, by field of `Paper`.
        """
        about = {"title": title, "github": github, "summary": summary}
        return self._paper(path, line, reference, **about, key=key, more=facts)

    def note(self, name: str, field_name: str, what: str, hint: str) -> None:
        """Leave something about a paper to the curator."""
        self._notes.append(Problem(f"catalog/papers/{name}.yml", 0, field_name, what, hint))

    def add_sample(self, name: str, sample: Sample) -> None:
        """Take in a sample, under `name` or the next free name; one that is there already is not added again."""
        known = next((one for one, there in self.samples.items() if _undescribed(there) == _undescribed(sample)), None)
        if known:
            self.unchanged.add(f"catalog/samples/{known}.yml")
        else:
            self.samples[free(name, self.samples)] = sample

    def todo(self) -> Iterator[Problem]:
        """What the documents did not say of the papers and models that they name, and a curator has to fill in."""
        for name in self._named:
            if paper := self.papers.get(name):
                lacking = [one for one in ("title", "authors") if not getattr(paper, one)]
                if lacking:
                    what = f"{' and '.join(lacking)} not given"
                    yield Problem(f"catalog/papers/{name}.yml", 0, ", ".join(lacking), what, "fill in these lines")
            elif (model := self.models.get(name)) and not hub_id(model):
                what = f"which part of `{parse_block(model.block).model}` is the owner is not known"
                hint = "fill in `weights: {repo: <owner>/<name>, revision: main}`"
                yield Problem(f"catalog/models/{name}.yml", 0, "weights.repo", what, hint)
        for name in self._named:
            if (model := self.models.get(name)) and not model.task and says_little(parse_block(model.block)):
                what = f"`{parse_block(model.block).signature}` says little of what the model does"
                hint = "fill in this line, as in `task: text summarization`"
                yield Problem(f"catalog/models/{name}.yml", 0, "task", what, hint)
        kept = {f"catalog/papers/{name}.yml" for name in self.papers}
        yield from (note for note in self._notes if note.file in kept or not note.file.startswith("catalog/papers/"))

    def _drop_unused(self, used_models: set[str], used_papers: set[str], models: list[str]) -> None:
        for name in dict.fromkeys(models):
            if name in self._new and name not in used_models:
                del self._by_block[parse_block(self.models.pop(name).block).identity]
            else:
                used_papers |= set(self.models[name].papers)
        for name in self._new:
            if name in self.papers and name not in used_papers:
                self._index.remove(name, self.papers.pop(name))

    def _related(self, path: Path, given: Given) -> str:
        reference = given.papers[0] if given.papers else Reference()
        return self._paper(path, given.line, reference, title=given.name, github=given.github, summary=given.summary)

    def _paper(
        self,
        path: Path,
        line: int,
        reference: Reference,
        *,
        title: str,
        github: str,
        summary: str,
        key: str = "",
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> str:
        """Id of the paper that an entry of a document means; made if it is new."""
        facts = {
            "title": title,
            "arxiv": reference.arxiv or None,
            "arxiv_version": reference.version or None,
            "doi": reference.doi,
            "url": reference.url or None,
            "github": github or None,
            "summary": summary,
            **more,
        }
        if name := self._index.find(reference, title):
            self.linked.add(f"catalog/papers/{name}.yml")
            self.papers[name] = self._completed(path, line, "papers", name, self.papers[name], facts)
        else:
            own = slug(key) == key and not key.endswith("-code") and key not in RESERVED and key not in self._taken
            name = key if key and own else paper_id(title, reference, self._taken)
            if twins := sorted(self._index.of_title(title)):
                what = f"has the title of `{twins[0]}` and another identifier"
                self.note(name, "title", what, "if both are one paper, keep one of the two files")
            for what, hint in doubts_of(summary):
                self.note(name, "summary", what, hint)
            for what, hint in doubts_of_arxiv(reference.arxiv):
                self.note(name, "arxiv", what, hint)
            self.papers[name] = _checked(Paper, line, facts)
            self._new.append(name)
        self._index.add(name, self.papers[name])
        self._named[name] = None
        return name

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
        facts = {"papers": list(dict.fromkeys(papers)), "github": given.github or None}
        identity = parse_block(given.name).identity
        if known := self._by_block.get(identity):
            self.linked.add(f"catalog/models/{known}.yml")
            self.models[known] = self._completed(path, given.line, "models", known, self.models[known], facts)
            return known
        name = model_id(given.name, given.github, self._taken)
        self.models[name] = _checked(Model, given.line, {"block": given.name, **facts})
        self._by_block[identity] = name
        self._new.append(name)
        return name

    def _question(self, path: Path, document: Document, models: list[str], papers: list[str]) -> Question:
        """The question that a document asks: the known one of the same words, else a new one."""
        facts: dict[str, Any] = {"models": models, "papers": papers}
        if name := self._by_asked.get(plain_text(document.asked)):
            self.unchanged.add(f"catalog/questions/{name}.md")
            known = self.questions[name]
            self.questions[name] = self._completed(path, document.asked_line, "questions", name, known, facts)
            return self.questions[name]
        file_name = "" if path == NAMELESS else unicodedata.normalize("NFC", path.name)
        name = question_id(path.stem, document.asked, self.questions)
        if twin := self._by_document.get(file_name) if file_name else None:
            what = f"asks something else than `{twin}`, which came from a document of the same name"
            hint = "if both are one question, keep one of the two files"
            self._notes.append(Problem(f"catalog/questions/{name}.md", 0, "asked", what, hint))
        facts |= {"asked": document.asked, "language": language_of(document.asked)}
        facts |= {"document": file_name, "status": "draft"}
        self.questions[name] = _checked(Question, document.asked_line, facts)
        self._by_asked[plain_text(document.asked)] = name
        self._by_document.setdefault(file_name, name)
        return self.questions[name]

    def _completed(
        self, path: Path, line: int, folder: str, name: str, known: _AnyEntry, facts: Mapping[str, Any]
    ) -> _AnyEntry:
        """`known` with the facts it lacks; a fact it contradicts is reported and left out."""
        lacking = {}
        for field_name, value in facts.items():
            ours = getattr(known, field_name)
            if not value or plain(ours) == plain(value) or (isinstance(value, list) and set(value) <= set(ours)):
                continue
            if field_name not in known.model_fields_set:
                if field_name != "arxiv_version":
                    lacking[field_name] = value
            else:
                where = f"catalog/{folder}/{name}.{'md' if folder == 'questions' else 'yml'}"
                what = f"the document says {self._shown(value)}, {where} says {self._shown(ours)}"
                self.conflicts.append(
                    Problem(str(path), line, field_name, what, "see which is right, and mend the other by hand")
                )
        if not lacking:
            return known
        return _checked(type(known), line, {**known.model_dump(mode="json", exclude_defaults=True), **lacking})

    def _shown(self, value: object) -> str:
        """A fact for a message; a paper that is new, and will not be kept, by its title or address."""
        if isinstance(value, list | tuple):
            fresh = {name: paper_name(self.papers[name]) for name in self._new if name in self.papers}
            return repr(", ".join(fresh.get(one, str(one)) for one in value))
        return found_value(value)


def _checked(kind: type[_AnyEntry], line: int, facts: Mapping[str, Any]) -> _AnyEntry:
    try:
        return kind.model_validate({name: value for name, value in facts.items() if value not in (None, "", [])})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise Unreadable(line, f"{first['input']!r}: {first['msg']}", "mend the document", where) from None


def _undescribed(sample: Sample) -> Sample:
    """The sample without its alternative text, which a document leaves out."""
    return sample.model_copy(update={"alt": "", "alt_of": ""})
