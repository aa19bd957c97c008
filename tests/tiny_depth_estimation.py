"""Tiny random weights of Depth Anything, saved as its own are published."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from randomizing import randomized


@cache
def estimator(depth_estimation_type: str = "relative") -> Any:
    """A depth estimator of some 20,000 random weights."""
    from transformers import DepthAnythingConfig, DepthAnythingForDepthEstimation, Dinov2Config

    backbone = Dinov2Config(
        image_size=28,
        patch_size=14,
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        mlp_ratio=2,
        out_indices=[1, 2],
        reshape_hidden_states=False,
    )
    config = DepthAnythingConfig(
        backbone_config=backbone,
        patch_size=14,
        reassemble_hidden_size=16,
        reassemble_factors=[2, 1],
        neck_hidden_sizes=[8, 8],
        fusion_hidden_size=8,
        head_hidden_size=8,
        depth_estimation_type=depth_estimation_type,
    )
    return randomized(DepthAnythingForDepthEstimation(config), 0.3)


def save(folder: Path, depth_estimation_type: str = "relative") -> None:
    from transformers import DPTImageProcessorPil

    estimator(depth_estimation_type).save_pretrained(folder)
    processor = DPTImageProcessorPil(size={"height": 42, "width": 42}, keep_aspect_ratio=True, ensure_multiple_of=14)
    processor.save_pretrained(folder)
