"""What a sample declares to show its views: apart, as both the exhibit and its context read it."""

from __future__ import annotations

from pydantic import Field

from seamline.catalog.entries.base import Entry


class FromEverywhereExhibit(Entry):
    """Steps of a sample that edit one scene in three ways."""

    alone: str = Field(description="Step that edits `scene` itself; each view is edited so, too.")
    stamped: str = Field(description="Step that puts that edit into each view at the same place.")
    views: str = Field(description="Step that shows the edited canonical image from everywhere.")
    edited: str = Field(description="Step that edits the middle of the canonical image.")
    natural: str = Field(description="Step that gives the canonical image, or its middle, before the edit.")
    wild: str = Field(description="Step that learned it from a random start.")
