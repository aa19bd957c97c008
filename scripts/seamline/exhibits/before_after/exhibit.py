"""Declaration of the before-and-after slider: every sample has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.exhibits.base import Exhibit

if TYPE_CHECKING:
    from seamline.exhibits.view import ExhibitView


class BeforeAfter(Exhibit[None]):
    """Input image and edited image, with a divider to move."""

    name: ClassVar[str] = "before_after"
    title: ClassVar[str] = "Before and after"
    order: ClassVar[int] = 10
    needs: ClassVar[tuple[str, ...]] = ("input", "edited")

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Both pictures, the numbers that matter most, and where the divider starts."""
        from seamline.exhibits.before_after.context import context

        return context(view)
