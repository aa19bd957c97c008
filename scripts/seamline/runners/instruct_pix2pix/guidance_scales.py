"""Which guidance scales the stock pipeline follows, and which of the two it would ignore. Needs no torch."""

from __future__ import annotations

LOWEST = 1.0
"""Below it the stock pipeline switches guidance off altogether."""


def ignored_by_stock(text: float, image: float) -> str | None:
    """The scale that `StableDiffusionInstructPix2PixPipeline` would ignore; None if it does as both ask.

    It switches all guidance off at `guidance_scale <= 1` or `image_guidance_scale < 1`. With both at 1 the formula
    of guidance is the prediction with image and text: there is nothing to switch off.

    Args:
        text, image: s_T, which is `guidance_scale`, and s_I, which is `image_guidance_scale`.
    """
    if text < LOWEST or text == LOWEST < image:
        return "guidance_scale"
    return "image_guidance_scale" if image < LOWEST else None
