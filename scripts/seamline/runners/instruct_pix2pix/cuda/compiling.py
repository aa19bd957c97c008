"""U-Net and decoder compiled for a CUDA GPU, where somebody asked for that.

Compiling takes one and a half minutes a process on an H100 and makes 5.0 edits of 20 steps a second 7.0, so that it
pays from some 1,400 edits on. Layers are not put channels last, as on a CPU: uncompiled, that took a
fifth of the speed; compiled, it was not measured apart.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from seamline.errors import EngineError

ROWS, PICTURES = 48, 8
"""Rows of a call of the U-Net, and latents of a call of the decoder. One shape is compiled; a last piece is filled."""
ASKED = "SEAMLINE_COMPILE"
"""Variable that asks for it, with any value but the empty one."""
_COMPILED = "seamline_compiled"
_COMPILERS = ("cc", "gcc", "clang")


def compile_networks(pipe: Any, backend: str = "inductor") -> None:
    """Have U-Net and decoder compiled when they are called next through `unet_of` and `decoder_of`.

    Args:
        pipe: a diffusers pipeline.
        backend: of torch.compile.

    Raises:
        EngineError: there is no C compiler, which torch needs to compile anything.
    """
    if backend == "inductor" and not any(map(shutil.which, _COMPILERS)):
        raise EngineError(
            f"networks cannot be compiled: there is no C compiler ({', '.join(_COMPILERS)})",
            where=ASKED,
            hint=f"install one, gcc say, or unset {ASKED}",
        )
    # In the module's own dictionary: a network may not be kept alive, or saved, for what was compiled of it.
    vars(pipe.unet)[_COMPILED] = torch.compile(pipe.unet.forward, dynamic=False, backend=backend)
    vars(pipe.vae)[_COMPILED] = torch.compile(pipe.vae.decode, dynamic=False, backend=backend)


def unet_of(unet: Any) -> Any:
    """What predicts for `unet`: itself, unless it was compiled."""
    if (compiled := vars(unet).get(_COMPILED)) is None:
        return unet

    def predict(
        rows: Tensor, timestep: Tensor, encoder_hidden_states: Tensor, return_dict: bool = False
    ) -> tuple[Tensor]:
        """(B,C,h,w) -> ((B,C',h,w),)."""
        pieces = zip(rows.split(ROWS), encoder_hidden_states.split(ROWS), strict=True)
        done = [
            _of(some, ROWS, lambda full: compiled(full[0], timestep, encoder_hidden_states=full[1], return_dict=False))
            for some in pieces
        ]
        return (torch.cat(done),)

    return predict


def decoder_of(vae: Any) -> Callable[[Tensor], Tensor]:
    """What decodes for `vae`, (B,C,h,w) -> (B,3,H,W), a few at a time: more take memory and no less time."""
    decode = vars(vae).get(_COMPILED)

    def decoded(latents: Tensor) -> Tensor:
        if decode is None:
            return torch.cat([vae.decode(few, return_dict=False)[0] for few in latents.split(PICTURES)])
        few_at_once = latents.split(PICTURES)
        return torch.cat(
            [_of((few,), PICTURES, lambda full: decode(full[0], return_dict=False)) for few in few_at_once]
        )

    return decoded


def _of(some: tuple[Tensor, ...], size: int, compute: Callable[[list[Tensor]], Any]) -> Tensor:
    """What is computed of the rows of `some`, once as many more as are missing were added."""
    count = len(some[0])
    full = [torch.cat([one, one[-1:].expand(size - count, *one.shape[1:])]) if count < size else one for one in some]
    # A copy: what was compiled may write its next result into the same place.
    return compute(full)[0][:count].clone()  # type: ignore[no-any-return]
