"""Snapshots of the denoising, from noise to picture."""

from seamline.exhibits.denoising.exhibit import Denoising

EXHIBIT = Denoising()
