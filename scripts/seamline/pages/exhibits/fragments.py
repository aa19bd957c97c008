"""From one run to the HTML of one exhibit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from seamline.catalog.entries import Sample
from seamline.errors import CatalogError
from seamline.pages.exhibits import choices, comparisons
from seamline.pages.exhibits.numbers import scale_text
from seamline.pages.exhibits.view import ExhibitView
from seamline.pages.labels import people_words
from seamline.samples.records import Role


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One kind of exhibit.

    Attributes:
        title: what readers see above it.
        prepare: what its template says, from a run that has `needs`.
        needs: roles of images without which it cannot be drawn.
        declared: whether a sample asks for it.
        how: how to ask for it, for error messages.
    """

    title: str
    prepare: Callable[[ExhibitView], Mapping[str, Any]]
    needs: tuple[Role, ...]
    declared: Callable[[Sample], bool] = lambda sample: True
    how: str = ""


EXHIBITS: Mapping[str, Exhibit] = {
    "before_after": Exhibit("Before and after", comparisons.before_after, ("input", "edited")),
    "four_ways": Exhibit(
        "The same swap, four ways",
        comparisons.four_ways,
        ("paste", "no-image", "edited", "truth"),
        lambda sample: sample.exhibits.four_ways,
        "four_ways: true",
    ),
    "denoising": Exhibit(
        "From noise to picture",
        choices.denoising,
        ("input", "noisy", "guess"),
        lambda sample: sample.exhibits.denoising is not None,
        "denoising: {moments: 10}",
    ),
    "knobs": Exhibit(
        "Turn the two knobs",
        choices.knobs,
        ("input", "knob"),
        lambda sample: sample.exhibits.knobs is not None,
        "knobs: {guidance_scale: [1.5, 3, 6], image_guidance_scale: [1, 1.5, 2]}",
    ),
    "attention": Exhibit(
        "Where each word was read",
        choices.attention,
        ("edited", "attention"),
        lambda sample: sample.exhibits.attention,
        "attention: true",
    ),
    "one_word": Exhibit(
        "Change one word",
        comparisons.one_word,
        ("edited", "one-word"),
        lambda sample: sample.exhibits.one_word is not None,
        "one_word: {instruction: the instruction with one word changed}",
    ),
    "seeds": Exhibit(
        "Draw again",
        choices.seeds,
        ("input", "edited", "seed"),
        lambda sample: bool(sample.exhibits.seeds),
        "seeds: [1, 2, 3]",
    ),
    "difference": Exhibit("What changed", comparisons.difference, ("input", "edited")),
}
"""Every exhibit by the name that pages use, in the order a sample page shows them."""


def available(view: ExhibitView) -> tuple[str, ...]:
    """Names of the exhibits that this run can show and its sample asks for, in the order of `EXHIBITS`."""
    return tuple(name for name, kind in EXHIBITS.items() if kind.declared(view.sample) and view.has(*kind.needs))


def exhibit(name: str, view: ExhibitView, *, eager: bool = False) -> str:
    """The HTML fragment of exhibit `name` for one run.

    A run that is older than its sample may lack the pictures: the fragment then says that they
    are not drawn yet, so that a site builds whatever state its runs are in.

    Args:
        eager: the exhibit is what a reader sees first; its pictures load at once.

    Raises:
        CatalogError: there is no such exhibit, or the sample does not ask for it.
    """
    if name not in EXHIBITS:
        raise CatalogError(f"there is no exhibit {name!r}", hint=f"use one of {', '.join(EXHIBITS)}")
    kind = EXHIBITS[name]
    if not kind.declared(view.sample):
        raise CatalogError(
            f"the sample does not ask for the exhibit {name!r}",
            where=f"sample {view.record.sample}",
            hint=f"add `{kind.how}` to `exhibits` in catalog/samples/{view.record.sample}.yml",
        )
    if not view.has(*kind.needs):
        return _not_drawn(kind.title)
    context = {**_common(name, kind, view), "eager": eager, **kind.prepare(view)}
    return _tight(_templates().get_template(f"{name}.html.j2").render(context))


def _common(name: str, kind: Exhibit, view: ExhibitView) -> dict[str, Any]:
    return {
        "kind": name.replace("_", "-"),
        "id": f"sl-{name.replace('_', '-')}-{view.id}",
        "title": kind.title,
        "sample_title": view.sample.title,
        "weights": view.record.weights.label,
        "instruction": view.sample.instruction,
        "people": people_words(view.sample),
        "instead_of": view.instead_of,
        "run": view.record,
        "sample_url": view.sample_url,
        "measures_url": view.measures_url if view.measures else "",
        "small": max(image.width for image in view.record.images) <= 256,
        "settings": settings(view),
        "gain": comparisons.GAIN,
    }


def settings(view: ExhibitView) -> Markup:
    """How the run's own edit was drawn, as the end of a sentence, with the device that drew it."""
    edited = view.record.one("edited")
    own = view.sample.parameters
    text = edited.guidance_scale if edited and edited.guidance_scale is not None else own.guidance_scale
    image = (
        edited.image_guidance_scale if edited and edited.image_guidance_scale is not None else own.image_guidance_scale
    )
    seed = edited.seed if edited and edited.seed is not None else own.seed
    return Markup(
        f"{own.num_inference_steps} steps, <var>s<sub>T</sub></var> {scale_text(text)}, "
        f"<var>s<sub>I</sub></var> {scale_text(image)}, seed {seed}, on {escape(view.record.device)}"
    )


def _not_drawn(title: str) -> str:
    return (
        f'<section class="sl-exhibit sl-not-drawn" aria-label="{escape(title)}"><p class="sl-title">{escape(title)}</p>'
        "<p>Not drawn yet: the sample asks for it, but its run is older. "
        "<code>seamline samples</code> draws it.</p></section>"
    )


def _tight(html: str) -> str:
    """No blank or indented line, which Markdown could take for its own."""
    return "\n".join(line.strip() for line in html.splitlines() if line.strip())


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("seamline.pages.exhibits"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["parts"] = environment.get_template("parts.html.j2").module
    return environment
