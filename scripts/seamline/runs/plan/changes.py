"""What changed between the key of a run and the key it should have, field by field, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seamline.fingerprints import WORDS

_PARTS = ("weights.files", "weights.configuration", "scheduler.config")


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a step's key that is not what it was; `None` where it was or is absent.

    Attributes:
        step: the step's name in a run of several; else empty.
    """

    field: str
    old: Any
    new: Any
    step: str = ""

    def __str__(self) -> str:
        """The change as `field: old -> new`."""
        return f"{self._prefix}{self.field}: {_brief(self.old)} -> {_brief(self.new)}"

    @property
    def words(self) -> str:
        """The change as a person would say it."""
        return self._prefix + self._words

    @property
    def of_code(self) -> bool:
        """Whether code changed, or what follows from it; where a recipe changes, other fields say so."""
        return self.field.startswith(("code: ", "upstream.")) or self.field == "requests"

    @property
    def _prefix(self) -> str:
        return f"{self.step}: " if self.step else ""

    @property
    def _words(self) -> str:
        if self.field.startswith("code: "):
            name = self.field.removeprefix("code: ")
            does = WORDS.get(name, f"runs {name}")
            return f"the code that {does} has changed: {_brief(self.old)} -> {_brief(self.new)}"
        if self.field.startswith("upstream."):
            return f"the step `{self.field.removeprefix('upstream.')}`, which it reads, is no longer what it was"
        if self.field.startswith("weights"):
            file = self.field.partition("/")[2]
            return f"weights changed: {_brief(self.old)} -> {_brief(self.new)}" + (f" ({file})" if file else "")
        if self.field == "requests":
            return "what the code asks of the model has changed"
        if self.field == "input.sha256":
            return f"the input's content changed: {_brief(self.old)} -> {_brief(self.new)}"
        port = self.field.removeprefix("inputs.")
        name = self.field if port == self.field else f"the input `{port}`"
        return f"{name} was {_brief(self.old)}, is now {_brief(self.new)}"


def changes_between(old: Mapping[str, Any], new: Mapping[str, Any], step: str = "") -> tuple[Change, ...]:
    """The fields that differ, in the order of the new key; files of weights and parts of configs one by one.

    What the code asks of the model is left out where more than code changed: it follows from the recipe.
    """
    flat_old, flat_new = _flat(old), _flat(new)
    names = [*flat_new, *(name for name in flat_old if name not in flat_new)]
    changes = tuple(
        Change(name, flat_old.get(name), flat_new.get(name), step)
        for name in names
        if flat_old.get(name) != flat_new.get(name)
    )
    if all(change.of_code for change in changes):
        return changes
    return tuple(change for change in changes if change.field != "requests")


def _flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _PARTS:
            flat |= {f"{name}/{part}": part_value for part, part_value in value.items()}
        else:
            flat[name] = value
    return flat


def _brief(value: Any) -> str:
    if value is None:
        return "absent"
    if isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value):
        return f"{value[:4]}…"
    if isinstance(value, str) and "@" in value and len(value) > 40:
        return value[: value.index("@") + 9] + "…"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_brief(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_brief, value)) + "]"
    return str(value)
