"""What stands under every picture: who drew it, on what, how, and that it is not a photograph.

A reader must never mistake the mini editor's work for that of the model a question
recommends, nor a synthetic person for a real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from markupsafe import Markup

from seamline.catalog.entries import Sample
from seamline.pages.html import element
from seamline.runs.store.descriptions import ai_words, people_words
from seamline.runs.store.recorded_parameters import settings_of
from seamline.runs.store.records import RunRecord, StepRecord

STATE_WORDS: Mapping[str, str] = {
    "fresh": "The pictures are up to date with their recipe.",
    "stale": "What these pictures are drawn from has changed since.",
    "incomplete": "Its first steps have run; a later one waits for its model's weights.",
    "missing": "No pictures yet: this sample has not been run.",
    "failed": "The last run of this sample failed.",
}


def label(sample_id: str, sample: Sample, record: RunRecord, instead_of: str) -> Markup:
    """The line under a picture, as HTML: weights, device, parameters, and that a model edited or generated it.

    Args:
        instead_of: the model that the weights stand in for; "" for a model's own.
    """
    words = f"{run_words(record)}; {people_words(sample)}. {made_words(record, instead_of)}."
    return _line(sample_id, record, words)


def run_words(record: RunRecord) -> str:
    """Whether a model made what the run is named for of a picture that was there, or all of it."""
    return ai_words(record.main_output) or "Computed, by no model"


def state_note(state: str, why: Iterable[str], sample_id: str = "") -> Markup:
    """What a reader must know about pictures that are not up to date, as HTML; nothing for fresh ones."""
    if state == "fresh":
        return Markup("")
    reasons = element("ul", {}, *(element("li", {}, reason) for reason in why)) if any(why) else Markup("")
    named = element("strong", {}, f"{state.capitalize()}: {sample_id}" if sample_id else state.capitalize())
    words = element("p", {}, named, f" {STATE_WORDS[state]}")
    return element("div", {"class": f"sl-state sl-state--{state}", "role": "note", "data-state": state}, words, reasons)


def _line(sample_id: str, record: RunRecord, *words: str) -> Markup:
    return element("p", {"class": "sl-label", "data-sample": sample_id, "data-weights": record.weights_name}, *words)


def weights_words(record: RunRecord, instead_of: str) -> str:
    """Name of the weights; the mini editor is always told apart from the model it is built like."""
    if instead_of:
        return f"{record.weights.label} (a small model with the same inputs and guidance, not {instead_of})"
    return record.weights.label


def parameters_words(record: RunRecord) -> str:
    """How the run's main step was sampled, in the paper's letters, as its record has it."""
    return ", ".join(setting.brief for setting in settings_of(record.main) if setting.brief)


def made_words(record: RunRecord, instead_of: str) -> str:
    """Who made a run, on what, how: of several steps, each."""
    if len(record.steps) == 1 and record.main.weights:
        return f"Drawn by {weights_words(record, instead_of)} on {record.device}: {parameters_words(record)}"
    return "; ".join(_step_words(name, step) for name, step in record.steps.items())


def _step_words(name: str, step: StepRecord) -> str:
    by = step.weights.label if step.weights else f"the operation {step.operation}"
    if step.weights and step.weights.name == "mini":
        by += f" (a small model with the same inputs and outputs, not {step.model})"
    where = f" on {step.device}" if step.device else ""
    return f"{name}: {by}{where}"
