"""Block names: what a model takes and gives, read from how the catalog calls it.

    ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix
    └──┬─────┘ └────┬────┘ └───┬───┘ └──────┬───────┘
    inputs 2 outputs  hub    owner         repo

The owner is one segment; the repository's name may hold hyphens.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from seamline.errors import WorkflowError

_HINT = "write <inputs>2<outputs>-<hub>-<owner>-<name>, as in ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix"
_LONGEST_NAME = 200


@dataclass(frozen=True)
class PortType:
    """A kind of data that flows through a port.

    Attributes:
        code: how block names spell it, `Img`.
        noun: what it is in plain English, `image`.
        phrase: the noun as a sentence needs it, `an image`.
        letter: one character that tells it apart in a drawing where colour cannot.
        aliases: other spellings that block names may use.
    """

    code: str
    noun: str
    phrase: str
    letter: str
    aliases: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.noun


IMAGE = PortType("Img", "image", "an image", "I", ("Image",))
TEXT = PortType("Txt", "text", "text", "T", ("Text",))
VIDEO = PortType("Vid", "video", "a video", "V", ("Video",))
AUDIO = PortType("Aud", "audio", "audio", "A", ("Audio",))
SHAPE = PortType("3D", "3D model", "a 3D model", "3", ("Mesh",))
MASK = PortType("Msk", "mask", "a mask", "M", ("Mask",))
DEPTH = PortType("Dep", "depth map", "a depth map", "D", ("Depth",))
EMBEDDING = PortType("Emb", "embedding", "an embedding", "E")
LABELS = PortType("Lbl", "labels", "labels", "L", ("Label", "Cls"))

PORT_TYPES: tuple[PortType, ...] = (IMAGE, TEXT, VIDEO, AUDIO, SHAPE, MASK, DEPTH, EMBEDDING, LABELS)

_BY_SPELLING = {spelling: kind for kind in PORT_TYPES for spelling in (kind.code, *kind.aliases)}


@dataclass(frozen=True)
class Block:
    """A parsed block name: port types in the order in which the name gives them, and where the model lives."""

    name: str
    inputs: tuple[PortType, ...]
    outputs: tuple[PortType, ...]
    hub: str
    owner: str
    repo: str

    @property
    def signature(self) -> str:
        """The part that tells the types, in canonical spelling: `ImgTxt2Img`."""
        return "2".join("".join(kind.code for kind in side) for side in (self.inputs, self.outputs))


def port_type(code: str) -> PortType:
    """The port type that a code such as `Img` or `Mask` stands for.

    Raises:
        WorkflowError: no type is spelled so; the hint names the nearest.
    """
    try:
        return _BY_SPELLING[code]
    except KeyError:
        known = ", ".join(kind.code for kind in PORT_TYPES)
        nearest = _nearest(code)
        hint = f"did you mean {nearest}? Known types: {known}" if nearest else f"known types: {known}"
        raise WorkflowError(f"unknown port type `{code}`", hint=hint) from None


def parse_block(name: str) -> Block:
    """Read a block name.

    Raises:
        WorkflowError: the name lacks a part, or names a port type that does not exist.
    """
    if len(name) > _LONGEST_NAME:
        raise WorkflowError("block name is too long", where=f"{name[:40]}…", hint=f"at most {_LONGEST_NAME} characters")
    if not re.fullmatch(r"[A-Za-z0-9]+-[\w.]+-[\w.]+-[\w.-]*\w", name, re.ASCII):
        raise WorkflowError("not a block name", where=name or "(empty)", hint=_HINT)
    signature, hub, owner, repo = name.split("-", 3)
    inputs, outputs = _parse_signature(signature, where=name)
    return Block(name, inputs, outputs, hub, owner, repo)


def _parse_signature(signature: str, where: str) -> tuple[tuple[PortType, ...], tuple[PortType, ...]]:
    splits = [(signature[: at.start()], signature[at.end() :]) for at in re.finditer("2", signature)]
    splits = [(left, right) for left, right in splits if left and right]
    if not splits:
        raise WorkflowError(f"`{signature}` does not say what becomes what", where=where, hint=_HINT)
    for left, right in splits:
        inputs, outputs = _codes(left), _codes(right)
        if all(code in _BY_SPELLING for code in inputs + outputs):
            return tuple(map(port_type, inputs)), tuple(map(port_type, outputs))
    for code in _codes(splits[0][0]) + _codes(splits[0][1]):
        try:
            port_type(code)
        except WorkflowError as error:
            raise WorkflowError(error.what, where=where, hint=error.hint) from None
    raise AssertionError("a split that failed holds an unknown code")


def _codes(side: str) -> list[str]:
    """`ImgTxt` -> `Img`, `Txt`. Characters that start no CamelCase word stay together, to be refused as they stand."""
    return re.findall(r"3D|[A-Z][a-z]*|[a-z]+|[0-9]+", side)


def _nearest(code: str) -> str:
    by_lower = {spelling.lower(): spelling for spelling in _BY_SPELLING}
    found = difflib.get_close_matches(code.lower(), by_lower, n=1, cutoff=0.5)
    return by_lower[found[0]] if found else ""
