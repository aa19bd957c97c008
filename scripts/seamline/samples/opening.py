"""The one door through which trained weights come in: safetensors only, and nothing from the network.

A pickle can run code when it is opened, and `from_pretrained` opens one where it finds no
safetensors. Whoever needs a pipeline, or a part of one, asks here; a test holds that
nothing else in the package calls `from_pretrained`. The trainer's own checkpoint in
`.cache/` is no such file: it is read by `torch.load(…, weights_only=True)`, whose
unpickler makes tensors and plain containers alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError
from seamline.samples.weights import require_pipeline, safetensors_in, safetensors_of_part


def load_pipeline(folder: Path, device: str = "cpu", dtype: str = "float32") -> Any:
    """The pipeline in `folder`, without a safety checker, silent.

    Args:
        dtype: name of one of torch's number formats.

    Raises:
        WeightsError: there is none, it is another pipeline than the one that runs, a part of it has no safetensors,
            or it cannot be loaded.
    """
    import torch
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    from diffusers import StableDiffusionInstructPix2PixPipeline
    from diffusers.utils import logging

    for quiet in (logging, transformers_logging):
        quiet.set_verbosity_error()
        quiet.disable_progress_bar()
    if not (folder / "model_index.json").is_file():
        raise WeightsError("no pipeline here", where=str(folder), hint="export one after `seamline train`")
    require_pipeline(folder)
    safetensors_in(folder)
    pipeline: Any = StableDiffusionInstructPix2PixPipeline
    with _readable(folder):
        pipe = pipeline.from_pretrained(
            folder,
            dtype=getattr(torch, dtype),
            use_safetensors=True,
            local_files_only=True,
            safety_checker=None,
            requires_safety_checker=False,
        )
    pipe.set_progress_bar_config(disable=True)
    return pipe.to(device)


def load_part(kind: Any, folder: Path) -> Any:
    """A part of a pipeline, of class `kind` of diffusers or transformers, from its folder.

    Raises:
        WeightsError: it has no safetensors, or cannot be loaded.
    """
    safetensors_of_part(folder)
    with _readable(folder):
        return kind.from_pretrained(folder, use_safetensors=True, local_files_only=True)


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer in `folder`; it has no weights.

    Raises:
        WeightsError: it cannot be loaded.
    """
    from transformers import CLIPTokenizer

    with _readable(folder):
        return CLIPTokenizer.from_pretrained(folder, local_files_only=True)


@contextmanager
def _readable(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:
        raise WeightsError(f"the weights cannot be loaded: {error}", where=str(folder)) from error
