"""What the box of a step says closed, and what it shows opened."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from seamline.blocks.ports import PortType, port_type
from seamline.catalog.entries.question import DescribedWork
from seamline.catalog.recipe import Output, ResolvedStep, Text
from seamline.catalog.runnable import runner_of
from seamline.catalog.sources import paper_name
from seamline.pages import urls
from seamline.pages.figures import gave, given, known
from seamline.pages.html import base_url, element, relative_url
from seamline.pages.site_data import SiteData
from seamline.plugins import OPERATIONS
from seamline.runners.base import Setting, StepView
from seamline.runners.registry import runner_named
from seamline.runs.store.records import RunRecord
from seamline.workflow.graph import Node


@dataclass(frozen=True)
class StepBox:
    """One box.

    Attributes:
        said: one line: what ran it, or that nothing did.
        inside: what happens inside, as HTML without a blank line.
    """

    title: str
    signature: str
    said: str
    inside: Markup


def ran_box(
    site: SiteData,
    page: str,
    node: Node,
    step: ResolvedStep,
    record: RunRecord | None,
    *,
    several: bool,
    roles: Collection[DescribedWork],
    drawn: bool,
) -> StepBox:
    """The box of a sample's step.

    Args:
        several: whether the sample has other steps, so that this one's name tells something.
        roles: work of papers in whose role it stands.
        drawn: whether an earlier box of the page has shown the inside of the same model already.
    """
    ran = record.steps.get(step.name) if record else None
    if step.operation:
        operation = OPERATIONS.all[step.operation]
        inside = [_sentence(operation.summary, operation.source), _settings(operation.describe(step.parameters))]
        said = "computed, no model" if ran else "not run yet"
    else:
        inside = [*_of_model(site, page, node, step, record, drawn=drawn)]
        said = f"drawn by {ran.weights.label}" if ran and ran.weights else "not run yet"
        if ran and ran.weights and ran.weights.name == "mini":
            said += f", not {site.catalog.models[step.model].title or step.model}"
    said += "".join(f"; in the role of {role.name}" for role in roles)
    title = f"{step.name.replace('_', ' ').capitalize()}: {node.operation or node.label}" if several else node.label
    parts = [element("p", {}, _takes(step)), *inside]
    return StepBox(title, _signature(node), said, Markup("\n").join(part for part in parts if part))


def unrun_box(site: SiteData, page: str, node: Node) -> StepBox:
    """The box of a model that no sample runs."""
    words = "No sample of this question runs it here; what it takes and gives is read from its name."
    model = node.model or node.id
    runner = runner_of(site.catalog.models[model])
    drawn = Markup(runner_named(runner.name).explain(StepView(node.label)) if runner else "")
    inside = [part for part in (element("p", {}, words), drawn, _link(page, urls.model(model), node.label)) if part]
    return StepBox(node.label, _signature(node), "only described", Markup("\n").join(inside))


@dataclass(frozen=True)
class DescribedBox:
    """The dashed box of a paper's work."""

    name: str
    work: str
    takes: tuple[PortType, ...]
    gives: tuple[PortType, ...]
    inside: Markup


def described_box(site: SiteData, page: str, work: DescribedWork) -> DescribedBox:
    """The dashed box of a paper's work; opened, it says what is known of it here."""
    paper = site.catalog.papers[work.paper]
    words = "Known here from its summary alone; no code or weights of the paper were run. "
    link = element("a", {"href": relative_url(page, urls.paper(work.paper))}, paper_name(paper))
    takes, gives = (tuple(port_type(code) for code in codes) for codes in (work.takes, work.gives))
    return DescribedBox(work.name, work.work, takes, gives, element("p", {}, words, link))


def _signature(node: Node) -> str:
    return (
        node.block.signature
        if node.block
        else "2".join("".join(port.type.code for port in side) for side in (node.takes, node.gives))
    )


def _takes(step: ResolvedStep) -> str:
    """Every input in words, for those who cannot follow a wire."""
    parts = []
    for port, source in step.inputs.items():
        kind = port_type(step.takes[port]).noun
        name = port if port == kind else f"{port} ({kind})"
        if isinstance(source, Text):
            parts.append(f"{name}: “{source.text}”")
        elif isinstance(source, Output):
            parts.append(f"{name}: what step “{source.step}” gave")
        else:
            parts.append(f"{name}: the sample’s {source}")
    return f"Takes {'; '.join(parts)}." if parts else "Takes nothing."


def _of_model(
    site: SiteData, page: str, node: Node, step: ResolvedStep, record: RunRecord | None, *, drawn: bool
) -> Iterable[Markup]:
    runner = runner_named(step.runner)
    if drawn:
        yield element("p", {}, "Inside, the same happens as in the box of this model above.")
    else:
        to_root = base_url(page)
        ran = record.steps.get(step.name) if record else None
        inputs = {port: given(record, source, to_root) for port, source in step.inputs.items()}
        outputs = {port: gave(site, record, step.name, port, to_root) for port in step.gives}
        shapes, weights = (ran.shapes, ran.weights.label if ran.weights else "") if ran else ({}, "")
        view = StepView(node.label, known(inputs), known(outputs), shapes, weights, step.parameters)
        yield Markup(runner.explain(view))
    yield _settings(runner.describe(step.parameters))
    yield _link(page, urls.model(step.model), f"The model’s page: {node.label}")


def _settings(settings: Iterable[Setting]) -> Markup:
    """Parameters as a list of names and values."""
    pairs = [
        element("div", {}, element("dt", {}, element("code", {}, one.name)), element("dd", {}, one.value))
        for one in settings
    ]
    return element("dl", {"class": "sl-cv-settings"}, *pairs) if pairs else Markup("")


def _sentence(summary: str, source: str) -> Markup:
    words = f"{summary} {source}." if source else summary
    # Summaries are Markdown as far as names of ports stand between backticks.
    parts = [element("code", {}, part) if place % 2 else part for place, part in enumerate(words.split("`"))]
    return element("p", {}, *parts)


def _link(page: str, target: str, words: str) -> Markup:
    return element("p", {}, element("a", {"href": relative_url(page, target)}, words))
