"""Images -> captions, by BLIP and greedy decoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from seamline.runners.base import Value


@dataclass(frozen=True, slots=True)
class CaptionRequest:
    """One caption.

    Attributes:
        image: name of the image among the values handed over with the requests.
    """

    image: str
    max_new_tokens: int


@dataclass(frozen=True)
class Captioner:
    """A loaded model, and what prepares its images and spells its tokens."""

    model: Any
    image_processor: Any
    tokenizer: Any


def load(folder: Path, device: str, dtype: str) -> Captioner:
    """The `BlipForConditionalGeneration` in `folder`.

    Raises:
        WeightsError: it is not there, incomplete, unsafe or of another class.
    """
    from transformers import BertTokenizer, BlipForConditionalGeneration, BlipImageProcessorPil

    from seamline.weights.opening import load_model, load_without_weights

    return Captioner(
        load_model(BlipForConditionalGeneration, folder, device, dtype),
        load_without_weights(BlipImageProcessorPil, folder),
        load_without_weights(BertTokenizer, folder),
    )


def caption(captioner: Captioner, images: Sequence[Value], max_new_tokens: int) -> list[str]:
    """The captions of `images`, each (H,W,3) uint8, of any size: the image processor resizes them to one."""
    import torch

    model = captioner.model
    pixels = captioner.image_processor(images=list(images), return_tensors="pt").pixel_values
    with torch.inference_mode():
        tokens = model.generate(
            pixel_values=pixels.to(model.device, model.dtype),
            max_new_tokens=max_new_tokens,
            do_sample=False,
            num_beams=1,
        )
    # The first token only starts the decoder.
    return [text.strip() for text in captioner.tokenizer.batch_decode(tokens[:, 1:], skip_special_tokens=True)]
