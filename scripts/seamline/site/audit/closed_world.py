"""What the pages of a catalog entry may link to and speak of: what it was given, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from seamline.catalog import Catalog, Source
from seamline.catalog.entries import Model
from seamline.catalog.origins import origin
from seamline.catalog.sources import paper_url
from seamline.catalog.uses import uses_of
from seamline.site.audit.name_finder import Names

BUILT_IN = ("InstructPix2Pix", "instruct-pix2pix", "timbrooks/instruct-pix2pix")
"""Names of a model that templates and drawings know, whether a catalog holds it or not."""


class ClosedWorld:
    """A catalog, asked by the paths of built pages; what holds for many pages is worked out once."""

    def __init__(self, catalog: Catalog, own: Iterable[str] = ()) -> None:
        """`own`: addresses of the site's own, such as its repository; links to what lies below one are no sources."""
        self._catalog, self._uses = catalog, uses_of(catalog)
        self._own = tuple(address.rstrip("/") for address in own)
        self._names = {model_id: names_of(model) for model_id, model in catalog.models.items()}

    def allowed_links(self, path: str) -> frozenset[str]:
        """External addresses, without a final slash, that the catalog page at `path` may link to.

        A question's answer and workflow may link to what that question was given, and nothing else. Pages of models,
        papers and samples, and the index pages, may link to what the catalog holds.
        """
        question = self._question(path)
        if question is None:
            return self._everything
        return frozenset(source.url.rstrip("/") for source in self._uses.sources[question].values() if source.url)

    def is_own(self, address: str) -> bool:
        """Whether an address is the site's own or lies below one."""
        return any(address == own or address.startswith((f"{own}/", f"{own}?", f"{own}#")) for own in self._own)

    def foreign_models(self, path: str) -> Names | None:
        """Names of models that the page at `path` may not speak of; None where it may speak of all.

        A question's answer and workflow may name the models that it recommends or shows, and what the question itself
        or one of its sources names.
        """
        question_id = self._question(path)
        if question_id is None:
            return None
        question = self._catalog.questions[question_id].entry
        samples = self._catalog.samples
        shown = [model for name in question.samples if name in samples for model in samples[name].models]
        given = {*question.models, *shown}
        own = [name for model_id in given for name in self._names.get(model_id, ())]
        sources = self._uses.sources[question_id].values()
        texts = [question.asked, question.title, *(text for source in sources for text in _texts(source))]
        named = [name for text in texts for name in self._all.in_text(text)]
        built_in = BUILT_IN if any("instructpix2pix" in _letters(name) for name in own) else ()
        return self._all.passing_over([*own, *built_in, *named, *(source.title for source in sources)])

    def _question(self, path: str) -> str | None:
        folder, _, rest = path.partition("/")
        entry = rest.partition("/")[0]
        return entry if folder in ("questions", "workflows") and entry in self._catalog.questions else None

    @cached_property
    def _everything(self) -> frozenset[str]:
        papers, models = self._catalog.papers.values(), self._catalog.models.values()
        addresses = {
            *(source.url for source in self._uses.given.values()),
            *(paper_url(paper) for paper in papers),
            *(paper.github for paper in papers if paper.github),
            *(model.github for model in models if model.github),
            *(f"https://huggingface.co/{model.weights.repo}" for model in models if model.weights),
        }
        return frozenset(address.rstrip("/") for address in addresses if address)

    @cached_property
    def _all(self) -> Names:
        return Names.of([*BUILT_IN, *(name for names in self._names.values() for name in names)])


def names_of(model: Model) -> tuple[str, ...]:
    """What pages may call a model: its title, its block, and how the hub and its repository name it."""
    known = origin(model)
    names = [model.title, model.block, known, known.rpartition("/")[2]]
    return tuple(dict.fromkeys(name for name in names if name))


def _texts(source: Source) -> Iterable[str]:
    yield source.title
    yield source.url
    if source.paper:
        yield from (source.paper.summary or "", source.paper.venue or "", *source.paper.authors)


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
