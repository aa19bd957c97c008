"""A question, as the front matter of its file states it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from seamline.catalog.entries.base import Entry, Id
from seamline.catalog.entries.paper import AuthorName

Topic = Annotated[str, Field(min_length=1, max_length=60)]


class KeyConcept(Entry):
    """A key concept of a question, looked up in every source for the coverage table."""

    name: str = Field(min_length=1, description="How the table calls it, `lighting`.")
    terms: tuple[str, ...] = Field(
        min_length=1,
        description="How words begin that say this very concept, `light`, `illumin`; a related idea is not a mention.",
    )


class Question(Entry):
    """Front matter of a question page; the Markdown below it is the written answer."""

    renamed: ClassVar[Mapping[str, str]] = {"notions": "key_concepts"}

    asked: str = Field(min_length=1, description="The asker's own words.")
    title: str = Field(default="", description="Title of the page; the question itself when empty.")
    models: tuple[Id, ...] = Field(min_length=1, max_length=10, description="Recommended models, in given order.")
    papers: tuple[Id, ...] = Field(default=(), description="Related papers, in given order.")
    samples: tuple[Id, ...] = Field(default=(), description="Samples the answer may show.")
    key_concepts: tuple[KeyConcept, ...] = Field(
        default=(), description="Key concepts; found in the question when empty."
    )
    topics: tuple[Topic, ...] = Field(
        default=(), description="Topics under which lists and the search file it; the tasks of its models when empty."
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$", description="Language of the question, ISO 639.")
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
