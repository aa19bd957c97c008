"""Declaration of the attention maps, and what the plain edit must keep for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.exhibits.base import Exhibit

if TYPE_CHECKING:
    from seamline.exhibits.view import ExhibitView
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest


class Attention(Exhibit[bool]):
    """Cross-attention over the edited image, word by word."""

    name: ClassVar[str] = "attention"
    title: ClassVar[str] = "Where each word was read"
    order: ClassVar[int] = 50
    declaration: ClassVar[Any] = bool
    description: ClassVar[str] = "Show where each word of the instruction was read."
    example: ClassVar[str] = "attention: true"
    runner: ClassVar[str | None] = "instruct_pix2pix"
    part: ClassVar[str] = "unet"
    needs: ClassVar[tuple[str, ...]] = ("edited", "attention")
    cost: ClassVar[str] = "1 map for each word of the instruction, for a repeated word one each time"

    def augment(self, declared: bool, request: EditRequest) -> EditRequest:
        """The edit keeps its attention maps."""
        return replace(request, attention=True)

    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """Words with their maps."""
        from seamline.exhibits.attention.context import context

        return context(view)
