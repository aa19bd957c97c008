"""Exhibits that lay pictures side by side: before and after, one word, what changed, four ways."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from seamline.measures.evaluation_record import WAY_LABELS
from seamline.pages.exhibits.numbers import PLAIN_LABELS, SHORT_LABELS, Number, best_of, numbers
from seamline.pages.exhibits.view import Box, ExhibitView, Picture
from seamline.samples.descriptions import edited_words
from seamline.samples.records import ImageRecord, Role

GAIN = 4
"""How many times brighter differences are shown; `.sl-blend--difference` in exhibits.css does it."""

_OF_AN_EDIT = ("edit_strength", "change_inside", "change_outside", "light_agreement", "change")
_OF_A_SWAP = ("identity", "attribute", "expression", "light_angle", "seam_visibility", "psnr_face", "change_outside")

_OFF_THE_END = 12
"""In percent: closer to a side, the grip would hide what it divides."""

_CLOSE_UP = 0.55
"""A region wider than this share of the picture is not worth a close-up."""


def before_after(view: ExhibitView) -> dict[str, Any]:
    """Input image and edited image, divided where the edit is, so that a reader meets both halves of it at once."""
    return {"before": before(view), "after": after(view), "numbers": _of_edit(view), "at": divider(view)}


def divider(view: ExhibitView) -> int:
    """Where the divider starts, in percent of the width: the middle of the edited region, off the picture's ends."""
    if view.region_box is None:
        return 50
    left, _, right, _ = view.region_box
    middle = round(50 * (left + right) / _image(view, "edited").width)
    return max(_OFF_THE_END, min(middle, 100 - _OFF_THE_END))


def difference(view: ExhibitView) -> dict[str, Any]:
    """Edited image, where it differs from the input image, and where it should."""
    region = view.one("region", "The edited region") if view.has("region") else None
    return {
        "before": before(view),
        "after": after(view),
        "region": region,
        "numbers": numbers(
            view.measured(_image(view, "edited")), ("change_inside", "change_outside", "change"), labels=PLAIN_LABELS
        ),
    }


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an instruction, and whether the other instruction lacks it."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One of two instructions, and what the model made of it."""

    picture: Picture
    words: tuple[Word, ...]


def one_word(view: ExhibitView) -> dict[str, Any]:
    """Two edits whose instructions differ in one word."""
    own, other = _image(view, "edited"), _image(view, "one-word")
    mine, theirs = own.instruction or view.sample.instruction, other.instruction or ""
    sides = (
        Side(view.picture(own, f"Edited image: {mine}"), differing(mine, theirs)),
        Side(view.picture(other, f"Edited image under the other instruction: {theirs}"), differing(theirs, mine)),
    )
    return {"sides": sides}


def differing(text: str, other: str) -> tuple[Word, ...]:
    """The words of `text`, marked where `other` says something else."""
    words, others = text.split(), other.split()
    matcher = difflib.SequenceMatcher(a=words, b=others, autojunk=False)
    same = {at for block in matcher.get_matching_blocks() for at in range(block.a, block.a + block.size)}
    return tuple(Word(word, at not in same) for at, word in enumerate(words))


@dataclass(frozen=True, slots=True)
class Way:
    """One of the four ways to put the new face in, with what was measured about it."""

    kind: str
    title: str
    words: str
    picture: Picture
    numbers: tuple[Number, ...]


_WAYS: tuple[tuple[Role, str, str, str], ...] = (
    (
        "paste",
        WAY_LABELS["paste"],
        "The new face comes from another photo, chosen to differ: lit from another side, with another expression.",
        "The new face cut out and pasted in",
    ),
    (
        "no-image",
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
        "The scene drawn again with only the face changed: what an ideal editor would return.",
        "True picture",
    ),
)


def four_ways(view: ExhibitView) -> dict[str, Any]:
    """The same swap four ways, from the crudest to the truth, each up close where the region is known."""
    measured = [view.measured(_image(view, role)) for role, *_ in _WAYS]
    rivals = measured[:-1]
    best = [*(best_of(rivals, at, measured[-1]) for at in range(len(rivals))), frozenset[str]()]
    ways = tuple(
        Way(
            role,
            title,
            words,
            view.one(role, f"{alt}: {view.sample.instruction}"),
            numbers(measured[at], _OF_A_SWAP, best[at], labels=SHORT_LABELS),
        )
        for at, (role, title, words, alt) in enumerate(_WAYS)
    )
    edited = ways[2].picture
    return {"ways": ways, "crop": crop(view.region_box, edited.width, edited.height)}


def crop(box: Box | None, width: int, height: int) -> str:
    """SVG view box of a close-up: `box` with a margin, as a square inside the picture; empty if it would show little.

    The margin, a quarter of the box's longer side in all, keeps the seam and what it must match in view.
    """
    if box is None or (box[2] - box[0]) > _CLOSE_UP * width:
        return ""
    left, top, right, bottom = box
    side = min(round(1.25 * max(right - left, bottom - top)), width, height)
    x = _inside((left + right - side) // 2, width - side)
    y = _inside((top + bottom - side) // 2, height - side)
    return f"{x} {y} {side} {side}"


def before(view: ExhibitView) -> Picture:
    """The input image, named for those who cannot see it."""
    return view.one("input", f"Input image, before: {view.sample.instruction}")


def after(view: ExhibitView) -> Picture:
    """The sample's own edit, named by what it shows."""
    return view.one("edited", f"Edited image: {edited_words(view.sample, view.record)}")


def _of_edit(view: ExhibitView) -> tuple[Number, ...]:
    """Without a truth, the light of the whole picture says nothing about a face, and is not shown as if it did."""
    names = [name for name in _OF_AN_EDIT if name != "light_agreement" or view.sample.truth]
    return numbers(view.measured(_image(view, "edited")), names, labels=PLAIN_LABELS)[:4]


def _image(view: ExhibitView, role: Role) -> ImageRecord:
    return view.record.all(role)[0]


def _inside(at: int, most: int) -> int:
    return max(0, min(at, most))
