"""A sample -> the cells it needs, each with the role its picture plays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seamline.catalog.entries import Sample
from seamline.samples.cells import Cell, Schedule
from seamline.samples.records import Role


@dataclass(frozen=True, slots=True)
class Order:
    """One picture to be drawn: its role, the beginning of its file name, and the cell that draws it."""

    role: Role
    stem: str
    cell: Cell


def schedule_of(sample: Sample) -> Schedule:
    """What a sample's cells share."""
    return Schedule(sample.parameters.num_inference_steps, sample.parameters.scheduler)


def orders_of(name: str, sample: Sample) -> tuple[Order, ...]:
    """Everything a model must draw for `sample`; the edit itself comes first.

    Raises:
        RunError: a guidance scale that `Cell` refuses.
    """
    return tuple(_orders(name, sample))


def _orders(name: str, sample: Sample) -> Iterator[Order]:
    parameters, exhibits = sample.parameters, sample.exhibits
    plain = Cell(name, sample.instruction, parameters.guidance_scale, parameters.image_guidance_scale, parameters.seed)
    moments = exhibits.denoising.moments if exhibits.denoising else 0
    yield Order("edited", "edited", replace(plain, moments=moments, attention=exhibits.attention))
    if exhibits.knobs:
        for s_image in exhibits.knobs.image_guidance_scale:
            for s_text in exhibits.knobs.guidance_scale:
                cell = replace(plain, guidance_scale=s_text, image_guidance_scale=s_image, beyond_stock=s_image < 1)
                yield Order("knob", f"knob-t{s_text:g}-i{s_image:g}", cell)
    if exhibits.one_word:
        yield Order("one-word", "one-word", replace(plain, instruction=exhibits.one_word.instruction))
    for seed in exhibits.seeds:
        yield Order("seed", f"seed-{seed}", replace(plain, seed=seed))
    if exhibits.four_ways:
        yield Order("no-image", "no-image", replace(plain, sees_picture=False))


def slug(word: str) -> str:
    """A word as part of a file name: ASCII letters and digits only."""
    return re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")[:30] or "word"


def same_edit(one: Cell, other: Cell) -> bool:
    """Whether two cells draw the same picture, whatever else they keep of the way to it."""
    return replace(one, moments=0, attention=False) == replace(other, moments=0, attention=False)
