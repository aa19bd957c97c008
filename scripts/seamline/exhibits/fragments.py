"""From one run to the HTML of one exhibit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, FunctionLoader, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from seamline.catalog.entries import Sample
from seamline.catalog.entries.exhibit_declarations import place
from seamline.catalog.reading.validation import suggestion
from seamline.errors import CatalogError
from seamline.exhibits.base import Exhibit
from seamline.exhibits.numbers import value_text
from seamline.exhibits.view import ExhibitView
from seamline.plugins import EXHIBITS
from seamline.runs.store.descriptions import ai_words, people_words

GAIN = 4
"""How many times brighter differences are shown; `.sl-blend--difference` in exhibits.css does it."""

TEMPLATE = "template.html.j2"


def exhibits() -> tuple[Exhibit[Any], ...]:
    """Every exhibit, in the order in which a sample's page shows them.

    Raises:
        PluginError: one of another distribution does not work.
    """
    return tuple(sorted(EXHIBITS.all.values(), key=place))


def exhibit_named(name: str) -> Exhibit[Any]:
    """The exhibit called `name`.

    Raises:
        CatalogError: there is none.
    """
    if name not in EXHIBITS.all:
        now = next((kind.name for kind in exhibits() if name and kind.formerly == name), "")
        hint = f"it is now called `{now}`" if now else suggestion(name, EXHIBITS.all)
        raise CatalogError(f"there is no exhibit {name!r}", hint=hint)
    found: Exhibit[Any] = EXHIBITS.all[name]
    return found


def is_declared(kind: Exhibit[Any], sample: Sample) -> bool:
    """Whether a sample asks for an exhibit, or it needs no asking."""
    return kind.declaration is None or kind.name in sample.exhibits


def asked_exhibit(name: str, sample_id: str, sample: Sample) -> Exhibit[Any]:
    """The exhibit called `name`, which `sample` asks for, whether it was run or not.

    Raises:
        CatalogError: there is no such exhibit, or the sample does not ask for it.
    """
    kind = exhibit_named(name)
    if not is_declared(kind, sample):
        raise CatalogError(
            f"the sample does not ask for the exhibit {name!r}",
            where=f"sample {sample_id}",
            hint=f"add `{kind.example}` to `exhibits` in catalog/samples/{sample_id}.yml",
        )
    return kind


def available(view: ExhibitView) -> tuple[str, ...]:
    """Names of the exhibits that this run can show and its sample asks for, in the order of pages."""
    return tuple(kind.name for kind in exhibits() if is_declared(kind, view.sample) and view.has(*kind.needs))


def exhibit(name: str, view: ExhibitView, *, eager: bool = False) -> str:
    """The HTML fragment of exhibit `name` for one run.

    A run that is older than its sample may lack the pictures: the fragment then says that they
    are not drawn yet, so that a site builds whatever state its runs are in.

    Args:
        eager: the exhibit is what a reader sees first; its pictures load at once.

    Raises:
        CatalogError: there is no such exhibit, or the sample does not ask for it.
    """
    kind = asked_exhibit(name, view.record.sample, view.sample)
    if not view.has(*kind.needs):
        return _not_drawn(kind.title)
    context = {**_common(kind, view), "eager": eager, "conclusion": "", **kind.prepare(view)}
    return _tight(_templates().get_template(f"{name}/{TEMPLATE}").render(context))


def _common(kind: Exhibit[Any], view: ExhibitView) -> dict[str, Any]:
    widest = max(image.width for image in view.record.images)
    return {
        "kind": kind.name.replace("_", "-"),
        "id": element_id(kind, view),
        "title": kind.title,
        "sample_title": view.sample.title,
        "weights": view.record.weights.label,
        "instruction": view.instruction,
        "ai": ai_words(view.record.main_output),
        "people": people_words(view.sample),
        "instead_of": view.instead_of,
        "run": view.record,
        "sample_url": view.sample_url,
        "measures_url": view.measures_url if view.measures else "",
        "small": widest <= 256,
        "medium": 256 < widest <= 512,
        "settings": settings(view),
        "gain": GAIN,
        "part": kind.part,
    }


def element_id(kind: Exhibit[Any], view: ExhibitView) -> str:
    """Id of an exhibit's element on a page."""
    return f"sl-{kind.name.replace('_', '-')}-{view.id}"


def settings(view: ExhibitView) -> Markup:
    """How the run's own result came about, as the end of a sentence, with the device it came about on."""
    said = [
        # A symbol is HTML of the runner's own.
        Markup(f"{setting.symbol} {escape(value_text(setting.value))}") if setting.symbol else escape(setting.brief)
        for setting in view.settings
        if setting.symbol or setting.brief
    ]
    return Markup(", ").join([*said, f"on {view.record.device}"])


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
        loader=ChoiceLoader([PackageLoader("seamline.exhibits"), FunctionLoader(_template_of_folder)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["parts"] = environment.get_template("parts.html.j2").module
    return environment


def _template_of_folder(path: str) -> str | None:
    name, _, file = path.partition("/")
    kinds: Mapping[str, Exhibit[Any]] = EXHIBITS.all
    return kinds[name].text(file) if file == TEMPLATE and name in kinds else None
