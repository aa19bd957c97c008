"""Scene -> pixels and ground truth."""

DRAWING_VERSION = 1
"""Raised whenever a change makes any scene look different; here, so that planning runs need not import torch."""
