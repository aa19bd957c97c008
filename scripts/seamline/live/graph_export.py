"""A pipeline of the mini editor's kind -> ONNX graphs, each checked against the torch module it came from.

Large tensors are left out of a graph's file: it only says where in its part's tensors they lie, and
`weights_pack` lays them there from the safetensors when a site is built. What is committed is then small, and
the weights are in the repository once.
"""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.errors import WeightsError
from seamline.live.graph_files import Graph, Tensor
from seamline.live.modules.unet_attention import CapturingUnet
from seamline.live.modules.whole_matting import whole_matting
from seamline.live.safetensors_files import tensors_of

OPSET = 20
LARGE = 1024
"""Elements from which a tensor is taken from the weights; smaller ones stay in the graph."""
TOLERANCE = 2e-4
"""Largest difference between a graph and its torch module, for outputs of about unit size."""
TOLERANCE_OF_MATTES = 1e-3
"""Likewise for a matte: a quarter of the step between two bytes. Its passes take logarithms of numbers near 0 and 1."""


@dataclass(frozen=True)
class _Part:
    """What becomes one graph.

    Attributes:
        name: of the graph.
        weights: sub-folder whose safetensors hold its tensors.
        module: `torch.nn.Module` that takes `inputs`.
        tolerance: largest difference of the graph's outputs from the module's.
    """

    name: str
    weights: str
    module: Any
    inputs: Mapping[str, Any]
    outputs: tuple[str, ...]
    tolerance: float = TOLERANCE


def export(folder: Path, size: tuple[int, int], say: Callable[[str], None] = lambda _: None) -> Iterator[Graph]:
    """The graphs of the pipeline in `folder`, each as soon as it is made and checked.

    Args:
        size: width and height of pictures, in pixels; a graph works at one size alone.
        say: takes a line for each graph.

    Raises:
        WeightsError: the weights cannot be loaded, or a graph does not compute what its module does.
        ModuleNotFoundError: torch, onnx or onnxscript is not installed.
    """
    import onnx  # noqa: F401  said before minutes of loading
    import onnxscript  # noqa: F401

    from seamline.runners.instruct_pix2pix.loading import load_pipeline

    for part in _parts(load_pipeline(folder), size):
        yield _graph_of(part, folder, say)


def export_matting(folder: Path, size: tuple[int, int], say: Callable[[str], None] = lambda _: None) -> Graph:
    """The graph of the mini matting network in `folder`, all its passes in one.

    Args:
        size: width and height of pictures, in pixels.
        say: takes a line.

    Raises:
        WeightsError: the weights cannot be loaded or are of another class, or the graph does not compute what they do.
        ModuleNotFoundError: torch, onnx or onnxscript is not installed.
    """
    import torch

    from seamline.runners.matting.estimation import OWN, load

    matter = load(folder, "cpu", "float32")
    if matter.image_processor is not None:
        raise WeightsError(f"a page runs a `{OWN}` alone", where=str(folder), hint="leave `matting` out")
    generator = torch.Generator().manual_seed(0)
    width, height = size
    image = torch.rand((1, 3, height, width), generator=generator)
    mask = torch.zeros((1, 1, height, width))
    mask[..., height // 4 : height // 2, width // 4 : width // 2] = 1
    module = whole_matting(matter.model, size)
    inputs = {"image": image, "mask": mask}
    return _graph_of(_Part("matting", ".", module, inputs, ("alpha",), TOLERANCE_OF_MATTES), folder, say)


def _graph_of(part: _Part, folder: Path, say: Callable[[str], None]) -> Graph:
    import torch

    with torch.inference_mode():
        model = _exported(part)
        difference = _difference(model, part)
    if not difference <= part.tolerance:
        raise WeightsError(
            f"the exported graph differs from torch by {difference:.2g}, more than {part.tolerance:.0e}",
            where=f"{folder}: {part.name}",
            hint="this torch exports it wrongly: install the versions that constraints.txt names",
        )
    say(f"{part.name}: {len(model.graph.node)} operations, {difference:.1e} from torch")
    tensors = _moved_out(model, part, tensors_of(folder / part.weights))
    _strip(model)
    return Graph(part.name, part.weights, model.SerializeToString(deterministic=True), tensors, difference)


def _parts(pipe: Any, size: tuple[int, int]) -> tuple[_Part, ...]:
    import torch

    class Unet(torch.nn.Module):
        def __init__(self, size: tuple[int, int]) -> None:
            super().__init__()
            self.part = pipe.unet
            self.capturing = CapturingUnet(pipe.unet, size)

        def forward(self, latents: Any, timestep: Any, text: Any) -> Any:
            return self.capturing(latents, timestep, text)

    class TextEncoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = pipe.text_encoder

        def forward(self, tokens: Any) -> Any:
            return self.part(tokens)[0]

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = pipe.vae

        def forward(self, picture: Any) -> Any:
            return self.part.encode(picture, return_dict=False)[0]

    class Decoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = pipe.vae

        def forward(self, latents: Any) -> Any:
            return self.part.decode(latents / self.part.config.scaling_factor, return_dict=False)[0]

    width, height = size
    channels, scale = pipe.vae.config.latent_channels, pipe.vae_scale_factor
    tokens, text_width = pipe.tokenizer.model_max_length, pipe.text_encoder.config.hidden_size
    generator = torch.Generator().manual_seed(0)

    def noise(*shape: int) -> Any:
        return torch.randn(shape, generator=generator)

    small = (height // scale, width // scale)
    ids = torch.randint(0, pipe.text_encoder.config.vocab_size, (1, tokens), generator=generator)
    seen = {
        "latents": noise(1, 2 * channels, *small),
        # Not a whole number: see `_without_casts`.
        "timestep": torch.tensor([501.0]),
        "text": noise(1, tokens, text_width),
    }
    unet = Unet(small).eval()
    unet(*seen.values())
    predicted = ("predicted", *unet.capturing.names())
    picture = noise(1, 3, height, width).clamp(-1, 1)
    return (
        _Part("text_encoder", "text_encoder", TextEncoder().eval(), {"tokens": ids}, ("text",)),
        _Part("encoder", "vae", Encoder().eval(), {"picture": picture}, ("latents",)),
        _Part("unet", "unet", unet, seen, predicted),
        _Part("decoder", "vae", Decoder().eval(), {"latents": noise(1, channels, *small)}, ("picture",)),
    )


def _exported(part: _Part) -> Any:
    import torch

    with _silent():
        program = torch.onnx.export(
            part.module,
            tuple(part.inputs.values()),
            input_names=list(part.inputs),
            output_names=list(part.outputs),
            opset_version=OPSET,
            dynamo=True,
            optimize=True,
        )
    assert program is not None
    model = program.model_proto
    _without_casts(model)
    return model


def _without_casts(model: Any) -> None:
    """Make numbers of truth values by `Where` instead of `Cast`.

    onnxruntime's kernel for casts, from any type to any, is one function of half a megabyte. Once it has been called
    some two dozen times a browser compiles it anew, and the page holds 100 MB more meanwhile.
    """
    import numpy as np
    from onnx import TensorProto, numpy_helper

    types = {value.name: value.type.tensor_type.elem_type for value in model.graph.value_info}
    names = ("cast_true", "cast_false")
    casts = [
        node
        for node in model.graph.node
        if node.op_type == "Cast"
        and types.get(node.input[0]) == TensorProto.BOOL
        and node.attribute[0].i == TensorProto.FLOAT
    ]
    for node in casts:
        node.op_type = "Where"
        node.input.extend(names)
        node.ClearField("attribute")
    if casts:
        values = (np.float32(1), np.float32(0))
        model.graph.initializer.extend(map(numpy_helper.from_array, map(np.asarray, values), names))


@contextmanager
def _silent() -> Iterator[None]:
    """The exporter reports its progress on both streams and in a log, and warns of what it traces past."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)


def _difference(model: Any, part: _Part) -> float:
    """Largest difference between a graph's outputs, by onnx's reference implementation in numpy, and its module's."""
    import numpy as np
    from onnx.reference import ReferenceEvaluator

    wanted = part.module(*part.inputs.values())
    feeds = {name: value.numpy() for name, value in part.inputs.items()}
    found = ReferenceEvaluator(model).run(None, feeds)
    pairs = zip(found, wanted if isinstance(wanted, tuple) else (wanted,), strict=True)
    return max(float(np.abs(one - other.numpy()).max()) for one, other in pairs)


def _moved_out(model: Any, part: _Part, weights: Mapping[str, Any]) -> tuple[Tensor, ...]:
    """Take large tensors out of `model`, and say which tensor of the weights stands in place of each."""
    from onnx import TensorProto, external_data_helper, numpy_helper

    known = _by_bytes(weights)
    tensors: list[Tensor] = []
    offset = 0
    for initializer in model.graph.initializer:
        values = numpy_helper.to_array(initializer)
        if initializer.data_type != TensorProto.FLOAT or values.size < LARGE:
            continue
        source, transposed = known.get(values.tobytes(), ("", False))
        if not source:
            continue
        tensors.append(Tensor(source, tuple(values.shape), transposed))
        external_data_helper.set_external_data(initializer, f"{part.name}.tensors", offset, values.nbytes)
        initializer.ClearField("raw_data")
        initializer.ClearField("float_data")
        offset += values.nbytes
    return tuple(tensors)


def _by_bytes(weights: Mapping[str, Any]) -> dict[bytes, tuple[str, bool]]:
    """Tensors, and the transposes of matrices, by their bytes: name, and whether transposed."""
    found: dict[bytes, tuple[str, bool]] = {}
    for name, values in weights.items():
        if values.ndim == 2:
            found.setdefault(values.T.tobytes(), (name, True))
        found[values.tobytes()] = (name, False)
    return found


def _strip(model: Any) -> None:
    """Drop what no runtime reads: where in the source each operation came from, and the shapes in between."""
    model.graph.ClearField("value_info")
    model.ClearField("doc_string")
    _forget(model)
    _forget(model.graph)
    shown: Sequence[Any] = [*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output]
    for one in shown:
        one.ClearField("doc_string")
        _forget(one)
    for node in model.graph.node:
        node.ClearField("name")


def _forget(message: Any) -> None:
    message.ClearField("metadata_props")
