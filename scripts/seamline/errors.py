"""Every error Seamline raises on purpose, in one tree.

    SeamlineError
    ├── ProjectError        no project where one was looked for
    ├── CatalogError        a catalog file or a question document is not as it should be
    ├── WorkflowError       blocks that do not fit together
    ├── RunError            a sample could not be run
    │   ├── PhotoError      an input picture cannot or must not be used
    │   ├── WeightsError    weights are missing, unsafe or not what was pinned
    │   ├── EngineError     the machine or cluster gave up
    │   └── RecordError     what a run left behind is torn, altered or unreadable
    ├── OriginError         a file is of no run that is here, or its record does not say how it was made
    ├── LockedError         another Seamline process is at work on this project
    ├── DriftError          generated files are not what the catalog says
    ├── SiteError           the site builder refused
    ├── PluginError         a runner, operation, exhibit or measure of another distribution does not work
    │   └── MeasureError    a measure is not declared as it should be, cannot be loaded, or failed
    └── FilesError          the file system refused: full, read-only, gone

A message answers three questions in this order: what is wrong, where, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any


class SeamlineError(Exception):
    """Base of all errors that are the user's to mend; the command line prints it without a traceback.

    Args:
        what: what is wrong, as a sentence without a final period.
        where: file, `file:line`, field or sample it concerns.
        hint: what to do about it.
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        self.what, self.where, self.hint = what, where, hint
        super().__init__(what, where, hint)

    def __reduce__(self) -> Any:
        # Pickle calls a class with `args` alone; an error has to reach the parent of the process that raised it.
        return partial(type(self), where=self.where, hint=self.hint), (self.what,), vars(self)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  -> {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in one file.

    Attributes:
        file: the file, relative to the project where it lies inside it.
        line: 1-based line; 0 when the whole file is meant.
        field: dotted path of the field, `exhibits.guidance_grid.guidance_scale`; empty when none is meant.
        what: what was found, as a sentence without a final period.
        hint: what would be right, or what to do.
    """

    file: str
    line: int
    field: str
    what: str
    hint: str = ""

    @property
    def where(self) -> str:
        """`file:line`, or the file alone."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def __str__(self) -> str:
        place = f"{self.where}: {self.field}" if self.field else self.where
        advice = f"\n  -> {self.hint}" if self.hint else ""
        return f"{place}: {self.what}{advice}"


class ProjectError(SeamlineError):
    """No project where one was looked for."""

    exit_code = 2


class CatalogError(SeamlineError):
    """A catalog file or a question document is not as it should be.

    Attributes:
        problems: everything found wrong, in the order of files and lines; one message names them all.
    """

    exit_code = 3

    def __init__(self, what: str, *, where: str = "", hint: str = "", problems: Sequence[Problem] = ()) -> None:
        super().__init__(what, where=where, hint=hint)
        self.problems = tuple(problems)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> CatalogError:
        """One error that tells of every problem in `problems` (at least one)."""
        ordered = tuple(sorted(set(problems)))
        first = ordered[0]
        if len(ordered) == 1:
            what = f"{first.field}: {first.what}" if first.field else first.what
            return cls(what, where=first.where, hint=first.hint, problems=ordered)
        return cls("\n".join([f"{len(ordered)} problems", *map(str, ordered)]), problems=ordered)


class WorkflowError(SeamlineError):
    """Blocks that do not fit together."""

    exit_code = 3


class RunError(SeamlineError):
    """A sample could not be run."""

    exit_code = 5


class PhotoError(RunError):
    """An input picture cannot or must not be used."""


class WeightsError(RunError):
    """Weights are missing, unsafe or not what was pinned."""

    exit_code = 4


class EngineError(RunError):
    """The machine or cluster gave up."""

    exit_code = 4


class RecordError(RunError):
    """What a run left behind is torn, altered or unreadable."""


class OriginError(SeamlineError):
    """A file is of no run that is here, or its record does not say how it was made."""


class LockedError(SeamlineError):
    """Another Seamline process is at work on this project."""

    exit_code = 6


class DriftError(SeamlineError):
    """Generated files are not what the catalog says."""


class SiteError(SeamlineError):
    """The site builder refused."""


class PluginError(SeamlineError):
    """A runner, operation, exhibit or measure of another distribution does not work."""


class MeasureError(PluginError):
    """A measure is not declared as it should be, cannot be loaded, or failed."""


class FilesError(SeamlineError):
    """The file system refused: full, read-only, gone."""

    exit_code = 6
