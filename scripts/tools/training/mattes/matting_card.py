"""The card of the mini matting network: what it is, what it was trained on, what was measured, what it cannot do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KINDS = {
    "blocks": "squares of 16 pixels",
    "blob": "a shifted, grown or shrunk outline",
    "changed": "what an edit changed",
}
_WAYS = {"mask": "the mask itself", "blurred": "blurred", "guided": "guided filter", "network": "**the network**"}


def matting_card(training: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    """The card as Markdown.

    Args:
        training: `training.json` of the network.
        record: `catalog/records/matting.json`.
    """
    plan, small = training["plan"], record["mattes"]["small"]
    rows = "\n".join(
        f"| {words} | "
        + " | ".join(f"{small['kinds'][kind][way]['sad']['value']:,.0f}" for way in _WAYS)
        + f" | {100 * small['kinds'][kind]['network']['wrong_person']['value']:.1f} % |"
        for kind, words in _KINDS.items()
    )
    refused = ", ".join(f"{100 * small['kinds'][kind]['refused']['value']:.1f} %" for kind in _KINDS)
    fine = plan["fine"]
    tuned = (
        f" Of them, the last {fine['steps']:,} were a second stage at a lower rate, on\n"
        f"{fine['data']['small']} smaller and {fine['data']['large']} larger scenes, "
        f"{100 * fine['large_share']:.0f} % of its steps on the larger ones."
        if fine
        else ""
    )
    head = " | ".join(_WAYS.values())
    data, channels = plan["data"], ", ".join(map(str, plan["channels"]))
    loose = f"{100 * data['strands']:.0f} %"
    shares = ", ".join(f"{100 * one['share']['value']:.1f} %" for one in small["passes"])
    return f"""\
---
license: apache-2.0
library_name: seamline
pipeline_tag: mask-generation
tags: [image-matting, synthetic-data]
---

# Mini matting

An image and a rough mask of one person become the alpha matte of that person's head, hair and neck.
It plays the role of Mask2Alpha (arXiv 2502.17093) in Seamline's samples. **It is not that model**: it follows what the
paper's abstract outlines, has no self-supervised vision transformer, and knows drawn people alone.

```python
from pathlib import Path
from seamline.runners.matting.estimation import load
from seamline.runners.matting.passes import matte

network = load(Path("catalog/weights/mini-matting"), "cpu", "float32").model
passes = matte(network, image, mask)  # (H,W,3) uint8 and (H,W) uint8; passes[-1].alpha is the matte
```

## What it is

{training["weights"]:,} weights, kept as float16. A U-Net of {channels} channels runs {plan["semantic_passes"]} times
on a grid whose shorter side is 32; a refiner of four 3 x 3 convolutions then doubles the matte until it is as large
as the picture, and computes only pixels that are unsure. Between its layers all other pixels are zero, so that the
sparse computation is the dense one.

## What it was trained on

{data["small"]} drawn scenes at 192 x 128 and {data["large"]} at 384 x 256, before and after a face swap, with seeds
from 1,000,000 upward; {loose} have loose strands of hair. No photograph, no real person, and of other models only the
mini editor's autoencoder. {training["steps"]:,} steps, {training["pictures_seen"]:,} pictures with a mask each,
{training["minutes"]} minutes on one CPU core.{tuned}
`training.yml` is the plan, `training.json` what happened; `python -m tools.train_matting` trains it again.

## What was measured

{record["facts"]["scenes"]} held-out scenes at 192 x 128: sum of absolute differences to the true matte, in pixels; 0 is
best.

| mask | {head} | took another person |
|---|---|---|---|---|---|
{rows}

Masks below 1 % of the picture are refused, as too small to tell whom they mean: by kind of mask, {refused} of the
scenes, which are not in the table.

The detail passes compute {shares} of the pixels of their size. All figures, with closed-form matting, intervals and
larger pictures, are in `catalog/records/matting.json`, written by `python -m tools.evaluate_matting`.

## What it cannot do

Photographs. Anything but heads with hair and neck. Hands, headphones, whatever the scenes do not have. It gives a matte
and no foreground colour, and a matte matches no light.
"""
