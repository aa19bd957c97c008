"""The runner of matting: declarations, and how a step is repeated."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from seamline.runners.base import Call, Output, Provenance, Runner, Setting, Value
from seamline.runners.matting.parameters import MattingParameters
from seamline.scenes.state import PICTURE_SIZE

if TYPE_CHECKING:
    from pathlib import Path

    from seamline.runners.matting.estimation import MattingRequest

_MEANINGS = {
    "semantic_passes": "looks at the whole picture before details are recovered",
    "trimap_band": "pixels on either side of the mask's edge that are to be decided",
}


class Matting(Runner[MattingParameters, "MattingRequest"]):
    """The alpha matte of one instance, guided by a rough mask of it.

    Loads the mini matting network, which plays the role of Mask2Alpha (Liu 2025, arXiv 2502.17093), and ViTMatte
    (Yao et al. 2023, arXiv 2305.15272), which takes a trimap: it is made of the mask.
    """

    name: ClassVar[str] = "matting"
    signature: ClassVar[str] = "ImgMsk2Alpha"
    pipelines: ClassVar[frozenset[str]] = frozenset({"MattingNetwork", "VitMatteForImageMatting"})
    parameters = MattingParameters
    provenance: ClassVar[Provenance] = "trained"
    roles: ClassVar[Mapping[str, str]] = {"alpha": "alpha"}
    parts: ClassVar[tuple[str, ...]] = (".",)
    texts: ClassVar[tuple[str, ...]] = (".",)
    code: ClassVar[tuple[str, ...]] = (
        "runners/matting/estimation.py",
        "runners/matting/network.py",
        "runners/matting/parameters.py",
        "runners/matting/passes.py",
        "runners/matting/sparse_convolution.py",
        "weights/opening.py:load_model",
        "weights/opening.py:load_part",
        "weights/opening.py:load_without_weights",
    )
    native_size: ClassVar[tuple[int, int]] = PICTURE_SIZE

    def request(self, parameters: MattingParameters, inputs: Mapping[str, str]) -> MattingRequest:
        """The matte of the person whom the mask points at."""
        from seamline.runners.matting.estimation import MattingRequest

        return MattingRequest(inputs["image"], inputs["mask"], parameters.semantic_passes, parameters.trimap_band)

    def batch_of(self, request: MattingRequest, values: Mapping[str, Value]) -> Hashable:
        """Nothing: each picture is computed by itself, as each has other pixels to recompute."""
        return None

    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """The model, and for ViTMatte its image processor."""
        from seamline.runners.matting.estimation import load

        return load(folder, device, dtype)

    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[MattingRequest]) -> list[Output]:
        """One matte after the other."""
        from seamline.runners.matting.estimation import estimate

        return [estimate(loaded, request, values) for request in requests]

    def facts(self, request: MattingRequest) -> dict[str, Any]:
        """What was asked for beside image and mask."""
        asked = {"semantic_passes": request.semantic_passes, "trimap_band": request.trimap_band}
        return {name: value for name, value in asked.items() if value is not None}

    def key(self, parameters: MattingParameters) -> dict[str, Any]:
        """What is asked for; what is left out is the model's own."""
        return parameters.model_dump(mode="json", exclude_none=True)

    def describe(self, parameters: MattingParameters) -> tuple[Setting, ...]:
        """Both parameters."""
        given = parameters.model_dump()
        return tuple(
            Setting(name, "the model's own" if given[name] is None else str(given[name]), meaning)
            for name, meaning in _MEANINGS.items()
        )

    def as_python(self, parameters: MattingParameters, call: Call) -> str:
        """A program for plain transformers, or for this package where the weights are the project's own."""
        from seamline.runners.matting.python_recipe import as_python

        return as_python(parameters, call)
