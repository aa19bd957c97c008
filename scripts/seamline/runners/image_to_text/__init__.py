"""BLIP (Li et al. 2022): image captioning."""

from seamline.runners.image_to_text.runner import ImageToText

RUNNER = ImageToText()
