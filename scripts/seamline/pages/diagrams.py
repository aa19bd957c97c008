"""Diagrams of a question's workflow, with a real run flowing through them."""

from __future__ import annotations

from dataclasses import dataclass

from seamline.blocks.tasks import Task
from seamline.catalog.entries import Model
from seamline.catalog.origins import model_title
from seamline.catalog.runnable import is_run
from seamline.pages import site_map
from seamline.pages.labels import label
from seamline.pages.markup import Markup, base_url, relative_url
from seamline.pages.project import Project
from seamline.samples.descriptions import edited_words
from seamline.samples.records import ImageRecord
from seamline.workflow.diagram import Flow, Picture, draw
from seamline.workflow.graph import Workflow, workflow_of
from seamline.workflow.inside import Inside
from seamline.workflow.inside import draw as draw_inside
from seamline.workflow.task import infer


@dataclass(frozen=True, slots=True)
class QuestionWorkflow:
    """The workflow that a question's models form.

    Attributes:
        question: the question's id.
        hero: sample that flows through the drawing: the question's first that a model of it ran.
    """

    question: str
    graph: Workflow
    task: Task
    hero: str | None

    def figure(self, project: Project, page: str) -> Markup:
        """The drawing for a page, with its label; drawn once for pages from which everything lies equally far."""
        drawing = ("workflow", self.question, base_url(page))
        if drawing not in project.drawings:
            models = project.catalog.questions[self.question].entry.models
            links = {name: relative_url(page, site_map.model(name)) for name in models}
            flow = self._flow(project, base_url(page))
            drawn = draw(self.graph, flow, links=links, prefix=f"workflow-{self.question}")
            project.drawings[drawing] = framed(drawn, self._label(project), kind="workflow")
        return project.drawings[drawing]

    def file(self, project: Project) -> str:
        """The drawing as a file of its own."""
        to_root = base_url(site_map.workflow_file(self.question, "svg"))
        return draw(self.graph, self._flow(project, to_root), standalone=True).rstrip() + "\n"

    def _flow(self, project: Project, to_root: str) -> Flow | None:
        return _flow(project, self.hero, to_root) if self.hero else None

    def _label(self, project: Project) -> Markup:
        record = project.run(self.hero) if self.hero else None
        if record is None or self.hero is None:
            return Markup("")
        return label(self.hero, project.catalog.samples[self.hero], record, project.stands_in_for(record))


def question_workflow(project: Project, question_id: str) -> QuestionWorkflow:
    """The workflow of a question.

    Raises:
        WorkflowError: a block name cannot be read.
    """
    entry = project.catalog.questions[question_id].entry
    graph = workflow_of({name: project.catalog.models[name] for name in entry.models})
    own = [name for name in entry.samples if project.catalog.samples[name].model in entry.models]
    run = [name for name in own if project.run(name)]
    return QuestionWorkflow(question_id, graph, infer(graph), next(iter(run or own), None))


def inside_figure(project: Project, page: str, question: str | None) -> Markup | None:
    """One edit computed inside an InstructPix2Pix, with the tensor shapes of the weights that drew the first run.

    Nothing else is drawn from the inside: None if the question recommends no InstructPix2Pix. A page that belongs to no
    question shows the mini editor, which is one.
    """
    models, samples = project.catalog.models, project.catalog.samples
    if question is None:
        edited, names = None, tuple(samples)
    else:
        entry = project.catalog.questions[question].entry
        edited = next((models[name] for name in entry.models if is_run(models[name])), None)
        if edited is None:
            return None
        names = tuple(name for name in entry.samples if is_run(models[samples[name].model]))
    hero = next((name for name in names if project.run(name)), next(iter(names), None))
    drawing = ("inside", hero or "", model_title(edited) if edited else "", base_url(page))
    if drawing not in project.drawings:
        project.drawings[drawing] = _inside(project, hero, edited, base_url(page))
    return project.drawings[drawing]


def _inside(project: Project, hero: str | None, edited: Model | None, to_root: str) -> Markup:
    if hero is None:
        what = Inside(None, "what to change", None, model=model_title(edited) if edited else "InstructPix2Pix")
        return framed(draw_inside(what), Markup(""), kind="inside")
    sample, record = project.catalog.samples[hero], project.run(hero)
    flow = _flow(project, hero, to_root)
    drawn = draw_inside(
        Inside(
            flow.input_image,
            flow.instruction,
            flow.edited_image,
            record.shapes if record else {},
            record.weights.label if record else "",
            sample.parameters.num_inference_steps,
            sample.parameters.guidance_scale,
            sample.parameters.image_guidance_scale,
            model_title(project.catalog.models[sample.model]),
        )
    )
    return framed(
        drawn, label(hero, sample, record, project.stands_in_for(record)) if record else Markup(""), kind="inside"
    )


def _flow(project: Project, sample_id: str, to_root: str) -> Flow:
    """A sample as drawings show it."""
    sample, record = project.catalog.samples[sample_id], project.run(sample_id)

    def picture(image: ImageRecord | None, alt: str) -> Picture | None:
        if image is None or record is None:
            return None
        folder = site_map.run_folder(record.sample, record.weights.name)
        return Picture(f"{to_root}{folder}{image.file}", alt, image.width, image.height)

    edited_alt = f"The edited image: {edited_words(sample, record)}" if record else ""
    return Flow(
        picture(record.one("input") if record else None, "The input image"),
        sample.instruction,
        picture(record.one("edited") if record else None, edited_alt),
        sample.model,
    )


def framed(drawn: str, below: Markup, *, kind: str) -> Markup:
    """A drawing with what stands below it, as one HTML block."""
    lines = "\n".join(line.strip() for line in drawn.splitlines() if line.strip())
    return Markup(f'\n\n<figure class="sl-figure sl-figure--{kind}">\n{lines}\n{below}\n</figure>\n\n')
