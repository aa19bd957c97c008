"""Every measure the project takes, from the functions that `measure` decorates. Importing it needs no numpy.

A measure is one decorated function. Its parameters name what it is computed from (`seamline.measures.arguments`):

    from seamline.measures import measure

    @measure(
        name="darkening", label="Darkening inside", unit="", low=-1, high=1, better="neither",
        meaning="How much darker the edited region became.",
        formula="mean of (input - edited) over the region", source="ours",
    )
    def darkening(image, before, region):
        return weighted_mean((before - image).mean(axis=-1), region)

Functions in modules of `seamline.measures.builtin` are found by themselves. Another package names the module, or
the function, in its entry points:

    [project.entry-points."seamline.measures"]
    darkening = "my_package.darkening"

The measure is then taken of every edit and every run, and pages format, label and list it. Modules of measures
import numpy and the like inside their functions: pages read what a measure means on machines without numpy.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any, Literal, TypeVar

from seamline.errors import MeasureError
from seamline.fingerprints import statements
from seamline.hashing import digest_of
from seamline.measures.arguments import Kind, always_known, names_of
from seamline.plugins import is_offered

ENTRY_POINTS = "seamline.measures"
"""Group of entry points in which other packages name their measures."""

BUILT_IN = "seamline.measures.builtin"
_ATTRIBUTE = "__seamline_measure__"

Function = TypeVar("Function", bound=Callable[..., float])


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One kind of number, what it means and how it is computed.

    Attributes:
        name: key in records; a measure of attributes has the keys `<name>_<attribute>`.
        label: what readers call it.
        unit: `dB`, `°`, `×`, `%` (a share from 0 to 1 in records), `yes or no` (1 or 0), another unit, or empty.
        low, high: its range; None where it has no end.
        better: which of two values is better; `nearest` is the one nearer to the true picture's.
        meaning: one sentence, without the name.
        formula: how it is computed, in a line.
        source: who proposed it; `ours` where nobody else did.
        of: what it is taken of; see `seamline.measures.arguments.Kind`.
        people: how the values of several edited people become one: their `mean` or the `lowest`.
        by_group: whether the evaluation breaks it down by groups of people.
        of_truth: whether its value on the true picture says something: what the best possible edit would score.
        correlated: whether the evaluation gives its correlation, over all edits, with its value on the true picture.
        function: what computes it; it raises `seamline.measures.arrays.Undefined` where there is no value.
        package: the distribution that brought it.
    """

    name: str
    label: str
    unit: str
    low: float | None
    high: float | None
    better: Literal["higher", "lower", "nearest", "neither"]
    meaning: str
    formula: str
    source: str
    of: Kind = "edit"
    people: Literal["mean", "lowest"] = "mean"
    by_group: bool = False
    of_truth: bool = False
    correlated: bool = False
    function: Callable[..., float] = field(repr=False)
    package: str = "seamline"

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of what it is computed from."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def needs_truth(self) -> bool:
        """Whether only scenes have it, as it asks for something that is not known of a photo."""
        return not always_known(self.of).issuperset(self.arguments)

    @property
    def digits(self) -> int:
        """Decimals that are worth showing."""
        return {"dB": 1, "×": 1, "°": 0, "%": 0, "yes or no": 0}.get(self.unit, 2)

    def format(self, value: float) -> str:
        """`value` as readers see it, with its unit: `21.4 dB`, `87 %`, `yes`."""
        if self.unit == "yes or no" and value in (0, 1):
            return "yes" if value else "no"
        if self.unit in ("%", "yes or no"):
            return f"{100 * value:.0f} %"
        number = f"{round(value, self.digits) or 0.0:.{self.digits}f}".replace("-", "−")
        if self.unit == "°":
            return number + "°"
        return f"{number} {self.unit}".strip()


def measure(
    *,
    name: str,
    label: str,
    unit: str,
    low: float | None,
    high: float | None,
    better: Literal["higher", "lower", "nearest", "neither"],
    meaning: str,
    formula: str,
    source: str,
    of: Kind = "edit",
    people: Literal["mean", "lowest"] = "mean",
    by_group: bool = False,
    of_truth: bool = False,
    correlated: bool = False,
) -> Callable[[Function], Function]:
    """Declare a function to be a measure. The function itself stays as it is. See `Measure` for the arguments.

    Raises:
        MeasureError: the declaration is incomplete, or the function asks for something that no edit provides.
    """

    def declare(function: Function) -> Function:
        declared = Measure(
            name=name, label=label, unit=unit, low=low, high=high, better=better, meaning=meaning, formula=formula,
            source=source, of=of, people=people, by_group=by_group, of_truth=of_truth, correlated=correlated,
            function=function,
        )  # fmt: skip
        _check(declared)
        setattr(function, _ATTRIBUTE, declared)
        return function

    return declare


def measure_named(key: str) -> Measure:
    """The measure that a record's key belongs to; a measure of attributes has a key for each of them.

    Raises:
        KeyError: no measure has that key.
        MeasureError: an installed package's measures cannot be loaded.
    """
    known = discovered()
    if key not in known:
        for one in known.values():
            if one.of == "attribute" and key.startswith(f"{one.name}_"):
                return one
    return known[key]


@cache
def discovered() -> Mapping[str, Measure]:
    """All measures by name: the built-in ones, by module and line, then those of other packages, by entry point.

    Raises:
        MeasureError: a package's measures cannot be loaded, or two measures have one name.
    """
    found: dict[str, Measure] = {}
    for one in (*_built_in(), *_of_other_packages()):
        if one.name in found:
            raise MeasureError(
                f"two measures are named {one.name!r}: of {found[one.name].package} and of {one.package}",
                where=_place(one),
                hint="rename one of them, or uninstall its package",
            )
        found[one.name] = one
    return MappingProxyType(found)


def code_of_other_packages() -> dict[str, str]:
    """What decides the values of other packages' measures, as a digest for each package.

    It is over the modules that hold the measures and over the package's version, which stands for whatever else
    they use.

    Raises:
        MeasureError: a package's measures cannot be loaded.
    """
    if not is_offered(ENTRY_POINTS):
        return {}
    from importlib.metadata import version

    modules: dict[str, set[str]] = {}
    for one in _of_other_packages():
        modules.setdefault(one.package, set()).add(inspect.getfile(one.function))
    digests = {}
    for package, files in modules.items():
        said = [statements(_read(file)) for file in sorted(files)]
        digests[package] = digest_of([version(package), *said])
    return digests


class _Measures(Mapping[str, Measure]):
    """`discovered`, when somebody looks: programs that list no measures do not search for them."""

    def __getitem__(self, name: str) -> Measure:
        return discovered()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(discovered())

    def __len__(self) -> int:
        return len(discovered())


MEASURES: Mapping[str, Measure] = _Measures()
"""All measures by name, in the order that pages list them."""


def _built_in() -> Iterator[Measure]:
    package = importlib.import_module(BUILT_IN)
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        yield from _declared_in(importlib.import_module(f"{BUILT_IN}.{module}"))


def _of_other_packages() -> Iterator[Measure]:
    if not is_offered(ENTRY_POINTS):
        return
    from importlib.metadata import entry_points

    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda entry: entry.name):
        package = entry.dist.name if entry.dist else entry.module
        hint = f"repair that package, or remove it: `pip uninstall {package}`"
        try:
            loaded = entry.load()
        except Exception as error:
            raise MeasureError(f"its measures cannot be loaded: {error}", where=package, hint=hint) from error
        declared = [*_declared_in(loaded)] if isinstance(loaded, ModuleType) else [*_declared_by(loaded)]
        if not declared:
            what = f"its entry point {entry.name!r} ({entry.value}) leads to no measure"
            raise MeasureError(what, where=package, hint="decorate a function there with `seamline.measures.measure`")
        yield from (replace(one, package=package) for one in declared)


def _declared_in(module: ModuleType) -> Iterator[Measure]:
    """Measures that a module defines, in the order of its lines; those it imports belong to another module."""
    for function in vars(module).values():
        if getattr(function, "__module__", None) == module.__name__:
            yield from _declared_by(function)


def _declared_by(function: Any) -> Iterator[Measure]:
    declared = getattr(function, _ATTRIBUTE, None)
    if isinstance(declared, Measure):
        yield declared


def _check(one: Measure) -> None:
    wrong = ""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", one.name):
        wrong = "its name must be lower-case words joined by underscores"
    elif missing := [name for name in ("label", "meaning", "formula", "source") if not getattr(one, name).strip()]:
        wrong = f"{' and '.join(missing)} must not be empty"
    elif one.low is not None and one.high is not None and one.low >= one.high:
        wrong = f"its range is empty: {one.low:g} to {one.high:g}"
    elif unknown := [name for name in one.arguments if name not in names_of(one.of)]:
        wrong = f"it asks for {', '.join(unknown)}; of an {one.of} there are {', '.join(names_of(one.of))}"
    if wrong:
        raise MeasureError(f"measure {one.name!r}: {wrong}", where=_place(one), hint="see `seamline.measures.registry`")


def _place(one: Measure) -> str:
    return f"{inspect.getfile(one.function)}:{one.function.__code__.co_firstlineno}"


def _read(file: str) -> bytes:
    from pathlib import Path

    return Path(file).read_bytes()
