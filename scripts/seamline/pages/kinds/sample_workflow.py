"""The workflow of a sample: drawn with what its run left on the wires, and as JSON that `seamline import` reads."""

from __future__ import annotations

from markupsafe import Markup

from seamline.diagrams.workflow_diagram import draw
from seamline.pages.figures import flow_of, framed, model_links
from seamline.pages.html import base_url
from seamline.pages.labels import label
from seamline.pages.site_data import SiteData
from seamline.runs.store.records import RunRecord
from seamline.workflow.export import to_json
from seamline.workflow.graph import Workflow
from seamline.workflow.sample_graph import workflow_of_sample


def figure(site: SiteData, page: str, sample_id: str, record: RunRecord | None) -> Markup:
    """The drawing for the sample's page, labelled.

    Args:
        record: what ran, as far as it ran; None where nothing did.
    """
    graph = _graph(site, sample_id)
    flow = flow_of(site, sample_id, graph, record, base_url(page))
    drawn = draw(graph, flow, links=model_links(site, page, graph), prefix=f"sample-{sample_id}")
    sample = site.catalog.samples[sample_id]
    below = label(sample_id, sample, record, site.stands_in_for(record)) if record else Markup("")
    return framed(drawn, below, kind="workflow")


def file(site: SiteData, sample_id: str) -> str:
    """The JSON document."""
    return to_json(_graph(site, sample_id))


def _graph(site: SiteData, sample_id: str) -> Workflow:
    return workflow_of_sample(sample_id, site.catalog.samples[sample_id], site.catalog.models)
