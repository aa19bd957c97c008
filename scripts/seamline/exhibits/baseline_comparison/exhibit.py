"""Declaration of the comparison with baselines, its checks, and the edit without the image that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class BaselineComparison(Exhibit[bool]):
    """A face swap by cut and paste, by the model without the image, by the model, and the true picture."""

    name: ClassVar[str] = "baseline_comparison"
    title: ClassVar[str] = "The same swap, four ways"
    order: ClassVar[int] = 20
    declaration: ClassVar[Any] = bool
    description: ClassVar[str] = "Compare the swap with cut and paste, with an edit without the image, and the truth."
    example: ClassVar[str] = "baseline_comparison: true"
    formerly: ClassVar[str] = "four_ways"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    request_order: ClassVar[int] = 1
    needs: ClassVar[tuple[str, ...]] = ("paste", "unconditioned", "edited", "truth")
    measured: ClassVar[tuple[str, ...]] = ("paste", "unconditioned")
    auxiliary: ClassVar[tuple[str, ...]] = ("paste",)
    cost: ClassVar[str] = "1 edit with the photo withheld"
    for_photos: ClassVar[bool] = False

    def check(self, declared: bool, sample: Sample) -> Iterator[Objection]:
        """It needs a scene, and a truth that is a swap."""
        loc = ("exhibits", self.name)
        if not sample.scene:
            yield Objection(loc, "needs a scene: of a photo no true picture is known", "leave it out")
        truths = [sample.truth, *(step.truth for step in sample.steps.values())]
        if not any(truth and (truth.swap or truth.exchange) for truth in truths):
            hint = f"say in `truth` which swap the instruction means, or leave `{self.name}` out"
            yield Objection(loc, "shows a swap, and `truth` names none", hint)

    def requests(self, declared: bool, request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """The edit with the image withheld."""
        yield PlannedRequest("unconditioned", "unconditioned", replace(request, unconditioned=True))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Four pictures from the crudest to the truth, each with what was measured about it."""
        from seamline.exhibits.baseline_comparison.context import context

        return context(view)
