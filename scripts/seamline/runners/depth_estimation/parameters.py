"""Parameters of depth estimation."""

from __future__ import annotations

from seamline.catalog.entries.base import Parameters


class DepthParameters(Parameters):
    """Depth estimation has nothing to choose: an image has one depth map."""
