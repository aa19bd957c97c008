"""A sample -> its recipe, or everything in its steps that does not fit together.

The types decide: each port takes what its type says, from one source. The one-step spelling is the same thing
without names: its image goes to the model's image port, its instruction to the text port.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError
from typing import TypeAlias

from seamline.blocks.names import parse_block
from seamline.blocks.ports import IMAGE, TEXT, port_type
from seamline.catalog.entries import Model, Parameters, Sample, Step, Truth
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.reading.yaml_reader import Loc
from seamline.catalog.recipe import (
    PHOTO,
    SCENE,
    Output,
    Photo,
    Recipe,
    ResolvedStep,
    Scene,
    Source,
    Text,
    order_of,
    sizing_model,
)
from seamline.catalog.recipe_sources import Misfit, Sources
from seamline.catalog.runnable import runner_of, why_not_run
from seamline.errors import WorkflowError
from seamline.plugins import OPERATIONS
from seamline.scenes.state import PICTURE_SIZE

EDITING = "ImgTxt2Img"
"""Signature of the models whose edits of a scene have a known truth."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing in a sample that does not fit together.

    Attributes:
        loc: path of the field.
    """

    loc: Loc
    what: str
    hint: str


def recipe_of(sample: Sample, models: Mapping[str, Model]) -> Recipe:
    """What a sample runs.

    Args:
        models: the catalog's, by id.

    Raises:
        WorkflowError: its steps do not fit together, or nothing here runs one of its models; a catalog that `load`
            gave holds no such sample.
    """
    reading = _Reading(sample, models)
    steps = reading.steps()
    if reading.faults:
        first = reading.faults[0]
        raise WorkflowError(first.what, where=".".join(map(str, first.loc)), hint=first.hint)
    order = order_of(steps)
    return Recipe(tuple(steps[name] for name in order))


def faults_of(sample: Sample, models: Mapping[str, Model], unread: Collection[str] = ()) -> tuple[Fault, ...]:
    """Everything in a sample's steps that does not fit together.

    Args:
        models: the catalog's, by id.
        unread: ids of models whose files are there and not sound: what depends on them is not judged.
    """
    reading = _Reading(sample, models, unread)
    reading.steps()
    return tuple(reading.faults)


@dataclass
class _Reading:
    sample: Sample
    models: Mapping[str, Model]
    unread: Collection[str] = ()
    faults: list[Fault] = field(default_factory=list)

    def steps(self) -> dict[str, ResolvedStep]:
        """The steps as far as they can be read, by name, as the sample lists them."""
        if not self.sample.steps:
            step = self._only_step()
            return {step.name: step}
        steps = {name: self._with_ports(name, step) for name, step in self.sample.steps.items()}
        known = {step.name: step.gives for step in steps.values()}
        steps = {name: self._fed(step, known) for name, step in steps.items()}
        for name in steps.keys() & {SCENE, PHOTO}:
            self._fault(("steps", name), f"`{name}` is what the sample's own image is called", "rename the step")
        self._refuse_circle(steps)
        used = {str(source) for step in steps.values() for source in step.inputs.values()}
        for given in (SCENE, PHOTO):
            taken = {source.partition(".")[0] for source in used} if given == SCENE else used
            if getattr(self.sample, given) and given not in taken and not self.faults:
                self._fault(("input", given), "is given, and no step takes it", f"write `{given}` at an image port")
        for step in steps.values():
            if step.truth:
                self._check_truth(step, ("steps", step.name, "truth"))
        return steps

    def _fault(self, loc: Loc, what: str, hint: str) -> None:
        self.faults.append(Fault(loc, what, hint))

    # --- one step ------------------------------------------------------------------------

    def _only_step(self) -> ResolvedStep:
        sample = self.sample
        step = self._model_step("", sample.model, sample.parameters, sample.truth)
        if not step.takes:
            return replace(step, name="run")
        given: dict[str, tuple[Loc, Source]] = {}
        if sample.input:
            given[IMAGE.code] = (("input",), Scene() if sample.scene else Photo())
        if sample.instruction:
            given[TEXT.code] = (("instruction",), Text(sample.instruction))
        inputs = {}
        for port, code in step.takes.items():
            if code in given and port == port_type(code).name:
                inputs[port] = given.pop(code)[1]
            elif port == port_type(code).name and code in (IMAGE.code, TEXT.code):
                where = "input" if code == IMAGE.code else "instruction"
                hint = f"add `{where}`: `{sample.model}` takes {port_type(code).phrase}"
                self._fault((where,), "is missing", hint)
            else:
                what = f"`{sample.model}` takes {port_type(code).phrase} at `{port}`, and one step alone has none"
                self._fault(("model",), what, "write `steps`, and let a step before this one give it")
        for code, (loc, _) in given.items():
            what = f"`{sample.model}` takes no {port_type(code).noun}"
            self._fault(loc, what, "leave it out, or name a model that takes it")
        step = replace(step, name=_verb(step), inputs=inputs)
        if step.truth:
            self._check_truth(step, ("truth",))
        return step

    # --- several -------------------------------------------------------------------------

    def _with_ports(self, name: str, step: Step) -> ResolvedStep:
        """A step with the ports of what it runs; with none where that is not known or cannot be run."""
        if step.operation is None:
            assert step.model is not None
            return self._model_step(name, step.model, step.parameters, step.truth)
        resolved = ResolvedStep(name, "", "", "", {}, step.parameters, {}, {}, step.truth)
        if operation := OPERATIONS.all.get(step.operation):
            return replace(
                resolved, operation=step.operation, takes=dict(operation.inputs), gives=dict(operation.outputs)
            )
        what = f"no operation `{step.operation}`"
        self._fault(("steps", name, "operation"), what, suggestion(step.operation, OPERATIONS.all))
        return resolved

    def _model_step(self, name: str, model_id: str, parameters: Parameters, truth: Truth | None) -> ResolvedStep:
        """A model's step with its ports; see `_with_ports`.

        Args:
            name: empty for the only step of a sample, which nobody named.
        """
        at: Loc = ("steps", name, "model") if name else ("model",)
        unfit = ResolvedStep(name, "", "", "", {}, parameters, {}, {}, truth)
        model = self.models.get(model_id)
        if model is None:
            if model_id not in self.unread:
                self._fault(at, f"no model `{model_id}`", suggestion(model_id, {*self.models, *self.unread}))
            return unfit
        runner, block = runner_of(model), parse_block(model.block)
        if runner is None:
            self._fault(at, *why_not_run(model_id, model))
            if not name:
                return unfit
        runner_name = runner.name if runner else ""
        return ResolvedStep(name, model_id, "", runner_name, {}, parameters, block.takes, block.gives, truth)

    def _fed(self, step: ResolvedStep, gives: Mapping[str, Mapping[str, str]]) -> ResolvedStep:
        """The step with what feeds its ports.

        Args:
            gives: ports that each step gives, by its name; none of a step that could not be read.
        """
        at: Loc = ("steps", step.name, "inputs")
        written = self.sample.steps[step.name].inputs
        if not step.takes:
            return step
        inputs: dict[str, Source] = {}
        others = Sources(self.sample, {name: ports for name, ports in gives.items() if name != step.name})
        for port, value in written.items():
            if port not in step.takes:
                self._fault((*at, port), f"`{step.name}` takes nothing at `{port}`", suggestion(port, step.takes))
                continue
            try:
                source = Sources(self.sample, gives).read(value, port, step.takes[port])
            except Misfit as misfit:
                hint = misfit.hint or others.meant(value, step.takes[port])
                self._fault((*at, port), misfit.what, hint)
            else:
                inputs |= {port: source} if source else {}
        for port, code in step.takes.items():
            if port not in written:
                hint = f"add `{port}: …`, with {others.that_give(code)}"
                what = f"nothing feeds `{port}`, which takes {port_type(code).phrase}"
                self._fault(at if written else at[:-1], what, hint)
        return replace(step, inputs=inputs)

    def _refuse_circle(self, steps: Mapping[str, ResolvedStep]) -> None:
        try:
            order_of(steps)
        except CycleError as error:
            ring: list[str] = list(reversed(error.args[1]))
            first = next(name for name in steps if name in ring)
            port = next(
                port
                for port, source in steps[first].inputs.items()
                if isinstance(source, Output) and source.step in ring
            )
            what = f"the steps run in a circle: {' -> '.join(ring)}"
            self._fault(("steps", first, "inputs", port), what, "let one of them take something else")

    def _check_truth(self, step: ResolvedStep, loc: Loc) -> None:
        if not self.sample.scene:
            self._fault(loc, "needs a scene: of a photo no true picture is known", "leave it out")
        elif step.takes and not _edits(step):
            hint = "leave it out, or put it at a step that edits `scene` itself, a model's by an instruction"
            self._fault(loc, f"`{step.name}` does not edit the scene, so no true picture of it is known", hint)


def _edits(step: ResolvedStep) -> bool:
    """Whether a step edits the sample's scene itself, a model's by an instruction that the sample spells out."""
    if step.operation:
        return bool(OPERATIONS.all[step.operation].edits_scene) and Scene() in step.inputs.values()
    ports = "2".join("".join(sorted(side.values())) for side in (step.takes, step.gives))
    fed = {type(source) for source in step.inputs.values()}
    return bool(step.model) and ports == EDITING and fed == {Scene, Text}


def _verb(step: ResolvedStep) -> str:
    """Name of the only step of a sample, by what it takes and gives."""
    takes, gives = set(step.takes.values()), set(step.gives.values())
    if gives == {IMAGE.code}:
        return "edit" if takes == {IMAGE.code, TEXT.code} else "generate" if IMAGE.code not in takes else "run"
    if gives == {TEXT.code}:
        return "describe" if IMAGE.code in takes else "generate"
    return "estimate" if IMAGE.code in takes else "run"


Sizes: TypeAlias = frozenset[tuple[int, int]]
"""Width and height in pixels that a picture may have; empty where nothing is known."""


def crops_outside(recipe: Recipe, models: Mapping[str, Model]) -> Iterator[tuple[str, str, str]]:
    """Name of each `crop` whose rectangle leaves its image with any weights that may run, why, and what to do.

    A model's own weights may take larger pictures than its stand-in, and which of them run is for the machine to say:
    a recipe has to fit both. Of photos, and of what models give, no size is known here.
    """
    known: dict[str, Sizes] = {}
    for step in recipe.steps:
        if step.operation not in ("crop", "resize"):
            continue
        asked = step.parameters.model_dump()
        known[step.name] = frozenset({(asked["width"], asked["height"])})
        source = step.inputs["image"]
        sizes = _scene_sizes(recipe, models) if isinstance(source, Scene) else _given(source, known)
        right, bottom = asked.get("left", 0) + asked["width"], asked.get("top", 0) + asked["height"]
        small = {(width, height) for width, height in sizes if right > width or bottom > height}
        if step.operation == "crop" and small:
            has = " or ".join(f"{width} and {height}" for width, height in sorted(small))
            what = f"the rectangle ends at column {right} and row {bottom}, and the image has {has}"
            if small == sizes:
                yield step.name, what, "choose a rectangle that lies inside the image"
            else:
                hint = "choose one that lies inside with all, or `resize` the image before: it then has one size"
                yield step.name, f"{what} with some of the weights that may run", hint


def _scene_sizes(recipe: Recipe, models: Mapping[str, Model]) -> Sizes:
    name = sizing_model(recipe)
    if not name:
        return frozenset({PICTURE_SIZE})
    runner = runner_of(models[name]) if name in models else None
    if runner is None:
        return frozenset()
    own = {runner.native_size} if models[name].weights or models[name].folder or not runner.stand_in else set()
    return frozenset(own | ({runner.stand_in_size} if runner.stand_in else set()))


def _given(source: Source, known: Mapping[str, Sizes]) -> Sizes:
    return known.get(source.step, frozenset()) if isinstance(source, Output) else frozenset()
