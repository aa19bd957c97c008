"""What the denoising shows of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from seamline.exhibits.view import ExhibitView, Picture
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runs.store.records import ArtifactRecord


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot as readers see it.

    Attributes:
        words: which step it is.
    """

    words: str
    noisy: Picture
    predicted_x0: Picture


def context(view: ExhibitView) -> dict[str, Any]:
    """Snapshots from noise to picture; the one shown first is half way, where a picture shows but noise remains."""
    steps = view.parameters_of(EditParameters).num_inference_steps
    predictions = {_step(image): image for image in view.record.all("predicted-x0")}
    snapshots = [
        _snapshot(view, image, predictions[_step(image)], steps)
        for image in view.record.all("noisy")
        if _step(image) in predictions
    ]
    return {"before": view.before, "snapshots": snapshots, "shown": snapshots[len(snapshots) // 2], "steps": steps}


def _snapshot(view: ExhibitView, noisy: ArtifactRecord, predicted: ArtifactRecord, steps: int) -> Snapshot:
    words = f"Step {_step(noisy) + 1} of {steps}"
    return Snapshot(
        words=words,
        noisy=view.picture(noisy, f"{words}: the noisy picture, one of the things that the model is given"),
        predicted_x0=view.picture(predicted, f"{words}: the model's guess of the finished picture"),
    )


def _step(image: ArtifactRecord) -> int:
    return int(image.facts.get("denoising_step", 0))
