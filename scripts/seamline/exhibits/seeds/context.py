"""What edits from other noise show of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seamline.exhibits.view import ExhibitView, Picture
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runs.store.records import ArtifactRecord


@dataclass(frozen=True, slots=True)
class Variant:
    """The edit from other noise."""

    seed: int
    picture: Picture


def context(view: ExhibitView) -> dict[str, Any]:
    """The sample's own edit and its siblings from other noise."""
    own = view.first("edited")
    images = {_seed(view, image): image for image in (own, *view.record.all("seed"))}
    variants = [
        Variant(seed, view.picture(image, f"Edited image, seed {seed}: {view.instruction_of(image)}"))
        for seed, image in images.items()
    ]
    return {"before": view.before, "variants": variants}


def _seed(view: ExhibitView, image: ArtifactRecord) -> int:
    own = view.parameters_of(EditParameters).seed
    return int(image.facts.get("seed", own))
