"""What a sample declares to show a matte: apart, as both the exhibit and its context read it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from seamline.catalog.entries.base import Entry


class CompositeEntry(Entry):
    """One composite of the edit over the input image."""

    step: str = Field(description="Step that gives it as `image`.")
    title: str = Field(min_length=1, max_length=60, description="What it is composited through.")
    words: str = Field(min_length=1, max_length=200, description="What to look for, in a sentence.")


class MaskToMatteExhibit(Entry):
    """Steps of a sample with a matte."""

    mask: str = Field(description="Step that gives the rough `mask`.")
    matte: str = Field(description="Step of the mini matting network, whose passes are shown.")
    truth: str | None = Field(default=None, description="Step that gives the true `alpha` of the same picture.")
    composites: Annotated[tuple[CompositeEntry, ...], Field(min_length=2, max_length=6)] = Field(
        description="Composites to stand beside one another."
    )
