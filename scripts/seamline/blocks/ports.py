"""Port types: the kinds of data that block names can speak of, and how documents spell them."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from seamline.errors import WorkflowError

Encoding = Literal["", "picture", "grey", "grey 16", "alpha", "text"]
"""How artifacts are kept: `seamline.runs.store.encoding` says what each means."""


@dataclass(frozen=True)
class PortType:
    """A kind of data that flows through a port.

    Attributes:
        code: how block names spell it, `Img`.
        noun: what it is in plain English, `image`.
        phrase: the noun as a sentence needs it, `an image`.
        letter: one character that tells it apart in a drawing where colour cannot.
        name: what a step's input or output of this type is called in a sample, `image`.
        colours: of its ports and wires, on light and on dark ground.
        kept_as: how a run keeps such an artifact; empty where nothing is known of how to.
        aliases: other spellings that block names may use; they mean the same port.
    """

    code: str
    noun: str
    phrase: str
    letter: str
    name: str
    colours: tuple[str, str]
    kept_as: Encoding = ""
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.noun


IMAGE = PortType(
    "Img", "image", "an image", "I", "image", ("#0f766e", "#5fd4c4"), "picture", ("Image", "Picture", "Photo")
)  # fmt: skip
TEXT = PortType(
    "Txt", "text", "text", "T", "text", ("#b0470b", "#f5a561"), "text", ("Text", "Prompt")
)  # fmt: skip
VIDEO = PortType(
    "Vid", "video", "a video", "V", "video", ("#b3246a", "#f48fbd"), "", ("Video",)
)  # fmt: skip
AUDIO = PortType(
    "Aud", "audio", "audio", "A", "audio", ("#4a6b0c", "#b5d66b"), "", ("Audio", "Speech", "Sound", "Music", "Voice")
)  # fmt: skip
SHAPE = PortType(
    "3D", "3D model", "a 3D model", "3", "shape", ("#0b63a5", "#79bdf2"), "", ("Mesh", "Shape")
)  # fmt: skip
MASK = PortType(
    "Msk", "mask", "a mask", "M", "mask", ("#57534e", "#c9c4bd"), "grey", ("Mask",)
)  # fmt: skip
ALPHA = PortType(
    "Alpha", "alpha matte", "an alpha matte", "α", "alpha", ("#0a6a7d", "#7fd6e6"), "alpha", ("Matte",)
)  # fmt: skip
DEPTH = PortType(
    "Dep", "depth map", "a depth map", "D", "depth", ("#7a5c00", "#e2c35a"), "grey 16", ("Depth", "DepthMap")
)  # fmt: skip
EMBEDDING = PortType(
    "Emb", "embedding", "an embedding", "E", "embedding", ("#8a2fb0", "#d59bf2"), "",
    ("Embed", "Embedding", "Vec", "Vector"),
)  # fmt: skip
LABELS = PortType(
    "Lbl", "labels", "labels", "L", "labels", ("#9b2c2c", "#f09a9a"), "", ("Label", "Labels", "Cls", "Class")
)  # fmt: skip
VIEWS = PortType(
    "Views", "views", "views", "W", "views", ("#14603f", "#7fdcae"), "picture", ("MultiView",)
)  # fmt: skip
"""Pictures of one scene from a row of cameras, from left to right: one picture, stacked from top to bottom."""
FIELD = PortType(
    "Field", "projection field", "a projection field", "F", "field", ("#5b4a9e", "#b9aef5"), "picture", ()
)  # fmt: skip
"""Planes of density, and where their points look up their colour: `runners.canonical_image.field_sheet` packs it."""
UV_MAP = PortType(
    "Uv", "UV map", "a UV map", "U", "uv", ("#8a4b12", "#eab27a"), "grey", ("UvMap",)
)  # fmt: skip
"""Where pixels of views look up their colour: for each view its columns in the canonical image, below them its rows."""

PORT_TYPES: tuple[PortType, ...] = (
    IMAGE, TEXT, VIDEO, AUDIO, SHAPE, MASK, ALPHA, DEPTH, EMBEDDING, LABELS, VIEWS, FIELD, UV_MAP,
)  # fmt: skip

STACKED = frozenset({VIEWS.code, FIELD.code, UV_MAP.code})
"""Codes of types whose one file holds many pictures, from top to bottom."""

_BY_SPELLING = {spelling: kind for kind in PORT_TYPES for spelling in (kind.code, *kind.aliases)}
_SPELLINGS = "|".join(sorted(_BY_SPELLING, key=lambda spelling: (-len(spelling), spelling)))

SIDE_PATTERN = rf"(?:(?:{_SPELLINGS})(?![a-z]))+"
"""Regular expression of one side of a signature: spellings in a row, each a whole CamelCase word."""

_WORD = re.compile(rf"(?:{_SPELLINGS})(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")


def port_names(kinds: Iterable[PortType]) -> tuple[str, ...]:
    """`(image, image, text)` -> `("image", "image_2", "text")`: what a sample calls the ports of one side."""
    seen: Counter[PortType] = Counter()
    names = []
    for kind in kinds:
        seen[kind] += 1
        names.append(kind.name if seen[kind] == 1 else f"{kind.name}_{seen[kind]}")
    return tuple(names)


def port_type(spelling: str) -> PortType:
    """The port type that a spelling such as `Img` or `Mask` stands for.

    Raises:
        WorkflowError: no type is spelled so; the hint names the nearest.
    """
    try:
        return _BY_SPELLING[spelling]
    except KeyError:
        known = ", ".join(kind.code for kind in PORT_TYPES) + "; write the one that comes nearest"
        nearest = _nearest(spelling)
        hint = f"did you mean {nearest}? Known types: {known}" if nearest else f"known types: {known}"
        raise WorkflowError(f"unknown port type `{spelling}`", hint=hint) from None


def spellings_in(side: str) -> list[str]:
    """`ImgText` -> `Img`, `Text`; a word that spells no type stays whole, to be refused as it stands."""
    return _WORD.findall(side)


def is_spelling(word: str) -> bool:
    """Whether a port type is spelled so."""
    return word in _BY_SPELLING


def _nearest(spelling: str) -> str:
    by_lower = {known.lower(): known for known in _BY_SPELLING}
    close = difflib.get_close_matches(spelling.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""
