"""What a run leaves behind: `run.json`, as typed data.

A run lives in `generated/runs/<sample id>/<weights>/`: the record, and the images
it names by file name. Images are WebP.

Roles of an image:

| role | one per | what it is |
|---|---|---|
| `input` | run | the input image as the model saw it |
| `edited` | run | the sample's own edit |
| `knob` | cell | the edit at another (s_T, s_I) |
| `seed` | seed | the edit from other noise |
| `one-word` | run | the edit under the other instruction |
| `no-image` | run | the edit with the picture's conditioning switched off |
| `paste` | run | naive cut-and-paste of the new face (scenes) |
| `truth` | run | the true picture (scenes) |
| `region` | run | mask of what the edit should change, white on black (scenes) |
| `noisy` | moment | the noisy latent, decoded |
| `guess` | moment | the model's current guess of the finished picture (predicted x0), decoded |
| `attention` | word, in the instruction's order | where it looked, as a greyscale picture |
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal[
    "input", "edited", "knob", "seed", "one-word", "no-image", "paste", "truth", "region", "noisy", "guess", "attention"
]

DRAWN_BY_MODEL: frozenset[str] = frozenset({"edited", "knob", "seed", "one-word", "no-image", "noisy", "guess"})
"""Roles whose pictures a model made and that are marked as AI-edited."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ImageRecord(_Frozen):
    """One image of a run.

    Attributes:
        file: name inside the run's folder.
        sha256, phash: of the file's bytes, and 64 bit perceptual hash of its pixels, in hex.
        instruction, guidance_scale, image_guidance_scale, seed: what drew it, for roles of `DRAWN_BY_MODEL`.
        step, timestep: moment of the denoising, counted from 0 (`noisy` and `guess`).
        word: instruction word (`attention`).
    """

    role: Role
    file: str
    width: int
    height: int
    sha256: str
    phash: str
    instruction: str | None = None
    guidance_scale: float | None = None
    image_guidance_scale: float | None = None
    seed: int | None = None
    step: int | None = None
    timestep: int | None = None
    word: str | None = None


class WeightsIdentity(_Frozen):
    """Which weights drew the pictures.

    Attributes:
        name: `mini` or `hub`, the folder of the run.
        label: what the page calls them, `Seamline mini editor` or `timbrooks/instruct-pix2pix`.
        source: hub repository with commit, or path in the project.
        files: sha256 of each safetensors file, by its path in the pipeline folder.
    """

    name: str
    label: str
    source: str
    files: dict[str, str]


class RunRecord(_Frozen):
    """Everything a reader needs to believe, and anyone to repeat, one run.

    Attributes:
        key: sha256 over `key_fields`; equal keys mean equal pixels up to the device.
        key_fields: everything that can change a pixel, as JSON data.
        device, dtype, versions: where and with what it ran; not part of the key, except dtype.
        seconds: wall time of the model's work for this sample's share of the batch.
        shapes: tensor shapes of the weights really used (latents, text, U-Net input), by name.
    """

    sample: str
    weights: WeightsIdentity
    key: str
    key_fields: dict[str, Any]
    device: str
    dtype: str
    versions: dict[str, str]
    seconds: float
    images: tuple[ImageRecord, ...]
    shapes: dict[str, tuple[int, ...]] = Field(default_factory=dict)
    input_rights: dict[str, str] = Field(default_factory=dict)

    def one(self, role: Role) -> ImageRecord | None:
        """The image with a role that occurs once, if the run has it."""
        return next((image for image in self.images if image.role == role), None)

    def all(self, role: Role) -> tuple[ImageRecord, ...]:
        """All images with a role, in recorded order."""
        return tuple(image for image in self.images if image.role == role)
