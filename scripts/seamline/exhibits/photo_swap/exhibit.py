"""Declaration of the change of photos, its check, and one edit for each moment of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from seamline.catalog.entries.base import Entry
from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.parameters import rising
from seamline.scenes.variants import SceneVariant, lit_from, name_in

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest

Step = Annotated[int, Field(ge=0, le=1000)]


class PhotoSwapExhibit(Entry):
    """Another photo takes the place of the first while the edit comes about."""

    azimuth: float = Field(
        ge=-80, le=80, description="Where the lamp of the second photo stands, in degrees, negative from the left."
    )
    after: Annotated[tuple[Step, ...], AfterValidator(rising)] = Field(
        min_length=3, max_length=12, description="After how many denoising steps the photo changes; one edit for each."
    )


class PhotoSwap(Exhibit[PhotoSwapExhibit]):
    """The same edit with its photo changed, after more and more steps, for the same scene in another light."""

    name: ClassVar[str] = "photo_swap"
    title: ClassVar[str] = "Change the photo half way"
    order: ClassVar[int] = 31
    declaration: ClassVar[Any] = PhotoSwapExhibit
    description: ClassVar[str] = "Change the photo during the denoising for the same scene in another light."
    example: ClassVar[str] = "photo_swap: {azimuth: 60, after: [0, 1, 5, 10, 15, 20]}"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "join"
    needs: ClassVar[tuple[str, ...]] = ("input", "photo-swapped")
    measured: ClassVar[tuple[str, ...]] = ("photo-swapped",)
    cost: ClassVar[str] = "1 edit for each moment, 3 to 12"
    for_photos: ClassVar[bool] = False

    def check(self, declared: PhotoSwapExhibit, sample: Sample) -> Iterator[Objection]:
        """It needs a sample of one step that starts from a scene, and moments within its steps."""
        loc = ("exhibits", self.name)
        if not sample.scene or sample.steps:
            yield Objection(loc, "needs a sample of one step that starts from a scene", "leave it out")
            return
        steps = getattr(sample.parameters, "num_inference_steps", declared.after[-1])
        if declared.after[-1] > steps:
            what = f"the photo cannot change after {declared.after[-1]} steps of {steps}"
            yield Objection((*loc, "after"), what, f"use 0 to {steps}")

    def variants(self, declared: PhotoSwapExhibit, sample: Sample) -> tuple[SceneVariant, ...]:
        """The scene of the second photo."""
        return (lit_from(declared.azimuth),)

    def requests(self, declared: PhotoSwapExhibit, request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """One edit for each moment, from the same noise."""
        later = name_in(request.image, lit_from(declared.azimuth))
        for step in declared.after:
            changed = replace(request, later_image=later, later_from=step)
            yield PlannedRequest("photo-swapped", f"photo-swapped-after-{step}", changed)

    def options(self, view: ExhibitView) -> int:
        """One for each edit."""
        return len(view.record.all("photo-swapped"))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Both photos, and the edit for each moment of the change."""
        from seamline.exhibits.photo_swap.context import context

        return context(view)
