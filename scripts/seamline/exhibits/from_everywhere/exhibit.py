"""Declaration of the views, its check, and the edit of each view by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.catalog.recipe import SCENE_VIEWS
from seamline.exhibits.base import Exhibit, Objection, unknown_step
from seamline.exhibits.from_everywhere.view_steps import FromEverywhereExhibit
from seamline.runners.base import PlannedRequest

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest

_OWN_IMAGE = "/input"
"""How the name of a sample's own input image ends, as requests have it."""


class FromEverywhere(Exhibit[FromEverywhereExhibit]):
    """The same edit three ways, as a row of cameras sees it, beside the scene really changed."""

    name: ClassVar[str] = "from_everywhere"
    title: ClassVar[str] = "Seen from everywhere"
    order: ClassVar[int] = 33
    declaration: ClassVar[Any] = FromEverywhereExhibit
    description: ClassVar[str] = "Compare three ways to edit a scene that a row of cameras sees."
    example: ClassVar[str] = (
        "from_everywhere: {alone: alone, stamped: stamped, views: views, edited: edit, natural: small, wild: wild}"
    )
    runner: ClassVar[str | None] = "instruct_pix2pix"
    needs: ClassVar[tuple[str, ...]] = ("view-edited", "views", "uv", "canonical")
    cost: ClassVar[str] = "13 edits, one for each camera"
    for_photos: ClassVar[bool] = False

    def check(self, declared: FromEverywhereExhibit, sample: Sample) -> Iterator[Objection]:
        """Its steps are there, and the first edits the scene and says what is true."""
        loc = ("exhibits", self.name)
        if not sample.scene:
            yield Objection(loc, "needs a scene: a photo is seen from one place alone", "leave it out")
        for field, name in declared.model_dump().items():
            yield from unknown_step((*loc, field), name, sample)
        if sample.scene and not any(SCENE_VIEWS in step.inputs.values() for step in sample.steps.values()):
            yield Objection(loc, f"no step takes `{SCENE_VIEWS}`", "add one that learns from the views")
        alone = sample.steps.get(declared.alone)
        if alone is not None and (alone.truth is None or alone.inputs.get("image") != "scene"):
            what = f"the step `{declared.alone}` does not edit `scene` with a `truth`"
            yield Objection((*loc, "alone"), what, "give it `image: scene`, and say what its instruction means")

    def requests(self, declared: FromEverywhereExhibit, request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """The edit of each view, from the same noise; of the step alone that edits the scene itself."""
        from seamline.scenes.cameras import CAMERAS

        if request.image.endswith(_OWN_IMAGE):
            for camera in range(CAMERAS):
                image = f"{request.image.removesuffix(_OWN_IMAGE)}/view/{camera}"
                yield PlannedRequest("view-edited", f"view-{camera}-edited", replace(request, image=image))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Four ways from all cameras, canonical images, and where each pixel lives."""
        from seamline.exhibits.from_everywhere.context import context

        declared: FromEverywhereExhibit = view.sample.exhibits[self.name]
        return context(view, declared)
