"""Matting: an image and a rough mask of one instance -> its alpha matte."""

from seamline.runners.matting.runner import Matting

RUNNER = Matting()
"""Images and masks -> alpha mattes, by the mini matting network or ViTMatte."""
