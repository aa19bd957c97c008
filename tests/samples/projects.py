"""Small projects to plan and draw in, and an engine that costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seamline.catalog import Catalog
from seamline.catalog.entries import Model, Sample
from seamline.catalog.runnable import PIPELINE
from seamline.errors import RunError
from seamline.samples.cells import Cell, DrawnCell, Moment, Picture, Schedule, moments_of, words_of
from seamline.samples.engines import Facts, Result

MODEL = "instruct-pix2pix"
SCHEDULER = {"_class_name": "DDIMScheduler", "_diffusers_version": "0.1", "prediction_type": "sample"}


def sample_of(**changes: Any) -> Sample:
    """A sample of a photo; fields may be replaced."""
    photo = {"path": "photo.png", "licence": "CC0-1.0", "credit": "nobody", "consent": "nobody is shown"}
    plain: dict[str, Any] = {
        "title": "A swap",
        "model": MODEL,
        "input": {"photo": photo},
        "instruction": "swap the face on the left",
        "parameters": {"num_inference_steps": 4, "seed": 3},
    }
    return Sample.model_validate({**plain, **changes})


def scene_sample(**changes: Any) -> Sample:
    """A sample of a scene with a truth."""
    truth = {"swap": {"person": "left", "to": {"age": "old"}}}
    return sample_of(input={"scene": {"seed": 5, "people": 3}}, truth=truth, **changes)


def project(root: Path, samples: Mapping[str, Sample]) -> Catalog:
    """A project folder with a photo and weights that look real to whoever does not load them."""
    from PIL import Image

    mini = root / "catalog/weights/mini"
    for part in ("unet", "vae", "text_encoder"):
        (mini / part).mkdir(parents=True, exist_ok=True)
        (mini / part / "model.safetensors").write_bytes(f"weights of {part}".encode())
    (mini / "scheduler").mkdir(exist_ok=True)
    (mini / "scheduler/scheduler_config.json").write_text(json.dumps(SCHEDULER))
    (mini / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    (root / "catalog/photos").mkdir(exist_ok=True)
    ramp = np.arange(96 * 64 * 3, dtype=np.uint32).reshape(64, 96, 3) % 251
    Image.fromarray(ramp.astype(np.uint8)).save(root / "catalog/photos/photo.png")
    return with_samples(root, samples)


def with_samples(root: Path, samples: Mapping[str, Sample]) -> Catalog:
    """The project with other samples."""
    weights = {"repo": "timbrooks/instruct-pix2pix", "revision": "a" * 40}
    block = "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix"
    model = Model.model_validate({"block": block, "weights": weights})
    return Catalog(root=root, questions={}, models={MODEL: model}, papers={}, samples=dict(sorted(samples.items())))


class FakeEngine:
    """Draws a colour that depends on everything about a cell, at once. `before` is called ahead of every cell."""

    def __init__(self, before: Callable[[Cell], None] = lambda cell: None) -> None:
        self.before, self.cells = before, 0

    def __call__(self, weights: Any, dtype: str | None) -> FakeEngine:
        return self

    def facts(self, size: tuple[int, int]) -> Facts:
        return Facts("fake", "float32", {"fake": "1"}, {"latents": (4, 8, 12)})

    def close(self) -> None:
        pass

    def draw(self, pictures: Mapping[str, Picture], cells: Sequence[Cell], schedule: Schedule) -> Iterator[Result]:
        for index, cell in enumerate(cells):
            try:
                self.before(cell)
            except RunError as error:
                yield Result(index, None, error)
                continue
            self.cells += 1
            yield Result(index, drawn(pictures[cell.picture], cell, schedule), None, 0.25)


def drawn(picture: Picture, cell: Cell, schedule: Schedule) -> DrawnCell:
    """A picture that differs from cell to cell."""
    colour = np.frombuffer(hashlib.sha256(repr((cell, schedule)).encode()).digest()[:3], np.uint8)
    filled = np.broadcast_to(colour, picture.shape).copy()
    steps = moments_of(cell.moments, schedule.num_inference_steps)
    moments = tuple(Moment(step, 1000 - step, filled, filled) for step in steps)
    words = [word for word, _, _ in words_of(cell.instruction)] if cell.attention else []
    return DrawnCell(filled, moments, tuple((word, np.ones((8, 12), np.float32)) for word in words))
