"""The canvas of a question or of a sample, as a figure of a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from seamline.catalog.entries.question import DescribedWork
from seamline.diagrams.shapes import Content, Picture
from seamline.pages.figures import flow_of, framed
from seamline.pages.html import base_url, element
from seamline.pages.labels import label
from seamline.pages.layout import fragment
from seamline.pages.site_data import SiteData
from seamline.pages.workflow_canvas.canvas_css import stylesheet
from seamline.pages.workflow_canvas.canvas_rows import Card, Row, rows_of
from seamline.pages.workflow_canvas.chains import Chain, chains_of, roles_of, still_described
from seamline.pages.workflow_canvas.step_boxes import StepBox, described_box, ran_box, unrun_box
from seamline.workflow.graph import STEPS, End, Workflow, workflow_of
from seamline.workflow.sample_graph import workflow_of_sample
from seamline.workflow.task import infer


@dataclass(frozen=True)
class _Shown:
    """A chain, ready for the template.

    Attributes:
        unrun: ids of steps that did not run.
        unmade: places of cards whose artifact is not there.
        pictures, words: what stands on each card.
        label: who drew the pictures; empty where nothing ran.
    """

    name: str
    sample: str
    rows: Sequence[Row]
    lanes: int
    boxes: Mapping[str, StepBox]
    unrun: frozenset[str]
    unmade: frozenset[End]
    pictures: Mapping[End, Markup]
    words: Mapping[End, str]
    label: str = ""


def question_canvas(site: SiteData, page: str, question_id: str) -> Markup:
    """Everything that the question's samples ran, then the recommended models that none ran, then what papers describe.

    Drawn once for pages from which everything lies equally far.

    Raises:
        WorkflowError: a block name cannot be read.
    """
    return site.once(("canvas", question_id, base_url(page)), lambda: _question_canvas(site, page, question_id))


def _question_canvas(site: SiteData, page: str, question_id: str) -> Markup:
    question = site.catalog.questions[question_id].entry
    chains = chains_of(site, question.samples)
    drawn: set[str] = set()
    shown = [_sample_chain(site, page, chain, question.described, drawn) for chain in chains]
    ran = frozenset().union(*(chain.runs for chain in chains))
    if others := {name: site.catalog.models[name] for name in question.models if name not in ran}:
        shown.append(_unrun_chain(site, page, workflow_of(others)))
    described = [described_box(site, page, work) for work in still_described(question, chains)]
    return _figure(shown, described)


def sample_canvas(site: SiteData, page: str, chain: Chain) -> Markup:
    """The workflow of one sample, with what its run left on the wires."""
    return _figure([_sample_chain(site, page, chain, (), set())], [])


def _figure(shown: Sequence[_Shown], described: Sequence[object]) -> Markup:
    drawn = fragment("canvas", chains=shown, described=described, style=Markup(stylesheet()))
    return framed(drawn, Markup(shown[0].label if shown else ""), kind="workflow")


def _sample_chain(
    site: SiteData, page: str, chain: Chain, described: Sequence[DescribedWork], drawn: set[str]
) -> _Shown:
    """A sample's chain.

    Args:
        drawn: models whose inside an earlier box shows; those that this chain shows are added.
    """
    sample = site.catalog.samples[chain.sample]
    graph = workflow_of_sample(chain.sample, sample, site.catalog.models)
    flow = flow_of(site, chain.sample, graph, chain.record, base_url(page))
    contents: dict[End, Content] = {End(*place): content for place, content in flow.artifacts.items()} if flow else {}
    boxes = {}
    for step in chain.steps:
        boxes[step.name] = ran_box(
            site,
            page,
            graph.by_id[step.name],
            step,
            chain.record,
            several=len(chain.steps) > 1,
            roles=roles_of(described, step),
            drawn=bool(step.model) and step.model in drawn,
        )
        drawn.add(step.model)
    done = chain.record.steps if chain.record else {}
    unrun = frozenset(step.name for step in chain.steps if step.name not in done)
    follows = _followed(chain)
    shown = _shown(sample.title, chain.sample, graph, contents, boxes, unrun, follows)
    if chain.record is None:
        return shown
    return replace(shown, label=label(chain.sample, sample, chain.record, site.stands_in_for(chain.record)))


def _unrun_chain(site: SiteData, page: str, graph: Workflow) -> _Shown:
    boxes = {node.id: unrun_box(site, page, node) for node in graph.steps}
    return _shown(f"Only described: {infer(graph).name}", "", graph, {}, boxes, frozenset(boxes), {})


def _followed(chain: Chain) -> Mapping[End, str]:
    """Cards that show what an exhibit's slider chose, with the name that exhibits give the same picture."""
    if chain.record is None:
        return {}
    name = chain.record.main_name
    main = next((step for step in chain.steps if step.name == name), None)
    if main is None or not main.model:
        return {}
    edited = {End(name, "image"): "edited"}
    image = main.inputs.get("image")
    return edited | {End(str(image), "image"): "before"} if image and len(chain.steps) == 1 else edited


def _shown(
    name: str,
    sample: str,
    graph: Workflow,
    contents: Mapping[End, Content],
    boxes: Mapping[str, StepBox],
    unrun: frozenset[str],
    follows: Mapping[End, str],
) -> _Shown:
    rows, lanes = rows_of(graph, contents)
    cards = [card for row in rows for card in row.cards]
    unmade = frozenset(card.place for card in cards if not card.content or _of_step(graph, card, unrun))
    pictures = {card.place: _picture(card.content, follows.get(card.place)) for card in cards}
    words = {card.place: _words(card) for card in cards}
    return _Shown(name, sample, rows, lanes, boxes, unrun, unmade, pictures, words)


def _of_step(graph: Workflow, card: Card, unrun: frozenset[str]) -> bool:
    return graph.by_id[card.place.node].kind in STEPS and card.place.node in unrun


def _picture(content: Content, follows: str | None) -> Markup:
    if not isinstance(content, Picture):
        return Markup("")
    return element(
        "img",
        {
            "src": content.href,
            "width": content.width,
            "height": content.height,
            "alt": content.alt,
            "loading": "lazy",
            "decoding": "async",
            "data-sl-follows": follows,
        },
    )


def _words(card: Card) -> str:
    """A text itself; of anything else that no picture shows, its type."""
    if isinstance(card.content, str):
        return f"“{card.content}”"
    return "" if card.content else card.kind.phrase
