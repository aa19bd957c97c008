"""Where runs live on disk, and how one becomes visible all at once.

A run is `generated/runs/<sample>/<weights>/`: `run.json` and the images it names. An
image's file name holds the beginning of its own sha256, so a new run never writes over
a picture that the present record names. Replacing `run.json`, one atomic rename, is
what makes a new run the run; whatever the record does not name is swept away after it.
A process killed at any moment thus leaves the old run or the new one.

`run.json` and `failed.json` are sealed: their first line holds the sha256 of the rest,
so one flipped bit anywhere is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from seamline.errors import FilesError, RecordError
from seamline.files import write_if_changed
from seamline.hashing import Hashes
from seamline.runs.store.records import RunRecord
from seamline.runs.store.upgrade import upgraded
from seamline.seals import read_sealed, sealed

RUNS = Path("generated/runs")
RECORD, FAILURE, PARTIAL, MEASURES = "run.json", "failed.json", "partial.json", "measures.json"
_Sealed = TypeVar("_Sealed", bound=BaseModel)


class FailedRun(BaseModel):
    """Why a sample could not be run; not tried again until a key of it changes or somebody asks.

    Attributes:
        key_fields: fields of the keys of its steps, by step.
        step: name of the step that failed; empty if its input did.
        error: class of the error.
        reason: its message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    sample: str
    weights: str
    key_fields: dict[str, dict[str, Any]]
    step: str = ""
    error: str
    reason: str


def folder_of(root: Path, sample: str, weights: str) -> Path:
    """Folder of a sample's run with some weights."""
    return root.joinpath(RUNS, sample, weights)


def artifact_name(stem: str, data: bytes, suffix: str) -> str:
    """File name of an artifact: what it is, and the beginning of its sha256."""
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:8]}{suffix}"


def write_run(root: Path, record: RunRecord, images: Mapping[str, bytes]) -> None:
    """Make `record`, with its images, the run of its sample and weights.

    Raises:
        FilesError: the file system refused; the run is as it was before.
    """
    folder = _write_files(root, record, images)
    write_if_changed(folder / RECORD, _sealed(record))
    _sweep(folder, _named(record))


def write_partial(root: Path, record: RunRecord, images: Mapping[str, bytes]) -> None:
    """Keep the steps that a sample finished before a later one failed. An earlier run of it stays the run.

    Raises:
        FilesError: the file system refused.
    """
    folder = _write_files(root, record, images)
    write_if_changed(folder / PARTIAL, _sealed(record))


def tidy(root: Path, sample: str, weights: str) -> None:
    """Remove what a killed process left in a run's folder: whatever its records do not name.

    Raises:
        FilesError: the file system refused.
    """
    folder = folder_of(root, sample, weights)
    try:
        record = read_record(folder)
    except RecordError:
        return
    if folder.is_dir():
        _sweep(folder, _named(record) | _named(read_partial(folder)), keep={FAILURE, PARTIAL})


def write_failure(root: Path, failure: FailedRun) -> None:
    """Record that a sample could not be run. An earlier run of it stays.

    Raises:
        FilesError: the file system refused.
    """
    write_if_changed(folder_of(root, failure.sample, failure.weights) / FAILURE, _sealed(failure))


def read_record(folder: Path) -> RunRecord | None:
    """The record in a run's folder, or None where there is none.

    Raises:
        RecordError: it is torn, altered or unreadable.
    """
    return _read(folder / RECORD, RunRecord)


def read_trusted(folder: Path) -> RunRecord | None:
    """The record in a run's folder, or None where there is none that can be trusted."""
    try:
        return read_record(folder)
    except RecordError:
        return None


def read_partial(folder: Path) -> RunRecord | None:
    """The steps that were finished before a later one failed, or None. A damaged record of them counts as none."""
    try:
        return _read(folder / PARTIAL, RunRecord)
    except RecordError:
        return None


def read_failure(folder: Path) -> FailedRun | None:
    """The failure noted in a run's folder, or None. A damaged note counts as none: trying again mends it."""
    try:
        return _read(folder / FAILURE, FailedRun)
    except RecordError:
        return None


def damage(folder: Path, record: RunRecord, hashes: Hashes) -> tuple[str, ...]:
    """What is wrong with the images a record names, one sentence each; empty when all are as recorded."""
    found = []
    where = f"{folder}{os.sep}"  # a text: joining paths would take longer than looking at the file
    for image in record.images:
        try:
            digest = hashes.sha256(f"{where}{image.file}")
        except FileNotFoundError:
            found.append(f"{image.file} is missing")
            continue
        if digest != image.sha256:
            found.append(f"{image.file} was altered: sha256 {image.sha256[:8]}… is recorded, {digest[:8]}… is there")
    return tuple(found)


def read_runs(
    root: Path, samples: Collection[str] | None = None
) -> tuple[dict[str, dict[str, RunRecord]], tuple[RecordError, ...]]:
    """All runs by sample and weights, and one error for each record that cannot be trusted.

    Args:
        samples: ids whose runs are read; all that are there when None.
    """
    runs: dict[str, dict[str, RunRecord]] = {}
    errors = []
    for path in sorted((root / RUNS).glob(f"*/*/{RECORD}")):
        sample, weights = path.parts[-3:-1]
        if samples is not None and sample not in samples:
            continue
        try:
            record = read_record(path.parent)
        except RecordError as error:
            errors.append(error)
            continue
        if record is not None:
            runs.setdefault(sample, {})[weights] = record
    return runs, tuple(errors)


def load_runs(root: Path, samples: Collection[str] | None = None) -> Mapping[str, Mapping[str, RunRecord]]:
    """All trustworthy runs, by sample and weights. `read_runs` tells which records were left out, and why."""
    return read_runs(root, samples)[0]


def _sealed(model: BaseModel) -> bytes:
    return sealed(model.model_dump_json(indent=1, exclude_defaults=True, exclude_none=True))


def _read(path: Path, kind: type[_Sealed]) -> _Sealed | None:
    body = read_sealed(path, _remedy(path))
    if body is None:
        return None
    with suppress(ValidationError):  # most records are of this version, and pydantic reads JSON quickest by itself
        return kind.model_validate_json(body)
    try:
        return kind.model_validate(upgraded(json.loads(body)))
    except ValueError as error:
        if not isinstance(error, ValidationError):
            raise RecordError(f"is not JSON: {error}", where=str(path), hint=_remedy(path)) from error
        first = error.errors()[0]
        what = f"was written by another version: {'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise RecordError(what, where=str(path), hint=_remedy(path)) from error


def _remedy(path: Path) -> str:
    return f"draw it again: `seamline samples --only {path.parent.parent.name}`"


def _write_files(root: Path, record: RunRecord, images: Mapping[str, bytes]) -> Path:
    folder = folder_of(root, record.sample, record.weights_name)
    for name in sorted(images):
        write_if_changed(folder / name, images[name])
    return folder


def _named(record: RunRecord | None) -> set[str]:
    return {image.file for image in record.images} if record else set()


def _sweep(folder: Path, named: Collection[str], *, keep: Collection[str] = ()) -> None:
    """Remove what no record names; notes of an earlier failure too, unless they are to be kept."""
    kept = {*named, RECORD, MEASURES, *keep}
    try:
        for path in folder.iterdir():
            if path.name not in kept:
                path.unlink()
    except OSError as error:
        raise FilesError(
            f"an old picture cannot be removed: {error.strerror}", where=str(error.filename or folder), hint="remove it"
        ) from error
