"""How the records of figures stand: whole, and of these weights and this code? Needs no numpy.

Records lie in `catalog/records/` (`evaluation.json`, `bench.json`, `web.json`) and beside each
run (`measures.json`); all are sealed (`seamline.seals`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.errors import RecordError, WeightsError
from seamline.fingerprints import WORDS, fingerprint
from seamline.measures import store
from seamline.samples.hashing import Hashes
from seamline.samples.store import folder_of, read_runs
from seamline.samples.weights import MINI_FOLDER, safetensors_in
from seamline.seals import read_sealed

RECORDS = Path("catalog/records")
EVALUATED_BY = ("drawing", "evaluation", "measures", "sampler")
"""Sets of code that decide the evaluation's figures."""

NOT_RECORDED = "not recorded"
"""Stands for the weights and the code of a record that was written before records named them."""

_DRAWING_BENCHMARKS = ("engine", "workers")
"""Benchmarks that rest on weights and on code that decides pixels; each names its own, being measured by itself."""

_COMMANDS = {"evaluation": "seamline evaluate", "bench": "seamline bench", "web": "make audit-web"}


@dataclass(frozen=True, slots=True)
class Standing:
    """What the records say that is not so any more.

    Attributes:
        broken: records that were torn or altered; pages cannot be made from them.
        outdated: for each record of other weights or other code, by its path, why.
    """

    broken: tuple[RecordError, ...] = ()
    outdated: Mapping[str, str] = ()  # type: ignore[assignment]


def read_records(root: Path) -> dict[str, Any]:
    """The records of `catalog/records/` by name, as JSON data.

    Raises:
        RecordError: one was torn or altered.
    """
    return {path.stem: _read(path) for path in sorted((root / RECORDS).glob("*.json"))}


def mini_weights(root: Path) -> dict[str, str] | None:
    """sha256 of the mini editor's safetensors by path in its folder; None where they are not here."""
    folder, hashes = root / MINI_FOLDER, Hashes(root)
    try:
        return {path.relative_to(folder).as_posix(): hashes.sha256(path) for path in safetensors_in(folder)}
    except WeightsError:
        return None
    finally:
        hashes.save()


def code_of_evaluation(root: Path) -> dict[str, str]:
    """Fingerprints of the code that an evaluation rests on."""
    return _code(root, EVALUATED_BY)


def made_with(root: Path) -> dict[str, Any]:
    """Weights and code of a record that is written now."""
    return {"weights": mini_weights(root) or {}, "code": _code(root, ("drawing", "encoding", "sampler"))}


def why_outdated(root: Path, record: Mapping[str, Any]) -> str:
    """Why a record is of other weights or other code than are here, in words; empty where it is of these.

    Benchmarks are parts of one record, and those that draw are looked at one by one.
    """
    if "made_with" not in record and (
        parts := [name for name in _DRAWING_BENCHMARKS if "made_with" in record.get(name, ())]
    ):
        whys: dict[str, list[str]] = {}
        for name in parts:
            whys.setdefault(why_outdated(root, record[name]), []).append(name)
        return "; ".join(f"of {' and '.join(names)}, {why}" for why, names in whys.items() if why)
    made = record.get("made_with", record)
    weights, here = made.get("weights"), mini_weights(root)
    if weights == NOT_RECORDED:
        return "which weights it belongs to was not recorded"
    if here is not None and weights is not None and weights != here:
        return "it belongs to other weights than those in catalog/weights/mini"
    known: Mapping[str, str] = made.get("code") or {}
    now = _code(root, tuple(name for name in known if name in WORDS))
    changed = [WORDS[name] for name in now if now[name] != known[name]]
    return f"the code that {' and that '.join(changed)} has changed since" if changed else ""


def standing(root: Path) -> Standing:
    """All records at once."""
    broken: list[RecordError] = []
    outdated: dict[str, str] = {}
    for path in sorted((root / RECORDS).glob("*.json")):
        try:
            record = _read(path)
        except RecordError as error:
            broken.append(error)
            continue
        if path.stem == "evaluation" and (why := why_outdated(root, record)):
            outdated[path.relative_to(root).as_posix()] = f"{why}: `{_COMMANDS['evaluation']}`"
    hashes = Hashes(root)
    by = store.code(hashes)
    hashes.save()
    runs, _ = read_runs(root)
    for sample, by_weights in sorted(runs.items()):
        for weights, run in sorted(by_weights.items()):
            folder = folder_of(root, sample, weights)
            try:
                store.read(folder)
            except RecordError as error:
                broken.append(error)
                continue
            if why := store.why_due(folder, run, by):
                outdated[(folder / store.NAME).relative_to(root).as_posix()] = f"{why}: `seamline samples`"
    return Standing(tuple(broken), outdated)


def _code(root: Path, names: tuple[str, ...]) -> dict[str, str]:
    hashes = Hashes(root)
    found = {name: fingerprint(name, hashes) for name in names}
    hashes.save()
    return found


def _read(path: Path) -> Any:
    command = _COMMANDS.get(path.stem, "the command that wrote it")
    remedy = f"write it again (`{command}`), or restore the file from version control"
    body = read_sealed(path, remedy)
    try:
        return json.loads(body or b"")
    except ValueError as error:
        raise RecordError(f"not JSON: {error}", where=str(path), hint=remedy) from error
