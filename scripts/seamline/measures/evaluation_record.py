"""The record of an evaluation over held-out scenes: `catalog/records/evaluation.json`, as typed data.

The editor's evaluation writes it; pages and charts read it. Nothing here needs numpy or torch.
Build one with `seamline.measures.statistics.evaluation_of(rows, ...)`, which computes the figures.

Figures are addressed by a dotted path, as pages do:
`swaps.psnr_face.edit.value`, `gains.psnr_face.low`, `correlations.luminance_slope.paste.low`,
`groups.skin.dark.ssim_face.edit.n`, `kinds.attribute.attribute.no_edit.value`, `asked.attribute_age.old.edit.n`,
`worst.identity.edit.gap`, `facts.seconds_per_edit`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from seamline.errors import RecordError
from seamline.scenes.light_sides import light_group
from seamline.seals import read_sealed

Way = Literal["no_edit", "paste", "no_image", "edit", "truth", "ceiling", "earlier"]
WAYS: tuple[Way, ...] = get_args(Way)
"""How a picture came about, in the order that tables and charts show them."""

WAY_LABELS: Mapping[Way, str] = {
    "no_edit": "Nothing done",
    "paste": "Cut and paste",
    "no_image": "Photo withheld",
    "edit": "Edit",
    "truth": "True picture",
    "ceiling": "Through the autoencoder",
    "earlier": "Earlier editor, enlarged",
}
"""What readers see for each way."""

WAY_MEANINGS: Mapping[Way, str] = {
    "no_edit": "the input image, unchanged",
    "paste": "the new face cut from another photo, chosen to differ in light and expression, and pasted in",
    "no_image": "the model's edit with its conditioning on the input image switched off",
    "edit": "the model's edit as it should be",
    "truth": "the scene drawn again with only the named change: what an ideal editor would give",
    "ceiling": "the true picture sent through the model's autoencoder and back: what is lost without any edit",
    "earlier": "the edit by the editor that this one replaced, made at its own size and enlarged bicubically",
}
"""What each way is, as the end of a sentence."""

CHARTED: tuple[Way, ...] = tuple(way for way in WAYS if way != "earlier")
"""The ways that charts show: how the present editor compares, and not how it came to be."""

GROUPS: tuple[str, ...] = ("skin", "age", "presentation", "hair_style", "hair_colour", "light")
"""What figures are broken down by."""

LOOKS: tuple[str, ...] = ("skin", "age", "hair_style", "hair_colour", "glasses", "beard", "hat")
"""Looks of the edited person by which the group that is served worst is sought."""

RECORD_PATH = Path("catalog/records/evaluation.json")
REMEDY = "write it again: `make evaluate`"

ATTRIBUTE = "attribute"
"""Name of a figure over all attributes an edit asks for: the share of them that arrived, per edit."""

ANY = "any"
"""Stands for every value of an attribute that was asked for, in `EvaluationRecord.asked`."""

SWAPS: frozenset[str] = frozenset({"swap", "exchange"})
"""Kinds of edits that put a new face into the picture: only these can be made by cut and paste too."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Figure(_Frozen):
    """One number about many edits, with what it rests on.

    Attributes:
        n: edits it was computed from.
        value: mean, share (0 to 1) or correlation (-1 to 1), as `kind` says.
        low, high: 95 % confidence interval: percentile bootstrap of a mean, Wilson's of a share,
            Fisher's z of a correlation.
        q1, median, q3: quartiles of the edits; means only.
    """

    kind: Literal["mean", "share", "correlation"]
    n: int
    value: FiniteFloat
    low: FiniteFloat
    high: FiniteFloat
    q1: FiniteFloat | None = None
    median: FiniteFloat | None = None
    q3: FiniteFloat | None = None


class WorstGroup(_Frozen):
    """The group of people for whom a share is lowest, among all groups of `LOOKS` that are large enough.

    The lowest of many groups lies below the mean by chance alone; `by_chance` says how far.

    Attributes:
        look, value: which group, `hat` and `headscarf`.
        n, share: edits of that group, and their share.
        mean: the share of all edits.
        gap: `share - mean`.
        by_chance: mean gap of the worst group if the same outcomes are dealt to the edits at random.
        as_low_by_chance: share of such deals whose worst gap is as low or lower.
        groups: how many were compared.
    """

    look: str
    value: str
    n: int
    share: FiniteFloat
    mean: FiniteFloat
    gap: FiniteFloat
    by_chance: FiniteFloat
    as_low_by_chance: FiniteFloat
    groups: int


class EvaluationRow(_Frozen):
    """One held-out edit, measured for each way of making it.

    Attributes:
        seed: seed of the scene.
        kind: `swap`, `exchange`, `attribute` or `expression`.
        instruction: what the model was asked.
        skin, age, presentation, hair_style, hair_colour, glasses, beard, hat: of the edited person *in the true
            picture*; empty where the record does not say.
        light_azimuth: degrees, negative from the left.
        asked: value by name of what the edit asks for: attributes and, of an expression edit, `expression`.
        ways: for each way, value by measure name (`seamline.measures.registry`). A measure that
            does not apply is left out. Yes-or-no measures are 0 or 1. `attribute_<name>` says
            whether that named attribute arrived.
        truth: the same measures taken on the true picture, where they need no truth to compare to.
    """

    seed: int
    kind: str
    instruction: str = ""
    skin: str
    age: str
    presentation: str = ""
    hair_style: str
    hair_colour: str = ""
    glasses: str = ""
    beard: str = ""
    hat: str = ""
    light_azimuth: FiniteFloat
    asked: dict[str, str] = Field(default_factory=dict)
    ways: dict[Way, dict[str, FiniteFloat]]
    truth: dict[str, FiniteFloat] = Field(default_factory=dict)

    def group(self, name: str) -> str:
        """The group this row belongs to in breakdown `name`, one of `GROUPS`; empty when unknown."""
        return light_group(self.light_azimuth) if name == "light" else str(getattr(self, name))


class ConsistencyPoint(_Frozen):
    """The same edits at one pair of guidance scales.

    Attributes:
        edit_strength: share of the change asked for that was made.
        consistency: structural similarity with the input image outside the edited region.
    """

    image_guidance_scale: float
    guidance_scale: float
    edit_strength: Figure
    consistency: Figure


class EvaluationRecord(_Frozen):
    """Held-out edits, measured one by one and together.

    Attributes:
        weights: sha256 of each safetensors file, by its path in the pipeline folder.
        code: fingerprints of the code that drew and measured, by its name in `seamline.fingerprints`.
        parameters: sampling parameters, as diffusers names them.
        facts: single facts about the evaluation, such as `seconds_per_edit` or `bundle_bytes`.
        rows: one per edit.
        further: further expression edits of other scenes: among `rows` there are few. No other figure rests on them.
        consistency: one per image guidance scale.
        figures: measure -> way -> figure, over the edits of every kind that have it.
        swaps: likewise over face swaps and exchanges alone, so that ways are compared on the same edits.
        gains: measure -> how much more an edit has of it than cut and paste of the same scene, over `swaps`.
        correlations: measure -> way -> its correlation, over `swaps`, with the true picture's value.
        groups: breakdown (one of `GROUPS`) -> group -> measure -> way -> figure.
        kinds: kind of edit -> measure -> way -> figure, with `ATTRIBUTE` among the measures.
        asked: `attribute_<name>` or `expression` -> value asked for, or `ANY` -> way -> share that arrived, over
            edits of every kind that name it.
        expressions: measure -> way -> figure, over the expression edits of `rows` and `further`.
        worst: measure -> way -> the group of people that is served worst.
        earlier: weights and parameters of the editor whose edits are the way `earlier`; empty where none was measured.
    """

    version: Literal[1] = 1
    weights: dict[str, str] = Field(default_factory=dict)
    code: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, int | float | str] = Field(default_factory=dict)
    rows: tuple[EvaluationRow, ...]
    consistency: tuple[ConsistencyPoint, ...] = ()
    figures: dict[str, dict[Way, Figure]] = Field(default_factory=dict)
    swaps: dict[str, dict[Way, Figure]] = Field(default_factory=dict)
    gains: dict[str, Figure] = Field(default_factory=dict)
    correlations: dict[str, dict[Way, Figure]] = Field(default_factory=dict)
    groups: dict[str, dict[str, dict[str, dict[Way, Figure]]]] = Field(default_factory=dict)
    kinds: dict[str, dict[str, dict[Way, Figure]]] = Field(default_factory=dict)
    asked: dict[str, dict[str, dict[Way, Figure]]] = Field(default_factory=dict)
    further: tuple[EvaluationRow, ...] = ()
    expressions: dict[str, dict[Way, Figure]] = Field(default_factory=dict)
    worst: dict[str, dict[Way, WorstGroup]] = Field(default_factory=dict)
    earlier: dict[str, Any] = Field(default_factory=dict)

    @property
    def swap_rows(self) -> tuple[EvaluationRow, ...]:
        """The rows that `swaps`, `gains` and `correlations` are computed from."""
        return swaps_of(self.rows)

    def to_json(self) -> str:
        """The record as the file holds it: stable, one edit or one measure a line, ending in a newline."""
        data = self.model_dump(mode="json", exclude_none=True)
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {_by_line(value)}" for name, value in data.items()) + "\n}\n"


def _by_line(value: object) -> str:
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(_compact(item) for item in value) + "\n]"
    if isinstance(value, dict) and value:
        return "{\n " + ",\n ".join(f"{json.dumps(name)}: {_compact(item)}" for name, item in value.items()) + "\n}"
    return _compact(value)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def swaps_of(rows: Sequence[EvaluationRow]) -> tuple[EvaluationRow, ...]:
    """The rows whose edit puts a new face into the picture."""
    return tuple(row for row in rows if row.kind in SWAPS)


def read(path: Path) -> EvaluationRecord | None:
    """The record at `path`; None when there is none yet.

    Raises:
        RecordError: the file is torn or does not hold an evaluation.
    """
    try:
        body = read_sealed(path, REMEDY)
        return None if body is None else EvaluationRecord.model_validate_json(body)
    except ValidationError as error:
        problem = error.errors()[0]
        field = ".".join(str(part) for part in problem["loc"]) or "the file"
        raise RecordError(
            f"not an evaluation record: {field}: {problem['msg']}",
            where=str(path),
            hint=REMEDY,
        ) from None
