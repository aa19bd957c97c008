"""What happens inside a model, as its kind explains it, with a real run flowing through."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from seamline.catalog.origins import model_title
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import runner_of
from seamline.pages.figures import framed, gave, given, known
from seamline.pages.html import base_url
from seamline.pages.labels import label
from seamline.pages.site_data import SiteData
from seamline.runners.base import StepView
from seamline.runners.registry import runner_named
from seamline.runs.store.records import RunRecord


def inside_figure(site: SiteData, page: str, question: str | None) -> Markup | None:
    """What happens inside a model, with the tensor shapes of the weights that its first run shows.

    The model is the first that the question recommends and whose kind explains itself; None if there is none. A page
    that belongs to no question shows the first model that a sample runs.
    """
    catalog = site.catalog
    if question is None:
        names, models = tuple(catalog.samples), None
    else:
        entry = catalog.questions[question].entry
        names, models = entry.samples, entry.models
    for model in models or dict.fromkeys(model for name in names for model in catalog.samples[name].models):
        runner = runner_of(catalog.models[model])
        if runner is None:
            continue
        shown = [name for name in names if model in catalog.samples[name].models]
        featured = next((name for name in shown if site.run(name)), next(iter(shown), None))
        drawing = ("inside", model, featured or "", base_url(page))
        if drawn := site.once(drawing, partial(_inside, site, runner.name, model, featured, base_url(page))):
            return drawn
    return None


def _inside(site: SiteData, runner: str, model: str, featured: str | None, to_root: str) -> Markup:
    title = model_title(site.catalog.models[model])
    record = site.run(featured) if featured else None
    view = StepView(title) if featured is None else _step_view(site, featured, model, title, record, to_root)
    drawn = runner_named(runner).explain(view)
    if not drawn:
        return Markup("")
    sample = site.catalog.samples[featured] if featured else None
    credit = (
        label(featured, sample, record, site.stands_in_for(record)) if featured and sample and record else Markup("")
    )
    return framed(drawn, credit, kind="inside")


def _step_view(
    site: SiteData, sample_id: str, model: str, title: str, record: RunRecord | None, to_root: str
) -> StepView:
    """The step of a sample that runs `model`, as its kind explains it."""
    sample = site.catalog.samples[sample_id]
    step = next(one for one in recipe_of(sample, site.catalog.models).steps if one.model == model)
    ran = record.steps.get(step.name) if record else None
    inputs = {port: given(record, source, to_root) for port, source in step.inputs.items()}
    outputs = {port: gave(site, record, step.name, port, to_root) for port in step.gives}
    return StepView(
        title,
        known(inputs),
        known(outputs),
        ran.shapes if ran else {},
        ran.weights.label if ran and ran.weights else "",
        step.parameters,
    )
