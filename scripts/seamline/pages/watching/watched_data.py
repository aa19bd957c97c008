"""The data of a site as tables whose look-ups are noted, and digests of what was looked up."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from seamline.catalog import WrittenQuestion
from seamline.catalog.entries import Question
from seamline.catalog.uses import Uses
from seamline.pages.site_data import SiteData
from seamline.pages.watching.value_digests import Digests
from seamline.read_log import WHOLE, Read, ReadLog, Watched

_ENTRIES = ("models", "papers", "samples")
_OWN = ("runs", "states", "other_states", "kept", "measures", "records", "notes", "readings", "boxes", "docs")
_NOTHING = "-"
"""In place of a digest where a table has no such key, or where there is no such table any more."""


def watched(site: SiteData) -> SiteData:
    """The same data, which note each look-up in their `log`.

    Tables are named as the attributes that hold them. A question's entry and the text below it are noted apart, as
    lists of questions read no text. `evaluation`, `live` and `commands` are no tables: whoever relies on what was noted
    must see to it that they are as they were.
    """
    log, catalog, uses = ReadLog(), site.catalog, site.uses
    entries: dict[str, Any] = {name: Watched(name, getattr(catalog, name), log) for name in _ENTRIES}
    own: dict[str, Any] = {name: Watched(name, getattr(site, name), log) for name in _OWN}
    questions = Watched("questions", {name: _Question(one, log) for name, one in catalog.questions.items()}, log)
    made = replace(
        site,
        catalog=replace(catalog, questions=cast("Mapping[str, WrittenQuestion]", questions), **entries),
        log=log,
        **own,
    )
    parts = {one.name: Watched(f"uses.{one.name}", getattr(uses, one.name), log) for one in fields(uses)}
    made.__dict__["uses"] = Uses(**parts)
    return made


class Watching:
    """The data of a site, the same data watched, and digests of what they hold: made once for all who compare.

    Attributes:
        site: the data.
        noting: the same, which note what is read.
        digests: of what stands in their tables.
    """

    def __init__(self, site: SiteData) -> None:
        self.site, self.noting, self.digests = site, watched(site), ReadDigests(site)


@dataclass(frozen=True)
class _Question:
    """A question of which it is noted what is read: a `WrittenQuestion` by its attributes."""

    _question: WrittenQuestion
    _log: ReadLog

    @property
    def id(self) -> str:
        return self._question.id

    @property
    def path(self) -> Path:
        return self._question.path

    @property
    def entry(self) -> Question:
        self._log.note(("entries", self._question.id))
        return self._question.entry

    @property
    def body(self) -> str:
        self._log.note(("texts", self._question.id))
        return self._question.body

    @property
    def body_line(self) -> int:
        self._log.note(("texts", self._question.id))
        return self._question.body_line


class ReadDigests:
    """Digests of what stands in the tables of a site, each computed when it is first asked for."""

    def __init__(self, site: SiteData) -> None:
        self._site = site
        self._digests = Digests()
        self._known: dict[Read, str] = {}

    def of(self, read: Read) -> str:
        """Digest of what a read gives now; that there is nothing is told, too.

        Raises:
            TypeError: what it gives is of a type that has no digest.
        """
        if read not in self._known:
            table, key = read
            data = self._tables.get(table, {})
            if key is WHOLE:
                self._known[read] = self._digests.of_texts([*map(repr, data), *(self.of((table, one)) for one in data)])
            else:
                self._known[read] = self._digests.of(data[key]) if key in data else _NOTHING
        return self._known[read]

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[Hashable, Any]]:
        site, questions = self._site, self._site.catalog.questions
        own = {name: getattr(site, name) for name in _OWN}
        entries = {name: getattr(site.catalog, name) for name in _ENTRIES}
        return {
            **own,
            **entries,
            **{f"uses.{one.name}": getattr(site.uses, one.name) for one in fields(site.uses)},
            # What is read of a question itself is noted by its parts.
            "questions": dict.fromkeys(questions, ""),
            "entries": {name: question.entry for name, question in questions.items()},
            "texts": {name: (question.body, question.body_line) for name, question in questions.items()},
        }
