"""Where a sample's input image comes from: a synthetic scene, or a photo."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from seamline.catalog.entries.base import Entry


def _whole_number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


People = Annotated[Literal[2, 3], BeforeValidator(_whole_number)]


def _inside_folder(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or "\\" in path or ":" in path or not pure.name:
        raise ValueError("leaves the folder; give a path below `catalog/photos/`, without `..`")
    return path


class SceneInput(Entry):
    """A synthetic group photo, drawn from a seed."""

    seed: int = Field(ge=0, lt=1_000_000, description="Seed of the scene; seeds below 1,000,000 are never trained on.")
    people: People | None = Field(default=None, description="How many people; drawn from the seed when absent.")


class PhotoInput(Entry):
    """A photo of the curator's own, with the right to show it."""

    path: Annotated[str, AfterValidator(_inside_folder)] = Field(description="File below `catalog/photos/`.")
    licence: str = Field(min_length=1, description="Licence under which it may be published.")
    credit: str = Field(min_length=1, description="Whom to name.")
    consent: str = Field(min_length=1, description="How the people shown agreed to be edited and published.")


class SampleInput(Entry):
    """Where the input image comes from: exactly one of the two."""

    scene: SceneInput | None = Field(default=None, description="A synthetic scene.")
    photo: PhotoInput | None = Field(default=None, description="A photo of your own.")

    @model_validator(mode="after")
    def _exactly_one(self) -> SampleInput:
        if (self.scene is None) == (self.photo is None):
            raise ValueError("give exactly one of `scene` and `photo`")
        return self
