"""A model, as its file states it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from seamline.blocks.names import LONGEST_NAME, NAME_PATTERN, parse_block
from seamline.catalog.entries.base import Entry, Id
from seamline.catalog.links import HttpsUrl
from seamline.errors import WorkflowError


def _readable(block: str) -> str:
    try:
        return parse_block(block).name
    except WorkflowError as error:
        raise PydanticCustomError("block_name", "{what}", {"what": error.what, "hint": error.hint}) from None


BlockName = Annotated[
    str, AfterValidator(_readable), Field(json_schema_extra={"pattern": NAME_PATTERN, "maxLength": LONGEST_NAME})
]
"""Name of a workflow block, one that the workflow can read."""


class LicenceStatement(Entry):
    """What one source says about a licence; sources may disagree, so none is merged away."""

    source: str = Field(description="Who says so: `repository`, `model card`, …")
    says: str = Field(description="What it says, in a sentence.")


class HubWeights(Entry):
    """Weights on a model hub, pinned."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Hub repository, `owner/name`.")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$|^main$", description="Commit the weights are pinned to.")


PipelineName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=80)]


def _in_project(path: str) -> str:
    pure = PurePosixPath(path)
    inside = pure.parts[:2] == ("catalog", "weights") and ".." not in pure.parts
    if not inside or "\\" in path or ":" in path:
        raise ValueError("should be a folder below `catalog/weights/`")
    return path


ProjectFolder = Annotated[str, AfterValidator(_in_project)]


class Role(Entry):
    """What a model of the project's own does in place of a published one, which it is not."""

    name: str = Field(
        min_length=1, max_length=60, pattern=r"^[^{}<>\[\]`|\n]*$", description="The published model, `Mask2Alpha`."
    )
    paper: Id | None = Field(default=None, description="Paper that describes the published model.")
    differs: str = Field(min_length=1, description="How the project's own model differs from it, in sentences.")


class Model(Entry):
    """A model, seen as a workflow block: one that questions recommend, or one of the project's own."""

    block: BlockName = Field(description="Block name, `<inputs>2<outputs>-<hub>-<owner>-<name>`.")
    title: str = Field(default="", description="What people call the model; the block's own name when empty.")
    task: str = Field(
        default="",
        max_length=80,
        pattern=r"^[^{}<>\[\]`|\n]*$",
        description="What its work is called, `text summarization`; read from its ports when empty.",
    )
    papers: tuple[Id, ...] = Field(default=(), description="Papers that introduce the model.")
    github: HttpsUrl | None = Field(default=None, description="The model's repository; citable as `<paper id>-code`.")
    weights: HubWeights | None = Field(default=None, description="Where the hub keeps its weights.")
    folder: ProjectFolder | None = Field(
        default=None, description="Weights that lie in the project instead, `catalog/weights/mini-matting`."
    )
    pipeline: PipelineName | None = Field(
        default=None,
        description="Class that loads it, as its weights name it: `_class_name` in model_index.json on the hub, "
        "or the first of `architectures` in config.json.",
    )
    in_role_of: Role | None = Field(
        default=None,
        description="Makes it a model of the project's own, which lies in `folder`: samples run it in the role of a "
        "published model, and no question recommends it.",
    )
    licences: tuple[LicenceStatement, ...] = Field(default=(), description="Licence, as each source states it.")

    @model_validator(mode="after")
    def _one_place_for_weights(self) -> Model:
        if self.weights and self.folder:
            raise ValueError("names weights on a hub and in the project: leave `weights` or `folder` out")
        return self

    @model_validator(mode="after")
    def _own_without_borrowed_sources(self) -> Model:
        if self.in_role_of and not self.folder:
            raise ValueError("is a model of the project's own: say in `folder` where it lies, `catalog/weights/…`")
        if self.in_role_of and self.papers:
            raise ValueError("no paper introduces a model of the project's own: name the paper as `in_role_of.paper`")
        return self
