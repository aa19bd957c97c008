"""Parameters of learning a canonical image."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from seamline.catalog.entries.base import Parameters


class CanonicalImageParameters(Parameters):
    """How a scene's canonical image is learned; everything else is in the folder's config.json."""

    cameras: int = Field(default=13, ge=2, le=64, description="How many views the input holds, stacked.")
    training_steps: int = Field(default=250, ge=1, le=20_000, description="Views shown while learning.")
    start: Literal["camera", "random"] = Field(
        default="camera",
        description="Where the projection field begins: at the pseudo canonical camera and held by offset regularity, "
        "or at random and free.",
    )
    seed: int = Field(default=0, ge=0, lt=2**63, description="Of the order of views and of a random start.")
