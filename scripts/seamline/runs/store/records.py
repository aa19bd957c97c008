"""What a run leaves behind: `run.json`, as typed data.

A run lives in `generated/runs/<sample id>/<weights>/`: the record, and the artifacts it names by file name. An
artifact belongs to the step that made it; what no step made (the input, and what a scene knows about its edit)
belongs to none.

Roles of artifacts that are not a step's outputs or a runner's own extras:

| role | what it is |
|---|---|
| `input` | the input image as the models saw it |
| `paste` | naive cut-and-paste of the new face (scenes) |
| `truth` | the true picture (scenes) |
| `region` | mask of what the edit should change, white on black (scenes) |
| `variant-input`, `variant-paste`, `variant-truth` | the same of the scene in another light, which `facts` name |
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from seamline.runners.base import Provenance
from seamline.weights.identity import WeightsIdentity

SCHEMA: Literal[2] = 2


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ArtifactRecord(_Frozen):
    """One thing that a run left behind.

    Attributes:
        role: what it is; one step's plain output has the role that its runner gives it, `edited`.
        step: name of the step that made it; empty for what no step made.
        port: the output of the step that it is; empty for extras and variants.
        type: code of its port type, `Img`.
        file: name inside the run's folder.
        sha256: of the file's bytes, in hex.
        width, height: in pixels, of pictures.
        phash: 64 bit perceptual hash of a picture's pixels, in hex.
        text: the text itself, of texts; pages show it without opening the file.
        provenance: how it came about; None for a photo.
        facts: what tells it from its siblings, as its runner records it: instruction, seed, denoising step, word.
    """

    role: str
    step: str = ""
    port: str = ""
    type: str = "Img"
    file: str
    sha256: str
    width: int = 0
    height: int = 0
    phash: str = ""
    text: str = ""
    provenance: Provenance | None = None
    facts: dict[str, Any] = Field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, in pixels; zeros for what is no picture."""
        return self.width, self.height

    @property
    def by_model(self) -> bool:
        """Whether a trained model made it."""
        return self.provenance in ("trained", "trained-composite")


class StepRecord(_Frozen):
    """One step of a run.

    Attributes:
        model, operation: what ran; one of the two is empty.
        runner: name of the runner; empty for an operation.
        weights: which weights ran; None for an operation.
        inputs: what fed each port, as the sample says it.
        key: sha256 over `key_fields`; equal keys mean equal outputs up to the device.
        key_fields: everything that can change the step's outputs, as JSON data; those of upstream steps by their keys.
        device, dtype, versions: where and with what it ran; not part of the key, except dtype.
        seconds: wall time of the step's share of its batches.
        shapes: tensor shapes of the weights really used, by name.
    """

    model: str = ""
    operation: str = ""
    runner: str = ""
    weights: WeightsIdentity | None = None
    inputs: dict[str, str] = Field(default_factory=dict)
    key: str
    key_fields: dict[str, Any]
    device: str = ""
    dtype: str = ""
    versions: dict[str, str] = Field(default_factory=dict)
    seconds: float = 0.0
    shapes: dict[str, tuple[int, ...]] = Field(default_factory=dict)


class RunRecord(_Frozen):
    """Everything needed to check, and to repeat, one run.

    Attributes:
        weights_name: `mini` if a stand-in ran in any step, else `hub`; the folder of the run.
        steps: by name, in the order they ran.
        images: artifacts, pictures and others, in the order they were made.
        input_rights: licence, credit and consent of the input.
        carried_over: key that the run had under earlier code, if it was checked and kept instead of made again.
    """

    schema_version: Literal[2]
    sample: str
    weights_name: str
    steps: dict[str, StepRecord] = Field(min_length=1)
    images: tuple[ArtifactRecord, ...]
    input_rights: dict[str, str] = Field(default_factory=dict)
    carried_over: str = ""

    @cached_property
    def main(self) -> StepRecord:
        """The step that the run is named for; see `main_name`."""
        return self.steps[self.main_name]

    @cached_property
    def main_name(self) -> str:
        """Name of the last step by which a model made an image; else of one by which it made a matte or the like.

        Where no model made a picture it is a model's last step, else the last step.
        """
        by_model = [name for name, step in self.steps.items() if step.model]
        pictured = {image.step for image in self.images if image.port and image.width}
        imaged = {image.step for image in self.images if image.port and image.width and image.type == "Img"}
        found = [[name for name in by_model if name in some] for some in (pictured, imaged)]
        return [*self.steps, *by_model, *found[0], *found[1]][-1]

    @property
    def weights(self) -> WeightsIdentity:
        """Weights of the main step."""
        if self.main.weights is None:
            return WeightsIdentity(name=self.weights_name, label=self.main.operation, source="", files={})
        return self.main.weights

    @property
    def stands_in(self) -> bool:
        """Whether a stand-in ran in place of a model's own weights in any step."""
        return self.weights_name == "mini"

    @property
    def key(self) -> str:
        """The run's key: that of its only step, or one over those of all steps."""
        if len(self.steps) == 1:
            return self.main.key
        from seamline.hashing import digest_of

        return digest_of({name: step.key for name, step in self.steps.items()})

    @property
    def key_fields(self) -> Mapping[str, Any]:
        """Fields of the key: of the only step as they are, of several with the step's name in front."""
        if len(self.steps) == 1:
            return self.main.key_fields
        return {
            f"{name}: {field}": value for name, step in self.steps.items() for field, value in step.key_fields.items()
        }

    @property
    def device(self) -> str:
        """Device of the main step."""
        return self.main.device

    @property
    def dtype(self) -> str:
        """Number format of the main step."""
        return self.main.dtype

    @property
    def versions(self) -> dict[str, str]:
        """Versions of the libraries that ran, over all steps."""
        return {name: version for step in self.steps.values() for name, version in step.versions.items()}

    @property
    def seconds(self) -> float:
        """Wall time of all steps."""
        return sum(step.seconds for step in self.steps.values())

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Tensor shapes of the main step."""
        return self.main.shapes

    def one(self, role: str) -> ArtifactRecord | None:
        """The first artifact with a role, if the run has it."""
        return next((image for image in self.images if image.role == role), None)

    def all(self, role: str) -> tuple[ArtifactRecord, ...]:
        """All artifacts with a role, in recorded order."""
        return tuple(image for image in self.images if image.role == role)

    def output(self, step: str, port: str) -> ArtifactRecord | None:
        """The plain output of a step at a port."""
        return next((image for image in self.images if (image.step, image.port) == (step, port)), None)

    @property
    def main_output(self) -> ArtifactRecord | None:
        """The first plain output of the main step."""
        return next((image for image in self.images if image.port and image.step == self.main_name), None)

    @property
    def result(self) -> ArtifactRecord | None:
        """What the run is for: its last image, else its last picture of any type, else nothing."""
        pictures = [image for image in self.images if image.port and image.width]
        images = [image for image in pictures if image.type == "Img"] or pictures
        return images[-1] if images else None
