"""Declaration of the edit with one word changed, its check, and its request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Entry
from seamline.catalog.entries.sample import texts_of
from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.parameters import EditParameters

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class WordAblationExhibit(Entry):
    """The same edit with one word of the instruction changed."""

    instruction: str = Field(min_length=1, description="The other instruction; exactly one word differs.")


class WordAblation(Exhibit[WordAblationExhibit]):
    """Two edits from the same noise whose instructions differ in one word, and where they differ."""

    name: ClassVar[str] = "word_ablation"
    title: ClassVar[str] = "Change one word"
    order: ClassVar[int] = 60
    declaration: ClassVar[Any] = WordAblationExhibit
    description: ClassVar[str] = "Edit again with one word of the instruction changed."
    example: ClassVar[str] = "word_ablation: {instruction: the instruction with one word changed}"
    formerly: ClassVar[str] = "one_word"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "read"
    needs: ClassVar[tuple[str, ...]] = ("edited", "word-ablation")
    measured: ClassVar[tuple[str, ...]] = ("word-ablation",)
    cost: ClassVar[str] = "1 edit"

    def check(self, declared: WordAblationExhibit, sample: Sample) -> Iterator[Objection]:
        """Exactly one word differs from the instruction of the step that is varied."""
        steps = (step for step in sample.steps.values() if isinstance(step.parameters, EditParameters))
        own = next((text for step in steps for text in texts_of(step)), sample.words)
        one, two = own.split(), declared.instruction.split()
        differing = sum(first != second for first, second in zip(one, two, strict=False)) + abs(len(one) - len(two))
        if len(one) != len(two) or differing != 1:
            yield Objection(
                ("exhibits", self.name, "instruction"),
                f"differs from `instruction` in {differing} words, should be exactly one",
                f"repeat `{own}` and change a single word",
            )

    def requests(self, declared: WordAblationExhibit, request: EditRequest) -> Iterator[PlannedRequest[EditRequest]]:
        """The edit under the other instruction."""
        yield PlannedRequest("word-ablation", "word-ablation", replace(request, instruction=declared.instruction))

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Both edits, with the words of their instructions."""
        from seamline.exhibits.word_ablation.context import context

        return context(view)
