"""Parameters of matting."""

from __future__ import annotations

from pydantic import Field

from seamline.catalog.entries.base import Parameters


class MattingParameters(Parameters):
    """What one of the classes that this runner loads can be told; the other refuses it."""

    semantic_passes: int | None = Field(
        default=None,
        ge=1,
        le=8,
        description="How often the mini matting network looks at the whole picture before it recovers details; the "
        "network's own number if left out.",
    )
    trimap_band: int | None = Field(
        default=None,
        ge=1,
        le=128,
        description="Pixels on either side of the mask's edge that ViTMatte is to decide; a sixteenth of the "
        "picture's shorter side if left out.",
    )
