"""How the records of figures stand: whole, and of these weights and this code? Needs no numpy.

Records lie in `catalog/records/` (`evaluation.json`, `causes.json`, `canonical.json`, …) and beside each
run (`measures.json`); all are sealed (`seamline.seals`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seamline.errors import RecordError, WeightsError
from seamline.fingerprints import WORDS, fingerprint, has_sources
from seamline.hashing import Hashes
from seamline.measures import measures_file
from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from seamline.runners.registry import code_of_runner, runners
from seamline.runs.store.run_folder import folder_of, read_runs
from seamline.seals import read_sealed
from seamline.weights.folders import safetensors_in

RECORDS = Path("catalog/records")
NOT_RECORDED = "not recorded"
"""Stands for the weights and the code of a record that was written before records named them."""

_DRAWING_BENCHMARKS = ("engine", "workers", "live")
"""Benchmarks that rest on weights and on code that decides pixels; each names its own, being measured by itself."""

CAUSES = RECORDS / "causes.json"
STEPS_RECORD = RECORDS / "steps.json"
MATTING_RECORD = RECORDS / "matting.json"
CANONICAL = RECORDS / "canonical.json"
GROUPS = RECORDS / "groups.json"
GROUPED_TRAITS = "catalog/traits/systematic-faces.yml"


@dataclass(frozen=True, slots=True)
class Basis:
    """What the figures of a record rest on, beside the mini editor's weights.

    Attributes:
        code: sets of code and runners, by their names.
        adapters: whether on adapters of the mini editor.
        own_weights: folders of the project's other models.
        files: other files of the project.
    """

    code: tuple[str, ...]
    adapters: bool = False
    own_weights: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


BASES: Mapping[str, Basis] = {
    "evaluation": Basis(("evaluation", EDITOR.name, "measures", "scenes")),
    "bench": Basis(("encoding", EDITOR.name, "scenes")),
    "causes": Basis((EDITOR.name, "measures", "scenes", "inputs", "causes"), adapters=True),
    "steps": Basis((EDITOR.name, "measures", "scenes", "steps")),
    "matting": Basis(
        (EDITOR.name, "matting", "measures", "scenes", "true mattes", "mattes", "matte errors"),
        own_weights=("catalog/weights/mini-matting",),
    ),
    "canonical": Basis((EDITOR.name, "scenes", "canonical")),
    "groups": Basis((EDITOR.name, "measures", "scenes", "grouped edits", "group figures"), files=(GROUPED_TRAITS,)),
}
"""By record; `bench` stands for those whose figures are times and sizes."""

_NUMBER = (int, float)
_PAGE = {"scores": {"*": _NUMBER}, "layout_shift": _NUMBER, "violations": int, "bytes": _NUMBER}
_PARTS: Mapping[str, Mapping[str, Any]] = {
    "web": {"pages": {"*": _PAGE}, "tools": {}, "script_bytes": _NUMBER, "quiet": bool},
    "evaluation": {"rows": list},
    "groups": {"sets": {"*": {"all": {}, "groups": {}}}, "harder": {"all": {}}, "shown": {}, "rows": {"*": list}},
}
"""What pages take from a record without asking whether it is there."""

_REMADE = frozenset(BASES) - {"bench"}
"""Records that are looked at as wholes: each names its weights and its code."""

COMMANDS: Mapping[str, str] = {
    "evaluation": "make evaluate",
    "causes": "make causes",
    "steps": "python -m tools.step_sweep",
    "matting": "make evaluate-matting",
    "canonical": "make canonical",
    "evidence": "python -m tools.judged_evidence --record",
    "groups": "make groups",
    "bench": "make bench",
    "web": "make audit-web",
}
"""What writes a record, by its name."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the records say that is not so any more.

    Attributes:
        broken: records that were torn or altered; pages cannot be made from them.
        outdated: for each record of other weights or other code, by its path, why.
        unchecked: for each record that rests on code which is not installed here, by its path, what was not compared.
    """

    broken: tuple[RecordError, ...] = ()
    outdated: Mapping[str, str] = field(default_factory=dict)
    unchecked: Mapping[str, str] = field(default_factory=dict)


def read_records(root: Path) -> dict[str, Any]:
    """The records of `catalog/records/` by name, as JSON data.

    Raises:
        RecordError: one was torn or altered.
    """
    return {path.stem: _read(path) for path in sorted((root / RECORDS).glob("*.json"))}


def mini_weights(root: Path) -> dict[str, str] | None:
    """sha256 of the mini editor's safetensors by path in its folder; None where they are not here."""
    folder, hashes = root / MINI_EDITOR.folder, Hashes(root)
    try:
        return {
            path.relative_to(folder).as_posix(): hashes.sha256(path) for path in safetensors_in(folder, EDITOR.parts)
        }
    except WeightsError:
        return None
    finally:
        hashes.save()


def code_of_evaluation(root: Path) -> dict[str, str]:
    """Fingerprints of the code that an evaluation rests on."""
    return code_of(root, BASES["evaluation"].code)


def made_with(root: Path, record: str = "bench", adapters: Collection[str] = ()) -> dict[str, Any]:
    """Weights, code and files of a record that is written now.

    Args:
        record: its name; one of `BASES`.
        adapters: files relative to the mini editor's folder, of a record that rests on some.
    """
    basis = BASES[record]
    made: dict[str, Any] = {"weights": mini_weights(root) or {}}
    if basis.adapters:
        made["adapters"] = _adapters(root, adapters)
    if basis.own_weights:
        made["own_weights"] = {folder: _own_weights(root, folder) for folder in basis.own_weights}
    made["code"] = code_of(root, basis.code)
    if basis.files:
        made["files"] = _files(root, basis.files)
    return made


def why_outdated(root: Path, record: Mapping[str, Any]) -> str:
    """Why a record is of other weights or other code than are here, in words; empty where it is of these.

    Benchmarks are parts of one record, and those that draw are looked at one by one. Code that is not installed here
    is left out; `why_unchecked` names it.
    """
    if "made_with" not in record and (
        parts := [name for name in _DRAWING_BENCHMARKS if "made_with" in record.get(name, ())]
    ):
        whys: dict[str, list[str]] = {}
        for name in parts:
            whys.setdefault(why_outdated(root, record[name]), []).append(name)
        return "; ".join(f"of {' and '.join(names)}, {why}" for why, names in whys.items() if why)
    made = record.get("made_with", record)
    if why := why_other_files(root, made):
        return why
    known: Mapping[str, str] = made.get("code") or {}
    absent = {name for name in known if name in WORDS and not has_sources(name, root)}
    now = code_of(root, tuple(name for name in known if name not in absent))
    changed = [WORDS.get(name, f"runs {name}") for name in known if name not in absent and now.get(name) != known[name]]
    return f"the code that {' and that '.join(changed)} has changed since" if changed else ""


def why_other_files(root: Path, made: Mapping[str, Any]) -> str:
    """Which weights or other files a record rests on that are not those here, in words; empty where they are.

    Args:
        made: what the record says it was made with.
    """
    weights, here = made.get("weights"), mini_weights(root)
    if weights == NOT_RECORDED:
        return "which weights it belongs to was not recorded"
    if here is not None and weights is not None and weights != here:
        return "it belongs to other weights than those in catalog/weights/mini"
    adapters: Mapping[str, str] = made.get("adapters") or {}
    if here is not None and adapters != _adapters(root, adapters):
        return "it belongs to other adapters than those in catalog/weights/mini"
    for folder, own in (made.get("own_weights") or {}).items():
        if (root / folder).is_dir() and own != _own_weights(root, folder):
            return f"it belongs to other weights than those in {folder}"
    files: Mapping[str, str] = made.get("files") or {}
    if altered := [name for name, digest in _files(root, files).items() if digest != files[name]]:
        return f"{altered[0]} has changed since"
    return ""


def why_unchecked(root: Path, record: Mapping[str, Any]) -> str:
    """What a record rests on and cannot be compared here, in words; empty where all of it can.

    The wheel leaves out the tools that evaluate the mini editor; a project that is a clone of the repository has them.
    """
    made = record.get("made_with", record)
    absent = [WORDS[name] for name in made.get("code") or {} if name in WORDS and not has_sources(name, root)]
    return f"the code that {' and that '.join(absent)} is not part of this installation" if absent else ""


def standing(root: Path, samples: Collection[str] | None = None) -> Standing:
    """All records at once.

    Args:
        samples: ids of the samples whose runs are looked at; all runs when None.
    """
    broken: list[RecordError] = []
    outdated: dict[str, str] = {}
    unchecked: dict[str, str] = {}
    for path in sorted((root / RECORDS).glob("*.json")):
        try:
            record = _read(path)
        except RecordError as error:
            broken.append(error)
            continue
        if path.stem not in _REMADE:
            continue
        name = path.relative_to(root).as_posix()
        if why := why_outdated(root, record):
            outdated[name] = f"{why}: `{COMMANDS[path.stem]}`"
        if why := why_unchecked(root, record):
            unchecked[name] = why
    runs, torn = read_runs(root, samples)
    broken += torn
    hashes = Hashes(root)
    by = measures_file.code(hashes) if runs else {}
    hashes.save()
    for sample, by_weights in sorted(runs.items()):
        for weights, run in sorted(by_weights.items()):
            folder = folder_of(root, sample, weights)
            try:
                measures_file.read(folder)
            except RecordError as error:
                broken.append(error)
                continue
            if why := measures_file.why_due(folder, run, by):
                outdated[(folder / measures_file.NAME).relative_to(root).as_posix()] = f"{why}: `seamline samples`"
    return Standing(tuple(broken), outdated, unchecked)


def _adapters(root: Path, names: Collection[str]) -> dict[str, str]:
    """sha256 of adapters, by their path in the weights' folder; empty for one that is not here."""
    found = _files(root, [f"{MINI_EDITOR.folder}/{name}" for name in names])
    return {name.removeprefix(f"{MINI_EDITOR.folder}/"): digest for name, digest in found.items()}


def _files(root: Path, names: Collection[str]) -> dict[str, str]:
    """sha256 of files of the project; empty for one that is not here."""
    hashes = Hashes(root)
    found = {name: hashes.sha256(root / name) if (root / name).is_file() else "" for name in names}
    hashes.save()
    return found


def _own_weights(root: Path, folder: str) -> dict[str, str]:
    """sha256 of the safetensors of one of the project's own models, by file name; empty where there are none."""
    hashes = Hashes(root)
    found = {path.name: hashes.sha256(path) for path in sorted((root / folder).glob("*.safetensors"))}
    hashes.save()
    return found


def code_of(root: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Fingerprints of some sets of code and of runners, by their names; names that mean neither are left out."""
    hashes = Hashes(root)
    found = {name: fingerprint(name, hashes, project=root) for name in names if name in WORDS}
    found |= {name: code_of_runner(name, hashes) for name in names if name in runners()}
    hashes.save()
    return found


def _read(path: Path) -> Any:
    command = COMMANDS.get(path.stem, "the command that wrote it")
    remedy = f"write it again (`{command}`), or restore the file from version control"
    body = read_sealed(path, remedy)
    try:
        record = json.loads(body or b"")
    except ValueError as error:
        raise RecordError(f"not JSON: {error}", where=str(path), hint=remedy) from error
    if lacking := _lacking(record, _PARTS.get(path.stem, {})):
        raise RecordError(f"holds no sound `{lacking}`", where=str(path), hint=remedy)
    return record


def _lacking(record: Any, parts: Mapping[str, Any]) -> str:
    """Path of the first part that a record lacks or that is of another type; empty where it has all.

    Args:
        parts: by name, the type of a part or the parts of it; `*` stands for every name that the record has.
    """
    if not isinstance(record, dict):
        return "record"
    for name, wanted in parts.items():
        for one in record if name == "*" else [name]:
            if isinstance(wanted, dict):
                inner = _lacking(record.get(one), wanted)
                if inner:
                    return one if inner == "record" else f"{one}.{inner}"
            elif not isinstance(record.get(one), wanted):
                return str(one)
    return ""
