"""The contract of an operation: a step that computes its outputs from its inputs, without a model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from seamline.catalog.entries.base import Parameters
from seamline.errors import RunError
from seamline.runners.base import Provenance, Setting, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AnyParameters = TypeVar("AnyParameters", bound=Parameters)

LENGTHS_AT = 128
"""Height in pixels of the pictures that lengths are given for: a recipe suits whatever size its model takes."""


class Operation(ABC, Generic[AnyParameters]):
    """One operation. Equal parameters and inputs give equal outputs, on every machine.

    Attributes:
        name: what a sample calls it, `over`.
        summary: what it does, as a sentence.
        source: where the algorithm is published; empty where it is common knowledge.
        inputs, outputs: port type codes by port name, in order.
        parameters: class of its parameters.
        provenance: how its outputs come about.
        edits_scene: whether its image shows the scene `image` with the change that its parameters name, so that a step
            may say its `truth`.
        code: source files that decide its outputs, relative to the package `seamline` or, for an operation of another
            distribution, absolute. Their fingerprint is in the key of each run.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    source: ClassVar[str] = ""
    inputs: ClassVar[Mapping[str, str]]
    outputs: ClassVar[Mapping[str, str]]
    parameters: type[AnyParameters]
    provenance: ClassVar[Provenance] = "computed"
    edits_scene: ClassVar[bool] = False
    code: ClassVar[tuple[str, ...]]

    @abstractmethod
    def apply(self, parameters: AnyParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """Outputs by port.

        Args:
            values: by input port; images (H,W,3) uint8, masks and mattes (H,W) uint8 or float32 in 0..1.

        Raises:
            RunError: the inputs do not go together, or the parameters do not suit them.
        """

    def describe(self, parameters: AnyParameters) -> tuple[Setting, ...]:
        """The parameters as pages show them."""
        shown = parameters.model_dump(mode="json")
        return tuple(Setting(name, str(value), brief=f"{name} {value}") for name, value in shown.items())


def length_in(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]], length: float) -> float:
    """A length that is given for a picture `LENGTHS_AT` high, in pixels of `array`; a lower one has it as given."""
    return length * max(1.0, array.shape[0] / LENGTHS_AT)


def array_at(operation: str, port: str, values: Mapping[str, Value]) -> NDArray[np.generic]:
    """The picture that feeds a port.

    Raises:
        RunError: it is a text.
    """
    value = values[port]
    if isinstance(value, str):
        raise RunError("is a text, and a picture is wanted", where=f"{operation}.{port}", hint="feed it a picture")
    return value


def refuse_other_sizes(operation: str, first: str, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """Refuse pictures whose width and height differ from those at the port `first`.

    Raises:
        RunError: one does; names both.
    """
    height, width = arrays[first].shape[:2]
    for port, array in arrays.items():
        if array.shape[:2] != (height, width):
            raise RunError(
                f"is {array.shape[1]} by {array.shape[0]} pixels, and `{first}` is {width} by {height}",
                where=f"{operation}.{port}",
                hint="make both of one size: put a step `resize` or `crop` before this one",
            )
