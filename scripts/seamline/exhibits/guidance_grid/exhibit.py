"""Declaration of the grid of guidance scales, and an edit for each pair of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from seamline.catalog.entries.base import Entry
from seamline.exhibits.base import Exhibit
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.edit_request import ignored_by_stock
from seamline.runners.instruct_pix2pix.parameters import GridImageScale, TextScale, rising

if TYPE_CHECKING:
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class GuidanceGridExhibit(Entry):
    """A grid of the two guidance scales."""

    guidance_scale: Annotated[tuple[TextScale, ...], AfterValidator(rising)] = Field(
        min_length=2, max_length=6, description="Values of s_T, rising."
    )
    image_guidance_scale: Annotated[tuple[GridImageScale, ...], AfterValidator(rising)] = Field(
        min_length=2, max_length=6, description="Values of s_I, rising, from 0; the stock pipeline knows none below 1."
    )


class GuidanceGrid(Exhibit[GuidanceGridExhibit]):
    """The edit at every pair of guidance scales, all from the same noise."""

    name: ClassVar[str] = "guidance_grid"
    title: ClassVar[str] = "Turn the two knobs"
    order: ClassVar[int] = 40
    declaration: ClassVar[Any] = GuidanceGridExhibit
    description: ClassVar[str] = "Edit at every pair of two lists of guidance scales."
    example: ClassVar[str] = "guidance_grid: {guidance_scale: [1.5, 3, 6], image_guidance_scale: [1, 1.5, 2]}"
    formerly: ClassVar[str] = "knobs"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "guide"
    needs: ClassVar[tuple[str, ...]] = ("input", "guidance-grid")
    measured: ClassVar[tuple[str, ...]] = ("guidance-grid",)
    cost: ClassVar[str] = "1 edit for each pair, up to 36"

    def requests(self, declared: GuidanceGridExhibit, request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """One edit for each pair, row by row of image guidance."""
        for image in declared.image_guidance_scale:
            for text in declared.guidance_scale:
                varied = replace(
                    request,
                    guidance_scale=text,
                    image_guidance_scale=image,
                    beyond_stock=ignored_by_stock(text, image) is not None,
                )
                # File names are made of stems, and a run's folder is long already.
                yield PlannedRequest("guidance-grid", f"guidance-grid-t{text:g}-i{image:g}", varied)

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Rows and columns of cells, and what the numbers say about them."""
        from seamline.exhibits.guidance_grid.context import context

        return context(view)
