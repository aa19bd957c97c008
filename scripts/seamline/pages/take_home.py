"""A sample as files a reader can take home: YAML for the catalog, Python that needs nothing of Seamline."""

from __future__ import annotations

from seamline.catalog.entries import Model, Sample
from seamline.catalog.io.writing import entry_fields, fields_text
from seamline.catalog.recipe import Output, ResolvedStep, Source, Text
from seamline.pages import urls
from seamline.runners.base import Call
from seamline.runners.registry import runner_named
from seamline.runs.store.records import RunRecord
from seamline.weights.locate import source_of


def as_yaml(sample: Sample) -> str:
    """The recipe as `catalog/samples/<id>.yml` would hold it, without fields left at their defaults."""
    return fields_text(entry_fields(sample))


def as_python(sample_id: str, step: ResolvedStep, model: Model, record: RunRecord | None) -> str:
    """One step as a program for the libraries that its model needs, run from the project's folder.

    It loads the weights that made the shown run (the stand-in's when there is none yet and the runner has one) and
    the inputs as that run had them.
    """
    runner = runner_named(step.runner)
    ran = record.steps.get(step.name) if record else None
    if ran and ran.weights:
        source = ran.weights.source
    else:
        source = source_of(model, runner, "mini")[0] if runner.stand_in or model.weights or model.folder else ""
    # The weights that made the run, which the catalog may have left behind since.
    repo, _, revision = source.partition("@")
    inputs = {port: _input(sample_id, one, record) for port, one in step.inputs.items()}
    program: str = runner.as_python(step.parameters, Call(repo, revision, inputs, f"{sample_id}.png"))
    return program


def _input(sample_id: str, source: Source, record: RunRecord | None) -> str:
    """A text itself, or the file that holds what the step was given."""
    if isinstance(source, Text):
        return source.text
    folder = f"generated/{urls.run_folder(sample_id, record.weights_name if record else 'mini')}"
    if isinstance(source, Output):
        found = record.output(source.step, source.port) if record else None
        return f"{folder}{found.file if found else f'{source.step}-{source.port}'}"
    found = record.one("input") if record else None
    return f"{folder}{found.file if found else 'input.webp'}"
