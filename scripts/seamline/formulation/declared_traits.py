"""What a file of traits says: which there are, what prompts tell of them, and what samples are made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from seamline.catalog.entries.base import Entry, Id

Kind = Literal["demographic", "biometric", "non-permanent", "scene"]
"""What a trait is of: the three kinds that SDFD's abstract names, and what surrounds the face."""

MOST_PROMPTS = 20_000


def _listed(value: object) -> object:
    """One value as a list of one."""
    return [value] if isinstance(value, str) else value


def _with_words(value: object) -> object:
    """Values by what prompts say for them; those of a list are their own words."""
    return {one: one for one in value} if isinstance(value, list) and all(isinstance(o, str) for o in value) else value


def _as_mapping(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Values = Annotated[dict[str, str | None], BeforeValidator(_with_words), Field(min_length=2, max_length=60)]
Name = Annotated[str, Field(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=40)]
OneOrMore = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]


class Trait(Entry):
    """One trait and the values that it takes."""

    kind: Kind = Field(description="`demographic`, `biometric`, `non-permanent`, or `scene` for what is around a face.")
    values: Values = Field(
        description="Values, each with its words where they differ; one without words is not told, as `none: `."
    )
    usual: str | None = Field(default=None, description="Value it holds where it is not varied; the first by default.")

    @property
    def held_at(self) -> str:
        """The value it holds where it is not varied."""
        return self.usual or next(iter(self.values))


class Feature(Entry):
    """One of the things a prompt lists; left out where a trait in it has no words."""

    text: str = Field(min_length=1, description="Words, with traits as `{skin}`.")
    when: dict[Name, OneOrMore] = Field(default={}, description="Values by trait, for which alone it is listed.")


AnyFeature = Annotated[Feature, BeforeValidator(_as_mapping)]


class SampleSettings(Entry):
    """What sample recipes say besides the prompt."""

    title: str = Field(min_length=1, description="Title of each, before its number.")
    model: Id = Field(description="Model that runs.")
    parameters: dict[str, Any] = Field(default={}, description="Parameters of the model's kind, the same in each.")
    first_seed: int | None = Field(
        default=None,
        ge=0,
        lt=1_000_000,
        description="For edits of scenes: scenes are looked for from this seed upward; without it there is no input.",
    )


class TraitFile(Entry):
    """Traits, and how prompts tell them."""

    prompt: str = Field(min_length=1, description="The prompt, with traits as `{age}`, `{a}` and `{features}`.")
    features: tuple[AnyFeature, ...] = Field(default=(), description="What `{features}` lists, joined by commas.")
    traits: dict[Name, Trait] = Field(min_length=2, max_length=40, description="Traits by name.")
    never: tuple[dict[Name, OneOrMore], ...] = Field(default=(), description="Values by trait that never meet.")
    combine: Literal["pairs", "all"] = Field(default="pairs", description="All pairs of values, or all combinations.")
    count: int = Field(default=0, ge=0, le=MOST_PROMPTS, description="Prompts at least, where pairs are covered.")
    seed: int = Field(default=0, ge=0, description="Of the choice between equally good combinations.")
    samples: SampleSettings | None = Field(default=None, description="What sample recipes are made with.")

    @property
    def levels(self) -> Mapping[str, tuple[str, ...]]:
        """Values by trait."""
        return {name: tuple(trait.values) for name, trait in self.traits.items()}

    def words(self, trait: str, value: str) -> str:
        """What prompts say for a value; empty where they say nothing."""
        return self.traits[trait].values[value] or ""
