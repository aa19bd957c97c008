"""Declaration of the lamp's turn, its check, and one edit for each place of the lamp."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.parameters import rising
from seamline.scenes.variants import SceneVariant, lit_from, name_in

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest

Azimuth = Annotated[float, Field(ge=-80, le=80)]


class TurnTheLamp(Exhibit[tuple[float, ...]]):
    """The same edit of the same scene with the lamp moved from left to right."""

    name: ClassVar[str] = "turn_the_lamp"
    title: ClassVar[str] = "Turn the lamp"
    order: ClassVar[int] = 11
    declaration: ClassVar[Any] = Annotated[
        tuple[Azimuth, ...], Field(min_length=3, max_length=13), AfterValidator(rising)
    ]
    description: ClassVar[str] = "Edit the scene lit from each of these directions, in degrees, negative from the left."
    example: ClassVar[str] = "turn_the_lamp: [-75, -50, -25, 0, 25, 50, 75]"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "encode"
    needs: ClassVar[tuple[str, ...]] = ("variant-input", "variant-paste", "variant-truth", "lamp-edited")
    measured: ClassVar[tuple[str, ...]] = ("lamp-edited",)
    cost: ClassVar[str] = "1 edit for each place of the lamp, 3 to 13"
    for_photos: ClassVar[bool] = False

    def check(self, declared: tuple[float, ...], sample: Sample) -> Iterator[Objection]:
        """It needs a scene and a truth that is a swap, in a sample of one step."""
        loc = ("exhibits", self.name)
        if not sample.scene or sample.steps:
            yield Objection(loc, "needs a sample of one step that starts from a scene", "leave it out")
        elif not (sample.truth and (sample.truth.swap or sample.truth.exchange)):
            hint = f"say in `truth` which swap the instruction means, or leave `{self.name}` out"
            yield Objection(loc, "compares with a pasted face, and `truth` names no swap", hint)

    def variants(self, declared: tuple[float, ...], sample: Sample) -> tuple[SceneVariant, ...]:
        """The scene under each lamp."""
        return tuple(lit_from(azimuth) for azimuth in declared)

    def requests(self, declared: tuple[float, ...], request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """The edit of the scene under each lamp, from the same noise."""
        for azimuth in declared:
            lit = replace(request, image=name_in(request.image, lit_from(azimuth)))
            yield PlannedRequest("lamp-edited", f"lamp-at-{azimuth:g}-edited", lit)

    def options(self, view: ExhibitView) -> int:
        """One for each edit."""
        return len(view.record.all("lamp-edited"))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """For each place of the lamp: the photo, three faces, and how brightness runs across them."""
        from seamline.exhibits.turn_the_lamp.context import context

        return context(view)
