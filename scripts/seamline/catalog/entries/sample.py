"""A sample: a small workflow of steps, and what is shown around its result."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, SerializeAsAny, ValidationInfo, model_validator

from seamline.catalog.entries.base import Entry, Id, Parameters
from seamline.catalog.entries.exhibit_declarations import Exhibits
from seamline.catalog.entries.input_image import PhotoInput, SampleInput, SceneInput
from seamline.catalog.entries.parameters import ByKind, tagged
from seamline.catalog.entries.truth import Truth

STEP_NAME = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
PORT_NAME = r"^[a-z]+(_[0-9]+)?$"
StepName = Annotated[str, Field(pattern=STEP_NAME, max_length=40)]
PortName = Annotated[str, Field(pattern=PORT_NAME, max_length=40)]
EditedFile = Annotated[str, Field(pattern=r"^[a-z0-9-]+-[0-9a-f]{8}\.webp$")]
StepParameters = Annotated[SerializeAsAny[Parameters], ByKind()]

REFERENCE = re.compile(r"(?P<step>[a-z][a-z0-9_]*)\.(?P<port>[a-z]+(?:_[0-9]+)?)")
"""An output of another step, `edit.image`. A text that reads so is refused, so what reads so is no text."""

INSTRUCTION_LENGTH = 300


class Step(Entry):
    """One model or one operation at work in a sample."""

    model: Id | None = Field(default=None, description="Model that runs; or name an operation.")
    operation: Id | None = Field(default=None, description="Operation that needs no model, `over`.")
    inputs: dict[PortName, Annotated[str, Field(min_length=1, max_length=INSTRUCTION_LENGTH)]] = Field(
        default={},
        description="What feeds each port: `scene`, `photo`, an output `edit.image`, or a text itself.",
    )
    parameters: StepParameters = Field(default=Parameters.model_construct(), description="Parameters of its kind.")
    truth: Truth | None = Field(default=None, description="What the step's instruction means, if it edits a scene.")

    @model_validator(mode="after")
    def _one_of_two(self) -> Step:
        if (self.model is None) == (self.operation is None):
            raise ValueError("give exactly one of `model` and `operation`")
        return self


class Sample(Entry):
    """A recipe, and what is shown around its result.

    Either `steps`, or the one-step spelling: a `model`, its `input`, its `instruction` and its `parameters`.
    Parameters are those of the model's kind: validate with `context={KINDS: {model id: kind}}`.
    """

    title: str = Field(min_length=1, description="What the page is called. Changing it re-runs nothing.")
    alt: str = Field(default="", description="What the resulting image shows, for those who cannot see it.")
    alt_of: EditedFile | None = Field(
        default=None, description="The picture that `alt` was written for: its file name in the run's record."
    )
    model: Id = Field(default="", description="Model that runs, in a sample of one step.")
    input: SampleInput | None = Field(default=None, description="The input image.")
    instruction: str = Field(
        default="",
        min_length=1,
        max_length=INSTRUCTION_LENGTH,
        description="Text of a sample of one step.",
    )
    truth: Truth | None = Field(default=None, description="What the instruction means, if the input is a scene.")
    parameters: StepParameters = Field(default=Parameters.model_construct(), description="Parameters of its kind.")
    steps: dict[StepName, Step] = Field(default={}, description="Steps by name, if there is more than one.")
    exhibits: Exhibits = Field(default=Exhibits(), description="What else to generate and show.")

    @model_validator(mode="before")
    @classmethod
    def _with_kinds(cls, data: Any, info: ValidationInfo) -> Any:
        return tagged(data, info.context)

    @model_validator(mode="after")
    def _one_spelling(self) -> Sample:
        if bool(self.steps) == bool(self.model):
            raise ValueError("give either `model` or `steps`")
        if self.steps and (self.instruction or self.truth):
            raise ValueError("in a sample of steps, `instruction` and `truth` belong to a step")
        return self

    @property
    def scene(self) -> SceneInput | None:
        """The synthetic scene it starts from."""
        return self.input.scene if self.input else None

    @property
    def photo(self) -> PhotoInput | None:
        """The photo it starts from."""
        return self.input.photo if self.input else None

    @property
    def models(self) -> tuple[str, ...]:
        """Ids of the models it runs, each once, in order."""
        named = (step.model for step in self.steps.values()) if self.steps else (self.model,)
        return tuple(dict.fromkeys(name for name in named if name))

    @property
    def words(self) -> str:
        """The first text that a model is given; empty if none is."""
        return self.instruction or next((text for step in self.steps.values() for text in texts_of(step)), "")


def texts_of(step: Step) -> tuple[str, ...]:
    """The texts that a step's inputs spell out."""
    texts = (value for port, value in step.inputs.items() if port.startswith("text"))
    return tuple(text for text in texts if not REFERENCE.fullmatch(text))
