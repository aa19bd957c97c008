"""Which runner runs a model, so that none is impersonated.

A model is run only by a runner of its signature that loads its pipeline class. A model of another kind, or one of
which nobody said which class loads it, is explained by the questions that recommend it, and never run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seamline.blocks.names import parse_block
from seamline.catalog.entries import Model
from seamline.plugins import RUNNERS, RunnerDeclaration


def pipeline_of(model: Model) -> str:
    """Class that loads a model: as its entry says, else as its repository is known for; "" if unknown."""
    if model.pipeline:
        return model.pipeline
    known_by_runner = [runner.known_repositories for runner in RUNNERS.all.values()]
    if model.weights:
        repo = model.weights.repo
        return next((known[repo] for known in reversed(known_by_runner) if repo in known), "")
    known = {repo: name for one in known_by_runner for repo, name in one.items()}
    own = parse_block(model.block).model.casefold()
    return next((name for repo, name in known.items() if own == repo.replace("/", "-").casefold()), "")


def runner_of(model: Model) -> RunnerDeclaration | None:
    """The runner that runs a model; None where nothing here can.

    Raises:
        PluginError: a runner of another distribution does not work.
    """
    block, pipeline = parse_block(model.block), pipeline_of(model)
    fitting = (one for one in RUNNERS.all.values() if block.is_kind(one.signature) and pipeline in one.pipelines)
    found: RunnerDeclaration | None = next(fitting, None)
    return found


def kinds_of(models: Mapping[str, Model]) -> dict[str, str]:
    """Name of the runner of each model that has one, by model id: the context in which samples are validated."""
    runners = {name: runner_of(model) for name, model in models.items()}
    return {name: runner.name for name, runner in runners.items() if runner}


def why_not_run(name: str, model: Model) -> tuple[str, str]:
    """Why no sample can run the model, and what to do, as two sentences; two empty strings where samples can.

    Args:
        name: the model's id.
    """
    if runner_of(model):
        return "", ""
    block = parse_block(model.block)
    of_kind = [runner for runner in RUNNERS.all.values() if block.is_kind(runner.signature)]
    if not of_kind:
        there = _listed(f"`{runner.signature}` (`{runner.name}`)" for runner in RUNNERS.all.values())
        return (
            f"`{name}` is of kind `{block.signature}`, for which there is no runner: nothing here can run it",
            f"there are runners for {there}: take the step out, or name a model of such a kind; "
            "a question may still recommend this one",
        )
    names = sorted({pipeline for runner in of_kind for pipeline in runner.pipelines})
    loaded = _listed(f"`{pipeline}`" for pipeline in names)
    runners = _listed(f"`{runner.name}`" for runner in of_kind)
    if pipeline := pipeline_of(model):
        return (
            f"`{name}` is a `{pipeline}`, and for `{block.signature}` the runner {runners} loads {loaded} alone: "
            "nothing here can run it",
            "take the step out, or name a model of that pipeline; a question may still recommend this one",
        )
    return (
        f"of `{name}` it is not known which pipeline it is, and for `{block.signature}` the runner {runners} "
        f"loads {loaded} alone",
        f"if the `_class_name` in its model_index.json on the hub is that, add `pipeline: {names[0]}` "
        f"to catalog/models/{name}.yml; else take the step out",
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
