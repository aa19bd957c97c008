"""Which pipelines a page can run, decided from their files before any of them is loaded."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError
from seamline.live.safetensors_files import shapes_of
from seamline.weights.folders import scheduler_in

PARTS = ("unet", "text_encoder", "vae")
"""Sub-folders of a pipeline that hold weights."""

MOST_PARAMETERS = 12_000_000
"""So many weights of a byte each, and the runtime's 3.7 MB, are what a reader on a phone can be asked to wait for."""


def require_fit(folder: Path) -> None:
    """See that a page can run the pipeline in `folder`.

    Raises:
        WeightsError: it is too large for a page, or sampled in a way that the page's sampler does not know.
    """
    counts = {part: parameters_of(folder / part) for part in PARTS}
    total = sum(counts.values())
    if total > MOST_PARAMETERS:
        raise WeightsError(
            f"{total / 1e6:,.0f} million weights are too many for a page: a reader would load {total / 1e6:,.0f} MB "
            f"or more, and a step would take minutes on a phone; {MOST_PARAMETERS / 1e6:.0f} million is the most",
            where=str(folder),
            hint="name a model of the mini editor's size in catalog/live.yml",
        )
    for name, wanted in {"AutoencoderTiny": "vae", "UNet2DConditionModel": "unet"}.items():
        found = _config(folder / wanted).get("_class_name")
        if found != name:
            raise WeightsError(f"its {wanted} is a `{found}`, and a page runs a `{name}`", where=str(folder / wanted))
    _require_known_sampling(folder)


def _require_known_sampling(folder: Path) -> None:
    scheduler = scheduler_in(folder)
    wanted: Mapping[str, Any] = {
        "_class_name": "DDIMScheduler",
        "prediction_type": "sample",
        "clip_sample": False,
        "thresholding": False,
    }
    for name, value in wanted.items():
        if scheduler.get(name) != value:
            raise WeightsError(
                f"its scheduler has {name.lstrip('_')} {scheduler.get(name)!r}, and a page knows {value!r} alone",
                where=str(folder / "scheduler"),
                hint="name another model in catalog/live.yml, or teach seamline/live/browser/sampler.js",
            )


def parameters_of(folder: Path) -> int:
    """How many numbers the safetensors files of one part hold, read from their headers alone.

    Raises:
        WeightsError: there is none, or a header cannot be read.
    """
    return sum(math.prod(shape) for shape in shapes_of(folder).values())


def _config(folder: Path) -> Mapping[str, Any]:
    path = folder / "config.json"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"cannot be read: {error}", where=str(path)) from error
    return found if isinstance(found, dict) else {}
