"""What the catalog and the records of runs know of a built page, beside what stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from seamline.catalog import WrittenQuestion
from seamline.catalog.sources import Source
from seamline.pages import SiteData, urls
from seamline.runners.base import Provenance
from seamline.runs.store.descriptions import ai_words, edited_words, people_words, result_noun
from seamline.runs.store.records import ArtifactRecord, RunRecord

Kind = Literal["home", "question", "draft", "workflow", "model", "paper", "sample", "index", "reference", "page"]

_KINDS: Mapping[str, Kind] = {"models": "model", "papers": "paper", "samples": "sample"}
_INDEXES = frozenset({"questions", "workflows", "models", "papers", "samples", "references"})


@dataclass(frozen=True, slots=True)
class Picture:
    """The resulting picture of a run that a page shows.

    Attributes:
        path: below the site; `before` likewise, of the picture that the model was given, "" where there was none.
        noun: what it is, `Edited image`.
        credit: who made it and that a model did, `AI-edited by Seamline mini editor`.
        alt: what it shows.
        sample: id of the sample.
    """

    path: str
    before: str
    noun: str
    credit: str
    alt: str
    sample: str
    provenance: Provenance | None
    width: int
    height: int
    made_by: str
    instruction: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """Which entry a page is of, by its path.

    Attributes:
        kind: `draft` is a question that no person has answered yet; `reference` is of the package, not of the catalog.
        entry: id of the catalog entry; "" where the page has none.
        question: the question, of its page and of its workflow's.
        sources: what the question was given.
        picture: the picture that stands for the page, if a run of it is shown.
    """

    kind: Kind
    entry: str = ""
    question: WrittenQuestion | None = None
    sources: tuple[Source, ...] = ()
    picture: Picture | None = None


class Facts:
    """A project, asked by the paths of its built pages."""

    def __init__(self, site: SiteData) -> None:
        self._site = site

    @property
    def site(self) -> SiteData:
        """The project's data."""
        return self._site

    def of(self, path: str) -> PageFacts:
        """The facts of the page at `path`, `questions/who/index.html`."""
        folder, _, rest = path.partition("/")
        entry, catalog = rest.partition("/")[0], self._site.catalog
        if path == "index.html":
            return PageFacts("home", picture=self._of_home())
        if folder in ("questions", "workflows") and entry in catalog.questions:
            return self._of_question(folder, entry)
        if folder in _KINDS and entry in getattr(catalog, folder):
            return PageFacts(_KINDS[folder], entry, picture=self._picture(entry) if folder == "samples" else None)
        if folder in _INDEXES:
            return PageFacts("index")
        return PageFacts("reference" if folder == "reference" else "page")

    def _of_question(self, folder: str, entry: str) -> PageFacts:
        question = self._site.catalog.questions[entry]
        sources = tuple(self._site.uses.sources[entry].values())
        if folder == "workflows":
            return PageFacts("workflow", entry, question, sources)
        kind: Kind = "question" if question.entry.status == "written" else "draft"
        return PageFacts(kind, entry, question, sources, self._of_samples(question))

    def _of_samples(self, question: WrittenQuestion) -> Picture | None:
        return next((found for name in question.entry.samples if (found := self._picture(name))), None)

    def _of_home(self) -> Picture | None:
        written = (one for one in self._site.catalog.questions.values() if one.entry.status == "written")
        return next((found for one in written if (found := self._of_samples(one))), None)

    def _picture(self, sample_id: str) -> Picture | None:
        sample, record = self._site.catalog.samples.get(sample_id), self._site.run(sample_id)
        if sample is None or record is None or (image := record.result) is None:
            return None
        by = record.weights.label if image.by_model else ""
        made = ai_words(image) or "Computed, by no model"
        stands_for = self._site.stands_in_for(record) if by else ""
        credit = f"{made} by {by}" if by else made
        credit += f", not {stands_for}" if stands_for else ""
        before = _before(record, image)
        folder = urls.run_folder(sample_id, record.weights_name)
        return Picture(
            path=folder + image.file,
            before=folder + before.file if before else "",
            noun=result_noun(record),
            credit=f"{credit}; {people_words(sample)}",
            alt=edited_words(sample, record),
            sample=sample_id,
            provenance=image.provenance,
            width=image.width,
            height=image.height,
            made_by=by,
            instruction=str(image.facts.get("instruction") or sample.words),
        )


def _before(record: RunRecord, image: ArtifactRecord) -> ArtifactRecord | None:
    """The input image, where it has the size of the result: beside another it would compare nothing."""
    given = record.one("input")
    return given if given and given.size == image.size else None
