"""What the comparison with baselines shows of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seamline.exhibits.numbers import SHORT_LABELS, Number, best_of, numbers
from seamline.exhibits.view import ExhibitView, Picture
from seamline.measures.evaluation_record import WAY_LABELS

_OF_A_SWAP = ("identity", "attribute", "expression", "light_angle", "seam_visibility", "psnr_face", "change_outside")


@dataclass(frozen=True, slots=True)
class Condition:
    """One way to put the new face in, with what was measured about it.

    Attributes:
        kind: role of its picture.
        words: how the picture came about.
    """

    kind: str
    title: str
    words: str
    picture: Picture
    numbers: tuple[Number, ...]


_CONDITIONS = (
    (
        "paste",
        WAY_LABELS["paste"],
        "The new face comes from another photo, chosen to differ: lit from another side, with another expression.",
        "The new face cut out and pasted in",
    ),
    (
        "unconditioned",
        WAY_LABELS["no_image"],
        "The same model and noise with the photo withheld: it has only the words, and nothing to match.",
        "Edit with the picture's conditioning switched off",
    ),
    (
        "edited",
        WAY_LABELS["edit"],
        "The model has the whole photo before it at every step, and the words.",
        "Edited image",
    ),
    (
        "truth",
        WAY_LABELS["truth"],
        "The scene drawn again with only the face changed: what an ideal editor would return. Where its light is off, "
        "that is the error of the estimate.",
        "True picture",
    ),
)
"""Role, title, how it came about, and the beginning of its alternative text."""


def context(view: ExhibitView) -> dict[str, Any]:
    """The same swap four ways, from the crudest to the truth, each up close where the region is known."""
    measured = [view.measured(view.first(role)) for role, *_ in _CONDITIONS]
    compared = measured[:-1]
    best = [*(best_of(compared, at, measured[-1]) for at in range(len(compared))), frozenset[str]()]
    conditions = tuple(
        Condition(
            role,
            title,
            words,
            view.one(role, f"{alt}: {view.instruction}"),
            numbers(measured[at], _OF_A_SWAP, best[at], labels=SHORT_LABELS),
        )
        for at, (role, title, words, alt) in enumerate(_CONDITIONS)
    )
    return {"conditions": conditions, "crop": view.close_up}
