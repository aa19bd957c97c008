"""Stacked views -> a canonical image and a projection field, as the runner gives them."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from seamline.errors import RunError, WeightsError
from seamline.runners.canonical_image.field_sheet import packed
from seamline.runners.canonical_image.learning import Settings, learn
from seamline.scenes.cameras import camera_row
from seamline.weights.folders import class_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from seamline.runners.base import Value
    from seamline.runners.canonical_image.learning_request import LearningRequest

CLASS = "CanonicalImage"


def load(folder: Path) -> Settings:
    """The settings in a folder's config.json; there are no trained weights: a scene's field is learned from its views.

    Raises:
        WeightsError: they are not there, of another class, or name a setting that does not exist.
    """
    named = class_of(folder)
    if named != CLASS:
        what = f"the settings are of a `{named}`" if named else "there are no settings of a `CanonicalImage`"
        raise WeightsError(what, where=str(folder), hint="write a config.json with `architectures: [CanonicalImage]`")
    given = json.loads((folder / "config.json").read_text("utf-8"))
    given.pop("architectures")
    if unknown := set(given) - {field.name for field in fields(Settings)}:
        raise WeightsError(f"no setting is called `{min(unknown)}`", where=str(folder / "config.json"))
    return Settings(**given)


def learned_from(settings: Settings, value: Value, request: LearningRequest) -> dict[str, NDArray[np.uint8]]:
    """The canonical `image` (h,w,3) and the `field`, packed.

    Args:
        value: (N*H,W,3) uint8, views stacked from top to bottom.

    Raises:
        RunError: the views cannot be told apart.
    """
    if isinstance(value, str) or len(value) % request.cameras:
        shape = "a text" if isinstance(value, str) else f"{value.shape[0]} rows of pixels"
        raise RunError(
            f"{shape} cannot be divided into {request.cameras} views", where="views", hint="correct `cameras`"
        )
    views = torch.from_numpy(np.array(value)).float().div(255)
    pictures = views.view(request.cameras, -1, *views.shape[1:]).permute(0, 3, 1, 2).contiguous()
    free: dict[str, Any] = {"offset_weight": 0.0} if request.start == "random" else {}
    own = replace(settings, steps=request.training_steps, start=request.start, seed=request.seed, **free)
    with torch.enable_grad():
        learned = learn(pictures, camera_row(request.cameras), own)
    image = learned.canonical.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).contiguous().numpy()
    return {"image": image, "field": packed(learned)}
