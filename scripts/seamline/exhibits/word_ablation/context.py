"""What two edits whose instructions differ in one word show of a run."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Any

from seamline.exhibits.view import ExhibitView, Picture


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


def context(view: ExhibitView) -> dict[str, Any]:
    """Two edits whose instructions differ in one word."""
    own, other = view.first("edited"), view.first("word-ablation")
    mine, theirs = view.instruction_of(own), view.instruction_of(other)
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
