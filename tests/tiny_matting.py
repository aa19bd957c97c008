"""Tiny random weights of the two matting classes, saved as their own are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from randomizing import randomized


def network(spread: float = 0.3) -> Any:
    """A mini matting network of some 6,000 random weights."""
    from seamline.runners.matting.network import MattingConfig, MattingNetwork

    return randomized(MattingNetwork(MattingConfig((8, 8, 8), features=4, detail_channels=6, coarse_side=8)), spread)


def save(folder: Path) -> None:
    network().save_pretrained(folder)


def save_vitmatte(folder: Path) -> None:
    """A ViTMatte of a few thousand random weights with its image processor."""
    from transformers import VitDetConfig, VitMatteConfig, VitMatteForImageMatting, VitMatteImageProcessorPil

    backbone = VitDetConfig(
        num_channels=4, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, mlp_ratio=2, image_size=64,
        patch_size=16, window_size=0, residual_block_indices=[], out_features=["stage1"],
    )  # fmt: skip
    config = VitMatteConfig(
        backbone_config=backbone, hidden_size=16, convstream_hidden_sizes=[4, 6, 8], fusion_hidden_sizes=[12, 8, 6, 4]
    )
    randomized(VitMatteForImageMatting(config), 0.2).save_pretrained(folder)
    VitMatteImageProcessorPil().save_pretrained(folder)
