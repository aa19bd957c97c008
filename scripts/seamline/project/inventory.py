"""What is installed of runners, operations, exhibits and measures, and who provides it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

PluginKind = Literal["runner", "operation", "exhibit", "measure"]


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plug-in.

    Attributes:
        name: as catalog entries, pages or records spell it.
        says: what it is, in a few words.
        provider: the distribution that provides it.
    """

    kind: PluginKind
    name: str
    says: str
    provider: str


def installed() -> tuple[Plugin, ...]:
    """Every plug-in by kind, in the order of its registry. Loads no model and no numpy.

    Raises:
        PluginError: one of another distribution does not work.
        MeasureError: likewise, of a measure.
    """
    return tuple(_installed())


def _installed() -> Iterator[Plugin]:
    from seamline.measures.registry import MEASURES
    from seamline.plugins import EXHIBITS, OPERATIONS, RUNNERS

    for name, runner in RUNNERS.all.items():
        classes = ", ".join(sorted(runner.pipelines))
        yield Plugin("runner", name, f"{runner.signature}, of {classes}", RUNNERS.provider(name))
    for name, operation in OPERATIONS.all.items():
        yield Plugin("operation", name, operation.summary, OPERATIONS.provider(name))
    for name, exhibit in EXHIBITS.all.items():
        yield Plugin("exhibit", name, exhibit.title, EXHIBITS.provider(name))
    for name, measure in MEASURES.items():
        yield Plugin("measure", name, measure.label, measure.package)
