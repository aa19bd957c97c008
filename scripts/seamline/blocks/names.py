"""Block names: what a model takes and gives, read from how the catalog calls it.

    ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix
    └──┬─────┘ └────┬────┘ └───────────┬────────────┘
    inputs 2 outputs  hub        owner and name

Owner and name are joined by a hyphen, and both may hold hyphens themselves. So the name alone does not say where the
owner ends: `Block.divided` asks an address for it, and says nothing where none settles it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from seamline.blocks.ports import SIDE_PATTERN, PortType, is_spelling, port_names, port_type, spellings_in
from seamline.errors import WorkflowError

LONGEST_NAME = 200

_REST = r"-[A-Za-z0-9_.]+-[A-Za-z0-9_.:+]+-[A-Za-z0-9_.:+-]*[A-Za-z0-9_]"
NAME_PATTERN = rf"^{SIDE_PATTERN}2{SIDE_PATTERN}{_REST}$"
"""Regular expression (ECMA-262 too) of every name that `parse_block` reads."""

_SHAPE = re.compile(rf"[A-Za-z0-9]+{_REST}")
_ATTEMPT = re.compile(r"[A-Za-z0-9]*2[A-Za-z0-9]*-\S+")
_HINT = "write <inputs>2<outputs>-<hub>-<owner>-<name>, as in ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix"
_CHARACTERS = "letters, digits and `-`, `_`, `.`, `:`, `+` may stand there"
_HUB_ALIASES = {"hf": "huggingface", "hugging_face": "huggingface"}


@dataclass(frozen=True)
class Block:
    """A parsed block name.

    Attributes:
        inputs, outputs: port types in the order in which the name gives them.
        hub: where the model is published.
        model: owner and name as the block gives them, undivided: `timbrooks-instruct-pix2pix`.
    """

    name: str
    inputs: tuple[PortType, ...]
    outputs: tuple[PortType, ...]
    hub: str
    model: str

    @property
    def signature(self) -> str:
        """The part that tells the types, in canonical spelling: `ImgTxt2Img`."""
        return "2".join("".join(kind.code for kind in side) for side in (self.inputs, self.outputs))

    @cached_property
    def takes(self) -> Mapping[str, str]:
        """Codes of the input ports' types by the name of the port, in the block's order."""
        return _by_name(self.inputs)

    @cached_property
    def gives(self) -> Mapping[str, str]:
        """Codes of the output ports' types by the name of the port, in the block's order."""
        return _by_name(self.outputs)

    @cached_property
    def _ports(self) -> str:
        sides = ("".join(sorted(kind.code for kind in side)) for side in (self.inputs, self.outputs))
        return "2".join(sides)

    def is_kind(self, signature: str) -> bool:
        """Whether it takes and gives what `signature`, `ImgTxt2Img`, says, in whatever order."""
        return self._ports == parse_block(f"{signature}-x-x-x")._ports

    @property
    def identity(self) -> str:
        """Equal for two names of one block: spellings of ports, their order, and capitals do not count."""
        hub = self.hub.casefold()
        return f"{self._ports}-{_HUB_ALIASES.get(hub, hub)}-{self.model.casefold()}"

    def divided(self, repository: str = "") -> tuple[str, str] | None:
        """Owner and name; `None` where neither the name nor `repository` settles where the one ends.

        Args:
            repository: `owner/name` of the model's code, or an address that ends so. It settles the division when
                the block begins with its owner, or ends with its name; capitals do not count.
        """
        if self.model.count("-") == 1:
            owner, _, name = self.model.partition("-")
            return owner, name
        whole = self.model.casefold()
        owner, _, name = repository.casefold().removesuffix("/").removesuffix(".git").rpartition("/")
        owner = owner.rpartition("/")[2]
        ends = set()
        if owner and whole.startswith(f"{owner}-"):
            ends.add(len(owner))
        if name and whole.endswith(f"-{name}"):
            ends.add(len(whole) - len(name) - 1)
        if len(ends) != 1 or not 0 < (end := ends.pop()) < len(whole) - 1:
            return None
        return self.model[:end], self.model[end + 1 :]


@lru_cache(maxsize=1024)
def parse_block(name: str) -> Block:
    """Read a block name. What was read is remembered: every sample of a model asks for the same few names.

    Raises:
        WorkflowError: the name lacks a part, holds a character that has no place in it, or names a port type that
            does not exist.
    """
    if len(name) > LONGEST_NAME:
        raise WorkflowError("block name is too long", where=f"{name[:40]}…", hint=f"at most {LONGEST_NAME} characters")
    if not _SHAPE.fullmatch(name):
        raise WorkflowError(_misfit(name), where=name or "(empty)", hint=_HINT)
    signature, hub, model = name.split("-", 2)
    inputs, outputs = _sides(signature, where=name)
    return Block(name, inputs, outputs, hub, model)


def is_attempt(text: str) -> bool:
    """Whether `text` means to be a block name, readable or not: what opens an entry, to be refused with its line."""
    return bool(_ATTEMPT.fullmatch(text))


def _by_name(side: tuple[PortType, ...]) -> Mapping[str, str]:
    return dict(zip(port_names(side), (kind.code for kind in side), strict=True))


def _misfit(name: str) -> str:
    strange = re.search(r"[^A-Za-z0-9_.:+-]", name)
    if strange and is_attempt(name):
        return f"not a block name: {strange[0]!r} has no place in it ({_CHARACTERS})"
    return "not a block name"


def _sides(signature: str, where: str) -> tuple[tuple[PortType, ...], tuple[PortType, ...]]:
    splits = [(signature[: at.start()], signature[at.end() :]) for at in re.finditer("2", signature)]
    splits = [(left, right) for left, right in splits if left and right]
    if not splits:
        raise WorkflowError(f"`{signature}` does not say what becomes what", where=where, hint=_HINT)
    for left, right in splits:
        inputs, outputs = spellings_in(left), spellings_in(right)
        if all(map(is_spelling, inputs + outputs)):
            return tuple(map(port_type, inputs)), tuple(map(port_type, outputs))
    unknown = next(word for side in splits[0] for word in spellings_in(side) if not is_spelling(word))
    try:
        port_type(unknown)
    except WorkflowError as error:
        raise WorkflowError(error.what, where=where, hint=error.hint) from None
    raise AssertionError("a word that spells no type was refused above")
