"""A sample on its way from due to done: what its steps need, and what they left behind so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seamline.catalog.entries import Sample
from seamline.catalog.recipe import Output as StepOutput
from seamline.catalog.recipe import Recipe, ResolvedStep, Scene, SceneViews
from seamline.runners.base import Output, PlannedRequest, Value
from seamline.runners.registry import runner_named
from seamline.runs.inputs.scene_input import Input, input_of
from seamline.runs.inputs.scene_views import ViewsInput, view_name, views_input
from seamline.runs.plan.keys import key_of
from seamline.runs.plan.requests import auxiliary_of, requests_of, value_name, variants_of
from seamline.runs.plan.states import SampleState
from seamline.runs.store.encoding import decode
from seamline.runs.store.records import ArtifactRecord, RunRecord, StepRecord
from seamline.scenes.variants import name_in


@dataclass
class Work:
    """One step of a job, while a model runs it.

    Attributes:
        planned: its requests; the plain one first.
        outputs: what requests became, each once, however many roles it plays.
    """

    step: ResolvedStep
    planned: tuple[PlannedRequest[Any], ...]
    outputs: dict[Any, Output] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def requests(self) -> tuple[Any, ...]:
        """What must be generated: each request once, a variant that equals the plain request not again."""
        return tuple(dict.fromkeys(self._as_run(planned.request) for planned in self.planned))

    def output_of(self, planned: PlannedRequest[Any]) -> Output:
        """What a planned request became."""
        return self.outputs[self._as_run(planned.request)]

    @property
    def done(self) -> bool:
        """Whether every request has its output."""
        return len(self.outputs) == len(self.requests)

    def _as_run(self, request: Any) -> Any:
        first = self.planned[0].request
        return first if runner_named(self.step.runner).same_output(request, first) else request


@dataclass
class Job:
    """A sample on its way from due to done.

    Attributes:
        input: None for a sample that starts from text alone.
        views: the scene from a row of cameras, for a sample that takes it.
        values: what flows on the wires so far, under the names that engines are given.
        texts: the texts among them, by the output they are.
        steps: records of the steps that are done.
        artifacts: what those left behind.
        files: bytes of new files, by name.
    """

    state: SampleState
    sample: Sample
    recipe: Recipe
    input: Input | None
    views: ViewsInput | None = None
    values: dict[str, Value] = field(default_factory=dict)
    texts: dict[StepOutput, str] = field(default_factory=dict)
    steps: dict[str, StepRecord] = field(default_factory=dict)
    artifacts: list[ArtifactRecord] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.input:
            name = value_name(self.state.id, Scene())
            self.values[name] = self.input.picture
            for variant, pictures in self.input.variants.items():
                self.values[name_in(name, variant)] = pictures["input"]
        if self.views:
            self.values[value_name(self.state.id, SceneViews())] = self.views.sheet
            for camera, picture in enumerate(self.views.pictures):
                self.values[view_name(self.state.id, camera)] = picture

    @property
    def ready(self) -> list[ResolvedStep]:
        """Steps that are not done and whose upstream steps are."""
        return [
            step
            for step in self.recipe.steps
            if step.name not in self.steps
            and all(source.step in self.steps for source in step.inputs.values() if isinstance(source, StepOutput))
        ]

    @property
    def done(self) -> bool:
        """Whether every step is."""
        return len(self.steps) == len(self.recipe.steps)

    def work_on(self, step: ResolvedStep) -> Work:
        """What a model must generate for a step.

        Raises:
            RunError: parameters or inputs that the model would silently ignore.
        """
        return Work(step, requests_of(self.state.id, self.sample, step, self.texts))

    def is_read(self, step: str) -> bool:
        """Whether another step reads an output of `step`."""
        return any(
            isinstance(source, StepOutput) and source.step == step
            for other in self.recipe.steps
            for source in other.inputs.values()
        )

    def keep(self, record: StepRecord, name: str, artifacts: list[ArtifactRecord], files: Mapping[str, bytes]) -> None:
        """Note that a step is done, and pass on what later steps read: as its files hold it, which is the same today
        and on any other day."""
        self.steps[name] = record
        self.artifacts += artifacts
        self.files |= files
        if not self.is_read(name):
            return
        for artifact in artifacts:
            if artifact.port:
                source = StepOutput(name, artifact.port)
                value = decode(files[artifact.file], artifact.type)
                self.values[value_name(self.state.id, source)] = value
                if isinstance(value, str):
                    self.texts[source] = value

    def reuse(self, folder: Path, record: RunRecord) -> None:
        """Take over the steps of an earlier run whose keys are still right and whose files are whole."""
        for step in self.recipe.steps:
            old = record.steps.get(step.name)
            fields = self.state.key_fields.get(step.name)
            if old is None or fields is None or step.name in self.steps or old.key != key_of(fields):
                continue
            artifacts = [image for image in record.images if image.step == step.name]
            files = _whole(folder, artifacts)
            if files is not None:
                self.keep(old, step.name, artifacts, files)


def job_for(root: Path, state: SampleState, sample: Sample, recipe: Recipe, size: tuple[int, int]) -> Job:
    """The job of a sample, with its input.

    Args:
        size: width and height of its input image.

    Raises:
        PhotoError: the photo cannot be used.
    """
    truth = next((step.truth for step in recipe.steps if step.truth), None)
    given = None
    if sample.input:
        given = input_of(root, sample, size, truth, auxiliary_of(sample), variants_of(sample))
    views = views_input(sample.scene, truth, size) if recipe.has_views and sample.scene else None
    return Job(state, sample, recipe, given, views)


def _whole(folder: Path, artifacts: list[ArtifactRecord]) -> dict[str, bytes] | None:
    """Bytes of artifacts as they were recorded; None if one is missing or altered."""
    import hashlib

    files = {}
    for artifact in artifacts:
        try:
            data = (folder / artifact.file).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != artifact.sha256:
            return None
        files[artifact.file] = data
    return files
