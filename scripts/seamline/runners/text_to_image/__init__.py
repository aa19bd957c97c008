"""Stable Diffusion (Rombach et al. 2022): text-to-image generation."""

from seamline.runners.text_to_image.runner import TextToImage

RUNNER = TextToImage()
