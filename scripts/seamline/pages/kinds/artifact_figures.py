"""What a run left behind, as figures: pictures with who made them, and texts in quotation marks of their own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from markupsafe import Markup

from seamline.blocks.ports import STACKED, port_type
from seamline.catalog.entries import Sample
from seamline.pages import urls
from seamline.pages.html import element, relative_url
from seamline.runs.store.descriptions import ai_words, edited_words, people_words, result_noun
from seamline.runs.store.records import ArtifactRecord, RunRecord

_LETTERS = {
    "guidance_scale": "s_T",
    "image_guidance_scale": "s_I",
    "seed": "seed",
    "denoising_step": "step",
    "timestep": "t",
    "word": "word",
}
"""How pages write what tells the artifacts of a run apart."""

_NOUNS = {
    "input": "Input image",
    "paste": "Cut and paste of the new face",
    "truth": "True picture",
    "region": "Mask of what is to change",
}
"""What no step made, by role."""


def artifact_figure(page: str, sample: Sample, record: RunRecord, image: ArtifactRecord) -> Markup:
    """An artifact as one HTML block that names who made it; a text is quoted, anything else is linked to."""
    url = relative_url(page, urls.run_folder(record.sample, record.weights_name) + image.file)
    name = _name(image)
    made = _made_by(record, image)
    if image.width:
        described = image == record.result and f"{result_noun(record)}: {edited_words(sample, record)}"
        shown = element(
            "img",
            {
                "src": url,
                "width": image.width,
                "height": image.height,
                "alt": described or f"{name}; {made}",
                "loading": "lazy",
                "decoding": "async",
            },
        )
        if image.type in STACKED:
            # Such a sheet weighs as much as a page, and few look at it: it is fetched when somebody asks for it.
            words = f"Show it: {image.width} × {image.height} pixels"
            shown = element("details", {"class": "sl-sheet"}, element("summary", {}, words), shown)
        who = f" {made}; {people_words(sample)}."
    else:
        quoted = [element("blockquote", {}, element("p", {}, image.text))] if image.text else []
        shown = Markup("").join([*quoted, element("a", {"href": url}, Path(image.file).name)])
        who = f" {made}."
    marks = {
        "class": "sl-figure sl-artifact",
        "data-sample": record.sample,
        "data-weights": record.weights_name,
    }
    return element("figure", marks, shown, element("figcaption", {}, element("b", {}, f"{name}."), who))


def artifact_figures(
    page: str, sample: Sample, record: RunRecord, images: Iterable[ArtifactRecord], rest: str = ""
) -> Markup:
    """Several artifacts as one HTML block, what plays two roles once.

    Args:
        rest: what they are called where they stay folded until a reader asks for them.
    """
    once = {image.sha256: image for image in reversed([*images])}
    figures = [artifact_figure(page, sample, record, image) for image in reversed(once.values())]
    if not figures:
        return Markup("")
    row = element("div", {"class": "sl-artifacts"}, *figures)
    if not rest:
        return row
    return element("details", {"class": "sl-more-artifacts"}, element("summary", {}, f"{rest} ({len(figures)})"), row)


def drawn_with(image: ArtifactRecord) -> str:
    """What tells an artifact of a run from its siblings."""
    parts = {letter: image.facts.get(name) for name, letter in _LETTERS.items()}
    return ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in parts.items()
        if value is not None
    )


def _name(image: ArtifactRecord) -> str:
    if not image.step:
        return _NOUNS.get(image.role, image.role.replace("_", " ").capitalize())
    if image.port:
        kind = port_type(image.type)
        return f"What {image.step} gave: {kind.noun}" + (f" ({image.port})" if image.port != kind.name else "")
    with_what = drawn_with(image)
    return f"{image.role.replace('_', ' ').capitalize()} of {image.step}" + (f", {with_what}" if with_what else "")


def _made_by(record: RunRecord, image: ArtifactRecord) -> str:
    step = record.steps.get(image.step)
    if image.by_model and step and step.weights:
        return f"{ai_words(image)} by {step.weights.label}"
    if image.by_model and step:
        return f"{ai_words(image)}, then computed by the operation {step.operation}"
    return "Not made by a model" if image.provenance else "A photo"
