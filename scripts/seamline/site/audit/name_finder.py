"""Finding names in running text, however many names there are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"\w(?:[\w.+/:-]*[\w+])?")
_ENDING = re.compile(r"(?:['’]s|-(?:based|like|style|type))\Z")

Words = tuple[str, ...]
Index = Mapping[str, tuple[Words, ...]]
"""Names by their first word, the longest first."""


@dataclass(frozen=True)
class Names:
    """Names to look for, and names in which one of those may lie without being meant.

    Attributes:
        wanted: what is looked for.
        passed_over: what is skipped where it stands; of names that begin at one word, the longest counts.
    """

    wanted: Index
    passed_over: Index

    @classmethod
    def of(cls, names: Iterable[str]) -> Names:
        """Names to look for, without those that an ordinary sentence may hold by chance."""
        return cls(_index(name for name in names if is_distinctive(name)), {})

    def in_text(self, text: str) -> Iterator[str]:
        """Names that occur in `text` as whole words, each once, in the order of their first occurrence."""
        words, place = words_of(text), 0
        seen: set[Words] = set()
        while place < len(words):
            wanted, passed = (_longest(index, words, place) for index in (self.wanted, self.passed_over))
            if len(wanted) > len(passed) and wanted not in seen:
                seen.add(wanted)
                yield " ".join(wanted)
            place += max(len(wanted), len(passed), 1)

    def passing_over(self, names: Iterable[str]) -> Names:
        """The same names but for these, which are skipped wherever they stand."""
        return Names(self.wanted, _index(names))


def words_of(text: str) -> Words:
    """The words of a text without the marks around them; `owner/name`, `v1.5` and `x-large` are one word each."""
    return tuple(_ENDING.sub("", word) for word in _WORD.findall(text))


def is_distinctive(name: str) -> bool:
    """Whether a name is unlikely to stand in a sentence by chance: several words, or capitals or marks within one.

    `bark` and `Whisper` are not, `SAM`, `Swin2SR` and `stable-diffusion` are.
    """
    words = words_of(name)
    return len(words) > 1 or any(not word.isalpha() or any(map(str.isupper, word[1:])) for word in words)


def _longest(index: Index, words: Words, place: int) -> Words:
    return next((one for one in index.get(words[place], ()) if words[place : place + len(one)] == one), ())


def _index(names: Iterable[str]) -> Index:
    found: dict[str, tuple[Words, ...]] = {}
    for words in sorted({words_of(name) for name in names} - {()}, key=len, reverse=True):
        found[words[0]] = (*found.get(words[0], ()), words)
    return found
