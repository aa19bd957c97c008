"""Which weights made something, as records name them."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class WeightsIdentity(BaseModel):
    """Which weights drew the pictures.

    Attributes:
        name: `mini` or `hub`, the folder of the run.
        label: what the page calls them, `Seamline mini editor` or `timbrooks/instruct-pix2pix`.
        source: hub repository with commit, or path in the project.
        files: sha256 of each safetensors file, by its path in the pipeline folder.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    name: str
    label: str
    source: str
    files: dict[str, str]
