"""Diagrams of a question's workflow, with a real run flowing through them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from seamline.blocks.ports import STACKED, port_type
from seamline.blocks.tasks import Task
from seamline.catalog.recipe import Output, SceneViews, Source, Text
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import runner_of
from seamline.diagrams.workflow_diagram import Flow, Picture, draw
from seamline.pages import urls
from seamline.pages.html import base_url
from seamline.pages.site_data import SiteData
from seamline.runs.store.descriptions import edited_words, result_noun
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.workflow.graph import Workflow, workflow_of
from seamline.workflow.sample_graph import workflow_of_sample
from seamline.workflow.task import infer

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class QuestionWorkflow:
    """The workflow that a question's models form.

    Attributes:
        question: the question's id.
        featured: sample that flows through the drawing: the question's first that a model of it ran.
    """

    question: str
    graph: Workflow
    task: Task
    featured: str | None

    def file(self, site: SiteData) -> str:
        """The drawing as a file of its own."""
        to_root = base_url(urls.workflow_file(self.question, "svg"))
        return draw(self.graph, self._flow(site, to_root), standalone=True).rstrip() + "\n"

    def _flow(self, site: SiteData, to_root: str) -> Flow | None:
        return flow_of(site, self.featured, self.graph, site.run(self.featured), to_root) if self.featured else None


def question_workflow(site: SiteData, question_id: str) -> QuestionWorkflow:
    """The workflow of a question: the graph that its sample ran where that runs all the question's models, else the
    graph that their signatures form.

    Raises:
        WorkflowError: a block name cannot be read.
    """
    entry, catalog = site.catalog.questions[question_id].entry, site.catalog
    own = [name for name in entry.samples if _runs_only(site, name, entry.models)]
    featured = next((name for name in own if site.run(name)), next(iter(own), None))
    if featured and set(catalog.samples[featured].models) == set(entry.models):
        graph = workflow_of_sample(featured, catalog.samples[featured], catalog.models)
    else:
        graph = workflow_of({name: catalog.models[name] for name in entry.models})
    return QuestionWorkflow(question_id, graph, infer(graph), featured)


def flow_of(site: SiteData, sample_id: str, graph: Workflow, record: RunRecord | None, to_root: str) -> Flow | None:
    """What a run of a sample left on the wires of a graph, addressed from where `to_root` leads to the site's root.

    A graph that is not the sample's own shows the one step that they share.
    """
    sample = site.catalog.samples[sample_id]
    steps = recipe_of(sample, site.catalog.models).steps
    if not graph.sample:
        step = steps[0]
        taken = {port: given(record, source, to_root) for port, source in step.inputs.items()}
        left = {port: gave(site, record, step.name, port, to_root) for port in step.gives}
        shared = len(steps) == 1 and any(node.id == step.model for node in graph.steps)
        return Flow.through(graph, step.model, known(taken), known(left)) if shared else None
    found: dict[tuple[str, str], Picture | str | None] = {}
    for step in steps:
        for port, source in step.inputs.items():
            if isinstance(source, Text):
                found[f"in:{step.name}:{port}", "text"] = source.text
            elif not isinstance(source, Output):
                own = "views" if isinstance(source, SceneViews) else "image"
                found[str(source), own] = given(record, source, to_root)
        for port in step.gives:
            found[step.name, port] = gave(site, record, step.name, port, to_root)
    return Flow(known(found))


def known(contents: Mapping[Key, Picture | str | None]) -> dict[Key, Picture | str]:
    """Without what no run has left yet."""
    return {key: content for key, content in contents.items() if content is not None}


def _runs_only(site: SiteData, sample_id: str, models: Collection[str]) -> bool:
    """Whether a sample runs nothing but models that the question recommends, each of which can run here."""
    used = site.catalog.samples[sample_id].models
    return set(used) <= set(models) and all(runner_of(site.catalog.models[name]) for name in used)


def given(record: RunRecord | None, source: Source, to_root: str) -> Picture | str | None:
    """What a source stands for: a text, or the recorded artifact."""
    if isinstance(source, Text):
        return source.text
    if record is None:
        return None
    own = "views" if isinstance(source, SceneViews) else "input"
    image = record.output(source.step, source.port) if isinstance(source, Output) else record.one(own)
    words = "The input image" if image and image.role == "input" else "What the step before gave"
    return thumbnail(record, image, words, to_root) if image else None


def gave(site: SiteData, record: RunRecord | None, step: str, port: str, to_root: str) -> Picture | str | None:
    """The recorded output of a step."""
    image = record.output(step, port) if record else None
    if record is None or image is None:
        return None
    sample = site.catalog.samples[record.sample]
    if image == record.result:
        said = f"{result_noun(record)}: {edited_words(sample, record)}"
        return thumbnail(record, image, f"The {said[0].lower()}{said[1:]}", to_root)
    return thumbnail(record, image, f"The {port_type(image.type).noun} that step “{step}” gave", to_root)


def thumbnail(record: RunRecord, image: ArtifactRecord, words: str, to_root: str) -> Picture | str | None:
    """A recorded artifact as drawings show it: a picture, or a text itself; of a stack of pictures nothing."""
    if image.type in STACKED:
        return None
    if not image.width:
        return image.text or None
    folder = urls.run_folder(record.sample, record.weights_name)
    return Picture(f"{to_root}{folder}{image.file}", words, image.width, image.height)


def framed(drawn: str, below: Markup, *, kind: str) -> Markup:
    """A drawing with what stands below it, as one HTML block."""
    lines = "\n".join(line.strip() for line in drawn.splitlines() if line.strip())
    return Markup(f'\n\n<figure class="sl-figure sl-figure--{kind}">\n{lines}\n{below}\n</figure>\n\n')
