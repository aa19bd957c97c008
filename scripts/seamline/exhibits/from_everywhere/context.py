"""What the views show of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamline.exhibits.view import ExhibitView, Picture
from seamline.scenes.cameras import CAMERAS

if TYPE_CHECKING:
    from seamline.exhibits.from_everywhere.view_steps import FromEverywhereExhibit

STILL = (0, CAMERAS // 2, CAMERAS - 1)
"""Cameras whose views stand side by side where nothing can be moved."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to edit, seen from every camera.

    Attributes:
        edits: how many edits it takes, in words.
        sheet: all views, stacked; None where `pictures` holds them one by one.
    """

    kind: str
    title: str
    edits: str
    sheet: Picture | None = None
    pictures: tuple[Picture, ...] = ()

    @property
    def made_by(self) -> Picture | None:
        """A picture whose label says who made them; None for what no model made."""
        return next((one for one in (self.sheet, *self.pictures) if one and one.made_by), None)


def context(view: ExhibitView, declared: FromEverywhereExhibit) -> dict[str, Any]:
    """Ways from left to right: the canonical image, each view by itself, stamped, and the truth."""
    record, said = view.record, view.instruction
    alone = record.all("view-edited")

    def output(step: str, port: str, alt: str) -> Picture | None:
        image = record.output(step, port)
        return view.picture(image, alt) if image else None

    seen = f"seen from {CAMERAS} cameras, from the left on top to the right below: {said}"
    true = next(iter(record.all("views-truth")), None)
    ways = (
        Way("canonical", "Through the canonical image", "1 edit", output(declared.views, "views", f"Edit, {seen}")),
        Way(
            "alone",
            "Each view by itself",
            f"{CAMERAS} edits",
            pictures=tuple(
                view.picture(one, f"View {at + 1} edited by itself: {said}") for at, one in enumerate(alone)
            ),
        ),
        Way(
            "stamped", "Same pixels in each view", "1 edit", output(declared.stamped, "views", f"Stamped edit, {seen}")
        ),
        Way("truth", "Scene really changed", "no model", view.picture(true, f"True views, {seen}") if true else None),
    )
    return {
        "ways": [way for way in ways if way.sheet or way.pictures],
        "views": CAMERAS,
        "middle": CAMERAS // 2,
        "still": STILL,
        "uv": output(declared.views, "uv", ""),
        "edited": output(declared.edited, "image", f"Middle of the canonical image, edited: {said}"),
        "natural": output(
            declared.natural, "image", "Canonical image learned from a natural start: the scene as one sees it"
        ),
        "wild": output(declared.wild, "image", "Canonical image learned from a random start: coloured splinters"),
        "conclusion": (
            "An edit of the canonical image moves with the head that it was painted on; edits made view by view "
            "disagree from one to the next, good as each still may be; a stamp stays where it was put. What reaches "
            "beyond the old outline is painted on whatever lies behind, and smears in the outer views."
        ),
    }
