"""What a sample declares to show mattes: apart, as both the exhibit and its context read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from seamline.catalog.entries.base import Entry


class CompositeEntry(Entry):
    """One composite over the input image."""

    step: str = Field(description="Step that gives it as `image`.")
    title: str = Field(min_length=1, max_length=60, description="What it is composited through.")
    words: str = Field(min_length=1, max_length=200, description="What to look for, in a sentence.")


class PersonEntry(Entry):
    """The matte of one person."""

    name: str = Field(min_length=1, max_length=40, description="Who it is, and by which mask: what a reader chooses.")
    mask: str = Field(description="Step that gives the rough `mask`.")
    matte: str = Field(description="Step of the mini matting network, whose passes are shown.")
    truth: str | None = Field(default=None, description="Step that gives the true `alpha` of the same picture.")


class MaskToMatteExhibit(Entry):
    """Steps of a sample with mattes."""

    people: Annotated[tuple[PersonEntry, ...], Field(min_length=1, max_length=4)] = Field(
        description="Whose mattes are shown, one at a time; the first at the beginning."
    )
    composites: Annotated[tuple[CompositeEntry, ...], Field(min_length=2, max_length=6)] = Field(
        description="Composites of an edit, to stand beside one another."
    )
    pasted: Annotated[tuple[CompositeEntry, ...], Field(max_length=4)] = Field(
        default=(), description="Composites of a face that was cut from another photo, likewise."
    )

    def steps(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Each step that is named, after its place below the exhibit's name."""
        for at, person in enumerate(self.people):
            for field, step in (("mask", person.mask), ("matte", person.matte), ("truth", person.truth)):
                if step:
                    yield ("people", at, field), step
        for field, composites in (("composites", self.composites), ("pasted", self.pasted)):
            for at, one in enumerate(composites):
                yield (field, at, "step"), one.step
