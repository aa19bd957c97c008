"""What a sample runs, whichever way it is spelled: steps in an order in which they can run, with typed inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import TopologicalSorter
from typing import TypeAlias

from seamline.catalog.entries import Parameters, Truth

SCENE, PHOTO = "scene", "photo"
"""How the inputs of steps name the sample's own input image."""
SCENE_VIEWS = "scene.views"
"""How they name the scene as a row of cameras sees it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The image of the sample's synthetic scene."""

    def __str__(self) -> str:
        return SCENE


@dataclass(frozen=True, slots=True)
class SceneViews:
    """The sample's synthetic scene as a row of cameras sees it."""

    def __str__(self) -> str:
        return SCENE_VIEWS


@dataclass(frozen=True, slots=True)
class Photo:
    """The sample's photo."""

    def __str__(self) -> str:
        return PHOTO


@dataclass(frozen=True, slots=True)
class Text:
    """A text that the sample spells out."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Output:
    """What an earlier step gives at one of its ports."""

    step: str
    port: str

    def __str__(self) -> str:
        return f"{self.step}.{self.port}"


Source: TypeAlias = Scene | SceneViews | Photo | Text | Output
"""What feeds a port; as text, it is what a sample writes there."""


@dataclass(frozen=True)
class ResolvedStep:
    """One step of a recipe.

    Attributes:
        model, operation: id of what runs; one of the two is empty.
        runner: name of the model's runner; empty for an operation.
        inputs: what feeds each input port.
        takes, gives: port type codes by port name, in the order of the model's block or of the operation.
        truth: what the instruction means, for a step that edits the sample's scene.
    """

    name: str
    model: str
    operation: str
    runner: str
    inputs: Mapping[str, Source]
    parameters: Parameters
    takes: Mapping[str, str]
    gives: Mapping[str, str]
    truth: Truth | None = None

    @property
    def upstream(self) -> tuple[str, ...]:
        """Names of the steps whose outputs it takes, each once."""
        return tuple(dict.fromkeys(source.step for source in self.inputs.values() if isinstance(source, Output)))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that are spelled out for it."""
        return tuple(source.text for source in self.inputs.values() if isinstance(source, Text))


@dataclass(frozen=True)
class Recipe:
    """The steps of a sample.

    Attributes:
        steps: each after those whose outputs it takes; otherwise in the order in which the sample lists them.
    """

    steps: tuple[ResolvedStep, ...]

    @cached_property
    def by_name(self) -> Mapping[str, ResolvedStep]:
        """Steps by their name."""
        return {step.name: step for step in self.steps}

    @property
    def has_views(self) -> bool:
        """Whether a step takes the scene from a row of cameras."""
        return any(isinstance(source, SceneViews) for step in self.steps for source in step.inputs.values())

    @property
    def last(self) -> ResolvedStep:
        """The step that runs last."""
        return self.steps[-1]

    @property
    def truth(self) -> Truth | None:
        """What is known of the scene's edit: the truth of the first step that has one."""
        return next((step.truth for step in self.steps if step.truth), None)


def sizing_model(recipe: Recipe) -> str:
    """Id of the model whose weights say how large the input image is made; empty where no step runs a model.

    It is the first that reads the image, else the first of all.
    """
    readers = [
        step
        for step in recipe.steps
        if any(isinstance(one, Photo | Scene | SceneViews) for one in step.inputs.values())
    ]
    return next((step.model for step in (*readers, *recipe.steps) if step.model), "")


def order_of(steps: Mapping[str, ResolvedStep]) -> list[str]:
    """Names of steps, each behind those it takes from; as the sample lists them wherever that allows.

    Raises:
        CycleError: they run in a circle.
    """
    upstream = {name: step.upstream for name, step in steps.items()}
    if not any(upstream.values()):
        return list(steps)
    sorter = TopologicalSorter(upstream)
    sorter.prepare()
    rank = {name: place for place, name in enumerate(steps)}
    order: list[str] = []
    ready = set(sorter.get_ready())
    while ready:
        name = min(ready, key=rank.__getitem__)
        ready.remove(name)
        order.append(name)
        sorter.done(name)
        ready |= set(sorter.get_ready())
    return order
