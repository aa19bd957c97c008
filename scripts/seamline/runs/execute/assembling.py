"""What steps left behind -> artifacts with their files, and the record of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from seamline.blocks.ports import port_type
from seamline.catalog.recipe import Output, ResolvedStep, Source
from seamline.plugins import OPERATIONS
from seamline.runners.base import Extra, Provenance, Value
from seamline.runners.registry import runner_named
from seamline.runs.engines.base import Facts
from seamline.runs.execute.job import Job, Work
from seamline.runs.plan.keys import key_of
from seamline.runs.store.encoding import Encoded, encode, packet
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord
from seamline.runs.store.run_folder import artifact_name
from seamline.weights.locate import Weights

_COMPUTED: Provenance = "computed"


class Artifacts:
    """Artifacts of one step, or of none, while they are collected."""

    def __init__(self, job: Job, step: str = "", *, made_by: str = "", lossless: bool = False) -> None:
        self.records: list[ArtifactRecord] = []
        self.files: dict[str, bytes] = {}
        self._job, self._step, self._made_by, self._lossless = job, step, made_by, lossless

    def add(
        self,
        role: str,
        stem: str,
        value: Value,
        type_code: str,
        provenance: Provenance | None,
        *,
        port: str = "",
        facts: Mapping[str, Any] | None = None,
        low_fidelity: bool = False,
    ) -> None:
        """Encode one artifact and record it."""
        facts = dict(facts or {})
        mark = packet(
            provenance,
            sample=self._job.state.id,
            made_by=self._made_by,
            instruction=str(facts.get("instruction", facts.get("prompt", ""))),
        )
        encoded: Encoded = encode(
            value, type_code, mark, lossless=self._lossless and bool(port), low_fidelity=low_fidelity
        )
        file = artifact_name(stem, encoded.data, encoded.suffix)
        self.files[file] = encoded.data
        self.records.append(
            ArtifactRecord(
                role=role,
                step=self._step,
                port=port,
                type=type_code,
                file=file,
                sha256=hashlib.sha256(encoded.data).hexdigest(),
                width=encoded.width,
                height=encoded.height,
                phash=encoded.phash,
                text=value if isinstance(value, str) else "",
                provenance=provenance,
                facts=facts,
            )
        )


def input_artifacts(job: Job) -> Artifacts:
    """The input image, and what the scene knows about the edit of it."""
    found = Artifacts(job)
    if job.input is None:
        return found
    found.add("input", "input", job.input.picture, "Img", None if job.sample.photo else _COMPUTED)
    for role, picture in job.input.auxiliary.items():
        if role == "region":
            found.add(role, role, picture[..., 0], "Msk", _COMPUTED)
        else:
            found.add(role, role, picture, "Img", _COMPUTED)
    if job.views:
        found.add("views", "views", job.views.sheet, "Views", _COMPUTED)
        if job.views.truth is not None:
            found.add("views-truth", "views-truth", job.views.truth, "Views", _COMPUTED)
    for variant, pictures in job.input.variants.items():
        for role, picture in pictures.items():
            found.add(f"variant-{role}", f"{variant.name}-{role}", picture, "Img", _COMPUTED, facts=variant.facts)
    return found


def model_artifacts(job: Job, work: Work, weights: Weights) -> Artifacts:
    """What a model left behind for one step: outputs of all requests, then what else the plain one kept."""
    runner = runner_named(work.step.runner)
    found = Artifacts(job, work.step.name, made_by=weights.identity.label, lossless=job.is_read(work.step.name))
    kinds = work.step.gives
    for place, planned in enumerate(work.planned):
        for port, value in work.output_of(planned).values.items():
            plain = place == 0
            found.add(
                runner.roles[port] if plain else planned.role,
                _stem(job, work.step.name, planned.stem),
                value,
                kinds[port],
                runner.provenance,
                port=port if plain else "",
                facts=runner.facts(planned.request),
            )
    first = work.planned[0]
    for extra in work.output_of(first).extras:
        stem = _stem(job, work.step.name, extra.stem)
        _add_extra(found, stem, extra, runner.provenance, runner.facts(first.request))
    return found


def operation_artifacts(job: Job, step: ResolvedStep, values: Mapping[str, Value]) -> Artifacts:
    """What an operation left behind; what it made of a model's picture names the models that it came from."""
    found = Artifacts(job, step.name, made_by=_systems_of(job, step), lossless=job.is_read(step.name))
    provenance: Provenance = OPERATIONS.all[step.operation].provenance
    for port, value in values.items():
        kind = step.gives[port]
        # An image in which a model's image was laid over another is no less a model's than that one.
        own: Provenance = "trained-composite" if kind == "Img" and _of_a_models_image(job, step) else provenance
        found.add(port, f"{step.name.replace('_', '-')}-{port}", value, kind, own, port=port)
    return found


def _of_a_models_image(job: Job, step: ResolvedStep) -> bool:
    """Whether an image that a model made is among what an operation reads, through other operations too."""
    steps = {one.name: one for one in job.recipe.steps}
    read = [(steps[one.step], one.port) for one in step.inputs.values() if isinstance(one, Output)]
    images = [one for one, port in read if one.gives[port] == "Img"]
    return any(one.model or _of_a_models_image(job, one) for one in images)


def _systems_of(job: Job, step: ResolvedStep) -> str:
    """Labels of the weights of all steps that an operation depends on, each once, in the order of the recipe."""
    steps, needed = job.recipe.by_name, {step.name}
    waiting = [step]
    while waiting:
        new = set(waiting.pop().upstream) - needed
        needed |= new
        waiting += [steps[name] for name in new]
    used = [job.steps[one.name].weights for one in job.recipe.steps if one.model and one.name in needed]
    return "; ".join(dict.fromkeys(weights.label for weights in used if weights))


def model_record(job: Job, work: Work, weights: Weights, facts: Facts) -> StepRecord:
    """The record of a step that a model ran."""
    fields = {**_fields(job, work.step.name), "dtype": facts.dtype}
    return StepRecord(
        model=work.step.model,
        runner=work.step.runner,
        weights=weights.identity,
        inputs=dict(_spelled(work.step.inputs)),
        key=key_of(fields),
        key_fields=fields,
        device=facts.device,
        dtype=facts.dtype,
        versions=dict(facts.versions),
        seconds=round(work.seconds, 3),
        shapes=dict(facts.shapes),
    )


def operation_record(job: Job, name: str) -> StepRecord:
    """The record of an operation."""
    step = next(step for step in job.recipe.steps if step.name == name)
    fields = _fields(job, name)
    return StepRecord(
        operation=step.operation, inputs=dict(_spelled(step.inputs)), key=key_of(fields), key_fields=fields
    )


def run_record(job: Job, before: RunRecord | None) -> tuple[RunRecord, dict[str, bytes]]:
    """The record of a job and its files. One with the outcome of the run before it keeps that one's times."""
    given = input_artifacts(job)
    # In the order of the recipe, whichever of two independent steps happened to run first.
    place = {step.name: at for at, step in enumerate(job.recipe.steps)}
    record = RunRecord(
        schema_version=SCHEMA,
        sample=job.state.id,
        weights_name=job.state.weights,
        steps={step.name: job.steps[step.name] for step in job.recipe.steps if step.name in job.steps},
        images=(*given.records, *sorted(job.artifacts, key=lambda image: place[image.step])),
        input_rights=dict(job.input.rights) if job.input else {},
    )
    if before is not None and _timeless(before) == _timeless(record):
        record = before
    return record, {**given.files, **job.files}


def _fields(job: Job, name: str) -> dict[str, Any]:
    """Fields of a step's key, with upstream steps as they really ran: their number format was the engine's choice."""
    ran = {f"upstream.{step}": record.key for step, record in job.steps.items()}
    return {field: ran.get(field, value) for field, value in job.state.key_fields[name].items()}


def _timeless(record: RunRecord) -> RunRecord:
    steps = {name: step.model_copy(update={"seconds": 0.0}) for name, step in record.steps.items()}
    return record.model_copy(update={"steps": steps, "carried_over": ""})


def _stem(job: Job, step: str, stem: str) -> str:
    """Beginning of a file's name; where there are several steps, it says which one left the file."""
    return stem if len(job.recipe.steps) == 1 else f"{step.replace('_', '-')}-{stem}"


def _add_extra(found: Artifacts, stem: str, extra: Extra, provenance: Provenance, facts: Mapping[str, Any]) -> None:
    computed = extra.provenance == "computed"
    found.add(
        extra.role,
        stem,
        extra.value,
        port_type(extra.type).code,
        extra.provenance or provenance,
        facts={**({} if computed else facts), **extra.facts},
        low_fidelity=extra.low_fidelity,
    )


def _spelled(inputs: Mapping[str, Source]) -> Mapping[str, str]:
    return {port: str(source) for port, source in inputs.items()}
