"""Heat tables of how each group of people fares, whose cells open edits: whole without scripts.

A chart and no exhibit, as exhibits are rendered from one run of one sample, and this is from a record of many edits.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from seamline.charts.group_words import (
    GRID,
    OUTCOMES,
    PLAIN,
    SET_LABELS,
    apart_words,
    harder_words,
    share_text,
    trait_label,
)

STRIP = 3
"""Squares of an edit on the sheet: input image, edit, true picture."""
SHADES = 5
_TITLE = "How the edit serves each group"
_CAPTION = (
    "Share of edits in which it goes right, with Wilson's 95 % interval, and below it the share with nothing done. "
    "The darker a cell, the worse. Press one to open edits of it, those that went wrong first: the photo, the edit, "
    "the true picture; and to read how often the true picture itself passes, once through the autoencoder. Edits by "
    "the mini editor; the people are drawn."
)


def group_tables(record: Mapping[str, Any] | None, base_url: str) -> str:
    """Both tables with their switch, as HTML without blank or indented lines.

    Args:
        record: `groups.json`; None where nothing was measured.
        base_url: relative address of the site's root.
    """
    if record is None:
        return (
            f'<figure class="sl-chart">\n<figcaption><strong>{_TITLE}</strong></figcaption>\n'
            '<p class="sl-chart__none">Not measured yet: <code>make groups</code> measures it.</p>\n</figure>'
        )
    switch = "\n".join(
        f'<label><input type="radio" name="sl-groups-set" value="{name}" autocomplete="off"'
        f"{' checked' if name == GRID else ''}> {SET_LABELS[name]}</label>"
        for name in (PLAIN, GRID)
    )
    tables = "\n".join(_set(record, name, base_url) for name in (PLAIN, GRID))
    return (
        f'<figure class="sl-chart sl-groups">\n<figcaption><strong>{_TITLE}</strong> {_CAPTION}</figcaption>\n'
        f'<fieldset class="sl-groups__switch"><legend>What varies</legend>\n{switch}\n</fieldset>\n{tables}\n'
        f'<p class="sl-groups__end">{escape(harder_words(record))}</p>\n</figure>'
    )


def pair_figure(record: Mapping[str, Any] | None, base_url: str) -> str:
    """One person asked for with demographics alone and with the grid's traits, where the latter went wrong; else ""."""
    pair = (record or {}).get("shown", {}).get("pair")
    if record is None or pair is None:
        return ""
    shown = "\n".join(
        f"<li>{_pair_strip(record, pair, name, base_url)}<b>{SET_LABELS[name]}</b> "
        f"<q>{escape(record['rows'][name][pair['place']]['instruction'])}</q></li>"
        for name in (PLAIN, GRID)
    )
    return (
        '<figure class="sl-chart sl-groups-pair">\n<figcaption>The photo, the edit, and the true picture of that edit. '
        "Chosen: the first that goes wrong in the weakest group, and right with demographics alone. "
        f"AI-edited by the mini editor; the people are drawn.</figcaption>\n<ul>\n{shown}\n</ul>\n</figure>"
    )


def _set(record: Mapping[str, Any], name: str, base_url: str) -> str:
    found = record["sets"][name]
    columns = "".join(f'<th scope="col">{label}</th>' for label in OUTCOMES.values())
    bodies = "\n".join(
        f'<tbody><tr><th colspan="{len(OUTCOMES) + 2}" scope="rowgroup">{_heading(trait)}</th></tr>\n'
        + "\n".join(_row(record, name, trait, value, figures) for value, figures in by_value.items())
        + "</tbody>"
        for trait, by_value in found["groups"].items()
    )
    every = "".join(_plain_cell(found["all"].get(outcome), outcome) for outcome in OUTCOMES)
    count = found["all"]["psnr_face"]["edit"]["n"]
    return (
        f'<div class="sl-groups__set" data-set="{name}">\n{_symbols(record, name, base_url)}\n'
        f'<div class="sl-chart__scroll" role="region" aria-label="{SET_LABELS[name]}: table" tabindex="0">\n'
        f'<table class="sl-groups__table"><caption>{SET_LABELS[name]}: {count} edits</caption>\n'
        f'<thead><tr><th scope="col">Group</th><th scope="col">n</th>{columns}</tr></thead>\n'
        f'<tbody><tr><th scope="row">All edits</th><td>{count}</td>{every}</tr></tbody>\n{bodies}\n'
        f"</table>\n</div>\n<p>{escape(apart_words(record, name))}</p>\n</div>"
    )


def _heading(trait: str) -> str:
    return escape(trait_label(trait).capitalize())


def _row(record: Mapping[str, Any], name: str, trait: str, value: str, figures: Mapping[str, Any]) -> str:
    cells = "".join(_cell(record, name, (trait, value, outcome), figures.get(outcome)) for outcome in OUTCOMES)
    return f'<tr><th scope="row">{escape(value)}</th><td>{figures["psnr_face"]["edit"]["n"]}</td>{cells}</tr>'


def _cell(record: Mapping[str, Any], name: str, cell: tuple[str, str, str], by_way: Mapping[str, Any] | None) -> str:
    if by_way is None:
        return "<td></td>"
    trait, value, outcome = cell
    places = record["shown"][name]["cells"].get(trait, {}).get(value, {}).get(outcome, ())
    opened = "".join(_shown(record, name, outcome, place) for place in places)
    return (
        f'<td{_shade(by_way, outcome)}><details name="sl-{name[:4]}"><summary>{_numbers(by_way, outcome)}</summary>'
        f"<p>{_counts(by_way, outcome)}</p><ul>{opened}</ul></details></td>"
    )


def _plain_cell(by_way: Mapping[str, Any] | None, outcome: str) -> str:
    return f"<td{_shade(by_way, outcome)}>{_numbers(by_way, outcome)}</td>" if by_way else "<td></td>"


def _numbers(by_way: Mapping[str, Any], outcome: str) -> str:
    edit, nothing = by_way["edit"], by_way["no_edit"]
    if edit["kind"] == "share":
        span = f"{100 * edit['low']:.0f}–{100 * edit['high']:.0f}"
        none = share_text(nothing["value"])
        return f"<b>{share_text(edit['value'])}</b> <span>{span}</span> <small>nothing {none}</small>"
    return (
        f"<b>{edit['value']:.1f}</b> <span>{edit['low']:.1f}–{edit['high']:.1f}</span> "
        f"<small>nothing {nothing['value']:.1f}</small>"
    )


def _counts(by_way: Mapping[str, Any], outcome: str) -> str:
    edit = by_way["edit"]
    if edit["kind"] != "share":
        return "In dB: the middle one, and the least close."
    ceiling = by_way["ceiling"]
    right = round(edit["value"] * edit["n"])
    passed = round(ceiling["value"] * ceiling["n"])
    return f"{right} of {edit['n']}; true picture: {passed}"


def _shade(by_way: Mapping[str, Any], outcome: str) -> str:
    """A class for how bad a share is: 0 for 99 % and more; closeness has none, as decibels compare badly."""
    edit = by_way["edit"]
    if edit["kind"] != "share":
        return ""
    wrong = 1 - edit["value"]
    steps = (0.01, 0.05, 0.12, 0.25)
    return f' class="sl-heat-{sum(wrong > step for step in steps)}"'


def _shown(record: Mapping[str, Any], name: str, outcome: str, place: int) -> str:
    row = record["rows"][name][place]
    said = ""
    if outcome in row["right"]:
        said = "right" if row["right"][outcome] else f"<b>wrong</b>{_why(row, outcome)}"
    return (
        f'<li><svg viewBox="0 0 {STRIP} 1" role="img" aria-label="Edit {place + 1}">'
        f'<use href="#{_symbol(name, place)}" width="{STRIP}" height="1"/></svg>{said}</li>'
    )


def _why(row: Mapping[str, Any], outcome: str) -> str:
    if outcome != "attributes" or not row["missed"]:
        return ""
    return f": {escape(', '.join(one.replace('_', ' ') for one in row['missed']))}"


def _symbol(name: str, place: int) -> str:
    return f"sl-{name[:4]}-{place}"


def _symbols(record: Mapping[str, Any], name: str, base_url: str) -> str:
    """Each edit on the sheet, once, for cells to use."""
    shown = record["shown"][name]
    inside = "".join(
        f'<symbol id="{_symbol(name, place)}" viewBox="{_box(shown, place)}">'
        f"<title>{escape(record['rows'][name][place]['instruction'])}</title>{_image(shown, base_url)}</symbol>"
        for place in shown["places"]
    )
    return f'<svg class="sl-groups__sheet" width="0" height="0" aria-hidden="true">{inside}</svg>'


def _pair_strip(record: Mapping[str, Any], pair: Mapping[str, Any], name: str, base_url: str) -> str:
    instruction = record["rows"][name][pair["place"]]["instruction"]
    return (
        f'<svg viewBox="{_box(pair, name)}" role="img" aria-label="Photo, edit and true picture: '
        f'{escape(instruction)}">{_image(pair, base_url)}</svg>'
    )


def _image(shown: Mapping[str, Any], base_url: str) -> str:
    return f'<image href="{escape(base_url + shown["file"])}" width="{shown["width"]}" height="{shown["height"]}"/>'


def _box(shown: Mapping[str, Any], place: int | str) -> str:
    at, tile = shown["places"].index(place), shown["tile"]
    left, top = at % shown["across"] * STRIP * tile, at // shown["across"] * tile
    return f"{left} {top} {STRIP * tile} {tile}"
