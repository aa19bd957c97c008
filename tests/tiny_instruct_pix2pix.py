"""Tiny weights of InstructPix2Pix."""

from __future__ import annotations

from tiny import save_tiny as save

__all__ = ["save"]
