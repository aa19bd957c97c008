"""Images with rough masks -> alpha mattes, by whichever class lies in the weights' folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import EngineError, RunError, WeightsError
from seamline.runners.base import Extra, Output, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OWN, VITMATTE = "MattingNetwork", "VitMatteForImageMatting"
SMALLEST_MASK = 0.01
"""Share of the picture below which a mask is too small for the mini matting network to tell whom it means.

Some sixteen cells of its coarse grid. Of masks of what an edit changed in 600 held-out scenes, of 24,576 pixels each,
the four by which it took another person had 49 to 176 pixels; two of as few were told, and all 594 of 460 or more.
"""


@dataclass(frozen=True, slots=True)
class MattingRequest:
    """One alpha matte.

    Attributes:
        image, mask: names among the values handed over with the requests.
        semantic_passes, trimap_band: as the parameters say.
    """

    image: str
    mask: str
    semantic_passes: int | None = None
    trimap_band: int | None = None


@dataclass(frozen=True)
class Matter:
    """A loaded model.

    Attributes:
        image_processor: what prepares its images; None for the mini matting network.
    """

    model: Any
    image_processor: Any = None


def load(folder: Path, device: str, dtype: str) -> Matter:
    """The `MattingNetwork` or `VitMatteForImageMatting` in `folder`.

    Raises:
        WeightsError: it is not there, unsafe, or of another class.
    """
    from seamline.weights.folders import class_of
    from seamline.weights.opening import load_model, load_without_weights

    named = class_of(folder)
    if named == VITMATTE:
        from transformers import VitMatteForImageMatting, VitMatteImageProcessorPil

        model = load_model(VitMatteForImageMatting, folder, device, dtype)
        return Matter(model, load_without_weights(VitMatteImageProcessorPil, folder))
    if named in (None, OWN):
        from seamline.runners.matting.network import MattingNetwork

        return Matter(load_model(MattingNetwork, folder, device, dtype))
    raise WeightsError(f"the weights are of a `{named}`, not of a `{OWN}` or `{VITMATTE}`", where=str(folder))


def estimate(matter: Matter, request: MattingRequest, values: Mapping[str, Value]) -> Output:
    """The matte of one request, (H,W) float32 in 0..1; of the mini matting network with each of its passes.

    Raises:
        RunError: image and mask differ in size, a parameter is of the other class, or the mini matting network is
            given a mask below `SMALLEST_MASK`.
        EngineError: the model gave numbers that are not finite.
    """
    import numpy as np

    image, mask = values[request.image], values[request.mask]
    assert not isinstance(image, str) and not isinstance(mask, str)
    if image.shape[:2] != mask.shape[:2]:
        raise RunError(
            f"the mask is {mask.shape[1]} by {mask.shape[0]} pixels, and the image {image.shape[1]} by "
            f"{image.shape[0]}",
            where="matting",
            hint="make both of one size: put a step `resize` or `crop` before this one",
        )
    if matter.image_processor is None:
        _refuse(request.trimap_band, "trimap_band", OWN, "takes the mask itself")
        _refuse_small(mask)
        from seamline.runners.matting.passes import matte

        passes = matte(matter.model, image, mask, request.semantic_passes)
        alpha, extras = passes[-1].alpha, tuple(_extras(passes))
    else:
        _refuse(request.semantic_passes, "semantic_passes", VITMATTE, "runs once")
        band = request.trimap_band or max(1, min(image.shape[:2]) // 16)
        alpha, extras = _by_vitmatte(matter, image, trimap_of(mask, band)), ()
    if not np.isfinite(alpha).all():
        raise EngineError("the model gave numbers that are not finite", hint="use float32 (--dtype float32)")
    return Output({"alpha": alpha}, extras)


def is_too_small(mask: NDArray[Any]) -> bool:
    """Whether a mask (H,W), uint8, bool or in 0..1, covers less than `SMALLEST_MASK` of its picture."""
    import numpy as np

    return bool(mask.mean() / (255 if mask.dtype == np.uint8 else 1) < SMALLEST_MASK)


def trimap_of(mask: NDArray[Any], band: int) -> NDArray[np.uint8]:
    """A mask (H,W) as a trimap: 0 outside, 255 inside, 128 up to `band` pixels (of Chebyshev's distance) from its edge.

    The picture's own border is no edge.
    """
    import numpy as np
    from scipy.ndimage import grey_dilation

    inside = mask > (127 if mask.dtype == np.uint8 else 0.5)
    side = 2 * band + 1
    padded = np.pad(inside, band, mode="edge").astype(np.uint8)
    grown, kept = (grey_dilation(one, size=(side, side))[band:-band, band:-band] > 0 for one in (padded, 1 - padded))
    return np.where(~kept, 255, np.where(grown, 128, 0)).astype(np.uint8)


def _by_vitmatte(matter: Matter, image: NDArray[Any], trimap: NDArray[np.uint8]) -> NDArray[np.float32]:
    import torch

    model = matter.model
    pixels = matter.image_processor(images=image, trimaps=trimap, return_tensors="pt").pixel_values
    with torch.inference_mode():
        alphas = model(pixel_values=pixels.to(model.device, model.dtype)).alphas
    height, width = trimap.shape
    found: NDArray[np.float32] = alphas[0, 0, :height, :width].float().clamp(0, 1).cpu().numpy()
    return found


def _extras(passes: Any) -> Any:
    """Each pass: the matte after it, and, of a doubling, the pixels that it recomputed."""
    import numpy as np

    for number, one in enumerate(passes, start=1):
        facts = {"pass": number, "kind": one.kind, "share": round(one.share, 5), "unsure": round(one.unsure, 5)}
        yield Extra("pass", f"pass-{number}", "Alpha", one.alpha, facts)
        if one.kind == "detail":
            recomputed = np.where(one.recomputed, 255, 0).astype(np.uint8)
            yield Extra("recomputed", f"recomputed-{number}", "Msk", recomputed, facts, provenance="computed")


def _refuse_small(mask: NDArray[Any]) -> None:
    if is_too_small(mask):
        import numpy as np

        covered = round(float(mask.sum()) / (255 if mask.dtype == np.uint8 else 1))
        raise RunError(
            f"the mask covers {covered} of {mask.size:,} pixels, which is too small to tell whom it means",
            where="matting",
            hint=f"give it a mask of {np.ceil(SMALLEST_MASK * mask.size):.0f} pixels or more, most of them on one head",
        )


def _refuse(given: int | None, name: str, kind: str, because: str) -> None:
    if given is not None:
        raise RunError(f"`{name}` is {given}, and a `{kind}` {because}", where="matting", hint="leave it out")
