"""InstructPix2Pix (Brooks et al. 2023): instruction-based image editing."""

from seamline.runners.instruct_pix2pix.runner import InstructPix2Pix

RUNNER = InstructPix2Pix()
