"""Every measure the project takes: the one list that pages, tables and records go by. Needs no numpy."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measure:
    """What a reader needs to know of one number.

    Attributes:
        name: key in records; `attribute` stands for every `attribute_<name>`.
        unit: `dB`, `°`, `×`, `%` (a share from 0 to 1 in records), `yes or no` (1 or 0) or empty.
        low, high: its range; None where it has no end.
        meaning: one sentence, without the name.
        better: which of two values is better; `nearest` is the one nearer to the true picture's.
        needs_truth: only scenes have it, as the true picture or the scene itself must be known.
        function: what computes it, `module.function` below `seamline.measures`.
    """

    name: str
    label: str
    unit: str
    low: float | None
    high: float | None
    better: Literal["higher", "lower", "nearest", "neither"]
    meaning: str
    needs_truth: bool
    function: str

    @property
    def digits(self) -> int:
        """Decimals that are worth showing."""
        return {"dB": 1, "×": 1, "°": 0, "%": 0, "yes or no": 0}.get(self.unit, 2)

    def format(self, value: float) -> str:
        """`value` as readers see it, with its unit: `21.4 dB`, `87 %`, `yes`."""
        if self.unit == "yes or no" and value in (0, 1):
            return "yes" if value else "no"
        if self.unit in ("%", "yes or no"):
            return f"{100 * value:.0f} %"
        number = f"{round(value, self.digits) or 0.0:.{self.digits}f}".replace("-", "−")
        if self.unit == "°":
            return number + "°"
        return f"{number} {self.unit}".strip()


_ALL = (
    Measure(
        "psnr_face",
        "Closeness of the face",
        "dB",
        0,
        60,
        "higher",
        "How close the edited region comes to the true picture, pixel by pixel (PSNR).",
        True,
        "closeness.psnr",
    ),
    Measure(
        "ssim_face",
        "Structure of the face",
        "",
        -1,
        1,
        "higher",
        "How alike the shapes and shading of the edited region and of the true picture are (SSIM).",
        True,
        "closeness.ssim",
    ),
    Measure(
        "psnr_outside",
        "Closeness outside",
        "dB",
        0,
        60,
        "higher",
        "How close everything outside the edited region stays to the input image (PSNR).",
        True,
        "closeness.psnr",
    ),
    Measure(
        "ssim_outside",
        "Consistency with the input",
        "",
        -1,
        1,
        "higher",
        "How alike the shapes outside the edited region and in the input image are (SSIM).",
        True,
        "closeness.ssim",
    ),
    Measure(
        "edit_strength",
        "Edit strength",
        "%",
        None,
        None,
        "neither",
        "How much of the change asked for was made within the region: 0 for none, 100 % for all of it.",
        True,
        "closeness.edit_strength",
    ),
    Measure(
        "right_person",
        "Right person",
        "yes or no",
        0,
        1,
        "higher",
        "Whether the head that changed most is the one the instruction names.",
        True,
        "change.most_changed",
    ),
    Measure(
        "identity",
        "Identity arrived",
        "yes or no",
        0,
        1,
        "higher",
        "Whether the face asked for, out of eight candidates, is the one the edit is closest to.",
        True,
        "candidates.nearest_candidate",
    ),
    Measure(
        "expression",
        "Expression as it should be",
        "yes or no",
        0,
        1,
        "higher",
        "Whether, of the new face drawn in each expression, the edit is closest to the one it should wear.",
        True,
        "candidates.nearest_candidate",
    ),
    Measure(
        "attribute",
        "Attribute arrived",
        "yes or no",
        0,
        1,
        "higher",
        "Whether, of the new face drawn with each value of an attribute, the edit is closest to the one asked for.",
        True,
        "candidates.nearest_candidate",
    ),
    Measure(
        "luminance_slope",
        "Slope of light",
        "",
        None,
        None,
        "nearest",
        "How brightness rises from left to right over the bare skin; it should be what it is on the true picture.",
        True,
        "light.luminance_slope",
    ),
    Measure(
        "light_angle",
        "Error of the light's direction",
        "°",
        0,
        180,
        "lower",
        "Angle between the light estimated from the new face's shading and the scene's own light.",
        True,
        "light.light_angle",
    ),
    Measure(
        "light_agreement",
        "Agreement of slow light",
        "",
        -1,
        1,
        "higher",
        "Whether brightness, blurred until features are gone, rises and falls as it did in the input image.",
        False,
        "light.light_agreement",
    ),
    Measure(
        "seam_visibility",
        "Visibility of the seam",
        "",
        -2,
        2,
        "nearest",
        "How much more the edge of the region stands out than in the input image; as on the true picture is right.",
        True,
        "seam.seam_visibility",
    ),
    Measure(
        "change",
        "Changed pixels",
        "%",
        0,
        1,
        "neither",
        "Share of the whole picture's pixels that changed visibly.",
        False,
        "change.change_inside",
    ),
    Measure(
        "change_inside",
        "Changed pixels inside",
        "%",
        0,
        1,
        "neither",
        "Share of the pixels inside the edited region that changed visibly.",
        True,
        "change.change_inside",
    ),
    Measure(
        "change_outside",
        "Changed pixels outside",
        "%",
        0,
        1,
        "lower",
        "Share of the pixels outside the edited region that changed visibly.",
        True,
        "change.change_outside",
    ),
    Measure(
        "mean_change_inside",
        "Mean change inside",
        "%",
        0,
        1,
        "neither",
        "How far pixels inside the edited region moved, of the way from black to white.",
        True,
        "change.mean_change_inside",
    ),
    Measure(
        "mean_change_outside",
        "Mean change outside",
        "%",
        0,
        1,
        "lower",
        "How far pixels outside the edited region moved, of the way from black to white.",
        True,
        "change.mean_change_outside",
    ),
    Measure(
        "attention_focus",
        "Focus of a word",
        "×",
        0,
        None,
        "neither",
        "How many times as much a word of the instruction looked inside the edited region as elsewhere.",
        True,
        "focus.attention_focus",
    ),
)

MEASURES = MappingProxyType({measure.name: measure for measure in _ALL})
"""All measures by name, in the order pages list them."""


def measure_named(key: str) -> Measure:
    """The measure that a record's key belongs to: its own, or `attribute` for `attribute_<name>`.

    Raises:
        KeyError: no measure has that key.
    """
    return MEASURES["attribute" if key.startswith("attribute_") else key]
