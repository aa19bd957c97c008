"""The sample that gives an artifact again, from the record of the run that left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from seamline.catalog.entries import KINDS, Model, Parameters, Sample
from seamline.catalog.entries.input_image import PhotoInput
from seamline.catalog.io.writing import entry_fields
from seamline.catalog.recipe import ResolvedStep, Text
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import kinds_of
from seamline.errors import OriginError, RunError, WorkflowError
from seamline.plugins import OPERATIONS
from seamline.runners.registry import runner_named
from seamline.runs.plan.requests import requests_of
from seamline.runs.store.recorded_parameters import parameters_of
from seamline.runs.store.records import ArtifactRecord, RunRecord, StepRecord


@dataclass(frozen=True)
class RecordedRecipe:
    """A sample that leaves an artifact again.

    Attributes:
        steps: names of the recorded steps that the artifact depends on, in the order they ran.
        gives: role of the artifact among what that sample leaves; empty where it is the sample's own result.
    """

    sample: Sample
    steps: tuple[str, ...]
    gives: str = ""


def recipe_for(record: RunRecord, image: ArtifactRecord, models: Mapping[str, Model], title: str) -> RecordedRecipe:
    """The smallest sample that leaves an artifact.

    A plain output needs its step and those before it. What an exhibit asked for with other parameters or another text
    is a plain output of a sample of its own, where a sample may ask for them. Anything else needs the whole sample.

    Args:
        models: the catalog's, by id.
        title: of the sample that ran, for that of this one.

    Raises:
        OriginError: the record does not say enough, or the catalog lacks a model by now.
    """
    try:
        needed = _up_to(record, image.step) if image.step else tuple(record.steps)
        if image.port:
            named = title if len(record.steps) == 1 else f"{title}: {image.step}"
            return RecordedRecipe(_sample(record, needed, models, named, exhibits=False), needed)
        whole = _sample(record, tuple(record.steps), models, title, exhibits=True)
        alone = _alone(whole, record, image, models) if image.step and needed == tuple(record.steps) else None
        return RecordedRecipe(alone, needed) if alone else RecordedRecipe(whole, needed, image.role)
    except (ValidationError, WorkflowError, RunError, KeyError) as error:
        what = f"the record of `{record.sample}` cannot be read as a sample: {_in_a_line(error)}"
        missing = sorted({step.model for step in record.steps.values() if step.model} - models.keys())
        hint = f"put {' and '.join(missing)} into catalog/models/ again" if missing else "see its run.json"
        raise OriginError(what, hint=hint) from error


def _up_to(record: RunRecord, name: str) -> tuple[str, ...]:
    """A step and all that it depends on, in the order they ran."""
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        needed.add(one)
        sources = record.steps[one].inputs.values()
        waiting += [step for step in (source.partition(".")[0] for source in sources) if step in record.steps]
    return tuple(step for step in record.steps if step in needed)


def _sample(
    record: RunRecord, names: tuple[str, ...], models: Mapping[str, Model], title: str, *, exhibits: bool
) -> Sample:
    fields: dict[str, Any] = {"title": title}
    if given := _input(record, names):
        fields["input"] = given
    steps = {name: _step(record.steps[name]) for name in names}
    if exhibits and (shown := _exhibits(record)):
        fields["exhibits"] = shown
    context = {KINDS: kinds_of(models)}
    if len(steps) == 1:
        (name, step), spelled = next(iter(steps.items())), None
        if short := _in_one_step(step):
            spelled = Sample.model_validate({**fields, **short}, context=context)
        # The short spelling names its step by what it does: files are called by that name.
        if spelled and recipe_of(spelled, models).last.name == name:
            return spelled
    sample = Sample.model_validate({**fields, "steps": steps}, context=context)
    recipe_of(sample, models)
    return sample


def _input(record: RunRecord, names: tuple[str, ...]) -> dict[str, Any]:
    for name in names:
        fields = record.steps[name].key_fields
        if "input.scene" in fields:
            return {"scene": fields["input.scene"]}
        if "input.photo" in fields:
            rights = {name: said for name, said in record.input_rights.items() if name in PhotoInput.model_fields}
            return {"photo": {"path": fields["input.photo"], **rights}}
    return {}


def _exhibits(record: RunRecord) -> dict[str, Any]:
    return {
        field.removeprefix("exhibits."): value
        for step in record.steps.values()
        for field, value in step.key_fields.items()
        if field.startswith("exhibits.")
    }


def _step(step: StepRecord) -> dict[str, Any]:
    runs = {"model": step.model} if step.model else {"operation": step.operation}
    written = _parameters(step).model_dump(mode="json", exclude_defaults=True)
    truth = {"truth": step.key_fields["truth"]} if "truth" in step.key_fields else {}
    return {**runs, "inputs": dict(step.inputs), **({"parameters": written} if written else {}), **truth}


def _parameters(step: StepRecord) -> Parameters:
    fields = step.key_fields
    if step.operation:
        kind: type[Parameters] = OPERATIONS.all[step.operation].parameters
        return kind.model_validate({name: fields[name] for name in kind.model_fields if name in fields})
    own = parameters_of(step)
    if own is None:
        raise WorkflowError(f"the parameters of `{step.runner}` have changed since, or nothing here runs it")
    # A key names the scheduler even where the sample left it to the weights.
    config = fields.get("scheduler.config", {})
    if "scheduler" in type(own).model_fields and fields.get("scheduler") == config.get("_class_name"):
        own = own.model_copy(update={"scheduler": None})
    return own


def _in_one_step(step: Mapping[str, Any]) -> dict[str, Any] | None:
    """The one-step spelling of a step's fields; None for a step that has none."""
    inputs = step["inputs"]
    if (
        "model" not in step
        or inputs.keys() - {"image", "text"}
        or inputs.get("image", "scene") not in ("scene", "photo")
    ):
        return None
    short = {name: value for name, value in step.items() if name != "inputs"}
    return short | ({"instruction": inputs["text"]} if "text" in inputs else {})


def _alone(whole: Sample, record: RunRecord, image: ArtifactRecord, models: Mapping[str, Model]) -> Sample | None:
    """A sample whose plain output is what an exhibit of another asked for; None where no sample may ask for that."""
    step = next(one for one in recipe_of(whole, models).steps if one.name == image.step)
    if not step.runner:
        return None
    runner = runner_named(step.runner)
    asked = [
        planned.request
        for planned in requests_of(record.sample, whole, step, {})
        if planned.role == image.role and runner.facts(planned.request) == image.facts
    ]
    own = type(step.parameters)
    changed = {name: value for name, value in image.facts.items() if name in own.model_fields}
    try:
        parameters = own.model_validate({**step.parameters.model_dump(), **changed})
        other = replace(step, parameters=parameters, inputs=_with_text(step, str(image.facts.get("instruction", ""))))
        fields = entry_fields(_with_step(whole, other))
        alone = Sample.model_validate(
            {**fields, "title": f"{whole.title}: {image.role.replace('-', ' ')}"}, context={KINDS: kinds_of(models)}
        )
        (plain, *_) = requests_of(record.sample, alone, other, {})
    except (ValidationError, RunError):
        return None
    return alone if len(asked) == 1 and runner.same_output(plain.request, asked[0]) else None


def _with_text(step: ResolvedStep, text: str) -> dict[str, Any]:
    """Inputs with another text, where exactly one text is spelled out."""
    ports = [port for port, source in step.inputs.items() if isinstance(source, Text)]
    return {**step.inputs, **({ports[0]: Text(text)} if text and len(ports) == 1 else {})}


def _with_step(sample: Sample, step: ResolvedStep) -> Sample:
    """A sample, without exhibits, in which a step has other parameters and texts; the truth of its text goes too."""
    texts = {port: source.text for port, source in step.inputs.items() if isinstance(source, Text)}
    none = type(sample.exhibits)()
    if not sample.steps:
        said = next(iter(texts.values()), "")
        truth = sample.truth if said == sample.instruction else None
        update = {"parameters": step.parameters, "instruction": said, "truth": truth, "exhibits": none}
        return sample.model_copy(update=update)
    old = sample.steps[step.name]
    inputs = {**old.inputs, **texts}
    new = old.model_copy(
        update={"parameters": step.parameters, "inputs": inputs, "truth": old.truth if inputs == old.inputs else None}
    )
    return sample.model_copy(update={"steps": {**sample.steps, step.name: new}, "exhibits": none})


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
