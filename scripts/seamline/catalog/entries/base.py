"""What every catalog entry shares: frozen, validated, unknown fields refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""Name of an entry, and of its file and page: lower-case words joined by hyphens."""

Position = Literal["left", "middle", "right"]


class Entry(BaseModel):
    """Base of everything in the catalog.

    Validators are built when the first entry of a class is read: a command that reads none does not wait for them.

    Attributes:
        renamed: present names of fields by their earlier ones, for whoever still writes those.
    """

    renamed: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
    )


class Parameters(Entry):
    """Base of the parameters of a runner or an operation, named as its own field names them."""
