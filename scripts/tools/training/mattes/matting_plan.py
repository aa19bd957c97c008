"""Everything that determines the mini matting network, apart from the machine; a YAML file holds it."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seamline.errors import CatalogError, FilesError


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MattingData(_Section):
    """The scenes that are trained on, from `FIRST_TRAINING_SEED` up: each before and after an edit."""

    small: int = Field(720, gt=0, description="scenes at 192 x 128")
    large: int = Field(160, ge=0, description="scenes at 384 x 256")
    strands: float = Field(0.35, ge=0, le=1, description="share of the scenes whose hair has loose strands")
    decoded: float = Field(
        0.5, ge=0, le=1, description="share of the small scenes whose picture after the edit went through the editor's "
        "autoencoder, as a real edit does",
    )  # fmt: skip
    large_decoded: float = Field(0.0, ge=0, le=1, description="likewise of the large scenes")


class FineTuning(_Section):
    """A second stage: the exported network of the first, with an optimiser of its own, mostly on large pictures."""

    data: MattingData = MattingData(small=240, large=480, large_decoded=0.3)
    steps: int = Field(gt=0)
    large_share: float = Field(0.8, ge=0, le=1)
    rate: float = 5e-4


class MattingPlan(_Section):
    """Data, shape and training."""

    seed: int = 20250217
    data: MattingData = MattingData()
    channels: tuple[int, int, int] = (24, 40, 64)
    features: int = 8
    detail_channels: int = 24
    first_band: int = 2
    steps: int = Field(2400, gt=0)
    batch: int = 8
    large_share: float = Field(0.2, ge=0, le=1, description="of the steps, with a batch of large pictures")
    large_batch: int = 3
    semantic_passes: int = Field(2, gt=0, description="in training and unless a step says otherwise")
    rate: float = 2e-3
    warmup: int = 60
    ema: float = 0.998
    fine: FineTuning | None = None

    @property
    def stages(self) -> tuple[MattingPlan, ...]:
        """The plan of each stage by itself, with no `fine`."""
        first = self.model_copy(update={"fine": None})
        if self.fine is None:
            return (first,)
        own = {name: getattr(self.fine, name) for name in FineTuning.model_fields}
        return first, first.model_copy(update=own | {"seed": self.seed + 1})


def load_matting_plan(path: Path) -> MattingPlan:
    """The plan in a YAML file; fields that it leaves out keep their defaults.

    Raises:
        FilesError: the file cannot be read.
        CatalogError: it is not YAML, or has a field that no plan has.
    """
    try:
        return MattingPlan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except OSError as error:
        raise FilesError(f"no training plan to read ({error.strerror})", where=str(path)) from error
    except yaml.YAMLError as error:
        raise CatalogError(f"not YAML: {error}", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        hint = "see tools/training/mattes/matting_plan.py for the fields"
        raise CatalogError(first["msg"], where=f"{path}: {field}", hint=hint) from error
