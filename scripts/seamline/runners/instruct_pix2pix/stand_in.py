"""The mini editor: what runs where an InstructPix2Pix's own weights cannot."""

from __future__ import annotations

from seamline.runners.base import StandIn

MINI_EDITOR = StandIn(
    folder="catalog/weights/mini",
    label="Seamline mini editor",
    how_to_get=(
        "copy the folder catalog/weights/mini from a copy of Seamline's repository, where it is under version control; "
        "or train one in such a copy with `make train`, which takes hours"
    ),
)
