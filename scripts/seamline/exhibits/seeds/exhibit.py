"""Declaration of edits from other noise, its check, and their requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.parameters import NoiseSeed

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class Seeds(Exhibit[tuple[int, ...]]):
    """The sample's own edit and its siblings from other noise."""

    name: ClassVar[str] = "seeds"
    title: ClassVar[str] = "Draw again"
    order: ClassVar[int] = 70
    declaration: ClassVar[Any] = Annotated[tuple[NoiseSeed, ...], Field(max_length=8)]
    description: ClassVar[str] = "Edit again from the noise of these seeds."
    example: ClassVar[str] = "seeds: [1, 2, 3]"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "noise"
    needs: ClassVar[tuple[str, ...]] = ("input", "edited", "seed")
    measured: ClassVar[tuple[str, ...]] = ("seed",)
    cost: ClassVar[str] = "1 edit for each seed, up to 8"

    def check(self, declared: tuple[int, ...], sample: Sample) -> Iterator[Objection]:
        """No seed stands there twice."""
        for seed, times in Counter(declared).items():
            if times > 1:
                yield Objection(("exhibits", self.name), f"`{seed}` is listed {times} times", "list it once")

    def requests(self, declared: tuple[int, ...], request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """One edit for each seed."""
        for seed in declared:
            yield PlannedRequest("seed", f"seed-{seed}", replace(request, seed=seed))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Every edit with its seed."""
        from seamline.exhibits.seeds.context import context

        return context(view)
