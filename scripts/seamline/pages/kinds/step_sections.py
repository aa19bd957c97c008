"""The steps of a sample as its page shows them: what ran, with what, on what, and what it left behind."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from seamline.catalog.origins import model_title
from seamline.catalog.recipe import Output, ResolvedStep, SceneViews, Source, Text
from seamline.catalog.recipe_reading import recipe_of
from seamline.pages import urls
from seamline.pages.html import code, fence, fold_start, link, markdown, table
from seamline.pages.kinds.artifact_figures import artifact_figures
from seamline.pages.site_data import SiteData
from seamline.pages.take_home import as_python
from seamline.plugins import OPERATIONS
from seamline.runners.registry import runner_named
from seamline.runs.store.records import RunRecord

FEW = 3
"""So many steps a page shows one below the other; of more, the first and the last."""


@dataclass(frozen=True, slots=True)
class StepSection:
    """One step, ready for the page's template.

    Attributes:
        fold: what begins the fold that it stands in; empty where it stands open.
        ran: link to the model, or the operation's name.
        weights: what ran, on what, as a sentence; empty for an operation, or where it has not run.
        reads: what feeds it, one sentence part for each input.
        gives: what it left behind, as HTML blocks; empty where exhibits show it.
        parameters: a table; empty if it has none.
        python: a program that repeats it; empty for an operation.
    """

    name: str
    fold: Markup
    ran: Markup
    weights: Markup
    reads: tuple[Markup, ...]
    gives: Markup
    parameters: Markup
    python: Markup


def step_sections(
    site: SiteData, page: str, sample_id: str, record: RunRecord | None, *, shown: bool
) -> tuple[StepSection, ...]:
    """The steps of a sample in the order they run.

    Args:
        record: what ran, as far as it ran; None where nothing did.
        shown: whether exhibits show what the steps left behind.
    """
    recipe = recipe_of(site.catalog.samples[sample_id], site.catalog.models)
    last = len(recipe.steps)
    return tuple(
        _section(site, page, sample_id, step, record, shown=shown, fold=place if last > FEW and 1 < place < last else 0)
        for place, step in enumerate(recipe.steps, start=1)
    )


def _section(
    site: SiteData, page: str, sample_id: str, step: ResolvedStep, record: RunRecord | None, *, shown: bool, fold: int
) -> StepSection:
    if step.model:
        model = site.catalog.models[step.model]
        ran = link(page, urls.model(step.model), model_title(model))
        settings = runner_named(step.runner).describe(step.parameters)
        rows = [
            (code(one.name), one.value, Markup(", ".join(filter(None, (one.meaning, one.symbol))))) for one in settings
        ]
        parameters = table(("Parameter", "Value", "Meaning"), rows) if rows else Markup("")
        python = fence(as_python(sample_id, step, model, record), "python")
    else:
        ran, python = code(step.operation), Markup("")
        described = OPERATIONS.all[step.operation].describe(step.parameters)
        values = [(code(one.name), one.value) for one in described]
        parameters = table(("Parameter", "Value"), values) if values else Markup("")
    return StepSection(
        step.name,
        fold_start(_in_a_line(site, fold, step, record), "sl-step") if fold else Markup(""),
        ran,
        _weights(step, record),
        tuple(Markup(f"{markdown(port)}: {_words(source)}") for port, source in step.inputs.items()),
        Markup("") if shown else _gives(site, page, sample_id, step.name, record),
        parameters,
        python,
    )


def _in_a_line(site: SiteData, place: int, step: ResolvedStep, record: RunRecord | None) -> Markup:
    """A step as a line of the list of steps: its name, what ran, and what it was given."""
    ran = record.steps.get(step.name) if record else None
    by = code(step.operation)
    if step.model:
        by = markdown(ran.weights.label if ran and ran.weights else model_title(site.catalog.models[step.model]))
    given = Markup(", ").join(map(_words, step.inputs.values()))
    return Markup(f"<b>{place}. {markdown(step.name)}</b> {by}, of {given}")


def _weights(step: ResolvedStep, record: RunRecord | None) -> Markup:
    ran = record.steps.get(step.name) if record else None
    if ran is None or ran.weights is None:
        return Markup("")
    where = markdown(f"{ran.weights.label} on {ran.device}")
    instead = ", a small model that stands in for the model’s own weights" if ran.weights.name == "mini" else ""
    return Markup(f"{where}{instead} ({code(ran.weights.source)})")


def _words(source: Source) -> Markup:
    """What an input is fed with."""
    if isinstance(source, Text):
        return markdown(f"“{source.text}”")
    if isinstance(source, Output):
        return code(f"{source.step}.{source.port}")
    return markdown("the scene from a row of cameras" if isinstance(source, SceneViews) else f"the {source}")


def _gives(site: SiteData, page: str, sample_id: str, step: str, record: RunRecord | None) -> Markup:
    """Everything that a step left behind: its outputs, and folded up what else."""
    if record is None or step not in record.steps:
        return Markup("Nothing is there yet: this step has not run.")
    sample = site.catalog.samples[sample_id]
    own = [image for image in record.images if image.step == step]
    outputs = artifact_figures(page, sample, record, (image for image in own if image.port))
    others = artifact_figures(
        page, sample, record, (image for image in own if not image.port), "What else this step left behind"
    )
    return Markup("\n\n").join(block for block in (outputs, others) if block)
