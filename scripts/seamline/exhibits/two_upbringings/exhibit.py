"""Declaration of the two upbringings, its check, and the scene on another occasion that it shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from seamline.catalog.entries.base import Entry
from seamline.exhibits.base import Exhibit, Objection, unknown_step
from seamline.scenes.state import EXPRESSIONS
from seamline.scenes.variants import SceneVariant

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView

OCCASION = "another-occasion"
"""Name of the scene's variant that an example of a pair that differs shows."""

Expression = Literal["neutral", "smiling", "laughing", "surprised", "sad", "angry"]
assert set(EXPRESSIONS) == set(Expression.__args__)  # type: ignore[attr-defined]


class OccasionEntry(Entry):
    """The scene on another occasion: what a pair that differs shows besides the edit."""

    azimuth: float = Field(ge=-80, le=80, description="Where the lamp stands, in degrees, negative from the left.")
    expressions: Annotated[tuple[Expression, ...], Field(min_length=2, max_length=3)] = Field(
        description="Of each person, from left to right."
    )


class TwoUpbringingsExhibit(Entry):
    """Two steps of a sample that run the same instruction on the same scene with two adapters."""

    agree: str = Field(description="Step of the adapter that was trained on pairs that agree.")
    differ: str = Field(description="Step of the adapter that was trained on pairs that differ.")
    occasion: OccasionEntry = Field(description="The other light and the other expressions of an example pair.")


class TwoUpbringings(Exhibit[TwoUpbringingsExhibit]):
    """An example of each kind of pair, and what a model that was trained on it makes of the same photo."""

    name: ClassVar[str] = "two_upbringings"
    title: ClassVar[str] = "Two upbringings"
    order: ClassVar[int] = 32
    declaration: ClassVar[Any] = TwoUpbringingsExhibit
    description: ClassVar[str] = "Compare two fine-tunes: on pairs that agree in light and expression, and on others."
    example: ClassVar[str] = (
        "two_upbringings: {agree: agree, differ: differ, occasion: {azimuth: 60, expressions: [sad, neutral, smiling]}}"
    )
    needs: ClassVar[tuple[str, ...]] = ("input", "truth", "variant-truth")
    cost: ClassVar[str] = "nothing more than its two steps"
    for_photos: ClassVar[bool] = False

    def check(self, declared: TwoUpbringingsExhibit, sample: Sample) -> Iterator[Objection]:
        """Its two steps are there, ask for the same of the same scene, and say what is true."""
        loc = ("exhibits", self.name)
        if not sample.scene:
            yield Objection(loc, "needs a scene: of a photo no true picture is known", "leave it out")
            return
        from seamline.runs.inputs.scene_edit import scene_of

        given, people = len(declared.occasion.expressions), len(scene_of(sample.scene).people)
        if given != people:
            what = f"{given} expressions for a scene of {people} people"
            yield Objection((*loc, "occasion", "expressions"), what, "give one for each person, from left to right")
        names = {"agree": declared.agree, "differ": declared.differ}
        for field, name in names.items():
            yield from unknown_step((*loc, field), name, sample)
            step = sample.steps.get(name)
            if step is not None and step.truth is None:
                yield Objection((*loc, field), f"the step `{name}` has no `truth`", "say what its instruction means")
        steps = [sample.steps[name] for name in names.values() if name in sample.steps]
        if len(steps) == 2 and steps[0].inputs != steps[1].inputs:
            yield Objection(loc, "the two steps have different inputs", "give both the same image and text")

    def variants(self, declared: TwoUpbringingsExhibit, sample: Sample) -> tuple[SceneVariant, ...]:
        """The other occasion."""
        given = declared.occasion
        return (SceneVariant(OCCASION, given.azimuth, given.expressions),)

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Both pairs, both edits, and what was measured of these."""
        from seamline.exhibits.two_upbringings.context import context

        declared: TwoUpbringingsExhibit = view.sample.exhibits[self.name]
        return context(view, declared.agree, declared.differ, OCCASION)
