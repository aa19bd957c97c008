"""Records of earlier versions, read as if they were of this one.

Version 1 held one step, an InstructPix2Pix's edit, with all its fields at the top. Nothing is lost or invented:
roles and parameters get the names that they have now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamline.runs.store.records import SCHEMA

_ROLES = {
    "knob": "guidance-grid",
    "one-word": "word-ablation",
    "no-image": "unconditioned",
    "guess": "predicted-x0",
}
_BY_MODEL = {"edited", "seed", "noisy", *_ROLES.values()}
_FACTS = {
    "instruction": "instruction",
    "guidance_scale": "guidance_scale",
    "image_guidance_scale": "image_guidance_scale",
    "seed": "seed",
    "step": "denoising_step",
    "timestep": "timestep",
    "word": "word",
}
_FIELDS = {
    "exhibits.knobs": "exhibits.guidance_grid",
    "exhibits.one_word": "exhibits.word_ablation",
    "exhibits.four_ways": "exhibits.baseline_comparison",
    "instruction": "inputs.text",
    "code: sampler": "code: instruct_pix2pix",
    "code: drawing": "code: scenes",
}
_PARTS = {"exhibits.denoising": {"moments": "snapshots"}}
"""Names inside the value of a field."""
STEP, MODEL, RUNNER = "edit", "instruct-pix2pix", "instruct_pix2pix"


def upgraded(data: Any) -> Any:
    """A record's JSON data in the present form; what is in it already, or is no record, is given back as it is."""
    if not isinstance(data, Mapping) or "schema_version" in data or "key_fields" not in data or "images" not in data:
        return data
    try:
        return _upgraded(data)
    except (KeyError, TypeError, AttributeError):  # whoever validates it says what is wrong with it
        return data


def _upgraded(data: Mapping[str, Any]) -> dict[str, Any]:
    of_photo = "input.photo" in data["key_fields"]
    moved = ("weights", "key", "key_fields", "device", "dtype", "versions", "seconds", "shapes")
    step = {name: data[name] for name in moved if name in data}
    step["key_fields"] = {_FIELDS.get(name, name): _value(name, value) for name, value in data["key_fields"].items()}
    source = "photo" if of_photo else "scene"
    step |= {
        "model": MODEL,
        "runner": RUNNER,
        "inputs": {"image": source, "text": data["key_fields"].get("instruction", "")},
    }
    kept = {name: value for name, value in data.items() if name not in moved}
    images = [_image(image, of_photo=of_photo) for image in data["images"]]
    return kept | {
        "schema_version": SCHEMA,
        "weights_name": data["weights"]["name"],
        "steps": {STEP: step},
        "images": images,
    }


def _value(field: str, value: Any) -> Any:
    parts = _PARTS.get(field, {})
    if not isinstance(value, Mapping) or not parts:
        return value
    return {parts.get(name, name): one for name, one in value.items()}


def _image(image: Mapping[str, Any], *, of_photo: bool) -> dict[str, Any]:
    kept = {name: value for name, value in image.items() if name not in _FACTS}
    role = _ROLES.get(image["role"], image["role"])
    by_model = role in _BY_MODEL
    computed = None if of_photo and role == "input" else "computed"
    kept |= {
        "role": role,
        "step": STEP if by_model or role == "attention" else "",
        "port": "image" if role == "edited" else "",
        "type": "Msk" if role in ("attention", "region") else "Img",
        "provenance": "trained-composite" if by_model else computed,
        "facts": {_FACTS[name]: image[name] for name in _FACTS if image.get(name) is not None},
    }
    return kept
