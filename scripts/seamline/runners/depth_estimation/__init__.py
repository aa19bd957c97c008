"""Depth Anything (Yang et al. 2024): monocular depth estimation."""

from seamline.runners.depth_estimation.runner import DepthEstimation

RUNNER = DepthEstimation()
