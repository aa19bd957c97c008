"""Declaration of the difference between input image and edited image: every sample has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.exhibits.base import Exhibit

if TYPE_CHECKING:
    from seamline.exhibits.view import ExhibitView


class Difference(Exhibit[None]):
    """Where the edit changed the picture, and where it was meant to."""

    name: ClassVar[str] = "difference"
    title: ClassVar[str] = "What changed"
    order: ClassVar[int] = 80
    needs: ClassVar[tuple[str, ...]] = ("input", "edited")

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Both pictures, the region that was meant to change where it is known, and the shares that did."""
        from seamline.exhibits.difference.context import context

        return context(view)
