"""What an exhibit is drawn from: one run of one sample, and where the page will find its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seamline.catalog.entries import Sample
from seamline.samples.records import DRAWN_BY_MODEL, ImageRecord, Role, RunRecord

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels of the picture; right and bottom excluded."""


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
        return f"{self.record.sample}-{self.record.weights.name}"

    def picture(self, image: ImageRecord, alt: str) -> Picture:
        """The image as a page shows it, named by `alt` for those who cannot see it."""
        drawn_by = self.record.weights.label if image.role in DRAWN_BY_MODEL else ""
        # One edit may play several roles: a reader's browser should fetch its picture once.
        file = next(same.file for same in self.record.images if same.sha256 == image.sha256)
        return Picture(self.base_url + file, image.width, image.height, alt, drawn_by, image)

    def one(self, role: Role, alt: str) -> Picture:
        """The picture with a role that occurs once; callers ask only for roles the run `has`."""
        return self.picture(next(image for image in self.record.images if image.role == role), alt)

    def has(self, *roles: Role) -> bool:
        """Whether the run left at least one image of every one of `roles`."""
        return set(roles) <= {image.role for image in self.record.images}

    def measured(self, image: ImageRecord) -> Mapping[str, float]:
        """What was measured about one image; empty if nothing was."""
        return self.measures.get(image.file, {})


@dataclass(frozen=True, slots=True)
class Picture:
    """An `<img>` about to be: everything the page says about one image.

    Attributes:
        url: as seen from the page.
        alt: role and instruction in words.
        drawn_by: label of the weights that drew it; empty for pictures no model made.
    """

    url: str
    width: int
    height: int
    alt: str
    drawn_by: str
    image: ImageRecord


def region_box(mask: Path) -> Box | None:
    """Bounding box of the white part (above half) of a mask picture; None if nothing is white.

    Raises:
        OSError: the file is missing or not a picture.
    """
    from PIL import Image

    with Image.open(mask) as picture:
        return picture.convert("L").point(lambda value: 255 if value > 127 else 0).getbbox()
