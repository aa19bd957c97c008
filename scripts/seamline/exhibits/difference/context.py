"""What is shown of the difference between input image and edited image."""

from __future__ import annotations

from typing import Any

from seamline.exhibits.numbers import PLAIN_LABELS, numbers
from seamline.exhibits.view import ExhibitView


def context(view: ExhibitView) -> dict[str, Any]:
    """Edited image, where it differs from the input image, and where it should."""
    region = view.one("region", "The edited region") if view.has("region") else None
    return {
        "before": view.before,
        "after": view.after,
        "region": region,
        "numbers": numbers(
            view.measured(view.first("edited")), ("change_inside", "change_outside", "change"), labels=PLAIN_LABELS
        ),
    }
