"""Are these numbers really what the committed pictures show? Measure runs again and compare with what is recorded."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from seamline.errors import RecordError
from seamline.hashing import Hashes
from seamline.measures import measures_file
from seamline.measures.measuring import measured
from seamline.runs.store.run_folder import folder_of, read_record

TOLERANCE = 1e-3
"""How far a number may lie from the recorded one: this much, or this share of it where that is more.

Processors add up in different orders; what a page prints has two or three digits.
"""


@dataclass(frozen=True)
class Difference:
    """A recorded number that the committed picture does not give.

    Attributes:
        recorded, measured: None where only the other is there.
    """

    sample: str
    file: str
    measure: str
    recorded: float | None
    measured: float | None


def verify_measures(root: Path, runs: Iterable[tuple[str, str]]) -> tuple[int, tuple[Difference, ...]]:
    """How many recorded numbers of runs were measured again, and which do not hold.

    Args:
        runs: the sample and the weights' name of each.

    Raises:
        RecordError: a run has no record, no measures, or damaged ones.
    """
    by, count, differences = measures_file.code(Hashes(root)), 0, []
    for sample, weights in runs:
        folder = folder_of(root, sample, weights)
        record, stored = read_record(folder), measures_file.read(folder)
        if record is None or stored is None:
            raise RecordError("the run was never measured", where=str(folder), hint=measures_file.REMEDY)
        again = measured(folder, record, by)
        for file in sorted(stored["images"].keys() | again.keys()):
            old, new = stored["images"].get(file, {}), again.get(file, {})
            for measure in sorted(old.keys() | new.keys()):
                recorded, now = old.get(measure), new.get(measure)
                count += 1
                if not _agree(recorded, now):
                    differences.append(Difference(sample, file, measure, recorded, now))
    return count, tuple(differences)


def _agree(recorded: float | None, now: float | None) -> bool:
    if recorded is None or now is None:
        return False
    return math.isclose(recorded, now, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
