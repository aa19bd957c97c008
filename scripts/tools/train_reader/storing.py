"""The trained encoder in few bits, with the pieces of its vocabulary that English text is made of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seamline.files import write_if_changed
from seamline.reader.few_bits import Bits, packed
from seamline.reader.place import CONFIG, VOCABULARY, WEIGHTS


def vocabulary(base: Path) -> list[str]:
    """All pieces of the base model's vocabulary, by number."""
    known: dict[str, int] = json.loads((base / "tokenizer.json").read_text("utf-8"))["model"]["vocab"]
    return sorted(known, key=known.__getitem__)


def kept(pieces: Sequence[str]) -> list[int]:
    """Numbers of the pieces that are kept: those in ASCII, without places that were never used."""
    leave = {"[MASK]", "[PAD]"}
    return [
        number
        for number, piece in enumerate(pieces)
        if piece.isascii() and not piece.startswith("[unused") and piece not in leave
    ]


def store(folder: Path, tensors: Mapping[str, NDArray[np.float32]], pieces: Sequence[str]) -> None:
    """Write weights, vocabulary and configuration of the reader to a folder."""
    from safetensors.numpy import save

    rows = kept(pieces)
    stored: dict[str, NDArray[Any]] = {}
    for name, tensor in tensors.items():
        if name.startswith("pooler") or name.endswith("position_ids"):
            continue
        values = tensor[rows] if "word_embeddings" in name else tensor
        bits, group = _bits(name)
        if values.ndim == 2 and len(values) > 2:
            stored |= packed(name, values, bits, group)
        else:
            stored[name] = values.astype(np.float16)
    write_if_changed(folder / WEIGHTS, save(stored))
    write_if_changed(folder / VOCABULARY, "".join(f"{pieces[row]}\n" for row in rows))
    write_if_changed(folder / CONFIG, json.dumps({"architectures": ["BertModel"], "num_attention_heads": 12}))


def _bits(name: str) -> tuple[Bits, int]:
    """Bits, and numbers that share a scale. Attention suffers most from few: it has eight."""
    if "word_embeddings" in name:
        return 4, 64
    feed_forward = "intermediate.dense" in name or ("output.dense" in name and "attention" not in name)
    return (4, 32) if feed_forward else (8, 64)
