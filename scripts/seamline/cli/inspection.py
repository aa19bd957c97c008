"""Verb about one file: inspect."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seamline.cli.common import echo_json, json_option, project_of

if TYPE_CHECKING:
    from seamline.runs.provenance.origin import Origin
    from seamline.runs.store.records import StepRecord


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yaml", "only_yaml", is_flag=True, help="Print the recipe alone, for a file of catalog/samples/.")
@json_option
@click.pass_context
def inspect(context: click.Context, file: Path, only_yaml: bool, as_json: bool) -> None:
    """Tell how a picture was made: model, weights, parameters, seed, instruction, input; and a sample that repeats it.

    Works for what a run left behind, a picture, a mask or a text of any step, and for pictures that the editor in the
    page saved. A file is known by its bytes. Exit code 1 if no run here left it, which says whether it carries a mark.

    \b
    Examples:
      seamline inspect ~/Downloads/edited-6cfdec06.webp
      seamline inspect edited.webp --yaml > catalog/samples/again.yml && seamline samples --only again
    """
    origin = project_of(context).inspect(file)
    if only_yaml:
        click.echo(origin.recipe, nl=False)
    elif as_json:
        echo_json(_as_data(origin))
    else:
        for line in _lines(origin):
            click.echo(line)


def _lines(origin: Origin) -> Iterator[str]:
    if origin.record is None or origin.artifact is None:
        assert origin.mark is not None
        yield f"{origin.file}: edited in a reader's page by {origin.mark.made_by}, told “{origin.mark.instruction}”"
        yield from ("", origin.recipe.rstrip())
        return
    record, artifact = origin.record, origin.artifact
    made = f"step `{artifact.step}`" if artifact.step else "no step"
    yield f"{origin.file}: {artifact.role}, made by {made} of the sample `{record.sample}`"
    if artifact.step and origin.gives == "":
        yield "the recipe below makes it as its own result; run it with the weights named here"
    else:
        yield f"the recipe below leaves it among other files, as `{artifact.file}` where every pixel comes out the same"
    rights = record.input_rights.items()
    yield from (f"  input {name:<9} {words}" for name, words in rights)
    for name in origin.steps:
        yield from _step_lines(name, record.steps[name])
    for name, value in artifact.facts.items():
        yield f"  this file: {name:<21} {value}"
    yield from ("", origin.recipe.rstrip())


def _step_lines(name: str, step: StepRecord) -> Iterator[str]:
    from seamline.runs.store.recorded_parameters import settings_of

    yield f"step {name}: {f'model {step.model}' if step.model else f'operation {step.operation}'}"
    yield from (f"  {port:<22} {source}" for port, source in step.inputs.items())
    if step.weights:
        yield from (f"  {setting.name:<22} {setting.value}" for setting in settings_of(step))
        yield f"  weights                {step.weights.label}, {step.weights.source}"
        yield from (f"  sha256 {digest[:12]}…   {file}" for file, digest in step.weights.files.items())
        versions = ", ".join(f"{library} {version}" for library, version in step.versions.items())
        yield f"  ran on                 {step.device}, {step.dtype}{f'; {versions}' if versions else ''}"


def _as_data(origin: Origin) -> dict[str, object]:
    record, artifact = origin.record, origin.artifact
    return {
        "file": str(origin.file),
        "sample": record.sample if record else None,
        "artifact": artifact.model_dump(mode="json") if artifact else None,
        "steps": {name: step.model_dump(mode="json") for name, step in record.steps.items()} if record else {},
        "recipe": origin.recipe,
        "among_others_as": origin.gives,
    }
