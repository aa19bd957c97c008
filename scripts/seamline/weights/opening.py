"""The one door through which trained weights are loaded: safetensors only, and nothing from the network.

A pickle can run code when it is opened, and `from_pretrained` opens one where it finds no
safetensors. Whoever needs a pipeline, or a part of one, asks here; a test holds that
nothing else in the package calls `from_pretrained`. The trainer's own checkpoint in
`.cache/` is no such file: it is read by `torch.load(…, weights_only=True)`, whose
unpickler makes tensors and plain containers alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError
from seamline.weights.folders import class_of, safetensors_in, safetensors_of_part


def load_pipeline(kind: Any, folder: Path, parts: Sequence[str], device: str = "cpu", dtype: str = "float32") -> Any:
    """The diffusers pipeline of class `kind` in `folder`, without a safety checker, silent.

    Args:
        kind: a pipeline class of diffusers.
        parts: sub-folders that hold weights.
        dtype: name of one of torch's number formats.

    Raises:
        WeightsError: there is none, it is of another class, a part of it has no safetensors, or it cannot be loaded.
    """
    import torch

    _be_silent()
    _require_class(kind, folder, "pipeline")
    safetensors_in(folder, parts)
    with _readable(folder):
        pipe = kind.from_pretrained(
            folder,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            local_files_only=True,
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)


def load_model(kind: Any, folder: Path, device: str = "cpu", dtype: str = "float32") -> Any:
    """The model of class `kind` of transformers in `folder`, ready to predict, silent.

    Args:
        dtype: name of one of torch's number formats.

    Raises:
        WeightsError: there is none, it is of another class, it has no safetensors, or it cannot be loaded.
    """
    import torch

    _be_silent()
    _require_class(kind, folder, "model")
    return load_part(kind, folder, dtype=getattr(torch, dtype)).to(device).eval()


def load_part(kind: Any, folder: Path, **options: Any) -> Any:
    """A model of class `kind` of diffusers or transformers, or a part of a pipeline, from its folder.

    Raises:
        WeightsError: it has no safetensors, or cannot be loaded.
    """
    safetensors_of_part(folder)
    with _readable(folder):
        return kind.from_pretrained(folder, use_safetensors=True, local_files_only=True, **options)


def load_without_weights(kind: Any, folder: Path) -> Any:
    """What a model needs and has no weights: a tokenizer, or an image processor, of class `kind` of transformers.

    Raises:
        WeightsError: it is not there, or cannot be loaded.
    """
    vocabularies = set(getattr(kind, "vocab_files_names", {}).values())
    if vocabularies and not any((folder / name).is_file() for name in vocabularies):
        # transformers 5 would make a tokenizer that knows its special tokens alone, and say nothing.
        raise WeightsError(f"no vocabulary: none of {', '.join(sorted(vocabularies))}", where=str(folder))
    with _readable(folder):
        return kind.from_pretrained(folder, local_files_only=True)


def _require_class(kind: Any, folder: Path, noun: str) -> None:
    named = class_of(folder)
    if named is None:
        raise WeightsError(f"no {noun} here", where=str(folder), hint="export one after training")
    if named != kind.__name__:
        raise WeightsError(f"the weights are of a `{named}`, not of a `{kind.__name__}`", where=str(folder))


def _be_silent() -> None:
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    from diffusers.utils import logging

    for quiet in (logging, transformers_logging):
        quiet.set_verbosity_error()
        quiet.disable_progress_bar()


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise WeightsError(f"the weights cannot be loaded: {error}", where=str(folder)) from error
