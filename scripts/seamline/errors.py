"""Every error Seamline raises on purpose, in one tree.

    SeamlineError
    ├── CatalogError        a catalog file or a question document is not as it should be
    ├── WorkflowError       blocks that do not fit together
    ├── RunError            a sample could not be run
    │   ├── PhotoError      an input picture cannot or must not be used
    │   ├── WeightsError    weights are missing, unsafe or not what was pinned
    │   ├── EngineError     the machine or cluster gave up
    │   └── RecordError     what a run left behind is torn, altered or unreadable
    ├── LockedError         another Seamline process is at work on this project
    ├── DriftError          generated files are not what the catalog says
    ├── SiteError           the site builder refused
    └── FilesError          the file system refused: full, read-only, gone

A message answers three questions in this order: what is wrong, where, what to do.
"""

from __future__ import annotations


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

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f"\n  -> {self.hint}" if self.hint else ""
        return f"{place}{self.what}{advice}"


class CatalogError(SeamlineError):
    """A catalog file or a question document is not as it should be."""

    exit_code = 3


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


class LockedError(SeamlineError):
    """Another Seamline process is at work on this project."""

    exit_code = 6


class DriftError(SeamlineError):
    """Generated files are not what the catalog says."""


class SiteError(SeamlineError):
    """The site builder refused."""


class FilesError(SeamlineError):
    """The file system refused: full, read-only, gone."""

    exit_code = 6
