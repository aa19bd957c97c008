"""Measures of every picture a run left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from seamline.catalog.entries import SceneInput
from seamline.catalog.entries import Truth as TruthEntry
from seamline.errors import MeasureError, RecordError, SeamlineError
from seamline.hashing import Hashes
from seamline.measures import measures_file
from seamline.runs.inputs.scene_edit import edit_of, scene_of
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import folder_of, read_runs
from seamline.scenes.variants import SceneVariant, variant_from

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.measures.arrays import Array
    from seamline.measures.ground_truth import SceneTruth

SCENE_PICTURES = frozenset({"paste", "truth", "variant-input", "variant-paste", "variant-truth"})
"""Roles of pictures of the scene that an edit is compared with."""

ANOTHER_VIEW = "view-edited"
"""Role of edits of what another camera sees: nothing is known here of the scene from there."""

ANOTHER_TASK = "word-ablation"
"""Role of pictures that were asked for something else: what is true of the edit says nothing about them."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What `measure_runs` did.

    Attributes:
        taken, kept: runs measured now, and runs whose measures were up to date, as `<sample>/<weights>`.
        problems: one error for each run that could not be measured; the others are done.
    """

    taken: tuple[str, ...]
    kept: tuple[str, ...]
    problems: tuple[SeamlineError, ...]


def measure_runs(root: Path, catalog: Catalog) -> Measured:
    """Measure the runs of all samples in the catalog that have no measures yet, or outdated ones.

    Raises:
        FilesError: the measures cannot be written.
        MeasureError: an installed package's measures cannot be loaded.
    """
    runs, unreadable = read_runs(root, catalog.samples)
    taken: list[str] = []
    kept: list[str] = []
    problems: list[SeamlineError] = [*unreadable]
    hashes = Hashes(root)
    by = measures_file.code(hashes)
    hashes.save()
    for sample, by_weights in sorted(runs.items()):
        for weights, record in sorted(by_weights.items()):
            try:
                fresh = measure_run(folder_of(root, sample, weights), record, by)
            except (RecordError, MeasureError) as problem:
                problems.append(problem)
                continue
            (taken if fresh else kept).append(f"{sample}/{weights}")
    return Measured(tuple(taken), tuple(kept), tuple(problems))


def measure_run(folder: Path, record: RunRecord, by: Mapping[str, str]) -> bool:
    """Measure one run unless that was done before; return whether it was due.

    Args:
        by: fingerprints of the code that measures, from `measures_file.code`.

    Raises:
        RecordError: an image is missing or altered.
        MeasureError: a measure failed.
        FilesError: the measures cannot be written.
    """
    if not measures_file.why_due(folder, record, by):
        return False
    measures_file.write(folder, record, by, measured(folder, record, by))
    return True


def measured(folder: Path, record: RunRecord, by: Mapping[str, str]) -> dict[str, dict[str, float]]:
    """What is measured of a run now: value by image and measure; nothing of a run that starts from text alone.

    Raises:
        RecordError: an image is missing or altered.
        MeasureError: a measure failed.
    """
    given = record.one("input")
    if given is None:
        return {}
    before = _picture(folder, given)
    truths = {"": _truth(record, given, by["scenes"])}
    seen = {"": before}
    for image in record.all("variant-input"):
        variant = variant_from(image.facts)
        seen[variant.name] = _picture(folder, image)
        truths[variant.name] = _truth(record, given, by["scenes"], variant)
    return _of_edits(folder, record, seen, truths) | _of_words(folder, record.images, truths[""])


def is_measured(image: ArtifactRecord, given: ArtifactRecord) -> bool:
    """Whether a picture shows an edit of the input, or what one is compared with."""
    shows_edit = (
        image.type == "Img" and image.provenance == "trained-composite" and image.role not in ("noisy", ANOTHER_VIEW)
    )
    joined = image.type == "Img" and bool(image.port)
    return (shows_edit or joined or image.role in SCENE_PICTURES) and image.size == given.size


def steps_of_truth(record: RunRecord) -> frozenset[str]:
    """Steps whose outputs the truth is about: the edit that it describes, and what is made of it and the scene alone.

    A step makes no other edit if it is an operation, or a model's that gives no image: a matte. Of an edit of an edit
    no true picture is known.
    """
    found = {name for name, step in record.steps.items() if "truth" in step.key_fields}
    known = {"scene", *found}
    gave = {image.step: {one.type for one in record.images if one.step == image.step} for image in record.images}
    for name, step in record.steps.items():
        read = {source.partition(".")[0] for source in step.inputs.values()}
        if name not in found and read <= known and (step.operation or "Img" not in gave.get(name, {"Img"})):
            known.add(name)
            if read & found:
                found.add(name)
    return frozenset(found)


def _of_edits(
    folder: Path, record: RunRecord, seen: Mapping[str, Array], truths: Mapping[str, SceneTruth | None]
) -> dict[str, dict[str, float]]:
    """Measures of edits, each held against the variant of the scene that it was made from.

    Args:
        seen, truths: input image and truth by the name of the variant; empty for the scene itself.
    """
    from seamline.measures.edited_picture import measure_edit

    given = record.one("input")
    assert given is not None
    described = {"", *steps_of_truth(record)}
    return {
        image.file: measure_edit(
            _picture(folder, image),
            seen[image.facts.get("variant", "")],
            truths[image.facts.get("variant", "")] if image.step in described and image.role != ANOTHER_TASK else None,
        )
        for image in record.images
        if is_measured(image, given)
    }


def _of_words(folder: Path, images: Sequence[ArtifactRecord], truth: SceneTruth | None) -> dict[str, dict[str, float]]:
    from seamline.measures.edited_picture import measure_attention

    region = None if truth is None else truth.region
    taken = {
        image.file: measure_attention(_picture(folder, image)[..., 0], region)
        for image in images
        if image.role == "attention"
    }
    return {file: values for file, values in taken.items() if values}


def _truth(
    record: RunRecord, given: ArtifactRecord, scenes: str, variant: SceneVariant | None = None
) -> SceneTruth | None:
    """What is known about the scene the run starts from; None for a photo, and for scenes rasterized otherwise now."""
    fields = next((step.key_fields for step in record.steps.values() if "truth" in step.key_fields), {})
    if "input.scene" not in fields or fields.get("code: scenes") != scenes:
        return None
    from seamline.measures.ground_truth import scene_truth

    scene = scene_of(SceneInput.model_validate(fields["input.scene"]))
    scene = variant.of(scene) if variant else scene
    return scene_truth(scene, edit_of(TruthEntry.model_validate(fields["truth"])), given.width, given.height)


def _picture(folder: Path, image: ArtifactRecord) -> Array:
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
