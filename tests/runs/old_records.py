"""Records of version 1: one step, with all its fields at the top."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seamline.hashing import digest_of
from seamline.runs.store.records import RunRecord

RECORDS = Path(__file__).parent / "records"

ROLES = {
    "knob": "guidance-grid",
    "one-word": "word-ablation",
    "no-image": "unconditioned",
    "guess": "predicted-x0",
}
"""Old role -> new role."""
KEY_FIELDS = {
    "instruction": "inputs.text",
    "exhibits.knobs": "exhibits.guidance_grid",
    "exhibits.one_word": "exhibits.word_ablation",
    "exhibits.four_ways": "exhibits.baseline_comparison",
    "code: sampler": "code: instruct_pix2pix",
    "code: drawing": "code: scenes",
}
FACTS = {"step": "denoising_step"}
PLAIN = ("role", "file", "sha256", "width", "height", "phash")
"""Fields of a picture that stayed where they were."""
OF_THE_STEP = ("weights", "key", "key_fields", "device", "dtype", "versions", "seconds", "shapes")


def as_version_1(record: RunRecord) -> dict[str, Any]:
    """What version 1 would have written of a run of one edit."""
    (step,) = record.steps.values()
    fields, facts = ({new: old for old, new in names.items()} for names in (KEY_FIELDS, FACTS))
    roles = {new: old for old, new in ROLES.items()}
    of_step = step.model_dump(mode="json")
    top = {name: of_step[name] for name in OF_THE_STEP}
    top["key_fields"] = {fields.get(name, name): value for name, value in step.key_fields.items() if name != "requests"}
    top["key"] = digest_of(top["key_fields"])
    images = []
    for image in record.images:
        written = image.model_dump(mode="json", include=set(PLAIN))
        written["role"] = roles.get(image.role, image.role)
        images.append(written | {facts.get(name, name): value for name, value in image.facts.items()})
    return {"sample": record.sample, **top, "images": images, "input_rights": record.input_rights}
