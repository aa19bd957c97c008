"""The contract of a runner: the code of one model kind. Plain data; needs no torch.

A runner turns requests into outputs with loaded weights. It decides what a request is (any frozen, hashable
dataclass), which requests may share a batch, and what is recorded of each. Exhibits that know the kind vary its
requests; everything else handles them as they are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from seamline.catalog.entries.base import Parameters
from seamline.errors import WeightsError
from seamline.scenes.state import PICTURE_SIZE

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from seamline.diagrams.shapes import Picture as Thumbnail
    from seamline.workflow.comfy_graph import ComfyGraph, Expressed, Link, NotExpressed

Picture: TypeAlias = "NDArray[np.uint8]"
"""(H,W,3), RGB."""

Value: TypeAlias = "NDArray[Any] | str"
"""What flows along a wire, by port type: an image (H,W,3) uint8, RGB; a mask, an alpha matte or a depth map (H,W)
uint8, or float32 in 0..1; a text."""

Provenance = Literal["trained", "trained-composite", "computed"]
"""How an artifact came about, in IPTC's terms: all of it made by a trained model, a caption or a depth map as much as
a generated image; an existing picture altered by one; or plain computation."""

AnyParameters = TypeVar("AnyParameters", bound=Parameters)
AnyRequest = TypeVar("AnyRequest", bound=Hashable)


@dataclass(frozen=True, slots=True)
class PlannedRequest(Generic[AnyRequest]):
    """One request of a step.

    Attributes:
        role: what its main output is called in records, `edited`.
        stem: beginning of the file name of its main output.
    """

    role: str
    stem: str
    request: AnyRequest


@dataclass(frozen=True)
class Extra:
    """Something a request left behind besides its outputs: a snapshot of the denoising, an attention map.

    Attributes:
        type: code of its port type, `Img`.
        facts: what tells it from its siblings, as JSON data.
        provenance: None for the runner's own.
        low_fidelity: whether it may be encoded with a lower quality, as noise may.
    """

    role: str
    stem: str
    type: str
    value: Value
    facts: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance | None = None
    low_fidelity: bool = False


@dataclass(frozen=True)
class Output:
    """What a request became.

    Attributes:
        values: by output port, `image`.
    """

    values: Mapping[str, Value]
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """A parameter as pages show it.

    Attributes:
        name: as the code calls it, `guidance_scale`.
        value: as text.
        meaning: what it is, in a few words; may be empty.
        symbol: HTML of the letter that the paper uses, `<var>s<sub>T</sub></var>`; may be empty.
        brief: how a line below a picture says it, `20 steps`; empty leaves it out of that line.
    """

    name: str
    value: str
    meaning: str = ""
    symbol: str = ""
    brief: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """Small weights that ship with the project and run where a model's own cannot.

    Attributes:
        folder: below the project's root.
        label: what pages call them; never the model's own name.
        how_to_get: what to do where the folder is missing.
    """

    folder: str
    label: str
    how_to_get: str


@dataclass(frozen=True, slots=True)
class Call:
    """A step as the code that repeats it needs it.

    Attributes:
        weights: hub repository or folder of the model's own weights; empty if it has none.
        revision: the commit; empty for a folder.
        inputs: file name or text by input port.
        save_as: file name of the result.
    """

    weights: str
    revision: str
    inputs: Mapping[str, str]
    save_as: str


@dataclass(frozen=True)
class StepView:
    """A step as its kind's own explanation shows it; what is not known yet is left out.

    Attributes:
        model: what people call the model.
        inputs, outputs: thumbnails, addressed from the page, and texts, by port.
        shapes: tensor shapes of the weights that ran, by name.
        weights: what pages call those weights.
        parameters: what it ran with.
    """

    model: str
    inputs: Mapping[str, Thumbnail | str] = field(default_factory=dict)
    outputs: Mapping[str, Thumbnail | str] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    weights: str = ""
    parameters: Parameters | None = None


class Runner(ABC, Generic[AnyParameters, AnyRequest]):
    """One model kind.

    Attributes:
        name: name of its folder, and of its parameters in the schema.
        signature: port types in and out, `ImgTxt2Img`.
        pipelines: classes that it can load, as `_class_name` of model_index.json or `architectures` of config.json.
        known_repositories: class, one of `pipelines`, of hub repositories whose catalog entry need not name it.
        parameters: class of its parameters.
        provenance: how its outputs come about.
        roles: what each output is called in records, by port.
        parts: sub-folders of a weights folder that hold safetensors; `.` for the folder itself.
        texts: sub-folders that hold further files which decide the outputs, such as a tokenizer.
        code: source files that decide its outputs, relative to the package `seamline` or, for a runner of another
            distribution, absolute. Their fingerprint is in the key of each run.
        native_size: width and height, in pixels, of pictures that its own weights are made for.
        stand_in: what runs in place of the model's own weights on a machine without them; None if nothing may.
        stand_in_size: likewise, for the stand-in.
    """

    name: ClassVar[str]
    signature: ClassVar[str]
    pipelines: ClassVar[frozenset[str]]
    known_repositories: ClassVar[Mapping[str, str]] = MappingProxyType({})
    parameters: type[AnyParameters]
    provenance: ClassVar[Provenance]
    roles: ClassVar[Mapping[str, str]]
    parts: ClassVar[tuple[str, ...]]
    texts: ClassVar[tuple[str, ...]] = ()
    code: ClassVar[tuple[str, ...]]
    native_size: ClassVar[tuple[int, int]]
    stand_in: ClassVar[StandIn | None] = None
    stand_in_size: ClassVar[tuple[int, int]] = PICTURE_SIZE

    @abstractmethod
    def request(self, parameters: AnyParameters, inputs: Mapping[str, str]) -> AnyRequest:
        """The plain request of a step.

        Args:
            inputs: by input port, a text itself, or the name under which `run` is given any other value.

        Raises:
            RunError: parameters or inputs that the model would silently ignore.
        """

    @abstractmethod
    def batch_of(self, request: AnyRequest, values: Mapping[str, Value]) -> Hashable:
        """What requests must share to be run in one batch: steps, scheduler, size of the pictures."""

    @abstractmethod
    def load(self, folder: Path, device: str, dtype: str) -> Any:
        """Load the weights in `folder`, through `seamline.weights.opening`.

        Raises:
            WeightsError: they are not there, unsafe or of another kind.
        """

    @abstractmethod
    def run(self, loaded: Any, values: Mapping[str, Value], requests: Sequence[AnyRequest]) -> list[Output]:
        """Outputs of one batch, in the order of `requests`.

        Raises:
            RunError, RuntimeError, ValueError: the batch cannot be run; the engine then halves it, so that what is
                wrong with one request never loses another.
        """

    @abstractmethod
    def facts(self, request: AnyRequest) -> dict[str, Any]:
        """What is recorded of a request beside its output, as JSON data: `{"seed": 1, …}`."""

    @abstractmethod
    def describe(self, parameters: AnyParameters) -> tuple[Setting, ...]:
        """The parameters as pages show them."""

    @abstractmethod
    def as_python(self, parameters: AnyParameters, call: Call) -> str:
        """A Python program that repeats a step with the model's own weights and nothing of Seamline."""

    def as_comfyui(
        self, graph: ComfyGraph, parameters: AnyParameters, call: Call, links: Mapping[str, Link]
    ) -> Expressed | NotExpressed:
        """Add nodes of ComfyUI's core to a graph that do a step with the model's own weights, or say why none do.

        Args:
            call: `inputs` holds the texts, by port; `save_as` the step's name.
            links: what gives each other input, by port.
        """
        from seamline.workflow.comfy_graph import NotExpressed

        return NotExpressed(f"nothing here knows how ComfyUI's core would run a {self.name}")

    def adapter_of(self, parameters: AnyParameters) -> str:
        """File, relative to the weights' folder, of a fine-tune that a step's parameters ask for; empty for none."""
        return ""

    def load_adapted(self, folder: Path, adapter: str, device: str, dtype: str) -> Any:
        """As `load`, with the fine-tune in the file `adapter` merged into the weights.

        Raises:
            WeightsError: as `load`, or the file does not fit the weights; always, for a kind that knows no fine-tunes.
        """
        raise WeightsError(f"`{self.name}` knows no adapters", where=str(folder / adapter), hint="leave it out")

    def key(self, parameters: AnyParameters) -> dict[str, Any]:
        """The parameters as a run's key holds them, as JSON data."""
        return parameters.model_dump(mode="json")

    def shapes(self, loaded: Any, size: tuple[int, int]) -> dict[str, tuple[int, ...]]:
        """Shapes, without the batch, of tensors that pages show, for pictures of `size` (width, height)."""
        return {}

    def explain(self, view: StepView) -> str:
        """SVG of what happens inside the model, for one step; empty if the kind has no such explanation."""
        return ""

    def same_output(self, one: AnyRequest, other: AnyRequest) -> bool:
        """Whether two requests have the same output, whatever else they keep of the way to it."""
        return one == other

    def first_batch(self, device: str, cores: int) -> int:
        """How many requests to try at once where nothing is remembered of the device."""
        return {"cuda": 8}.get(device.partition(":")[0], 1)
