"""What an exhibit is rendered from: one run of one sample, and where the page will find its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seamline.catalog.entries import Sample, Truth
from seamline.catalog.entries.base import Parameters
from seamline.catalog.entries.sample import texts_of
from seamline.plugins import RUNNERS
from seamline.runners.base import AnyParameters, Setting
from seamline.runs.store.descriptions import ai_words, edited_words
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.weights.identity import WeightsIdentity

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture; right and bottom excluded."""


_CLOSE_UP = 0.55
"""A region wider than this share of the picture is not worth a close-up."""


@dataclass(frozen=True, slots=True)
class ExhibitView:
    """One run, as a page shows it.

    Attributes:
        sample: the recipe.
        record: what running it left behind.
        measures: of the run, `{file: {measure: value}}`; empty if nothing was measured.
        base_url: relative address of the run's folder as seen from the page, with a final slash:
            `../../runs/<sample>/<weights>/`.
        region_box: bounding box of the run's `region` mask, if known (`region_box` finds it);
            exhibits then show the edited face up close.
        instead_of: the model that the run's weights stand in for; empty for a model's own weights.
        sample_url, measures_url: addresses of the sample's own page and of the page that explains the measures,
            for the line below an exhibit; empty leaves the link out.
    """

    sample: Sample
    record: RunRecord
    measures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    base_url: str = ""
    region_box: Box | None = None
    instead_of: str = ""
    sample_url: str = ""
    measures_url: str = ""

    @property
    def id(self) -> str:
        """Distinguishes this run's exhibits from every other's on a page: safe as an HTML id."""
        return f"{self.record.sample}-{self.record.weights_name}"

    @property
    def _main(self) -> str:
        return self.record.main_name

    @property
    def instruction(self) -> str:
        """The text that the main step is given."""
        step = self.sample.steps.get(self._main)
        return next(iter(texts_of(step)), self.sample.words) if step else self.sample.words

    @property
    def truth(self) -> Truth | None:
        """What the sample's first instruction with a truth means."""
        known = (self.sample.truth, *(step.truth for step in self.sample.steps.values()))
        return next((truth for truth in known if truth), None)

    @property
    def before(self) -> Picture:
        """The image that the main step was given, named for those who cannot see it."""
        step, _, port = self.record.main.inputs.get("image", "").partition(".")
        given = (self.record.output(step, port) if port else None) or self.first("input")
        return self.picture(given, f"Input image, before: {self.instruction}")

    @property
    def edit(self) -> ArtifactRecord:
        """What the run made of its input: its result, where an operation laid the edit over it; else the edit."""
        edited, result = self.first("edited"), self.record.result
        laid_over = result is not None and result.by_model and result.size == edited.size
        return result if result and laid_over and self.record.steps[result.step].operation else edited

    @property
    def after(self) -> Picture:
        """The sample's own edit, named by what it shows."""
        edited = self.edit
        return self.picture(edited, f"Edited image: {edited_words(self.sample, self.record, edited)}")

    @property
    def close_up(self) -> str:
        """SVG view box that shows the edited face up close; empty where it is not known, or fills the picture."""
        edited = self.first("edited")
        return crop(self.region_box, edited.width, edited.height)

    @property
    def parameters(self) -> Parameters:
        """Parameters of the main step, as the shown run had them where its record says so."""
        own = self.sample.steps[self._main].parameters if self._main in self.sample.steps else self.sample.parameters
        plain = self.record.main_output
        known = type(own).model_fields.keys() & plain.facts.keys() if plain else frozenset()
        return own.model_copy(update={field: plain.facts[field] for field in known}) if plain and known else own

    @property
    def settings(self) -> tuple[Setting, ...]:
        """`parameters` as their runner describes them; empty where it is not installed or a step of another kind."""
        runner = RUNNERS.all.get(self.record.steps[self._main].runner)
        parameters = self.parameters
        return runner.describe(parameters) if runner and isinstance(parameters, runner.parameters) else ()

    def parameters_of(self, kind: type[AnyParameters]) -> AnyParameters:
        """`parameters`, as those of the one runner whose requests an exhibit varies.

        Raises:
            TypeError: the main step is run by another runner.
        """
        own = self.parameters
        if not isinstance(own, kind):
            raise TypeError(f"the run of {self.record.sample} has {type(own).__name__}, not {kind.__name__}")
        return own

    def instruction_of(self, image: ArtifactRecord) -> str:
        """The text that an artifact was made from: the sample's own where the record does not say."""
        return str(image.facts.get("instruction") or self.instruction)

    def picture(self, image: ArtifactRecord, alt: str) -> Picture:
        """The image as a page shows it, named by `alt` for those who cannot see it."""
        # One edit may play several roles: a reader's browser should fetch its picture once.
        file = next(same.file for same in self.record.images if same.sha256 == image.sha256)
        made_by = self._weights_of(image).label if image.by_model else ""
        return Picture(self.base_url + file, image.width, image.height, alt, made_by, image)

    def _weights_of(self, image: ArtifactRecord) -> WeightsIdentity:
        """Those that made an artifact; of an operation's, those of the run if they had a part in it, or the nearest."""
        own, had_part, upstream = self.record.weights, [], [image.step]
        # Grows while it is walked: a step that feeds several others is looked at once.
        for name in upstream:
            step = self.record.steps.get(name)
            if step is not None and step.weights is not None:
                had_part.append(step.weights)
            elif step is not None:
                before = dict.fromkeys(value.split(".")[0] for value in step.inputs.values())
                upstream += [one for one in before if one not in upstream]
        return own if own in had_part or not had_part else had_part[0]

    def first(self, role: str) -> ArtifactRecord:
        """The first artifact with a role, of the main step if it has one; callers ask only for what the run `has`."""
        having = self.record.all(role)
        return next((image for image in having if image.step == self._main), having[0])

    def one(self, role: str, alt: str) -> Picture:
        """The picture with a role that occurs once; callers ask only for roles that the run `has`."""
        return self.picture(self.first(role), alt)

    def has(self, *roles: str) -> bool:
        """Whether the run left at least one artifact of every one of `roles` that is about the main step."""
        return set(roles) <= {image.role for image in self.record.images if self._is_about_main(image)}

    def _is_about_main(self, image: ArtifactRecord) -> bool:
        """What a scene knows of an edit says nothing of an edit after it."""
        step = self.sample.steps.get(self._main)
        return bool(image.step) or image.role == "input" or step is None or step.truth is not None

    def measured(self, image: ArtifactRecord) -> Mapping[str, float]:
        """What was measured about one image; empty if nothing was."""
        return self.measures.get(image.file, {})


@dataclass(frozen=True, slots=True)
class Picture:
    """An `<img>` about to be: everything the page says about one image.

    Attributes:
        url: as seen from the page.
        alt: role and instruction in words.
        made_by: label of the weights that generated it; empty for pictures no model made.
    """

    url: str
    width: int
    height: int
    alt: str
    made_by: str
    image: ArtifactRecord

    @property
    def ai(self) -> str:
        """`AI-edited` or `AI-generated`; empty for pictures no model made."""
        return ai_words(self.image)


def region_box(mask: Path) -> Box | None:
    """Bounding box of the white part (above half) of a mask picture; None if nothing is white.

    Raises:
        OSError: the file is missing or not a picture.
    """
    from PIL import Image

    with Image.open(mask) as picture:
        return picture.convert("L").point(lambda value: 255 if value > 127 else 0).getbbox()


def crop(box: Box | None, width: int, height: int) -> str:
    """SVG view box of a close-up: `box` with a margin, as a square inside the picture; empty if it would show little.

    The margin, a quarter of the box's longer side in all, keeps the seam and what it must match in view.
    """
    if box is None or (box[2] - box[0]) > _CLOSE_UP * width:
        return ""
    left, top, right, bottom = box
    side = min(round(1.25 * max(right - left, bottom - top)), width, height)
    x = _inside((left + right - side) // 2, width - side)
    y = _inside((top + bottom - side) // 2, height - side)
    return f"{x} {y} {side} {side}"


def _inside(at: int, most: int) -> int:
    return max(0, min(at, most))
