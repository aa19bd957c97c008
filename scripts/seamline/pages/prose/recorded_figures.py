"""Figures of the records in `catalog/records/`, as prose prints them: `{{ evaluation("facts.edits") }}`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from seamline.measures.registry import Measure, measure_named

UNMEASURED = "(not measured yet)"

_DECIMALS: Mapping[str, int | None] = {
    "evaluation": None,
    "bench": None,
    "causes": 2,
    "matting": 1,
    "canonical": 1,
    "retrieval": 2,
}
"""Decimals of figures that no measure formats, by macro; three digits in all if None."""

_RECORDS: Mapping[str, str] = {"retrieval": "evidence"}
"""The record that a macro prints, where it has another name."""

_WITHOUT_UNITS = frozenset({"canonical"})
"""Macros whose sentences say the unit themselves."""


def record_macros(record: Callable[[str], Any]) -> Mapping[str, Callable[..., object]]:
    """A macro for each record that pages print, and `recorded`, which prints any, by the name prose calls it.

    Args:
        record: a whole record by name, which is then printed on the page; None where there is none.
    """

    def recorded(name: str, path: str, decimals: int | None = 2) -> str:
        """A figure of a record, by the record's name and the figure's dotted path."""
        return figure_in(record(name), path, decimals)

    by_macro = {
        macro: _OneRecord(_RECORDS.get(macro, macro), record, digits, macro not in _WITHOUT_UNITS)
        for macro, digits in _DECIMALS.items()
    }
    return {**by_macro, "recorded": recorded}


@dataclass(frozen=True, slots=True)
class _OneRecord:
    """A macro that prints figures of one record."""

    name: str
    record: Callable[[str], Any]
    decimals: int | None
    units: bool

    def __call__(self, path: str, decimals: int | None = None) -> str:
        """A figure, by its dotted path."""
        decimals = self.decimals if decimals is None else decimals
        return figure_in(self.record(self.name), path, decimals, units=self.units)


def figure_in(record: Any, path: str, decimals: int | None = None, *, units: bool = True) -> str:
    """The value at a dotted path of a record, as readers see it; `UNMEASURED` where it has none.

    Args:
        decimals: of numbers that no measure formats; three digits in all if None.
        units: whether a measure that the path names formats its value, with its unit.
    """
    value = record
    for name in path.split(".") if value is not None else ():
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict) and name in value:
            value = value[name]
        else:
            return UNMEASURED
    if value is None:
        return UNMEASURED
    if not units and isinstance(value, float) and decimals is not None:
        return _rounded(value, decimals)
    return formatted(value, path, decimals)


def formatted(value: object, path: str, decimals: int | None = None) -> str:
    """A record's value as readers see it: with the unit of the measure its path names, if it names one.

    Args:
        decimals: of shares, in per cent, and of numbers that no measure formats; three digits in all if None.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    # The last name that is a measure's: `attribute` and `expression` are kinds of edit, too.
    for part in reversed(path.split(".")):
        try:
            measure = measure_named(part)
        except KeyError:
            continue
        if "correlations" in path:
            break
        return unbroken(_measured(value, measure, decimals))
    if "correlations" in path:
        return f"{value:.2f}".replace("-", "−")
    if decimals is not None:
        return _rounded(value, decimals)
    return f"{value:.3g}".replace("-", "−") if abs(value) < 1000 else f"{value:,.0f}"


def _measured(value: float, measure: Measure, decimals: int | None) -> str:
    if measure.unit == "%" and decimals is not None:
        return f"{_rounded(100 * value, decimals)} %"
    return f"{100 * value:.0f} %" if measure.unit == "yes or no" else measure.format(value)


def _rounded(value: float, decimals: int) -> str:
    # Adding 0 turns a rounded -0.0 into 0.0.
    return f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "−")


def unbroken(number: str) -> Markup:
    """A number and its unit, which no line may part; as `Markup`, or its space would be tidied away."""
    return Markup(number.replace(" ", "\N{NO-BREAK SPACE}"))
