"""What a canonical image is learned from. Plain data; needs no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seamline.runners.canonical_image.learning import Start


@dataclass(frozen=True, slots=True)
class LearningRequest:
    """One scene to learn.

    Attributes:
        views: name of the stacked views among the values handed over with the requests.
    """

    views: str
    cameras: int
    training_steps: int
    start: Start
    seed: int
