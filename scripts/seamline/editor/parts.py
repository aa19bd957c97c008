"""The four trained parts of a mini editor, as training and export pass them on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from seamline.editor.autoencoder import Autoencoder
from seamline.editor.text import TextEncoder, Tokenizer
from seamline.editor.unet import UNet

Say = Callable[[str], None]
"""Where progress goes, one line a call."""


@dataclass
class Editor:
    """The four trained parts of a mini editor."""

    autoencoder: Autoencoder
    tokenizer: Tokenizer
    text_encoder: TextEncoder
    unet: UNet
