"""A question, as the front matter of its file states it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from seamline.blocks.ports import port_type
from seamline.catalog.entries.base import Entry, Id
from seamline.catalog.entries.paper import AuthorName
from seamline.errors import WorkflowError

Topic = Annotated[str, Field(min_length=1, max_length=60)]


class KeyConcept(Entry):
    """A key concept of a question, looked up in every source for the coverage table."""

    name: str = Field(min_length=1, description="How the table calls it, `lighting`.")
    terms: tuple[str, ...] = Field(
        min_length=1,
        description="How words begin that say this very concept, `light`, `illumin`; a related idea is not a mention.",
    )


def _code(spelling: str) -> str:
    try:
        return port_type(spelling).code
    except WorkflowError as error:
        raise ValueError(f"{error.what}; {error.hint}") from None


PortCode = Annotated[str, AfterValidator(_code)]
"""Code of a port type, `Img`."""


class DescribedWork(Entry):
    """What a paper describes: a dashed box of the question's workflow, until a sample runs something in its role."""

    paper: Id = Field(description="The related paper; one of the question's `papers`.")
    name: str = Field(min_length=1, max_length=40, description="What its box is called, `Mask2Alpha`.")
    work: str = Field(min_length=1, max_length=120, description="What it does, `an alpha matte from a rough mask`.")
    takes: tuple[PortCode, ...] = Field(max_length=6, description="Types of what it takes, `[Img, Msk]`.")
    gives: tuple[PortCode, ...] = Field(min_length=1, max_length=6, description="Types of what it gives, `[Alpha]`.")
    in_its_role: tuple[str, ...] = Field(
        default=(),
        description="Models and operations of this catalog that stand in its role: where a sample of the question "
        "ran one, its box says so and is drawn solid.",
    )


class Question(Entry):
    """Front matter of a question page; the Markdown below it is the written answer."""

    renamed: ClassVar[Mapping[str, str]] = {"notions": "key_concepts"}

    asked: str = Field(min_length=1, description="The asker's own words.")
    title: str = Field(default="", description="Title of the page; the question itself when empty.")
    models: tuple[Id, ...] = Field(min_length=1, max_length=10, description="Recommended models, in given order.")
    papers: tuple[Id, ...] = Field(default=(), description="Related papers, in given order.")
    samples: tuple[Id, ...] = Field(default=(), description="Samples the answer may show.")
    described: tuple[DescribedWork, ...] = Field(
        default=(), description="Work of related papers that the workflow shows dashed, as nothing here ran it."
    )
    key_concepts: tuple[KeyConcept, ...] = Field(
        default=(), description="Key concepts; found in the question when empty."
    )
    topics: tuple[Topic, ...] = Field(
        default=(), description="Topics under which lists and the search file it; the tasks of its models when empty."
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$", description="Language of the question, ISO 639.")
    answer_language: str = Field(
        default="",
        pattern=r"^([a-z]{2,3})?$",
        description="Language of the title and of the written answer, ISO 639, where it is not the site's: `de`.",
    )
    answered: date | None = Field(default=None, description="Day of the written answer, `2026-11-27`.")
    revised: date | None = Field(default=None, description="Day on which the written answer last changed in substance.")
    authors: tuple[AuthorName, ...] = Field(
        default=(), description="Who wrote the answer, one to a line, as a paper's authors are written."
    )
    document: str = Field(default="", description="File name of the document it was imported from.")
    status: Literal["draft", "written"] = Field(default="draft", description="`draft` until a person wrote the answer.")

    @model_validator(mode="after")
    def _revised_after_answered(self) -> Question:
        if self.revised and (self.answered is None or self.revised < self.answered):
            raise ValueError("`revised` needs an `answered` that is not later: write the day of the first answer there")
        return self
