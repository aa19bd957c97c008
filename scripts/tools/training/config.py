"""The one file that says how a mini editor is made: `catalog/weights/mini/training.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seamline.errors import CatalogError, FilesError


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pictures(_Section):
    """The scenes to learn from: size in pixels (multiples of 16), and the shares of people and of edits."""

    width: int = Field(192, multiple_of=16)
    height: int = Field(128, multiple_of=16)
    two_people: float = Field(0.5, ge=0, le=1)
    edits: dict[str, float] = Field(default={"swap": 0.55, "exchange": 0.15, "attribute": 0.2, "expression": 0.1})
    pairs_agree: bool = Field(
        True,
        description="whether light and expressions are the same in both pictures of a pair, save what the edit names; "
        "otherwise each picture has its own",
    )


class AutoencoderPlan(_Section):
    """Shape and training of the autoencoder, which halves the picture's sides once per level after the first.

    With a `teacher`, an autoencoder for pictures of half the side, it starts from the teacher's weights, and its first
    latent channels are held near the teacher's latents of the picture at half its size. A U-Net trained on those
    latents can then continue with pictures twice as large.
    """

    latent_channels: int = 8
    encoder_channels: tuple[int, ...] = (32, 32, 32)
    encoder_blocks: tuple[int, ...] = (0, 2, 3)
    decoder_channels: tuple[int, ...] = (32, 32, 32)
    decoder_blocks: tuple[int, ...] = (3, 3, 1)
    teacher: str | None = Field(None, description="its folder, relative to the project's")
    begin_with: str | None = Field(None, description="an autoencoder of the same size to continue from")
    hold_weight: float = Field(1.0, ge=0, description="of the squared distance to the teacher's latents")
    scenes: int = Field(600, gt=0, description="scenes rasterized to train on")
    crop: int = Field(48, description="side in pixels; a multiple of the factor")
    face_share: float = Field(0.67, ge=0, le=1, description="of the crops, around a landmark of somebody")
    batch: int = 16
    steps: int = 3000
    decoder_steps: int = Field(0, ge=0, description="further steps, in which the encoder is frozen")
    rate: float = 2e-3
    cosine_from: float = Field(0.0, ge=0, lt=1, description="share of the steps after which the rate falls")
    latent_noise: float = Field(0.1, description="largest noise added to a crop's latents before decoding")
    edge_weight: float = Field(1.0, ge=0, description="of the error in differences between neighbouring pixels")
    face_weight: float = Field(0.0, ge=0, description="how much more an error counts on a head")
    age_weight: float = Field(0.0, ge=0, description="how much more an error counts where age shows")
    ema: float = Field(0.999, ge=0, lt=1)

    @property
    def factor(self) -> int:
        """Pixels per side of a latent."""
        return int(2 ** (len(self.encoder_channels) - 1))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.encoder_channels) != len(self.decoder_channels):
            raise ValueError("encoder and decoder must have as many levels as each other")
        if self.crop % self.factor:
            raise ValueError(f"a crop of {self.crop} is no multiple of {self.factor}, the pixels of a latent")
        return self


class TextPlan(_Section):
    """Shape and training of the text encoder, first trained alone to parse instructions."""

    width: int = 128
    layers: int = 2
    heads: int = 4
    tokens: int = Field(48, description="longest instruction, in tokens, start and end included")
    steps: int = 700
    batch: int = 96
    rate: float = 1e-3


class UNetPlan(_Section):
    """Shape and training of the U-Net.

    `high_noise` is the share of time steps sampled above `high_noise_from`; `last_step` the share at
    the very last one, where the latents are all noise and only the conditionings carry information.
    """

    channels: tuple[int, ...] = (48, 96, 160)
    layers_per_block: int = 1
    heads: int = 2
    batch: int = 16
    steps: int = 12_000
    rate: float = 1e-3
    muon_share: float = Field(
        2.0, ge=0, description="rate of the inner matrices under Muon, as a share of the rate; 0: all by AdamW"
    )
    warmup: int = 100
    cosine_from: float = Field(0.4, description="share of the steps after which the rate falls along a cosine")
    text_rate: float = Field(0.1, description="rate of the text encoder, as a share of the U-Net's")
    high_noise: float = 0.45
    high_noise_from: int = 880
    last_step: float = 0.3
    changed_weight: float = 8.0
    changed_margin: int = Field(0, ge=0, description="latent pixels by which what changed is widened in the weights")
    changed_floor: float = Field(1.0, gt=0, le=1, description="largest change of an edit's latents that counts fully")
    face_weight: float = 2.0
    feature_weight: float = 4.0
    localization_weight: float = Field(
        1.0, ge=0, description="of the auxiliary loss of where the edit goes; see tools/training/auxiliary_heads.py"
    )
    attribute_loss_weight: float = Field(
        0.0, ge=0, description="of the auxiliary loss of each person's attributes, relative to the one of where"
    )
    pixel_weight: float = Field(
        0.0,
        ge=0,
        description="of the error in decoded pieces around edited heads; see autoencoders/pixel_loss.py",
    )
    pixel_share: float = Field(0.25, gt=0, le=1, description="of a batch, whose pieces are decoded")
    structure_weight: float = Field(
        0.0, ge=0, description="of what the pieces' structural similarity lacks to 1, relative to their error"
    )
    own_guess: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of a batch whose noisy latents hold the U-Net's own first guess instead of the true picture,"
        " as they do when it samples; see editor_parts.py",
    )
    blind_weight: float = Field(0.2, description="weight of an edit whose input image was dropped")
    drop_text: float = 0.05
    drop_image: float = 0.05
    drop_both: float = 0.05
    ema: float = 0.999
    scenes_per_shard: int = 250
    shards: int = 24


class TrainingPlan(_Section):
    """Everything that determines the result of training, apart from the machine."""

    seed: int = 20221117
    pictures: Pictures = Pictures()
    autoencoder: AutoencoderPlan = AutoencoderPlan()
    text: TextPlan = TextPlan()
    unet: UNetPlan = UNetPlan()


def load_plan(path: Path) -> TrainingPlan:
    """The training plan in a YAML file; fields that it leaves out keep their defaults.

    Raises:
        FilesError: the file cannot be read.
        CatalogError: the file is not YAML, or has a field that no plan has.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise FilesError(f"no training plan to read ({error.strerror})", where=str(path)) from error
    except yaml.YAMLError as error:
        raise CatalogError(f"not YAML: {error}", where=str(path)) from error
    try:
        return TrainingPlan.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise CatalogError(
            first["msg"], where=f"{path}: {field}", hint="see tools/training/config.py for the fields"
        ) from error
