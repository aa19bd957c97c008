"""Where the light of a scene comes from, in a word."""

from __future__ import annotations

LIGHT_SIDES = ("left", "front", "right")


def light_group(azimuth: float) -> str:
    """`left`, `front` or `right`: where a light at `azimuth` degrees comes from, in thirds of -75 to 75."""
    if azimuth < -25.0:
        return "left"
    return "right" if azimuth > 25.0 else "front"
