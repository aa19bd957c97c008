"""A run's key: everything that can change its pixels, as flat, readable fields.

Not in it: the device, versions of libraries, the clock, the sample's title and alternative text.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from seamline.catalog.entries import Sample, SceneInput
from seamline.catalog.entries import Truth as TruthEntry
from seamline.errors import PhotoError, RunError
from seamline.fingerprints import fingerprint
from seamline.samples import photos
from seamline.samples.hashing import Hashes, canonical, digest_of
from seamline.samples.weights import Weights
from seamline.scenes import edits, sampling, state
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
        "weights.configuration": dict(weights.configuration),
        "code: sampler": fingerprint("sampler", hashes),
        "code: encoding": fingerprint("encoding", hashes),
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


@cache
def _scene_code() -> str:
    """What, beside its definition, decides a scene: the source that makes it, and Python's random numbers."""
    sources = [Path(str(module.__file__)).read_text("utf-8") for module in (sampling, state, edits)]
    return digest_of([*sources, sys.version_info[:2]])


def _input_fields(root: Path, sample: Sample, hashes: Hashes) -> dict[str, Any]:
    given = sample.input
    if given.photo is not None:
        path = photos.path_of(root, given.photo.path)
        try:
            sha256 = hashes.sha256(path)
        except OSError as error:
            raise PhotoError(
                f"the photo cannot be read: {error.strerror}", where=str(path), hint="put it there, or mend `path`"
            ) from error
        return {"input.photo": given.photo.path, "input.sha256": sha256, "code: photos": fingerprint("photos", hashes)}
    assert given.scene is not None
    entry, truth = given.scene, sample.truth
    described = entry.model_dump(mode="json")
    source = f"scene {canonical(described)} {_scene_code()}"
    fields: dict[str, Any] = {
        "input.scene": described,
        "input.sha256": hashes.digest(source, lambda: asdict(scene_of(entry))),
        "code: drawing": fingerprint("drawing", hashes),
        "code: inputs": fingerprint("inputs", hashes),
    }
    if truth is not None:
        fields["truth"] = truth.model_dump(mode="json", exclude_none=True)
        source = f"truth {canonical(fields['truth'])} of {source}"
        try:
            fields["truth.sha256"] = hashes.digest(source, lambda: asdict(apply(edit_of(truth), scene_of(entry))))
        except (ValueError, TypeError) as error:
            raise RunError(f"the truth does not fit the scene: {error}", where="truth") from error
    return fields
