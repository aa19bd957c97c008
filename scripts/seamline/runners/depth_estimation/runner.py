"""The runner of depth estimation with Depth Anything: declarations, and how a step is repeated."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Output, Provenance, Runner, Setting, Value
from seamline.runners.depth_estimation.parameters import DepthParameters

if TYPE_CHECKING:
    from pathlib import Path

    from seamline.runners.depth_estimation.estimation import DepthRequest

_DEPTH_ANYTHING = "DepthAnythingForDepthEstimation"


class DepthEstimation(Runner[DepthParameters, "DepthRequest"]):
    """Estimates how near each pixel is (Yang et al. 2024, arXiv 2406.09414)."""

    name: ClassVar[str] = "depth_estimation"
    signature: ClassVar[str] = "Img2Dep"
    pipelines: ClassVar[frozenset[str]] = frozenset({_DEPTH_ANYTHING})
    known_repositories: ClassVar[Mapping[str, str]] = {
        **{f"LiheYoung/depth-anything-{size}-hf": _DEPTH_ANYTHING for size in ("small", "base", "large")},
        **{f"depth-anything/Depth-Anything-V2-{size}-hf": _DEPTH_ANYTHING for size in ("Small", "Base", "Large")},
    }
    parameters = DepthParameters
    provenance: ClassVar[Provenance] = "trained"
    roles: ClassVar[Mapping[str, str]] = {"depth": "depth"}
    parts: ClassVar[tuple[str, ...]] = (".",)
    texts: ClassVar[tuple[str, ...]] = (".",)
    code: ClassVar[tuple[str, ...]] = (
        "runners/depth_estimation/estimation.py",
        "runners/depth_estimation/parameters.py",
        "weights/opening.py:load_model",
        "weights/opening.py:load_part",
        "weights/opening.py:load_without_weights",
    )
    native_size: ClassVar[tuple[int, int]] = (518, 518)

    def request(self, parameters: DepthParameters, inputs: Mapping[str, str]) -> DepthRequest:
        """The depth of the image."""
        from seamline.runners.depth_estimation.estimation import DepthRequest

        return DepthRequest(inputs["image"])

    def batch_of(self, request: DepthRequest, values: Mapping[str, Value]) -> Hashable:
        """Size of the image: the image processor keeps its proportions."""
        image = values[request.image]
        assert not isinstance(image, str)
        return image.shape[:2]

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The model with its image processor."""
        from seamline.runners.depth_estimation.estimation import load

        return load(folder, device, dtype)

    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[DepthRequest]) -> list[Output]:
        """One batch of depth maps."""
        from seamline.runners.depth_estimation.estimation import estimate

        return [Output({"depth": depth}) for depth in estimate(loaded, [values[one.image] for one in requests])]

    def facts(self, request: DepthRequest) -> dict[str, Any]:
        """Nothing but the image decides the depth map."""
        return {}

    def describe(self, parameters: DepthParameters) -> tuple[Setting, ...]:
        """There are no parameters."""
        return ()

    def as_python(self, parameters: DepthParameters, call: Call) -> str:
        """A program for plain transformers."""
        from seamline.runners.depth_estimation.python_recipe import as_python

        return as_python(call)
