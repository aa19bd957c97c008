"""Which way a text runs: Arabic, Hebrew, Persian, Urdu and their kin from right to left."""

from __future__ import annotations

import re
import unicodedata

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")


def has_right_to_left(text: str) -> bool:
    """Whether any letter of `text` belongs to a script that runs right to left."""
    return any(unicodedata.bidirectional(found[0]) in ("R", "AL") for found in _RIGHT_TO_LEFT.finditer(text))


def direction_of(text: str) -> str:
    """`rtl` where at least half of the letters run right to left, else empty.

    The first letter does not decide, as in `dir="auto"`: questions often begin with the Latin name of a model. Letters
    of such a name count half, as it takes many to spell what an Arabic word says in a few.
    """
    if not has_right_to_left(text):
        return ""
    kinds = [unicodedata.bidirectional(letter) for letter in text if letter.isalpha()]
    right = sum(kind in ("R", "AL") for kind in kinds)
    return "rtl" if 2 * right >= kinds.count("L") else ""
