"""Parameters of image captioning, named as transformers names them."""

from __future__ import annotations

from pydantic import Field

from seamline.catalog.entries.base import Parameters


class CaptionParameters(Parameters):
    """How one caption is decoded; decoding is greedy, so that an image has one caption."""

    max_new_tokens: int = Field(default=20, ge=1, le=256, description="The most tokens that a caption may have.")
