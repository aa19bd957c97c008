"""A sample's drawn cells -> its record and the bytes of its images."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from seamline.catalog.entries import Sample
from seamline.samples.cells import Cell, DrawnCell, Picture
from seamline.samples.engines import Facts
from seamline.samples.inputs import Input
from seamline.samples.keys import key_of
from seamline.samples.marking import packet, perceptual_hash, webp
from seamline.samples.plan import SampleState
from seamline.samples.recipes import Order, same_edit, slug
from seamline.samples.records import ImageRecord, Role, RunRecord
from seamline.samples.store import image_name
from seamline.samples.weights import Weights


@dataclass
class Job:
    """A sample on its way from due to drawn."""

    state: SampleState
    sample: Sample
    input: Input
    orders: tuple[Order, ...]
    drawn: dict[Cell, DrawnCell] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def cells(self) -> tuple[Cell, ...]:
        """What must be drawn: each cell once, the knob at the sample's own scales not again."""
        first = self.orders[0].cell
        return tuple(dict.fromkeys(first if same_edit(order.cell, first) else order.cell for order in self.orders))


def assemble(job: Job, weights: Weights, facts: Facts) -> tuple[RunRecord, dict[str, bytes]]:
    """A drawn sample's record and the bytes of its images, by file name."""
    images: dict[str, bytes] = {}
    records: list[ImageRecord] = []

    def add(role: Role, stem: str, picture: Picture, cell: Cell | None = None, **more: Any) -> None:
        instruction = cell.instruction if cell else None
        mark = packet(
            role,
            sample=job.state.id,
            weights=weights.identity.label,
            instruction=instruction,
            of_photo=job.sample.input.photo is not None,
        )
        data = webp(picture, role, mark)
        file = image_name(stem, data)
        images[file] = data
        if cell is not None:
            more |= {
                "instruction": cell.instruction,
                "guidance_scale": cell.guidance_scale,
                "image_guidance_scale": cell.image_guidance_scale,
                "seed": cell.seed,
            }
        records.append(
            ImageRecord(
                role=role,
                file=file,
                width=picture.shape[1],
                height=picture.shape[0],
                sha256=hashlib.sha256(data).hexdigest(),
                phash=perceptual_hash(picture),
                **more,
            )
        )

    add("input", "input", job.input.picture)
    for role, picture in job.input.beside.items():
        add(role, role, picture)
    first = job.orders[0].cell
    for order in job.orders:
        drawn = job.drawn[first if same_edit(order.cell, first) else order.cell]
        add(order.role, order.stem, drawn.picture, order.cell)
    drawn = job.drawn[first]
    for moment in drawn.moments:
        when = {"step": moment.step, "timestep": moment.timestep}
        add("noisy", f"noisy-{moment.step:03}", moment.noisy, first, **when)
        add("guess", f"guess-{moment.step:03}", moment.guess, first, **when)
    for place, (word, shares) in enumerate(drawn.attention):
        add("attention", f"attention-{place:02}-{slug(word)}", _grey(shares), word=word)
    fields = {**job.state.key_fields, "dtype": facts.dtype}
    record = RunRecord(
        sample=job.state.id,
        weights=weights.identity,
        key=key_of(fields),
        key_fields=fields,
        device=facts.device,
        dtype=facts.dtype,
        versions=dict(facts.versions),
        seconds=round(job.seconds, 3),
        images=tuple(records),
        shapes=dict(facts.shapes),
        input_rights=dict(job.input.rights),
    )
    return record, images


def _grey(shares: Any) -> Picture:
    """A map (h,w) in 0..1 as a grey picture (h,w,3); pages enlarge it, which adds nothing that a file should carry."""
    import numpy as np

    grey = (shares * 255).round().astype("uint8")
    return np.repeat(grey[..., None], 3, axis=-1)
