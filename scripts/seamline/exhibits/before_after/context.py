"""What the before-and-after slider shows of a run."""

from __future__ import annotations

from typing import Any

from seamline.exhibits.numbers import PLAIN_LABELS, Number, numbers
from seamline.exhibits.view import ExhibitView

_OF_AN_EDIT = ("edit_strength", "change_inside", "change_outside", "light_agreement", "change")

_OFF_THE_END = 12
"""In percent: closer to a side, the grip would hide what it divides."""


def context(view: ExhibitView) -> dict[str, Any]:
    """Input image and edited image, divided where the edit is, so that a reader meets both halves of it at once."""
    return {"before": view.before, "after": view.after, "numbers": _of_edit(view), "at": divider(view)}


def divider(view: ExhibitView) -> int:
    """Where the divider starts, in percent of the width: the middle of the edited region, off the picture's ends."""
    if view.region_box is None:
        return 50
    left, _, right, _ = view.region_box
    middle = round(50 * (left + right) / view.first("edited").width)
    return max(_OFF_THE_END, min(middle, 100 - _OFF_THE_END))


def _of_edit(view: ExhibitView) -> tuple[Number, ...]:
    """Without a truth, the light of the whole picture says nothing about a face, and is not shown as if it did."""
    names = [name for name in _OF_AN_EDIT if name != "light_agreement" or view.truth]
    return numbers(view.measured(view.edit), names, labels=PLAIN_LABELS)[:4]
