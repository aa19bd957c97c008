"""A record kept under changed code, if a share of its rows, made again now, comes out as before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from seamline.errors import RecordError
from seamline.measures.standing import COMMANDS, RECORDS, made_with, read_records, why_other_files

AS_BEFORE = 1e-4
"""A value that was measured again may differ by this much: machines add numbers up in different orders."""
LOOSER = {"light_angle": 0.02}
"""The same for measures that are less steady: one pixel that is rounded otherwise turns the estimate of the light."""

Row = Mapping[str, Any]
Again = Callable[[Sequence[int]], Iterable[Row]]
"""Makes the rows at some places of a list again, in their order."""
Say = Callable[[str], None]

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])


def carry_over_option(command: _Decorated) -> _Decorated:
    """Adds `--carry-over ROWS`, passed as `carry_over`; None where it is not given."""
    return click.option(
        "--carry-over",
        type=click.IntRange(min=1),
        metavar="ROWS",
        help="After a change of code: make this many rows of each list again, and keep the record if they come out as "
        "before. Figures are computed from its rows again.",
    )(command)


@dataclass(frozen=True, slots=True)
class KnownRecord:
    """A committed record that may be kept.

    Attributes:
        name: of its file, without the suffix.
        data: the record, as JSON data.
        rows: its rows by list; those of a record of one list under the empty name.
    """

    root: Path
    name: str
    data: Mapping[str, Any]
    rows: Mapping[str, Sequence[Row]]

    @classmethod
    def read(cls, root: Path, name: str, settings: Mapping[str, Any] | None = None) -> KnownRecord:
        """The record `name` of a project, if it is of the weights and files that are here.

        Args:
            settings: facts of the record that must be these.

        Raises:
            RecordError: there is no such record, it was torn, or it is of other weights, files or settings.
        """
        data = read_records(root).get(name)
        if data is None:
            raise _refusal(name, "there is no record to keep")
        if why := why_other_files(root, data.get("made_with", data)):
            raise _refusal(name, why)
        for setting, value in (settings or {}).items():
            if (known := data["facts"].get(setting)) != value:
                raise _refusal(name, f"it was made with {setting} {known}, which is {value} now")
        rows = data["rows"]
        return cls(root, name, data, rows if isinstance(rows, dict) else {"": rows})

    def refusal(self, why: str) -> RecordError:
        """An error that says why the record cannot be kept, and what to do."""
        return _refusal(self.name, why)

    def check(self, again: Mapping[str, Again], count: int, *, rounded: float = 0.0, say: Say = click.echo) -> int:
        """Make `count` rows of each list again, spread evenly over it, and compare them.

        Args:
            again: by list.
            rounded: the last digit that rows hold.

        Returns:
            How many rows were made again.

        Raises:
            RecordError: a row does not come out as before.
        """
        total = 0
        for name, make in again.items():
            places = spread(count, len(self.rows[name]))
            for place, row in zip(places, make(places), strict=True):
                self.compare(name, place, row, rounded=rounded)
                total += 1
                say(f"{name or self.name}: row {place} made again, as before")
        return total

    def compare(self, name: str, place: int, row: Row, *, rounded: float = 0.0) -> None:
        """Hold a row that was made again against the recorded one, value by value, at any depth.

        Raises:
            RecordError: a value differs by more than it may, and a last digit, or is missing in one of them.
        """
        known = self.rows[name][place]
        # Through JSON, as a record holds it: lists for tuples, texts for keys.
        now = json.loads(json.dumps(row))
        if off := sorted(differences(known, now, rounded)):
            scene = f" (scene {known['seed']})" if "seed" in known else ""
            listed = f" of {name}" if name else ""
            raise self.refusal(f"row {place}{listed}{scene} comes out otherwise now: {', '.join(off[:3])}")

    def kept(self, figures: Mapping[str, Any], made_again: int) -> dict[str, Any]:
        """The record under the present code, with `figures`, by part, that were computed from its rows now."""
        adapters = self.data["made_with"].get("adapters", ())
        return {
            **self.data,
            "made_with": made_with(self.root, self.name, adapters),
            "facts": {**self.data["facts"], "made_again": made_again},
            **figures,
        }


def spread(count: int, among: int) -> list[int]:
    """At most `count` places of `among`, evenly over them."""
    count = min(count, among)
    return [at * among // count for at in range(count)]


def differences(known: Any, now: Any, rounded: float = 0.0, name: str = "") -> set[str]:
    """What differs between two rows, at any depth: each value as `name known, now value`, or `name` alone where one of
    the two lacks it.

    Args:
        rounded: values may differ by this much more than by `AS_BEFORE` or what `LOOSER` says.
        name: of what is compared.
    """
    if isinstance(known, Mapping) and isinstance(now, Mapping):
        both = [one for one in known if one in now]
        lacking = {str(one) for one in {*known, *now}.difference(both)}
        return lacking.union(*(differences(known[one], now[one], rounded, one) for one in both))
    if isinstance(known, list) and isinstance(now, list) and len(known) == len(now):
        pairs = zip(known, now, strict=True)
        return set().union(*(differences(old, new, rounded, name) for old, new in pairs))
    if isinstance(known, (int, float)) and isinstance(now, (int, float)):
        # `<=` holds for nothing that is not a number, so that such a value differs.
        alike = abs(known - now) <= LOOSER.get(name, AS_BEFORE) + rounded
    else:
        alike = known == now
    return set() if alike else {f"{name} {known}, now {now}"}


def _refusal(name: str, why: str) -> RecordError:
    return RecordError(why, where=str(RECORDS / f"{name}.json"), hint=f"measure all of it again: `{COMMANDS[name]}`")
