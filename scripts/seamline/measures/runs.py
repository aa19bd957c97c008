"""Measures of every picture a run left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.catalog.entries import SceneInput
from seamline.catalog.entries import Truth as TruthEntry
from seamline.errors import RecordError
from seamline.measures import store
from seamline.samples.hashing import Hashes
from seamline.samples.keys import edit_of, scene_of
from seamline.samples.records import ImageRecord, Role, RunRecord
from seamline.samples.store import folder_of, read_runs

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.measures.arrays import Array
    from seamline.measures.truth import SceneTruth

MEASURED: frozenset[Role] = frozenset(
    {"edited", "knob", "seed", "one-word", "no-image", "paste", "truth", "guess"},
)
"""Roles of the pictures that show an edit, or what one is compared to."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What `measure_runs` did.

    Attributes:
        taken, kept: runs measured now, and runs whose measures were up to date, as `<sample>/<weights>`.
        problems: one error for each run that could not be measured; the others are done.
    """

    taken: tuple[str, ...]
    kept: tuple[str, ...]
    problems: tuple[RecordError, ...]


def measure_runs(root: Path, catalog: Catalog) -> Measured:
    """Measure the runs of all samples in the catalog that have no measures yet, or outdated ones.

    Raises:
        FilesError: the measures cannot be written.
    """
    runs, unreadable = read_runs(root, catalog.samples)
    taken: list[str] = []
    kept: list[str] = []
    problems = list(unreadable)
    hashes = Hashes(root)
    by = store.code(hashes)
    hashes.save()
    for sample, by_weights in sorted(runs.items()):
        for weights, record in sorted(by_weights.items()):
            try:
                fresh = measure_run(folder_of(root, sample, weights), record, by)
            except RecordError as problem:
                problems.append(problem)
                continue
            (taken if fresh else kept).append(f"{sample}/{weights}")
    return Measured(tuple(taken), tuple(kept), tuple(problems))


def measure_run(folder: Path, record: RunRecord, by: Mapping[str, str]) -> bool:
    """Measure one run unless that was done before; tell whether it had to be.

    Args:
        by: fingerprints of the code that measures, from `store.code`.

    Raises:
        RecordError: the run has no input image, or an image is missing or altered.
        FilesError: the measures cannot be written.
    """
    if not store.why_due(folder, record, by):
        return False
    store.write(folder, record, by, measured(folder, record, by))
    return True


def measured(folder: Path, record: RunRecord, by: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """What is measured of a run now: value by image and measure.

    Raises:
        RecordError: the run has no input image, or an image is missing or altered.
    """
    given = record.one("input")
    if given is None:
        raise RecordError("the run has no input image", where=str(folder), hint="draw the sample again")
    return _measure(folder, record.images, _picture(folder, given), _truth(record, given, by["drawing"]))


def _measure(
    folder: Path, images: Sequence[ImageRecord], before: Array, truth: SceneTruth | None
) -> dict[str, dict[str, float]]:
    from seamline.measures.edit import measure_edit

    # The other instruction asks for something else: what is true of this one says nothing about it.
    return {
        image.file: measure_edit(_picture(folder, image), before, None if image.role == "one-word" else truth)
        for image in images
        if image.role in MEASURED
    } | (_of_words(folder, images, truth) if truth else {})


def _of_words(folder: Path, images: Sequence[ImageRecord], truth: SceneTruth) -> dict[str, dict[str, float]]:
    from seamline.measures.focus import attention_focus

    found = {}
    for image in images:
        if image.role == "attention":
            # A word that looked nowhere has no focus.
            with suppress(ValueError):
                shares = _picture(folder, image)[..., 0]
                found[image.file] = {"attention_focus": round(attention_focus(shares, truth.region), 5)}
    return found


def _truth(record: RunRecord, given: ImageRecord, drawing: str) -> SceneTruth | None:
    """What is known about the scene the run was drawn from; None for a photo, and for scenes now drawn otherwise."""
    fields = record.key_fields
    if "truth" not in fields or "input.scene" not in fields or fields.get("code: drawing") != drawing:
        return None
    from seamline.measures.truth import scene_truth

    scene = scene_of(SceneInput.model_validate(fields["input.scene"]))
    return scene_truth(scene, edit_of(TruthEntry.model_validate(fields["truth"])), given.width, given.height)


def _picture(folder: Path, image: ImageRecord) -> Array:
    """(H, W, 3), 0 to 1, of an image of the run, checked against its record."""
    import numpy as np
    from PIL import Image

    path, remedy = folder / image.file, f"draw it again: `seamline samples --only {folder.parent.name}`"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", where=str(path), hint=remedy) from error
    if hashlib.sha256(data).hexdigest() != image.sha256:
        raise RecordError("was altered: it does not match the record's sha256", where=str(path), hint=remedy)
    return np.asarray(Image.open(BytesIO(data)).convert("RGB"), dtype=np.float64) / 255.0
