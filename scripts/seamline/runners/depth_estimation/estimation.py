"""Images -> relative inverse depth, by Depth Anything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import EngineError, WeightsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seamline.runners.base import Value


@dataclass(frozen=True, slots=True)
class DepthRequest:
    """One depth map.

    Attributes:
        image: name of the image among the values handed over with the requests.
    """

    image: str


@dataclass(frozen=True)
class DepthEstimator:
    """A loaded model, and what prepares its images."""

    model: Any
    image_processor: Any


def load(folder: Path, device: str, dtype: str) -> DepthEstimator:
    """The `DepthAnythingForDepthEstimation` in `folder`.

    Raises:
        WeightsError: it is not there, unsafe, of another class, or estimates distances in metres, which grow where
            inverse depth falls.
    """
    from transformers import DepthAnythingForDepthEstimation, DPTImageProcessorPil

    from seamline.weights.opening import load_model, load_without_weights

    model = load_model(DepthAnythingForDepthEstimation, folder, device, dtype)
    if model.config.depth_estimation_type != "relative":
        raise WeightsError(
            f"these weights estimate {model.config.depth_estimation_type} depth, and a depth map here is relative",
            where=str(folder),
            hint="use weights whose config.json says `depth_estimation_type: relative`, or nothing of it",
        )
    return DepthEstimator(model, load_without_weights(DPTImageProcessorPil, folder))


def estimate(estimator: DepthEstimator, images: Sequence[Value]) -> list[NDArray[np.float32]]:
    """Relative inverse depth of `images`, (H,W) each: 1 at the image's nearest point, 0 at its farthest.

    The model is trained to know inverse depth up to a scale and an offset (Ranftl et al. 2020, arXiv 1907.01341), so
    each map is stretched to 0..1, and maps of two images cannot be compared. It is 0 where all depth is the same.

    Args:
        images: (H,W,3) uint8, all of one size.

    Raises:
        EngineError: the model gave numbers that are not finite.
    """
    import numpy as np
    import torch

    model, processor = estimator.model, estimator.image_processor
    pixels = processor(images=list(images), return_tensors="pt").pixel_values
    with torch.inference_mode():
        estimated = model(pixel_values=pixels.to(model.device, model.dtype))
    estimated.predicted_depth = estimated.predicted_depth.float()
    sizes = [np.shape(image)[:2] for image in images]
    resized = processor.post_process_depth_estimation(estimated, sizes)
    return [_stretched(one["predicted_depth"].cpu().numpy()) for one in resized]


def _stretched(depth: NDArray[np.float32]) -> NDArray[np.float32]:
    import numpy as np

    if not np.isfinite(depth).all():
        raise EngineError("the model gave numbers that are not finite", hint="use float32 (--dtype float32)")
    lowest, highest = depth.min(), depth.max()
    if highest == lowest:
        return np.zeros_like(depth)
    stretched: NDArray[np.float32] = (depth - lowest) / (highest - lowest)
    return stretched
