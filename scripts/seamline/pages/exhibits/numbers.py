"""Measured numbers as an exhibit says them: labelled, formatted, and judged where a rule can be stated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seamline.measures.registry import MEASURES, measure_named

USEFUL_STRENGTH, MOST_SPILL = 0.5, 0.05
"""An edit does what was asked if it makes at least half of the change, and changes at most 5 % of what it must keep."""

RULE = (
    f"The rule: what was asked for arrives, at least {100 * USEFUL_STRENGTH:.0f} % of the change is made, the "
    f"expression is right, and at most {100 * MOST_SPILL:.0f} % of the pixels outside change."
)
"""`verdict`'s rule for readers."""


@dataclass(frozen=True, slots=True)
class Number:
    """One measured number.

    Attributes:
        name: key in the record.
        label: what readers call it.
        text: value with unit.
        meaning: what it says, in a sentence.
        best: whether it is the best of those it is shown beside.
    """

    name: str
    label: str
    text: str
    meaning: str
    best: bool = False


SHORT_LABELS: Mapping[str, str] = {
    "identity": "New face",
    "expression": "Expression",
    "light_angle": "Light is off by",
    "seam_visibility": "Seam shows",
    "psnr_face": "Closeness",
    "change_outside": "Spill outside",
}
"""Labels for columns as narrow as a phone's half; every number's full meaning is on the page of measures."""


def numbers(
    measured: Mapping[str, float], names: Iterable[str], best: frozenset[str] = frozenset(), *, short: bool = False
) -> tuple[Number, ...]:
    """Those of `names` that were measured, in that order; `attribute` stands for every `attribute_<name>`.

    Args:
        best: names of which the value is the best on show.
        short: use `SHORT_LABELS` where there is one.
    """
    keys = [key for name in names for key in _keys(measured, name)]
    found = (_number(key, measured[key], key in best) for key in keys)
    return tuple(replace(item, label=SHORT_LABELS.get(item.name, item.label)) if short else item for item in found)


def _keys(measured: Mapping[str, float], name: str) -> Sequence[str]:
    if name == "attribute":
        return sorted(key for key in measured if key.startswith("attribute_"))
    return [name] if name in measured else []


def _number(key: str, value: float, best: bool) -> Number:
    measure = measure_named(key)
    asked = key.removeprefix("attribute_").replace("_", " ")
    label = f"{asked.capitalize()} arrived" if measure.name == "attribute" else measure.label
    return Number(key, label, measure.format(value), measure.meaning, best)


def best_of(rivals: Sequence[Mapping[str, float]], at: int) -> frozenset[str]:
    """Names of the measures in which rival `at` does better than some other and worse than none."""
    mine, others = rivals[at], [rival for place, rival in enumerate(rivals) if place != at]
    return frozenset(name for name in mine if name in MEASURES and _leads(name, mine[name], others))


def _leads(name: str, value: float, others: Sequence[Mapping[str, float]]) -> bool:
    sign = {"higher": 1, "lower": -1, "neither": 0}[MEASURES[name].better]
    margins = [sign * (value - other[name]) for other in others if name in other]
    return bool(margins) and min(margins) >= 0 and max(margins) > 0


def verdict(measured: Mapping[str, float]) -> tuple[bool, str]:
    """Whether an edit fails by `RULE`, and how it fares in words; `(False, "")` when nothing tells.

    Only scenes have the measures that tell: a photo has no true picture.
    """
    failings = _failings(measured)
    if failings:
        return True, f"Fails: {', '.join(failings)}."
    if "change_outside" in measured:
        return False, f"Does what was asked, and keeps {_share(1 - measured['change_outside'])} of the pixels outside."
    return False, ""


def _failings(measured: Mapping[str, float]) -> list[str]:
    failings = []
    arrived = {key: value for key, value in measured.items() if key == "identity" or key.startswith("attribute_")}
    if "identity" in arrived and not arrived["identity"]:
        failings.append("the face asked for does not arrive")
    elif "identity" not in arrived:
        failings += [
            f"the {key[10:].replace('_', ' ')} asked for does not arrive" for key, on in arrived.items() if not on
        ]
    if measured.get("edit_strength", 1.0) < USEFUL_STRENGTH:
        failings.append(f"only {_share(max(0.0, measured['edit_strength']))} of the change is made")
    if not measured.get("expression", 1):
        failings.append("the expression is not the one it should be")
    if measured.get("change_outside", 0.0) > MOST_SPILL:
        failings.append(f"{_share(measured['change_outside'])} of the pixels outside change")
    return failings


def _share(value: float) -> str:
    """A share in per cent that says `100 %` or `0 %` only when nothing is left out."""
    if 0.995 <= value < 1:
        return "over 99 %"
    return "under 1 %" if 0 < value < 0.005 else f"{100 * value:.0f} %"


def scale_text(value: float) -> str:
    """A guidance scale as written: `3`, `1.5`."""
    return f"{value:g}"
