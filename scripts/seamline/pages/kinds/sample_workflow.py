"""The workflow of a sample: drawn with what its run left on the wires, as JSON that `seamline import` reads, and for
ComfyUI."""

from __future__ import annotations

from markupsafe import Markup

from seamline.catalog.recipe_reading import recipe_of
from seamline.pages.downloads.comfy_download import ComfyDownload, comfy_download
from seamline.pages.site_data import SiteData
from seamline.pages.workflow_canvas.canvas_figure import sample_canvas
from seamline.pages.workflow_canvas.chains import chain_of
from seamline.workflow.export import to_json
from seamline.workflow.graph import Workflow
from seamline.workflow.sample_graph import workflow_of_sample


def figure(site: SiteData, page: str, sample_id: str) -> Markup:
    """The canvas for the sample's page, labelled."""
    return sample_canvas(site, page, chain_of(site, sample_id))


def file(site: SiteData, sample_id: str) -> str:
    """The JSON document."""
    return to_json(_graph(site, sample_id))


def _graph(site: SiteData, sample_id: str) -> Workflow:
    return workflow_of_sample(sample_id, site.catalog.samples[sample_id], site.catalog.models)


def for_comfyui(site: SiteData, sample_id: str) -> ComfyDownload:
    """The graph for ComfyUI, as far as its core has the nodes; it loads the input image as the shown run kept it."""
    record = site.run(sample_id) or site.kept.get(sample_id)
    image = record.one("input") if record else None
    recipe = recipe_of(site.catalog.samples[sample_id], site.catalog.models)
    return comfy_download(sample_id, recipe, site.catalog.models, image.file if image else f"{sample_id}.png")
