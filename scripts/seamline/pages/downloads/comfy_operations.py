"""Operations as nodes of ComfyUI's core, where it has them. Apart from the operations: their code decides pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from seamline.catalog.entries.base import Parameters
from seamline.operations.crop import CropParameters
from seamline.operations.resize import ResizeParameters
from seamline.workflow.comfy_graph import ComfyGraph, Expressed, Link, NotExpressed, Value

_METHODS: Mapping[str, str] = {
    "NEAREST": "nearest-exact",
    "BOX": "area",
    "BILINEAR": "bilinear",
    "BICUBIC": "bicubic",
    "LANCZOS": "lanczos",
}
"""Names of ComfyUI's filters by Pillow's."""


def add_operation(
    graph: ComfyGraph, operation: str, parameters: Parameters, *, name: str, inputs: Mapping[str, Link]
) -> Expressed | NotExpressed:
    """Add an operation.

    Args:
        name: of the step, for the title of the node.
    """
    if operation not in _OPERATIONS:
        return NotExpressed(f"no node of ComfyUI's core does what the operation `{operation}` does")
    return _OPERATIONS[operation](graph, parameters, name, inputs)


def _crop(graph: ComfyGraph, parameters: Parameters, name: str, inputs: Mapping[str, Link]) -> Expressed:
    assert isinstance(parameters, CropParameters)
    size = {"width": parameters.width, "height": parameters.height, "x": parameters.left, "y": parameters.top}
    # Its successor takes a bounding box, and older versions of ComfyUI do not have it.
    node = graph.add("ImageCrop", name, {"image": inputs["image"], **size})
    return Expressed(
        {"image": (node, 0)}, ("Newer versions of ComfyUI have the node ImageCrop, and call it deprecated.",)
    )


def _resize(
    graph: ComfyGraph, parameters: Parameters, name: str, inputs: Mapping[str, Link]
) -> Expressed | NotExpressed:
    assert isinstance(parameters, ResizeParameters)
    if parameters.resample not in _METHODS:
        return NotExpressed(f"ComfyUI has no filter {parameters.resample}")
    asked: dict[str, Value] = {
        "upscale_method": _METHODS[parameters.resample],
        "width": parameters.width,
        "height": parameters.height,
        "crop": "disabled",
    }
    node = graph.add("ImageScale", name, {"image": inputs["image"], **asked})
    return Expressed({"image": (node, 0)}, ("ComfyUI's filters of the same name need not give Pillow's pixels.",))


def _over(graph: ComfyGraph, parameters: Parameters, name: str, inputs: Mapping[str, Link]) -> Expressed:
    placed = {"x": 0, "y": 0, "resize_source": False}
    wired = {"destination": inputs["below"], "source": inputs["above"], "mask": inputs["alpha"]}
    return Expressed({"image": (graph.add("ImageCompositeMasked", name, {**wired, **placed}), 0)})


_OPERATIONS: Mapping[str, Callable[[ComfyGraph, Parameters, str, Mapping[str, Link]], Expressed | NotExpressed]] = {
    "crop": _crop,
    "resize": _resize,
    "over": _over,
}
