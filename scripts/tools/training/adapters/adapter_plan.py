"""The file that says how the adapters are trained: `catalog/weights/mini/adapters/training.yml`."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seamline.errors import CatalogError, FilesError


class AdapterData(BaseModel):
    """What one adapter learns from.

    Attributes:
        pairs_agree: see `tools.training.config.Pictures`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    pairs_agree: bool


class AdaptersPlan(BaseModel):
    """How every adapter is trained: alike, but for its data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int
    rank: int = Field(gt=0, description="of the change to each weight matrix")
    steps: int = Field(gt=0)
    batch: int = Field(gt=0)
    rate: float = Field(gt=0, description="largest learning rate of AdamW; it falls to zero along a cosine")
    shards: int = Field(gt=0)
    scenes_per_shard: int = Field(gt=0)
    adapters: dict[str, AdapterData]


def load_plan(path: Path) -> AdaptersPlan:
    """The plan in a YAML file.

    Raises:
        FilesError: the file cannot be read.
        CatalogError: the file is not YAML, or a field is wrong or missing.
    """
    try:
        return AdaptersPlan.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise FilesError(f"no plan to read ({error.strerror})", where=str(path)) from error
    except (yaml.YAMLError, ValidationError) as error:
        hint = "tools/training/adapters/adapter_plan.py says what each field is"
        raise CatalogError(f"not a plan of adapters: {error}", where=str(path), hint=hint) from error
