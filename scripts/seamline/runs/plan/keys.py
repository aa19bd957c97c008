"""A step's key: everything that can change its outputs, as flat, readable fields.

Steps upstream are in it by their own keys, so that staleness flows down. Not in it: the device, versions of
libraries, the clock, the sample's title and alternative text.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from seamline.catalog.entries import Sample, Truth
from seamline.catalog.recipe import SCENE_VIEWS, Output, Photo, ResolvedStep, Scene, SceneViews, Text
from seamline.errors import PhotoError, RunError
from seamline.fingerprints import fingerprint, fingerprint_of
from seamline.hashing import Hashes, canonical, digest_of
from seamline.plugins import EXHIBITS, OPERATIONS
from seamline.runners.registry import runner_named
from seamline.runs.inputs import photos
from seamline.runs.inputs.scene_edit import edit_of, scene_of
from seamline.runs.plan.requests import requests_of, variants_of
from seamline.scenes import edits, sampling, state
from seamline.scenes.edits import apply
from seamline.weights.locate import Weights


def step_fields(
    root: Path,
    sample: Sample,
    step: ResolvedStep,
    *,
    weights: Weights | None,
    size: tuple[int, int],
    dtype: str,
    upstream: Mapping[str, str],
    hashes: Hashes,
) -> dict[str, Any]:
    """Every field that decides the outputs of one step, as JSON data.

    Args:
        weights: of a step that a model runs.
        size: width and height that the sample's input image is made for.
        upstream: keys of the steps that come before, by name.

    Raises:
        RunError: the input is not there, or the truth does not fit the scene.
    """
    fields: dict[str, Any] = {}
    if any(isinstance(source, Photo | Scene | SceneViews) for source in step.inputs.values()):
        width, height = size
        fields |= {"input.width": width, "input.height": height, **_input_fields(root, sample, step.truth, hashes)}
        if variants := variants_of(sample):
            fields["input.variants"] = [variant.facts for variant in variants]
        if any(SCENE_VIEWS in other.inputs.values() for other in sample.steps.values()):
            fields["code: views"] = _code_of_set("views", hashes)
    fields |= _wires(step, upstream)
    fields |= _model_fields(step, weights, dtype, hashes) if step.model else _operation_fields(step, hashes)
    fields["code: encoding"] = _code_of_set("encoding", hashes)
    if not step.runner:
        return fields
    exhibits = sample.exhibits.model_dump(mode="json", exclude_defaults=True)
    varied = {name: value for name, value in sorted(exhibits.items()) if EXHIBITS.all[name].runner == step.runner}
    fields |= {f"exhibits.{name}": value for name, value in varied.items()}
    return fields | {"requests": _requests(sample, step)}


def key_of(fields: Mapping[str, Any]) -> str:
    """The key: sha256 over the fields."""
    return digest_of(fields)


def _code(name: str, modules: tuple[str, ...], hashes: Hashes) -> str:
    """Fingerprint of code, taken once in the life of `hashes`: all samples of a plan share it."""
    return hashes.once((name, *modules), lambda: fingerprint_of(name, modules, hashes))


def _code_of_set(name: str, hashes: Hashes) -> str:
    """Likewise, of one of the sets."""
    return hashes.once(name, lambda: fingerprint(name, hashes))


def _requests(sample: Sample, step: ResolvedStep) -> str:
    """Digest of everything that the model is asked for: what the code of runner and exhibits asks, however written."""
    asked = requests_of("", sample, step, {})
    return digest_of([[planned.role, planned.stem, repr(planned.request)] for planned in asked])


def _wires(step: ResolvedStep, upstream: Mapping[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for port, source in step.inputs.items():
        if isinstance(source, Text):
            fields[f"inputs.{port}"] = source.text
        elif isinstance(source, Output):
            fields[f"inputs.{port}"] = f"{source.step}.{source.port}"
            fields[f"upstream.{source.step}"] = upstream[source.step]
    return fields


def _model_fields(step: ResolvedStep, weights: Weights | None, dtype: str, hashes: Hashes) -> dict[str, Any]:
    assert weights is not None
    runner = runner_named(step.runner)
    parameters = runner.key(step.parameters)
    if adapter := runner.adapter_of(step.parameters):
        parameters["weights.adapter"] = _adapter_hash(weights, adapter, hashes)
    if weights.scheduler:
        parameters["scheduler"] = parameters.get("scheduler") or weights.scheduler["_class_name"]
        parameters["scheduler.config"] = dict(weights.scheduler)
    return parameters | {
        "weights": weights.identity.source,
        "weights.files": dict(weights.identity.files),
        "dtype": dtype,
        "weights.configuration": dict(weights.configuration),
        f"code: {step.runner}": _code(step.runner, runner.code, hashes),
    }


def _adapter_hash(weights: Weights, adapter: str, hashes: Hashes) -> str:
    """sha256 of a fine-tune's file; empty where the weights are not on this machine."""
    if weights.folder is None:
        return ""
    try:
        return hashes.sha256(weights.folder / adapter)
    except OSError as error:
        folder = (weights.folder / adapter).parent
        here = ", ".join(sorted(path.stem for path in folder.glob("*.safetensors"))) or "none"
        hint = f"the weights' adapters are: {here}; name one of them, or leave `adapter` out of `parameters`"
        raise RunError("no such adapter of the weights", where=str(weights.folder / adapter), hint=hint) from error


def _operation_fields(step: ResolvedStep, hashes: Hashes) -> dict[str, Any]:
    code = _code(step.operation, OPERATIONS.all[step.operation].code, hashes)
    return {"operation": step.operation, **step.parameters.model_dump(mode="json"), f"code: {step.operation}": code}


@cache
def _scene_code() -> str:
    """What, besides its definition, decides a scene: the source that makes it, and Python's random numbers."""
    sources = [Path(str(module.__file__)).read_text("utf-8") for module in (sampling, state, edits)]
    return digest_of([*sources, sys.version_info[:2]])


def _input_fields(root: Path, sample: Sample, truth: Truth | None, hashes: Hashes) -> dict[str, Any]:
    if sample.photo is not None:
        path = photos.path_of(root, sample.photo.path)
        try:
            sha256 = hashes.sha256(path)
        except OSError as error:
            raise PhotoError(
                f"the photo cannot be read: {error.strerror}", where=str(path), hint="put it there, or correct `path`"
            ) from error
        return {
            "input.photo": sample.photo.path,
            "input.sha256": sha256,
            "code: photos": _code_of_set("photos", hashes),
        }
    entry = sample.scene
    assert entry is not None
    described = entry.model_dump(mode="json")
    source = f"scene {canonical(described)} {_scene_code()}"
    fields: dict[str, Any] = {
        "input.scene": described,
        "input.sha256": hashes.digest(source, lambda: asdict(scene_of(entry))),
        "code: scenes": _code_of_set("scenes", hashes),
        "code: inputs": _code_of_set("inputs", hashes),
    }
    if truth is not None:
        fields["truth"] = truth.model_dump(mode="json", exclude_none=True)
        source = f"truth {canonical(fields['truth'])} of {source}"
        try:
            fields["truth.sha256"] = hashes.digest(source, lambda: asdict(apply(edit_of(truth), scene_of(entry))))
        except (ValueError, TypeError) as error:
            raise RunError(f"the truth does not fit the scene: {error}", where="truth") from error
    return fields
