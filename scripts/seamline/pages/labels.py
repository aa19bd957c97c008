"""What stands under every picture: who drew it, on what, how, and that it is not a photograph.

A reader must never mistake the mini editor's work for that of the model a question
recommends, nor a synthetic person for a real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seamline.catalog.entries import Sample
from seamline.pages.markup import Markup, element
from seamline.samples.records import ImageRecord, RunRecord

STATE_WORDS: Mapping[str, str] = {
    "fresh": "The pictures are up to date with their recipe.",
    "stale": "What these pictures are drawn from has changed since.",
    "missing": "No pictures yet: this sample has not been run.",
    "failed": "The last run of this sample failed.",
}


def label(sample_id: str, sample: Sample, record: RunRecord, instead_of: str) -> Markup:
    """The line under a picture, as HTML: weights, device, parameters, and that it is AI-edited.

    Args:
        instead_of: the model that the weights stand in for; "" for a model's own.
    """
    words = (
        f"AI-edited; {people_words(sample)}. Drawn by {weights_words(record, instead_of)} on {record.device}: "
        f"{parameters_words(sample, record.one('edited'))}."
    )
    return _line(sample_id, record, words)


def state_note(state: str, why: Iterable[str], sample_id: str = "") -> Markup:
    """What a reader must know about pictures that are not up to date, as HTML; nothing for fresh ones."""
    if state == "fresh":
        return Markup("")
    reasons = element("ul", {}, *(element("li", {}, reason) for reason in why)) if any(why) else Markup("")
    named = element("strong", {}, f"{state.capitalize()}: {sample_id}" if sample_id else state.capitalize())
    words = element("p", {}, named, f" {STATE_WORDS[state]}")
    return element("div", {"class": f"sl-state sl-state--{state}", "role": "note", "data-state": state}, words, reasons)


def _line(sample_id: str, record: RunRecord, *words: str) -> Markup:
    return element("p", {"class": "sl-label", "data-sample": sample_id, "data-weights": record.weights.name}, *words)


def people_words(sample: Sample) -> str:
    """Whether the people shown exist."""
    return "synthetic people" if sample.input.scene else "people shown with their consent"


def weights_words(record: RunRecord, instead_of: str) -> str:
    """Name of the weights; the mini editor is always told apart from the model it is built like."""
    if instead_of:
        return f"{record.weights.label} (a small model with the same inputs and guidance, not {instead_of})"
    return record.weights.label


def parameters_words(sample: Sample, image: ImageRecord | None) -> str:
    """Parameters in the paper's letters, from the picture's own record where it has them."""
    recipe = sample.parameters
    s_t = _first(image.guidance_scale if image else None, recipe.guidance_scale)
    s_i = _first(image.image_guidance_scale if image else None, recipe.image_guidance_scale)
    seed = image.seed if image and image.seed is not None else recipe.seed
    return f"{recipe.num_inference_steps} steps, text guidance {s_t:g}, image guidance {s_i:g}, seed {seed}"


def _first(recorded: float | None, recipe: float) -> float:
    return recipe if recorded is None else recorded
