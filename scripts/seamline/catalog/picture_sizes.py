"""Sizes of the pictures that a sample's steps pass on, as far as they are known before anything has run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from seamline.catalog.entries import Model
from seamline.catalog.recipe import Output, Photo, Recipe, Scene, SceneViews, Source
from seamline.catalog.runnable import runner_of

Size = tuple[int, int]
"""Width and height in pixels."""
WITHOUT_MODEL: Size = (192, 128)
"""Of the input of a sample that runs no model."""


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


def crops_outside(recipe: Recipe, models: Mapping[str, Model]) -> Iterator[tuple[str, str]]:
    """Name of each `crop` whose rectangle leaves its image, and why; only where it does with whatever weights run.

    A model's own weights may take larger pictures than its stand-in. Of photos, and of what models give, no size is
    known here.
    """
    known: dict[str, frozenset[Size]] = {}
    for step in recipe.steps:
        if step.operation not in ("crop", "resize"):
            continue
        asked = step.parameters.model_dump()
        known[step.name] = frozenset({(asked["width"], asked["height"])})
        source = step.inputs["image"]
        sizes = _scene_sizes(recipe, models) if isinstance(source, Scene) else _given(source, known)
        right, bottom = asked.get("left", 0) + asked["width"], asked.get("top", 0) + asked["height"]
        if step.operation == "crop" and sizes and all(right > width or bottom > height for width, height in sizes):
            has = " or ".join(f"{width} and {height}" for width, height in sorted(sizes))
            yield step.name, f"the rectangle ends at column {right} and row {bottom}, and the image has {has}"


def _scene_sizes(recipe: Recipe, models: Mapping[str, Model]) -> frozenset[Size]:
    name = sizing_model(recipe)
    if not name:
        return frozenset({WITHOUT_MODEL})
    runner = runner_of(models[name]) if name in models else None
    if runner is None:
        return frozenset()
    own = {runner.native_size} if models[name].weights or models[name].folder or not runner.stand_in else set()
    return frozenset(own | ({runner.stand_in_size} if runner.stand_in else set()))


def _given(source: Source, known: Mapping[str, frozenset[Size]]) -> frozenset[Size]:
    return known.get(source.step, frozenset()) if isinstance(source, Output) else frozenset()
