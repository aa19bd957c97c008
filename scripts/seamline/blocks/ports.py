"""Port types: the kinds of data that block names can speak of, and how documents spell them."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from seamline.errors import WorkflowError


@dataclass(frozen=True)
class PortType:
    """A kind of data that flows through a port.

    Attributes:
        code: how block names spell it, `Img`.
        noun: what it is in plain English, `image`.
        phrase: the noun as a sentence needs it, `an image`.
        letter: one character that tells it apart in a drawing where colour cannot.
        aliases: other spellings that block names may use; they mean the same port.
    """

    code: str
    noun: str
    phrase: str
    letter: str
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.noun


IMAGE = PortType("Img", "image", "an image", "I", ("Image", "Picture", "Photo"))
TEXT = PortType("Txt", "text", "text", "T", ("Text", "Prompt"))
VIDEO = PortType("Vid", "video", "a video", "V", ("Video",))
AUDIO = PortType("Aud", "audio", "audio", "A", ("Audio", "Speech", "Sound", "Music", "Voice"))
SHAPE = PortType("3D", "3D model", "a 3D model", "3", ("Mesh", "Shape"))
MASK = PortType("Msk", "mask", "a mask", "M", ("Mask",))
ALPHA = PortType("Alpha", "alpha matte", "an alpha matte", "α", ("Matte",))
DEPTH = PortType("Dep", "depth map", "a depth map", "D", ("Depth", "DepthMap"))
EMBEDDING = PortType("Emb", "embedding", "an embedding", "E", ("Embed", "Embedding", "Vec", "Vector"))
LABELS = PortType("Lbl", "labels", "labels", "L", ("Label", "Labels", "Cls", "Class"))

PORT_TYPES: tuple[PortType, ...] = (
    IMAGE, TEXT, VIDEO, AUDIO, SHAPE, MASK, ALPHA, DEPTH, EMBEDDING, LABELS,
)  # fmt: skip

_BY_SPELLING = {spelling: kind for kind in PORT_TYPES for spelling in (kind.code, *kind.aliases)}
_SPELLINGS = "|".join(sorted(_BY_SPELLING, key=lambda spelling: (-len(spelling), spelling)))

SIDE_PATTERN = rf"(?:(?:{_SPELLINGS})(?![a-z]))+"
"""Regular expression of one side of a signature: spellings in a row, each a whole CamelCase word."""

_WORD = re.compile(rf"(?:{_SPELLINGS})(?![a-z])|[A-Z][a-z]*|[a-z]+|[0-9]+")


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
