"""Words for a sample's edited image: those of the person who looked at it, or none that claim what came out.

An alternative text describes one picture. Another run, by other weights or after more training, draws another
picture, and must not be shown with words about the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.catalog.entries import Sample
from seamline.errors import Problem
from seamline.runs.store.records import ArtifactRecord, RunRecord

if TYPE_CHECKING:
    from seamline.catalog import Catalog


def describes(sample: Sample, image: ArtifactRecord | None) -> bool:
    """Whether the sample's `alt` was written for this very picture."""
    return bool(sample.alt and image and sample.alt_of == image.file)


def edited_words(sample: Sample, record: RunRecord, image: ArtifactRecord | None = None) -> str:
    """What the edited image of a run shows, as far as somebody wrote it for that picture.

    Otherwise who drew it from which instruction, which claims nothing about the outcome.

    Args:
        image: the picture, if it is not the run's result.
    """
    image = image or record.result
    if describes(sample, image):
        return sample.alt
    instruction = (image.facts.get("instruction") if image else None) or sample.words
    asked = f" from the instruction \u201c{instruction}\u201d" if instruction else ""
    return f"drawn by {record.weights.label}{asked}; not described yet"


def result_noun(record: RunRecord) -> str:
    """What a run's resulting picture is."""
    image = record.result
    if image is None:
        return "Output"
    if image.role == "edited":
        return "Edited image"
    return "Generated image" if image.provenance == "trained" else "Resulting image"


def undescribed(catalog: Catalog, name: str, record: RunRecord | None) -> Problem | None:
    """What is to be done about a sample whose `alt` was not written for the picture that is shown; None if nothing."""
    sample, image = catalog.samples[name], record.result if record else None
    if not sample.alt or image is None or describes(sample, image):
        return None
    file = f"catalog/samples/{name}.yml"
    line = next(
        (number for number, text in enumerate(_lines(catalog, file), start=1) if text.startswith(("alt_of:", "alt:"))),
        0,
    )
    what = "the picture has changed since `alt` was written" if sample.alt_of else "does not say which picture it is of"
    folder = f"generated/runs/{name}/{record.weights_name}" if record else ""
    hint = f"look at {folder}/{image.file}, write what it shows into `alt`, and put below it: `alt_of: {image.file}`"
    return Problem(file, line, "alt", what, hint)


def _lines(catalog: Catalog, file: str) -> list[str]:
    try:
        return (catalog.root / file).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []


def ai_words(image: ArtifactRecord | None) -> str:
    """`AI-generated` where a model made all of an artifact, `AI-edited` where it altered a picture; else empty."""
    if image is None or not image.by_model:
        return ""
    return "AI-generated" if image.provenance == "trained" else "AI-edited"


def people_words(sample: Sample) -> str:
    """Whether the people shown exist."""
    if sample.photo:
        return "people shown with their consent"
    return "synthetic people" if sample.scene else "made from text alone, of nobody"
