"""What a catalog entry may say: one frozen, validated model per kind of file.

JSON Schemas in `catalog/schema/` are generated from these classes, so a field's
description here is what an editor shows while a curator types.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from seamline.blocks.names import LONGEST_NAME, NAME_PATTERN, parse_block
from seamline.catalog.links import ArxivId, Doi, HttpsUrl
from seamline.catalog.names import checked_name
from seamline.errors import WorkflowError

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
"""Name of an entry, and of its file and page: lower-case words joined by hyphens."""


def _readable(block: str) -> str:
    try:
        return parse_block(block).name
    except WorkflowError as error:
        raise PydanticCustomError("block_name", "{what}", {"what": error.what, "hint": error.hint}) from None


BlockName = Annotated[
    str, AfterValidator(_readable), Field(json_schema_extra={"pattern": NAME_PATTERN, "maxLength": LONGEST_NAME})
]
"""Name of a workflow block, one that the workflow can read."""

AuthorName = Annotated[str, AfterValidator(checked_name)]
"""Name of one author, as `seamline.catalog.names` reads it."""


def _hyphens(value: object) -> object:
    return re.sub("[-–—]+", "-", value) if isinstance(value, str) else value


PageRange = Annotated[
    str,
    Field(pattern=r"^([A-Za-z]?\d+[A-Za-z]?(:\d+)?(-[A-Za-z]?\d+[A-Za-z]?(:\d+)?)?)?$", max_length=40),
    BeforeValidator(_hyphens),
]
"""First and last page, or one number; any dash between them is read as a hyphen."""

Position = Literal["left", "middle", "right"]


class Entry(BaseModel):
    """Base of everything in the catalog: frozen, and unknown fields are refused.

    Validators are built when the first entry of a class is read: a command that reads none does not wait for them.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False, defer_build=True
    )


# --- papers and models -------------------------------------------------------------------


class Paper(Entry):
    """A paper that answers may cite. Its id is its citation key: `[@brooks2023, §3.2.1]`."""

    title: str = Field(default="", description="Title as printed; without one the paper is cited by its identifier.")
    authors: tuple[AuthorName, ...] = Field(
        default=(),
        description="Authors in printed order, one to a line: `Given Family`, or `Family, Given` where that would "
        'be split wrongly; an organisation in quotation marks and braces, `"{The LAION Team}"`.',
    )
    year: int | None = Field(default=None, ge=1900, le=2100, description="Year of publication.")
    venue: str = Field(default="", description="Where it appeared; empty for a preprint.")
    pages: PageRange = Field(default="", description="Pages in that venue, `18392-18402`, or an article number.")
    arxiv: ArxivId | None = Field(default=None, description="arXiv identifier without version, `2211.09800`.")
    arxiv_version: int | None = Field(default=None, ge=1, description="Version the document named, if it did.")
    doi: Doi = Field(default="", description="DOI without a resolver in front.")
    url: HttpsUrl | None = Field(default=None, description="Address of a paper that is neither on arXiv nor has a DOI.")
    github: HttpsUrl | None = Field(default=None, description="Repository given for the paper; citable as `<id>-code`.")
    summary: str = Field(default="", description="Summary as the question document gave it, unedited.")
    bibtex_type: Literal["article", "inproceedings", "misc"] = Field(default="misc", description="BibTeX entry type.")


class LicenceStatement(Entry):
    """What one source says about a licence; sources may disagree, so none is merged away."""

    source: str = Field(description="Who says so: `repository`, `model card`, …")
    says: str = Field(description="What it says, in a sentence.")


class HubWeights(Entry):
    """Weights on a model hub, pinned."""

    repo: str = Field(pattern=r"^[\w.-]+/[\w.-]+$", description="Hub repository, `owner/name`.")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$|^main$", description="Commit the weights are pinned to.")


PipelineName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*Pipeline$", max_length=80)]


class Model(Entry):
    """A recommended model, seen as a workflow block."""

    block: BlockName = Field(description="Block name, `<inputs>2<outputs>-<hub>-<owner>-<name>`.")
    title: str = Field(default="", description="What people call the model; the block's own name when empty.")
    papers: tuple[Id, ...] = Field(default=(), description="Papers that introduce the model.")
    github: HttpsUrl | None = Field(default=None, description="The model's repository; citable as `<paper id>-code`.")
    weights: HubWeights | None = Field(default=None, description="Where the hub keeps its weights.")
    pipeline: PipelineName | None = Field(
        default=None, description="diffusers class of its pipeline, `_class_name` in the hub's model_index.json."
    )
    licences: tuple[LicenceStatement, ...] = Field(default=(), description="Licence, as each source states it.")


# --- questions ---------------------------------------------------------------------------


class Notion(Entry):
    """A key notion of a question, looked up in every source for the coverage table."""

    name: str = Field(min_length=1, description="How the table calls it, `lighting`.")
    terms: tuple[str, ...] = Field(
        min_length=1,
        description="How words begin that say this very notion, `light`, `illumin`; a related idea is not a mention.",
    )


class Question(Entry):
    """Front matter of a question page; the Markdown below it is the written answer."""

    asked: str = Field(min_length=1, description="The asker's own words.")
    title: str = Field(default="", description="Title of the page; the question itself when empty.")
    models: tuple[Id, ...] = Field(min_length=1, max_length=10, description="Recommended models, in given order.")
    papers: tuple[Id, ...] = Field(default=(), description="Related papers, in given order.")
    samples: tuple[Id, ...] = Field(default=(), description="Samples the answer may show.")
    notions: tuple[Notion, ...] = Field(default=(), description="Key notions; found in the question when empty.")
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$", description="Language of the question, ISO 639.")
    document: str = Field(default="", description="File name of the document it was imported from.")
    status: Literal["draft", "written"] = Field(default="draft", description="`draft` until a person wrote the answer.")


# --- samples -----------------------------------------------------------------------------


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


class SwapTruth(Entry):
    """`person` gets another identity; attributes not named stay, accessories not named come off."""

    person: Position = Field(description="Whose face is replaced.")
    to: dict[str, str] = Field(description="Attributes of the new identity that the instruction names.")


class ExchangeTruth(Entry):
    """Two people trade identities."""

    person: Position = Field(description="One of the two.")
    other: Position = Field(description="The other.")


class AttributeTruth(Entry):
    """One attribute of one person changes."""

    person: Position = Field(description="Whose attribute.")
    attribute: str = Field(description="Which one, `hair_colour`.")
    value: str = Field(description="Its new value, `grey`.")


class ExpressionTruth(Entry):
    """One person's expression changes."""

    person: Position = Field(description="Whose expression.")
    expression: str = Field(description="The new one, `smiling`.")


class Truth(Entry):
    """What the instruction means, for a scene: gives the true picture. Exactly one."""

    swap: SwapTruth | None = Field(default=None, description="A face swap.")
    exchange: ExchangeTruth | None = Field(default=None, description="Two people trade faces.")
    attribute: AttributeTruth | None = Field(default=None, description="One attribute changes.")
    expression: ExpressionTruth | None = Field(default=None, description="One expression changes.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Truth:
        if sum(value is not None for value in (self.swap, self.exchange, self.attribute, self.expression)) != 1:
            raise ValueError("give exactly one of `swap`, `exchange`, `attribute` and `expression`")
        return self


SchedulerName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*Scheduler$", max_length=80)]
NoiseSeed = Annotated[int, Field(ge=0, lt=2**63)]
TextScale = Annotated[float, Field(gt=1.0, le=50.0)]
ImageScale = Annotated[float, Field(ge=1.0, le=20.0)]
"""Below these bounds the diffusers pipeline switches guidance off altogether, so no recipe for it may ask for less."""
GridImageScale = Annotated[float, Field(ge=0.0, le=20.0)]
"""A grid is sampled by our own loop, which guides at any scale: 0 leaves out what the photo adds."""


def _rising(values: tuple[float, ...]) -> tuple[float, ...]:
    if any(later <= earlier for earlier, later in pairwise(values)):
        raise ValueError("should rise from one value to the next")
    return values


class Parameters(Entry):
    """Sampling parameters, named as diffusers names them."""

    num_inference_steps: int = Field(default=20, ge=2, le=1000, description="Denoising steps.")
    guidance_scale: TextScale = Field(default=3.0, description="Text guidance scale s_T.")
    image_guidance_scale: ImageScale = Field(default=1.5, description="Image guidance scale s_I.")
    seed: NoiseSeed = Field(default=0, description="Seed of the noise.")
    scheduler: SchedulerName | None = Field(
        default=None, description="diffusers scheduler class; the weights' own when absent."
    )


class DenoisingExhibit(Entry):
    """Moments of the denoising, from noise to picture, with the model's guess at each."""

    moments: int = Field(default=10, ge=8, le=12, description="How many moments to keep.")


class KnobsExhibit(Entry):
    """A grid of the two guidance scales."""

    guidance_scale: Annotated[tuple[TextScale, ...], AfterValidator(_rising)] = Field(
        min_length=2, max_length=6, description="Values of s_T, rising."
    )
    image_guidance_scale: Annotated[tuple[GridImageScale, ...], AfterValidator(_rising)] = Field(
        min_length=2, max_length=6, description="Values of s_I, rising, from 0; the stock pipeline knows none below 1."
    )


class OneWordExhibit(Entry):
    """The same edit with one word of the instruction changed."""

    instruction: str = Field(min_length=1, description="The other instruction; exactly one word differs.")


class Exhibits(Entry):
    """What a sample's page shows beside input and edited image."""

    denoising: DenoisingExhibit | None = Field(default=None, description="Scrub the denoising.")
    knobs: KnobsExhibit | None = Field(default=None, description="Turn the two knobs.")
    one_word: OneWordExhibit | None = Field(default=None, description="Change one word.")
    attention: bool = Field(default=False, description="See where each word looked.")
    seeds: tuple[NoiseSeed, ...] = Field(default=(), max_length=8, description="Draw again with these seeds.")
    four_ways: bool = Field(default=False, description="The same swap four ways (scenes only).")


EditedFile = Annotated[str, Field(pattern=r"^edited-[0-9a-f]{8}\.webp$")]


class Sample(Entry):
    """A recipe for one edit, and for what is shown around it."""

    title: str = Field(min_length=1, description="What the page is called. Changing it re-runs nothing.")
    alt: str = Field(default="", description="What the edited image shows, for those who cannot see it.")
    alt_of: EditedFile | None = Field(
        default=None, description="The picture that `alt` was written for: its file name in the run's record."
    )
    model: Id = Field(description="Model whose pipeline runs.")
    input: SampleInput = Field(description="The input image.")
    instruction: str = Field(min_length=1, max_length=300, description="The edit instruction.")
    truth: Truth | None = Field(default=None, description="What the instruction means, if the input is a scene.")
    # `model_construct`, as validating these defaults would build their validators whenever this module is imported.
    parameters: Parameters = Field(default=Parameters.model_construct(), description="Sampling parameters.")
    exhibits: Exhibits = Field(default=Exhibits.model_construct(), description="What else to draw and show.")
