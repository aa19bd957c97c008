"""What a summary says that its paper brings: the sentence of the claim, and what one needs to understand it."""

from __future__ import annotations

import re

from seamline.catalog.evidence.sentence_kinds import kind_of_sentence, sets_the_scene
from seamline.catalog.evidence.sentences import sentences_of

_WHO = r"\b(?:we|this (?:paper|work|study)|the (?:paper|model|method|work)) (?:\w+ )?"
_CLAIMS = re.compile(
    rf"{_WHO}(?:propose|introduce|present|develop|show|describe|stud|investigate|design)"
    r"|\bis (?:proposed|introduced|presented)\b",
    re.IGNORECASE,
)
_CLAIMS_TOO = re.compile(rf"{_WHO}(?:perform|conduct|explore|examine|demonstrate|report)", re.IGNORECASE)
_IS_MADE = re.compile(
    r"\b(?:is|are|was|were) (?:\w+ )?"
    r"(?:made|generated|added|learned|trained|built|produced|synthesized|estimated|cast)\b"
)
"""How it says so of the thing that it makes."""
_OPENS_NOTHING = re.compile(r"(?:Its|Their|His|Her)\b|.*\b(?:is|are) to \w+|.*\baims? (?:to|at)\b")
"""A wish, or a sentence that goes on from another."""
_POINTS_BACK = re.compile(r"\b(?:these|this|those|that) (?:problem|issue|challenge|limitation|gap)s?\b", re.IGNORECASE)
_NAMES_ALONE = re.compile(r"(?:\W*\w+){1,7}\W*")
"""`This work presents Depth Anything V2.`"""


def claim_of(summary: str) -> str:
    """The sentence in which a summary says what its paper brings; empty where it is empty.

    One that answers `these problems` comes with the sentence before it, and one that only says a name with the next.
    """
    sentences = sentences_of(summary)
    telling = [one for claims in (_CLAIMS, _CLAIMS_TOO) for one in sentences if claims.search(one)]
    telling.sort(key=lambda sentence: bool(_POINTS_BACK.search(sentence) or _NAMES_ALONE.fullmatch(sentence)))
    plain = [one for one in sentences if not sets_the_scene(one) and not _OPENS_NOTHING.match(one)]
    passive = [one for one in plain if _IS_MADE.search(one)]
    methods = [one for one in plain if kind_of_sentence(one, "") > 0]
    claim = next(iter([*telling, *passive, *methods, *plain, *sentences]), "")
    if claim not in telling:
        return claim
    at = sentences.index(claim)
    first = at - 1 if at and _POINTS_BACK.search(claim) else at
    last = at + 1 if _NAMES_ALONE.fullmatch(claim) else at
    return " ".join(sentences[first : last + 1])
