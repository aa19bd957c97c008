"""The four trained parts of a mini editor, as training passes them to export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.training.autoencoder import Autoencoder
from tools.training.text_encoder import TextEncoder, Tokenizer
from tools.training.unet import UNet

Say = Callable[[str], None]
"""Called with each line of progress."""


@dataclass
class Editor:
    """The four trained parts of a mini editor."""

    autoencoder: Autoencoder
    tokenizer: Tokenizer
    text_encoder: TextEncoder
    unet: UNet
