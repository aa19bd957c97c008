"""The style sheet of a canvas, as it travels with the figure."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from seamline.diagrams.palette_css import variables

_MOST_LANES = 8


@cache
def stylesheet() -> str:
    """CSS on one line: colours of the drawings' palette, and the rules of `canvas.css`."""
    sheet = Path(__file__).with_name("canvas.css").read_text(encoding="utf-8")
    rules = re.sub(r"\s*([{};:,])\s+", r"\1", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)).strip()
    lanes = (f".sl-canvas.sl-cv-n{n}{{--n:{n}}}.sl-canvas .sl-cv-x{n}{{--x:{n}}}" for n in range(1, _MOST_LANES + 1))
    return variables(".sl-canvas") + " ".join(rules.split()) + "".join(lanes)
