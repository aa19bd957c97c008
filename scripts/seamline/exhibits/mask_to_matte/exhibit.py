"""Declaration of the passes of a matte and of the composites beside one another, and its check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.exhibits.base import Exhibit, Objection, unknown_step
from seamline.exhibits.mask_to_matte.matte_steps import MaskToMatteExhibit

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView


class MaskToMatte(Exhibit[MaskToMatteExhibit]):
    """Each pass from a rough mask to a person's matte with the pixels that it computes anew, and composites."""

    name: ClassVar[str] = "mask_to_matte"
    title: ClassVar[str] = "From a rough mask to a matte"
    order: ClassVar[int] = 34
    declaration: ClassVar[Any] = MaskToMatteExhibit
    description: ClassVar[str] = "Show the passes of mattes, and composites through them beside others."
    example: ClassVar[str] = (
        "mask_to_matte: {people: [{name: On the left, mask: changed, matte: head}], composites: "
        "[{step: edit, title: The edit, words: It spills.}, "
        "{step: composite, title: Through the matte, words: The wall is back.}]}"
    )
    needs: ClassVar[tuple[str, ...]] = ("input", "pass")
    cost: ClassVar[str] = "nothing more than its steps"
    for_photos: ClassVar[bool] = True

    def check(self, declared: MaskToMatteExhibit, sample: Sample) -> Iterator[Objection]:
        """Its steps are there."""
        for place, step in declared.steps():
            yield from unknown_step(("exhibits", self.name, *place), step, sample)

    def options(self, view: ExhibitView) -> int:
        """One for each pass over the first person, and the rough mask before them."""
        step: str = view.sample.exhibits[self.name].people[0].matte
        return 1 + sum(1 for image in view.record.all("pass") if image.step == step)

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """The passes of each person, and the composites with what was measured of them."""
        from seamline.exhibits.mask_to_matte.context import context

        declared: MaskToMatteExhibit = view.sample.exhibits[self.name]
        return context(view, declared)
