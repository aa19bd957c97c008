"""Whom an English instruction means, as far as it says so by place: `left`, `middle`, `right`."""

from __future__ import annotations

import re

_PEOPLE = (
    r"(?:person|people|man|woman|guy|lady|boy|girl|one|face|head|figure|subject|friend|player|gentleman|individual)"
)
_PLACE = r"(left|right|middle|centre|center)"
_PARTS = r"(?:\w*side|half|cheek|eye|eyebrow|ear|arm|hand|shoulder|temple|corner|edge|part)"
_PLACED = re.compile(
    rf"\b(?:on|at) the (?:far |very )?(left|right)\b(?! of\b)(?![- ]hand)(?! {_PARTS}\b)"
    rf"|\bin the (middle|centre|center)\b(?! of\b)"
    rf"|\b{_PLACE}(?:most|-hand)? (?:\w+ )?{_PEOPLE}(?:'s)?\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"\b(?:left|right) of\b|\bneighbou?rs?\b|\bnext to\b|\bbeside\b|\bbetween\b|'s (?:left|right)\b", re.IGNORECASE
)
_NAMES = {"centre": "middle", "center": "middle"}


def positions_in(instruction: str) -> frozenset[str]:
    """The places at which an instruction says that somebody stands.

    Empty where it names none, or names one by another (`to the left of`, `her neighbour`): what that means is not
    for a pattern to say.
    """
    if _RELATIVE.search(instruction):
        return frozenset()
    found = (next(part for part in match.groups() if part).lower() for match in _PLACED.finditer(instruction))
    return frozenset(_NAMES.get(place, place) for place in found)


def contradicts(instruction: str, people: frozenset[str]) -> bool:
    """Whether an instruction says by place whom it means, and means others than `people`, those of its truth."""
    said = positions_in(instruction)
    return bool(said) and not (said <= people or people <= said)
