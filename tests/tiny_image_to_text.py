"""Tiny random weights of BLIP, saved as its own are published."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from randomizing import randomized

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[DEC]")
WORDS = (*SPECIAL, "a", "the", "man", "woman", "with", "grey", "hair", "old", "face", "smiling")


@cache
def captioner() -> Any:
    """A BLIP captioner of some 20,000 random weights with a vocabulary of sixteen words."""
    from transformers import BlipConfig, BlipForConditionalGeneration

    width = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    places = {name: WORDS.index(f"[{word}]") for name, word in (("pad", "PAD"), ("sep", "SEP"), ("bos", "DEC"))}
    text = {
        "vocab_size": len(WORDS),
        "encoder_hidden_size": 16,
        "max_position_embeddings": 32,
        "projection_dim": 16,
        "eos_token_id": places["sep"],
        **{f"{name}_token_id": place for name, place in places.items()},
    }
    config = BlipConfig(
        text_config=width | text,
        vision_config={**width, "image_size": 16, "patch_size": 8},
        projection_dim=16,
        image_text_hidden_size=16,
    )
    return randomized(BlipForConditionalGeneration(config), 0.5)


def save(folder: Path) -> None:
    from transformers import BertTokenizer, BlipImageProcessorPil

    captioner().save_pretrained(folder)
    BlipImageProcessorPil(size={"height": 16, "width": 16}).save_pretrained(folder)
    vocabulary = {word: place for place, word in enumerate(WORDS)}
    BertTokenizer(vocab=vocabulary, bos_token="[DEC]", model_max_length=32).save_pretrained(folder)
