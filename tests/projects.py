"""Small projects to plan and draw in, and an engine that costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from seamline.catalog import Catalog
from seamline.catalog.entries import KINDS, Model, Sample
from seamline.errors import RunError
from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.edit_request import (
    EditRequest,
    EditResult,
    Snapshot,
    snapshot_steps,
    words_of,
)
from seamline.runners.instruct_pix2pix.runner import PIPELINE, output_of
from seamline.runs.engines.base import Facts, Loading, Result

MODEL = "instruct-pix2pix"
SCHEDULER = {"_class_name": "DDIMScheduler", "_diffusers_version": "0.1", "prediction_type": "sample"}


def sample_of(*, kind: str = "instruct_pix2pix", **changes: Any) -> Sample:
    """A sample of a photo; fields may be replaced. `kind` is that of its model."""
    photo = {"path": "photo.png", "licence": "CC0-1.0", "credit": "nobody", "consent": "nobody is shown"}
    plain: dict[str, Any] = {
        "title": "A swap",
        "model": MODEL,
        "input": {"photo": photo},
        "instruction": "swap the face on the left",
        "parameters": {"num_inference_steps": 4, "seed": 3},
    }
    fields = {**plain, **changes}
    return Sample.model_validate(fields, context={KINDS: {fields["model"]: kind}})


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
    """Gives a colour that depends on everything about a request, at once. `before` is called ahead of every request."""

    def __init__(self, before: Callable[[EditRequest], None] = lambda request: None) -> None:
        self.before, self.generated = before, 0

    def __call__(self) -> FakeEngine:
        return self

    def facts(self, loading: Loading, size: tuple[int, int]) -> Facts:
        return Facts("fake", "float32", {"fake": "1"}, {"latents": (4, 8, 12)})

    def close(self) -> None:
        pass

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> Iterator[Result]:
        for index, request in enumerate(requests):
            try:
                self.before(request)
            except RunError as error:
                yield Result(index, None, error)
                continue
            self.generated += 1
            yield Result(index, output_of(generated(values[request.image], request)), None, 0.25)


def generated(picture: Any, request: EditRequest) -> EditResult:
    """A picture that differs from request to request."""
    colour = np.frombuffer(hashlib.sha256(repr(request).encode()).digest()[:3], np.uint8)
    filled = np.broadcast_to(colour, picture.shape).copy()
    steps = snapshot_steps(request.snapshots, request.num_inference_steps)
    snapshots = tuple(Snapshot(step, 1000 - step, filled, filled) for step in steps)
    words = [word for word, _, _ in words_of(request.instruction)] if request.attention else []
    return EditResult(filled, snapshots, tuple((word, np.ones((8, 12), np.float32)) for word in words))
