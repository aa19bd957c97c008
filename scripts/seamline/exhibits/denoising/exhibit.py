"""Declaration of the denoising, and what the plain edit must keep for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Entry
from seamline.exhibits.base import Exhibit

if TYPE_CHECKING:
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class DenoisingExhibit(Entry):
    """Snapshots of the denoising, from noise to picture, with the model's prediction at each."""

    renamed: ClassVar[Mapping[str, str]] = {"moments": "snapshots"}

    snapshots: int = Field(default=10, ge=8, le=12, description="How many snapshots to keep.")


class Denoising(Exhibit[DenoisingExhibit]):
    """The noisy picture at each of several steps, and the finished picture that the model predicts from it."""

    name: ClassVar[str] = "denoising"
    title: ClassVar[str] = "From noise to picture"
    order: ClassVar[int] = 30
    declaration: ClassVar[Any] = DenoisingExhibit
    description: ClassVar[str] = "Scrub the denoising."
    example: ClassVar[str] = "denoising: {snapshots: 10}"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "unet"
    needs: ClassVar[tuple[str, ...]] = ("input", "noisy", "predicted-x0")
    measured: ClassVar[tuple[str, ...]] = ("predicted-x0",)
    cost: ClassVar[str] = "8 to 12 snapshots of this edit, two pictures each"

    def augment(self, declared: DenoisingExhibit, request: EditRequest) -> EditRequest:
        """The edit keeps its snapshots."""
        return replace(request, snapshots=declared.snapshots)

    def options(self, view: ExhibitView) -> int:
        """One for each snapshot."""
        return len(view.record.all("predicted-x0"))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Pairs of pictures, in the order of the steps."""
        from seamline.exhibits.denoising.context import context

        return context(view)
