"""Were these pictures really made this way? Draw committed runs again, here, and compare.

Thresholds: the same weights, noise and schedule on another processor or GPU differ in
the last bits of float32, which 20 steps and WebP leave far above 35 dB; another seed,
scale or word lies far below it. float16 rounds more: its threshold is lower.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seamline.errors import RecordError
from seamline.samples.assembling import Job, assemble
from seamline.samples.hashing import Hashes
from seamline.samples.inputs import input_of
from seamline.samples.plan import SampleState, plan
from seamline.samples.recipes import orders_of, schedule_of
from seamline.samples.records import RunRecord
from seamline.samples.running import EngineName, MakeEngine, make_engine
from seamline.samples.store import damage, folder_of, read_record
from seamline.samples.weights import WeightsName, get

if TYPE_CHECKING:
    from seamline.catalog import Catalog

MIN_PSNR = {"float32": 35.0, "float16": 28.0, "bfloat16": 24.0}
"""Decibels that a redrawn picture must reach against the committed one, by number format."""
MIN_SSIM = {"float32": 0.97, "float16": 0.93, "bfloat16": 0.88}
"""Likewise, structural similarity (Wang et al. 2004), -1 to 1."""


@dataclass(frozen=True)
class Comparison:
    """One committed picture against the same picture drawn again.

    Attributes:
        psnr: decibels; infinite for equal pictures.
        ssim: -1 to 1.
    """

    sample: str
    file: str
    psnr: float
    ssim: float
    holds: bool


def verify(
    catalog: Catalog,
    *,
    weights: WeightsName = "mini",
    only: Collection[str] | None = None,
    sample: int | None = None,
    engine: EngineName | MakeEngine = "local",
    address: str | None = None,
) -> tuple[Comparison, ...]:
    """Redraw fresh runs and compare every picture.

    Args:
        only: sample ids; all that are fresh by default.
        sample: at most so many, evenly spread over the ids.

    Raises:
        RecordError: there is nothing to verify, or a committed run is damaged.
        WeightsError: the weights are not here.
    """
    hashes = Hashes(catalog.root)
    states = [state for state in plan(catalog, weights, only=only, hashes=hashes) if state.state == "fresh"]
    if not states:
        raise RecordError("there is no fresh run to verify", where=weights, hint="draw some first: `seamline samples`")
    if sample is not None and 0 < sample < len(states):
        states = [states[place * len(states) // sample] for place in range(sample)]
    make = make_engine(engine, address, catalog.root)
    found: list[Comparison] = []
    for state in states:
        found += _compare(catalog, state, hashes, make)
    return tuple(found)


def _compare(catalog: Catalog, state: SampleState, hashes: Hashes, make: MakeEngine) -> list[Comparison]:
    sample = catalog.samples[state.id]
    folder = folder_of(catalog.root, state.id, state.weights)
    record = read_record(folder)
    assert record is not None
    harm = damage(folder, record, hashes)
    if harm:
        raise RecordError(harm[0], where=str(folder))
    weights = get(catalog.root, catalog.models[sample.model], state.weights, hashes)
    engine = make(weights, record.dtype)
    job = Job(state, sample, input_of(catalog.root, sample, weights.size), orders_of(state.id, sample))
    height, width = job.input.picture.shape[:2]
    for result in engine.draw({state.id: job.input.picture}, job.cells, schedule_of(sample)):
        if result.drawn is None:
            raise result.error or RecordError("nothing was drawn", where=state.id)
        job.drawn[job.cells[result.index]] = result.drawn
    again, images = assemble(job, weights, engine.facts((width, height)))
    engine.close()
    return [
        _comparison(record, state.id, committed.file, (folder / committed.file).read_bytes(), images[drawn.file])
        for committed, drawn in zip(record.images, again.images, strict=True)
    ]


def _comparison(record: RunRecord, sample: str, file: str, committed: bytes, drawn: bytes) -> Comparison:
    import io

    import numpy as np
    from PIL import Image
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    one, other = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in (committed, drawn))
    if np.array_equal(one, other):
        return Comparison(sample, file, float("inf"), 1.0, True)
    psnr = float(peak_signal_noise_ratio(one, other, data_range=255))
    ssim = float(structural_similarity(one, other, channel_axis=2, data_range=255))
    holds = psnr >= MIN_PSNR[record.dtype] and ssim >= MIN_SSIM[record.dtype]
    return Comparison(sample, file, psnr, ssim, holds)
