"""What makes two entries the same: identifiers before titles, and what a question asks before any file's name."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Literal

from seamline.catalog.entries import Paper
from seamline.catalog.links import Reference, read_doi, read_reference

Address = tuple[Literal["arxiv", "doi", "url"], str]
"""Kind and value of an identifier, the value as `plain` gives it."""

_MARKS = str.maketrans({**dict.fromkeys("‘’‚‛ʼ", "'"), **dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‐‒–—―−", "-")})
_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0")

_DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10)))
RESERVED = {"index": "it is the page that lists them all"} | dict.fromkeys(
    _DEVICES, "Windows keeps it for a device, and cannot check out such a file"
)
"""Names that no entry may have, and why."""


def plain(value: object) -> object:
    """A fact without what does not count.

    Of text: capitals, white space, forms of characters (composed or not), invisible ones, the shape of quotation marks
    and dashes, a final full stop or slash, and a repository's ending. Of lists: the order.
    """
    if isinstance(value, str):
        return plain_text(value)
    return frozenset(value) if isinstance(value, list | tuple) else value


def plain_text(text: str) -> str:
    """`plain`, of text."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", visible(unicodedata.normalize("NFKC", text)).casefold()).translate(_MARKS)
    return " ".join(text.split()).casefold().rstrip("/. ").removesuffix(".git")


def visible(text: str) -> str:
    """`text` without characters that show nothing: marks of format and direction, fillers."""
    if text.isascii():
        return text
    return "".join(c for c in text if c not in _FILLERS and unicodedata.category(c) != "Cf")


def digest(text: str) -> str:
    """Eight characters that stay the same as long as `text` says the same."""
    return hashlib.sha256(plain_text(text).encode()).hexdigest()[:8]


def addresses(of: Paper | Reference) -> Iterator[Address]:
    """Every identifier of a paper; arXiv's own DOI, and an address on arXiv, count as the arXiv identifier."""
    meant = [Reference(arxiv=of.arxiv or ""), read_doi(of.doi), (read_reference(of.url) if of.url else None)]
    for reference in meant:
        if reference and reference.arxiv:
            yield "arxiv", plain_text(reference.arxiv)
        elif reference and reference.doi:
            yield "doi", plain_text(reference.doi)
        elif reference and reference.url:
            yield "url", plain_text(reference.url)


class PaperIndex:
    """Papers by what makes them the same. Finding one costs the same however many there are."""

    def __init__(self) -> None:
        self._by_address: dict[Address, str] = {}
        self._by_title: dict[str, dict[str, frozenset[Address]]] = {}

    def add(self, name: str, paper: Paper) -> None:
        """Take in a paper, or what was added to one."""
        own = frozenset(addresses(paper))
        for address in own:
            self._by_address.setdefault(address, name)
        if paper.title:
            self._by_title.setdefault(plain_text(paper.title), {})[name] = own

    def remove(self, name: str, paper: Paper) -> None:
        """Forget a paper that was added."""
        for address in addresses(paper):
            if self._by_address.get(address) == name:
                del self._by_address[address]
        self._by_title.get(plain_text(paper.title), {}).pop(name, None)

    def find(self, reference: Reference, title: str) -> str | None:
        """Id of the paper that is meant: the one behind the same address, else the one of that title.

        A paper of that title with another arXiv identifier or DOI is another paper.
        """
        meant = list(addresses(reference))
        for address in meant:
            if address in self._by_address:
                return self._by_address[address]
        given: dict[str, str] = {kind: value for kind, value in meant if kind != "url"}
        for name, own in sorted(self.of_title(title).items()):
            if all(given.get(kind, value) == value for kind, value in own):
                return name
        return None

    def of_title(self, title: str) -> dict[str, frozenset[Address]]:
        """Papers of a title, with their addresses, by id."""
        return self._by_title.get(plain_text(title), {}) if title else {}
