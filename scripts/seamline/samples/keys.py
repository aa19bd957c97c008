"""A run's key: everything that can change its pixels, as flat, readable fields.

Not in it: the device, the clock, the sample's title and alternative text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from seamline.catalog.entries import Sample, SceneInput
from seamline.catalog.entries import Truth as TruthEntry
from seamline.errors import PhotoError, RunError
from seamline.samples import photos, versions
from seamline.samples.hashing import Hashes, digest_of
from seamline.samples.weights import Weights
from seamline.scenes import DRAWING_VERSION
from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap, apply
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import Scene


def key_fields(root: Path, sample: Sample, weights: Weights, dtype: str, hashes: Hashes) -> dict[str, Any]:
    """Every field that decides the pixels of `sample` drawn with `weights`, as JSON data.

    Raises:
        RunError: the input is not there, or the truth does not fit the scene.
    """
    width, height = weights.size
    fields: dict[str, Any] = {"input.width": width, "input.height": height, **_input_fields(root, sample, hashes)}
    parameters = sample.parameters.model_dump(mode="json")
    scheduler = parameters.pop("scheduler") or weights.scheduler["_class_name"]
    fields |= {
        "instruction": sample.instruction,
        **parameters,
        "scheduler": scheduler,
        "scheduler.config": dict(weights.scheduler),
        "weights": weights.identity.source,
        "weights.files": dict(weights.identity.files),
        "dtype": dtype,
        "code: sampler": versions.SAMPLER,
        "code: inputs": versions.INPUTS,
        "code: encoding": versions.ENCODING,
    }
    exhibits = sample.exhibits.model_dump(mode="json", exclude_defaults=True)
    fields |= {f"exhibits.{name}": value for name, value in sorted(exhibits.items())}
    return fields


def key_of(fields: Mapping[str, Any]) -> str:
    """The key: sha256 over the fields."""
    return digest_of(fields)


def scene_of(given: SceneInput) -> Scene:
    """The scene that a sample's input describes."""
    return scene_from_seed(given.seed, given.people)


def edit_of(truth: TruthEntry) -> Edit:
    """What an instruction means, as an edit of a scene."""
    if truth.swap:
        return Swap(truth.swap.person, dict(truth.swap.to))
    if truth.exchange:
        return Exchange(truth.exchange.person, truth.exchange.other)
    if truth.attribute:
        return SetAttribute(truth.attribute.person, truth.attribute.attribute, truth.attribute.value)
    assert truth.expression is not None
    return SetExpression(truth.expression.person, truth.expression.expression)


def _input_fields(root: Path, sample: Sample, hashes: Hashes) -> dict[str, Any]:
    given = sample.input
    if given.photo is not None:
        path = photos.path_of(root, given.photo.path)
        try:
            return {"input.photo": given.photo.path, "input.sha256": hashes.sha256(path)}
        except OSError as error:
            raise PhotoError(
                f"the photo cannot be read: {error.strerror}", where=str(path), hint="put it there, or mend `path`"
            ) from error
    assert given.scene is not None
    scene = scene_of(given.scene)
    fields: dict[str, Any] = {
        "input.scene": given.scene.model_dump(mode="json"),
        "input.sha256": digest_of(asdict(scene)),
        "code: drawing": DRAWING_VERSION,
    }
    if sample.truth is not None:
        fields["truth"] = sample.truth.model_dump(mode="json", exclude_none=True)
        try:
            fields["truth.sha256"] = digest_of(asdict(apply(edit_of(sample.truth), scene)))
        except (ValueError, TypeError) as error:
            raise RunError(f"the truth does not fit the scene: {error}", where="truth") from error
    return fields
