"""Run committed samples again, here, without keeping what comes out: to compare it with what was kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import runner_of
from seamline.errors import RecordError, RunError
from seamline.hashing import Hashes
from seamline.runs.engines.making import EngineName, MakeEngine, make_engine
from seamline.runs.execute.assembling import run_record
from seamline.runs.execute.job import Job, job_for
from seamline.runs.execute.progress import Progress
from seamline.runs.execute.stepping import Stepping
from seamline.runs.plan.model_weights import input_size
from seamline.runs.plan.states import SampleState
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import damage, folder_of, read_record
from seamline.weights.locate import Weights, WeightsName, get

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from seamline.catalog import Catalog

MIN_PSNR = {"float32": 35.0, "float16": 28.0, "bfloat16": 24.0}
"""Decibels that a picture must reach against the committed one, by number format."""
MIN_SSIM = {"float32": 0.97, "float16": 0.93, "bfloat16": 0.88}
"""Likewise, structural similarity (Wang et al. 2004), -1 to 1."""


@dataclass(frozen=True)
class Recomputed:
    """A committed run and the same run made again here."""

    state: SampleState
    committed: RunRecord
    again: RunRecord
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class Comparison:
    """One committed artifact against the same one made again.

    Attributes:
        weights: name of the run, `mini` or `hub`.
        psnr: decibels; infinite for equal ones.
        ssim: -1 to 1; 1 for equal ones.
    """

    sample: str
    weights: str
    file: str
    psnr: float
    ssim: float
    holds: bool


def recompute(
    catalog: Catalog,
    states: Collection[SampleState],
    weights: WeightsName | Mapping[str, WeightsName],
    *,
    engine: EngineName | MakeEngine = "local",
    address: str | None = None,
    say: Callable[[str], None] | None = None,
    on_failed: Callable[[SampleState, RunError], None] | None = None,
) -> Iterator[Recomputed]:
    """Make the runs of `states` again, each in the number format that it was made in.

    Args:
        on_failed: takes a sample whose model could not run it, and why; without it, that ends the others too.

    Raises:
        RecordError: a committed run is damaged.
        RunError: a sample cannot be run.
        WeightsError: the weights are not here.
    """
    hashes = Hashes(catalog.root)
    committed = {state.id: _intact(catalog, state, hashes) for state in states}
    make = make_engine(engine, address, catalog.root, None)
    for job in _run(catalog, states, weights, make, hashes, Progress(say or _quiet), on_failed):
        again, files = run_record(job, None)
        yield Recomputed(job.state, committed[job.state.id], again, files)


def compare(catalog: Catalog, one: Recomputed) -> Iterator[Comparison]:
    """Each committed artifact against the same one made again.

    Raises:
        RecordError: they are not the same artifacts.
    """
    folder = folder_of(catalog.root, one.state.id, one.state.weights)
    if [_place(image) for image in one.committed.images] != [_place(image) for image in one.again.images]:
        raise RecordError("the run holds other artifacts than it would now", where=str(folder))
    for old, new in zip(one.committed.images, one.again.images, strict=True):
        step = one.committed.steps.get(old.step, one.committed.main)
        run = one.state.id, one.state.weights
        yield compare_files(run, old, (folder / old.file).read_bytes(), one.files[new.file], step.dtype)


def compare_files(
    run: tuple[str, str], image: ArtifactRecord, committed: bytes, again: bytes, dtype: str
) -> Comparison:
    """A committed artifact's file against the one made again.

    Args:
        run: the sample's id and the name of the run, `mini` or `hub`.
        image: the committed artifact.
        dtype: number format that both were made in; empty for what no model made.
    """
    import numpy as np
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    if committed == again:
        return Comparison(*run, image.file, float("inf"), 1.0, True)
    if not image.width:
        return Comparison(*run, image.file, float("-inf"), -1.0, False)
    one, other = (_pixels(data) for data in (committed, again))
    if one.shape != other.shape:
        return Comparison(*run, image.file, float("-inf"), -1.0, False)
    if np.array_equal(one, other):
        return Comparison(*run, image.file, float("inf"), 1.0, True)
    alike = np.array_equal(one[..., 3], other[..., 3])
    if not alike:
        one, other = one[..., 3:], other[..., 3:]
    psnr = float(peak_signal_noise_ratio(one[..., :3], other[..., :3], data_range=255))
    ssim = float(structural_similarity(one[..., :3], other[..., :3], channel_axis=2, data_range=255))
    holds = alike and psnr >= MIN_PSNR[dtype or "float32"] and ssim >= MIN_SSIM[dtype or "float32"]
    return Comparison(*run, image.file, psnr, ssim, holds)


def _run(
    catalog: Catalog,
    states: Collection[SampleState],
    weights: WeightsName | Mapping[str, WeightsName],
    make: MakeEngine,
    hashes: Hashes,
    progress: Progress,
    on_failed: Callable[[SampleState, RunError], None] | None,
) -> list[Job]:
    def weights_of(model: str) -> Weights:
        entry = catalog.models[model]
        runner = runner_of(entry)
        assert runner is not None
        name = weights if isinstance(weights, str) else weights.get(model, "mini")
        return get(catalog.root, entry, runner, name, hashes)

    done: list[Job] = []

    def failed(job: Job, step: str, error: RunError, lasting: bool) -> None:
        if on_failed is None:
            raise error
        on_failed(job.state, error)

    jobs = []
    for state in states:
        sample = catalog.samples[state.id]
        recipe = recipe_of(sample, catalog.models)
        jobs.append(
            job_for(catalog.root, state, sample, recipe, input_size(recipe, lambda model: weights_of(model).size))
        )
    Stepping(catalog, weights_of, make, progress, done.append, failed, as_recorded=True).run(jobs)
    return done


def _intact(catalog: Catalog, state: SampleState, hashes: Hashes) -> RunRecord:
    folder = folder_of(catalog.root, state.id, state.weights)
    record = read_record(folder)
    assert record is not None
    if harm := damage(folder, record, hashes):
        raise RecordError(harm[0], where=str(folder))
    return record


def _place(image: ArtifactRecord) -> tuple[object, ...]:
    return image.step, image.role, image.port, sorted(image.facts.items())


def _pixels(data: bytes) -> NDArray[Any]:
    """Red, green, blue and alpha of a picture, height x width x 4, 0..255; of 16 bits in fractions of these."""
    import numpy as np
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    if image.mode.startswith("I"):  # what Pillow makes of 16 bits, and would cut off at 255 when it converts
        grey = np.asarray(image, dtype=np.float64) / 257
        return np.stack([grey, grey, grey, np.full_like(grey, 255)], axis=-1)
    return np.asarray(image.convert("RGBA"))


def _quiet(line: str) -> None:
    """Say nothing."""
