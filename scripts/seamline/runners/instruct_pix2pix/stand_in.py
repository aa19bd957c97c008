"""The mini editor: what runs where an InstructPix2Pix's own weights cannot."""

from __future__ import annotations

from seamline.runners.base import StandIn

MINI_EDITOR = StandIn(
    folder="catalog/weights/mini",
    label="Seamline mini editor",
    how_to_get=(
        "pip install seamline-mini-editor, then `seamline weights`; "
        "or train one in a copy of Seamline's repository with `make train`, which takes hours"
    ),
)
