"""What the attention maps show of a run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from seamline.catalog.entries import Truth
from seamline.exhibits.numbers import Number, numbers
from seamline.exhibits.view import ExhibitView, Picture
from seamline.runs.store.records import ArtifactRecord


@dataclass(frozen=True, slots=True)
class WordMap:
    """One word of the instruction, the map of where it was read, and how much more so at the edit than elsewhere."""

    text: str
    name: str
    map: Picture
    focus: tuple[Number, ...]


def context(view: ExhibitView) -> dict[str, Any]:
    """Words over the edited picture; a word that names what should change is picked first."""
    words = [_word_map(view, image) for image in view.record.all("attention")]
    asked = _asked_for(view.truth)
    return {
        "base": view.one("edited", ""),
        "words": words,
        "shown": max(words, key=lambda word: (_bare(word.text) in asked, len(_bare(word.text)))),
    }


def _word_map(view: ExhibitView, image: ArtifactRecord) -> WordMap:
    word = str(image.facts.get("word", ""))
    name = f"The edited image, bright where the word {word} was read"
    return WordMap(word, name, view.picture(image, name), numbers(view.measured(image), ["attention_focus"]))


def _asked_for(truth: Truth | None) -> frozenset[str]:
    """Words of the values that the edit should bring about, as the truth names them."""
    if truth is None:
        return frozenset()
    values = [*(truth.swap.to.values() if truth.swap else ())]
    values += [truth.attribute.value] if truth.attribute else []
    values += [truth.expression.expression] if truth.expression else []
    return frozenset(" ".join(values).casefold().split())


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).casefold()
