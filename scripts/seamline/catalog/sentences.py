"""Running text -> sentences, without falling for `e.g.`, `et al.`, initials, versions and addresses."""

from __future__ import annotations

import re

_ABBREVIATED = """
e.g. i.e. cf. vs. etc. al. fig. figs. eq. eqs. sec. secs. tab. no. nos. vol. pp. p. ca. approx. resp. dr. prof. mr. mrs.
ms. st. jr. inc. z. z.b. d.h. bzw. usw. vgl. dt. bsp. p.ex. c.-à-d. env. sr. sra. ej. pág.
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())
_END = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[\"'“‘«(\[¿¡]*[^\W_a-zß-ÿ])|(?<=[。！？])\s*(?=\S)|\n\s*\n")


def sentences_of(text: str) -> list[str]:
    """The sentences of `text`, each on one line and trimmed, in order; joined by spaces they are all of it."""
    found: list[str] = []
    start = 0
    for match in _END.finditer(text):
        closing = match[0].rstrip()
        candidate = text[start : match.start()] + closing
        if "\n\n" not in re.sub(r"[ \t]", "", match[0]) and _is_abbreviated(candidate):
            continue
        found.append(" ".join(candidate.split()))
        start = match.end()
    found.append(" ".join(text[start:].split()))
    return [sentence for sentence in found if sentence]


def _is_abbreviated(candidate: str) -> bool:
    """Whether the full stop that ends `candidate` belongs to an abbreviation or an initial."""
    words = candidate.split()
    last = words[-1].lstrip("([\"'“‘«") if words else ""
    return last.lower() in _ABBREVIATIONS or bool(re.fullmatch(r"[A-Z]\.", last))
