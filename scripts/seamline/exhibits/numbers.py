"""Measured numbers as an exhibit says them: labelled, formatted, and judged where a rule can be stated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from seamline.measures.registry import MEASURES, measure_named

USEFUL_STRENGTH, MOST_SPILL = 0.5, 0.05
"""An edit does what was asked if it makes at least half of the change, and changes at most 5 % of what it must keep."""

RULE = (
    f"The rule: what was asked for arrives, at least {100 * USEFUL_STRENGTH:.0f} % of the change is made, the "
    f"expression is right, and at most {100 * MOST_SPILL:.0f} % of the pixels outside change, in whole per cent."
)
"""`verdict`'s rule for readers. It goes by shares as they are printed, so that rule and number cannot contradict."""


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


PLAIN_LABELS: Mapping[str, str] = {
    "edit_strength": "Of the change asked for, made",
    "change": "Pixels changed",
    "change_inside": "Pixels changed where asked",
    "change_outside": "Pixels changed elsewhere",
    "light_agreement": "Agreement of light (untouched: 1)",
}
"""Labels for readers who meet a number before they have read how it is measured."""

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
    measured: Mapping[str, float],
    names: Iterable[str],
    best: frozenset[str] = frozenset(),
    *,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Number, ...]:
    """Those of `names` that were measured, in that order; `attribute` stands for every `attribute_<name>` together.

    Args:
        best: names of which the value is the best on show.
        labels: what to call a measure instead of by its own label.
    """
    found = (_number(measured, name, name in best) for name in names)
    return tuple(replace(item, label=labels.get(item.name, item.label)) for item in found if item)


def _number(measured: Mapping[str, float], name: str, best: bool) -> Number | None:
    if name == "attribute":
        return _arrived(attributes(measured), best)
    if name not in measured:
        return None
    measure = measure_named(name)
    return Number(name, measure.label, measure.format(measured[name]), measure.meaning, best)


def _arrived(asked: Mapping[str, float], best: bool) -> Number | None:
    """How many attributes asked for arrived; the attribute itself if it is alone."""
    if not asked:
        return None
    measure = measure_named("attribute")
    if len(asked) == 1:
        ((name, value),) = asked.items()
        return Number("attribute", f"{name.capitalize()} arrived", measure.format(value), measure.meaning, best)
    arrived = f"{sum(map(bool, asked.values()))} of {len(asked)}"
    return Number("attribute", "Attributes", arrived, measure.meaning, best)


def attributes(measured: Mapping[str, float]) -> Mapping[str, float]:
    """Whether each attribute that was asked for arrived, by its name as readers say it."""
    prefix = "attribute_"
    return {
        key.removeprefix(prefix).replace("_", " "): measured[key] for key in sorted(measured) if key.startswith(prefix)
    }


def best_of(
    compared: Sequence[Mapping[str, float]], at: int, truth: Mapping[str, float] = MappingProxyType({})
) -> frozenset[str]:
    """Names of the measures in which the one at `at` does better than some other and worse than none.

    Args:
        truth: what was measured of the true picture, to which some measures should come near; without it, none does.
    """
    scored = [_with_attributes(one) for one in compared]
    mine, others = scored[at], [one for place, one in enumerate(scored) if place != at]
    return frozenset(name for name in mine if name in MEASURES and _leads(name, mine[name], others, truth.get(name)))


def _with_attributes(measured: Mapping[str, float]) -> Mapping[str, float]:
    asked = attributes(measured)
    return {**measured, "attribute": sum(asked.values()) / len(asked)} if asked else measured


def _leads(name: str, value: float, others: Sequence[Mapping[str, float]], true: float | None) -> bool:
    merit = _merit(MEASURES[name].better, true)
    margins = [merit(value) - merit(other[name]) for other in others if name in other]
    return bool(margins) and min(margins) >= 0 and max(margins) > 0


def _merit(better: str, true: float | None) -> Callable[[float], float]:
    """How good a value is: the more the better."""
    if better == "nearest" and true is not None:
        return lambda value: -abs(value - true)
    sign = {"higher": 1, "lower": -1}.get(better, 0)
    return lambda value: sign * value


def verdict(measured: Mapping[str, float]) -> tuple[bool, str]:
    """Whether an edit fails by `RULE`, and how it fares in words; `(False, "")` when nothing tells.

    Only scenes have the measures that tell: a photo has no true picture.
    """
    failings = _failings(measured)
    if failings:
        return True, f"Fails: {', '.join(failings)}."
    if "change_outside" in measured:
        return False, f"Does what was asked, and keeps {share(1 - measured['change_outside'])} of the pixels outside."
    return False, ""


def _failings(measured: Mapping[str, float]) -> list[str]:
    failings = []
    if not measured.get("identity", 1):
        failings.append("the face asked for does not arrive")
    failings += [f"the {name} asked for does not arrive" for name, on in attributes(measured).items() if not on]
    if _printed(measured.get("edit_strength", 1.0)) < USEFUL_STRENGTH:
        failings.append(f"only {share(max(0.0, measured['edit_strength']))} of the change is made")
    if not measured.get("expression", 1):
        failings.append("the expression is not the one it should be")
    if _printed(measured.get("change_outside", 0.0)) > MOST_SPILL:
        failings.append(f"{share(measured['change_outside'])} of the pixels outside change")
    return failings


def _printed(share: float) -> float:
    """A share as its whole per cent says it."""
    return float(f"{100 * share:.0f}") / 100


def share(value: float) -> str:
    """A share in per cent that says `100 %` or `0 %` only when nothing is left out."""
    if 0.995 <= value < 1:
        return "over 99 %"
    return "under 1 %" if 0 < value < 0.005 else f"{100 * value:.0f} %"


def scale_text(value: float) -> str:
    """A guidance scale as written: `3`, `1.5`."""
    return f"{value:g}"


def value_text(value: str) -> str:
    """A setting's value as written in a sentence: a number without idle decimals, any other text as it is."""
    try:
        return scale_text(float(value))
    except ValueError:
        return value
