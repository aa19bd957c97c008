"""The model card, written from what training and evaluation recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.files import write_if_changed
from seamline.measures.evaluation_record import EvaluationRecord, Figure
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
from tools.training.config import TrainingPlan, load_plan

_ROWS: Mapping[str, str] = {
    "right_person": "the person named is the one edited",
    "identity": "identity asked for arrived, of 8 candidates",
    "expression": "expression as it should be, of 6",
    "psnr_face": "PSNR in the face, against the true picture (dB)",
    "ssim_face": "SSIM in the face, against the true picture",
    "psnr_outside": "PSNR outside, against the input (dB)",
    "fringe": "mean error in a narrow band around the head",
}
_WAYS = {
    "no_edit": "nothing done",
    "paste": "cut and paste",
    "no_image": "photo withheld",
    "edit": "edit",
    "ceiling": "true picture through the autoencoder",
}

_TEXT = """---
license: apache-2.0
library_name: diffusers
pipeline_tag: image-to-image
tags: [instruct-pix2pix, synthetic-data, group-photos]
---

# Seamline mini editor

A small model with the inputs and guidance of InstructPix2Pix, trained from scratch on drawn group photos.
It ships with Seamline so that its samples run without a graphics card.
**It is not timbrooks/instruct-pix2pix** and knows nothing of photographs.

```python
from diffusers import StableDiffusionInstructPix2PixPipeline

editor = StableDiffusionInstructPix2PixPipeline.from_pretrained("catalog/weights/mini")
```

## What it is

| part | parameters |
|---|---|
| `AutoencoderTiny`, pictures to latents of 1/{factor} the side, {latent_channels} channels | {vae:,} |
| `CLIPTextModel`, {layers} layers of {width}, vocabulary of our own words | {text_encoder:,} |
| `UNet2DConditionModel`, channels {channels}, text on the two lower levels and in the time embedding | {unet:,} |

It predicts the finished latents (`prediction_type: sample`) under a schedule of zero terminal
signal-to-noise ratio, with trailing time steps, and is sampled by DDIM. Euler ancestral does not take this
prediction type; predicting v, which it would take, was tried and left the pictures noisy.

## What it was trained on

Scenes of two or three drawn people, {picture_size} pixels, with seeds from {first_seed:,} upward, and pairs of
scenes that differ by one edit. No photograph, no real person, no other model. Attributes are drawn
independently of one another. Instructions were written by hand for this project, in many phrasings;
a part of them is kept for evaluation.

These weights saw **{pictures_seen:,} pictures** in {unet_steps:,} steps: {machines}.
The autoencoder reached {faces_db:.1f} dB on held-out faces; before the first step, the text encoder
read {parsed:.1%} of held-out instructions without any mistake.
`training.yml` is the plan as it stands now, `training.json` what happened.{plans}

{curve}

## How good it is

{evaluation}

## What it can't do

- Photographs, other drawing styles, other picture sizes than {picture_size}.
- Instructions other than: swap a face for somebody described, exchange two faces, set one attribute, set an
  expression; the person named by place (left, middle, right).
- Words it never read: they mean nothing to it, and it may then change anything.
{age}
Licence: Apache-2.0. Hashes (sha256) of the weights:

{hashes}
"""


def write_card(root: Path, record: EvaluationRecord | None) -> Path:
    """Write `catalog/weights/mini/README.md` from the plan, `training.json` and the evaluation."""
    folder = root / MINI_EDITOR.folder
    training_record = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    write_if_changed(folder / "README.md", card(load_plan(folder / "training.yml"), training_record, record))
    return folder / "README.md"


def card(plan: TrainingPlan, training_record: Mapping[str, Any], record: EvaluationRecord | None) -> str:
    """The card's text.

    Args:
        training_record: what `export` recorded of the training.
        record: the evaluation of these very weights, if there is one; figures of other weights are left out.
    """
    from seamline.scenes.sampling import FIRST_TRAINING_SEED

    same = record is not None and dict(record.weights) == training_record["sha256"]
    return _TEXT.format(
        latent_channels=plan.autoencoder.latent_channels,
        factor=plan.autoencoder.factor,
        age=_age(record) if record is not None and same else "",
        layers=plan.text.layers,
        width=plan.text.width,
        channels=", ".join(str(channels) for channels in plan.unet.channels),
        picture_size=f"{plan.pictures.width} x {plan.pictures.height}",
        first_seed=FIRST_TRAINING_SEED,
        faces_db=training_record["autoencoder"].get("faces_db", float("nan")),
        parsed=training_record["text_encoder"].get("parsed", float("nan")),
        evaluation=_figures(record) if record is not None and same else "These weights have not been evaluated yet.",
        hashes="\n".join(f"- `{name}` `{digest}`" for name, digest in training_record["sha256"].items()),
        curve=_curve(training_record.get("curve", [])),
        plans=_plans(training_record.get("plans", [])),
        machines=_machines(training_record["machines"]),
        **training_record["parameters"],
        **{name: training_record[name] for name in ("pictures_seen", "unet_steps")},
    )


def _figures(record: EvaluationRecord) -> str:
    head = f"{record.facts['edits']} held-out edits in held-out words, with 95 % confidence intervals."
    lines = [
        f"| figure | {' | '.join(_WAYS.values())} |",
        "|---" * (1 + len(_WAYS)) + "|",
    ]
    for name, meaning in _ROWS.items():
        ways: Mapping[Any, Figure] = record.figures.get(name, {})
        lines.append(f"| {meaning} | " + " | ".join(_cell(ways.get(way)) for way in _WAYS) + " |")
    slope: Mapping[Any, Figure] = record.correlations.get("luminance_slope", {})
    cells = " | ".join(_cell(slope.get(way)) for way in _WAYS)
    lines.append(f"| slope of light, correlation with the true picture's | {cells} |")
    parameters = ", ".join(f"{name} {value}" for name, value in record.parameters.items())
    return "\n".join([head, f"Sampled with {parameters}.", "", *lines, *_asked(record)])


def _asked(record: EvaluationRecord) -> list[str]:
    """How often each attribute and expression arrived that an edit asked for, over edits of every kind."""
    if not record.asked:
        return []
    found: dict[str, Mapping[Any, Figure]] = {
        name.removeprefix("attribute_").replace("_", " "): ways["any"] for name, ways in record.asked.items()
    }
    if "expression" in record.expressions:
        found["expression"] = record.expressions["expression"]
    rows = [
        f"| {name} | {ways['edit'].n} | {_cell(ways.get('no_edit'))} | {_cell(ways.get('edit'))} |"
        for name, ways in found.items()
        if "edit" in ways
    ]
    return [
        "",
        "Arrived, where it was asked for:",
        "",
        "| asked for | edits | nothing done | edit |",
        "|---|---|---|---|",
        *rows,
    ]


def _age(record: EvaluationRecord) -> str:
    """What became of age, as a line of what the editor can't do; empty where it arrives nine times in ten."""
    ways: Mapping[Any, Figure] = record.asked.get("attribute_age", {}).get("any", {})
    if "edit" not in ways or ways["edit"].value >= 0.9:
        return ""
    nothing = f"; nothing done: {ways['no_edit'].value:.0%}" if "no_edit" in ways else ""
    return (
        f"- Age, safely: it arrived in {ways['edit'].value:.0%} of {ways['edit'].n} edits that asked for it{nothing}.\n"
    )


def _plans(rows: Sequence[Mapping[str, Any]]) -> str:
    """From which step on the U-Net's plan was another, as a list; nothing when one plan held throughout."""
    if len(rows) < 2:
        return ""
    plan, lines = dict(rows[0]["plan"]), []
    for row in rows[1:]:
        changes = [f"`{name}` {_shown(plan.get(name))} -> {_shown(value)}" for name, value in row["plan"].items()]
        lines.append(f"- from step {row['from_step']:,}: {', '.join(changes)}")
        plan |= row["plan"]
    return "\nThe U-Net did not follow it from the start:\n\n" + "\n".join(lines)


def _machines(rows: Sequence[Mapping[str, Any]]) -> str:
    """How long the U-Net was trained where, as words."""
    return ", then ".join(f"{row['steps']:,} in {row['minutes']:.3g} minutes on {row['machine']}" for row in rows)


def _shown(value: Any) -> str:
    return "(unset)" if value is None else str(value)


def _curve(rows: Sequence[Mapping[str, float]]) -> str:
    if not rows:
        return ""
    head = (
        "Mean squared error of the latents on held-out edits, drawn in one step from noise alone: where the picture\n"
        "should change, with the right instruction and with another edit's, and elsewhere."
    )
    if len({row["untouched"] for row in rows}) > 1:
        head += "\nWhere the last column changes, held-out edits or autoencoder are others: compare within a stretch."
    lines = ["| pictures seen | right | wrong | elsewhere | leaving it untouched |", "|---|---|---|---|---|"]
    for row in rows:
        values = " | ".join(f"{row[name]:.3f}" for name in ("right", "wrong", "outside", "untouched"))
        lines.append(f"| {row['pictures']:,.0f} | {values} |")
    return "\n".join([head, "", *lines])


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "-"
    return f"{figure.value:.2f} ({figure.low:.2f} to {figure.high:.2f})"


def summary_lines(record: EvaluationRecord) -> list[str]:
    """The figures for a terminal: one measure a line, its ways next to one another."""
    lines = []
    for name, ways in record.figures.items():
        values = "  ".join(f"{way} {_with_interval(figure)}" for way, figure in ways.items())
        lines.append(f"{name:24} {values}")
    for name, ways in record.correlations.items():
        values = "  ".join(f"{way} {_with_interval(figure)}" for way, figure in ways.items())
        lines.append(f"{name + ' (correlation)':24} {values}")
    lines += [f"{name:24} {value}" for name, value in record.facts.items()]
    return lines


def _with_interval(figure: Figure) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}] n={figure.n}"
