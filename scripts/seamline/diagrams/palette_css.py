"""How drawings look: one palette for light and dark, taken from the site's where it defines one.

A drawing inside a page follows the page's colour scheme; a file of its own follows the reader's system.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from seamline.blocks.ports import PORT_TYPES
from seamline.diagrams.typesetting import Face

Variant = Literal["wide", "narrow"]

TITLE, BODY, LABEL, SMALL, MONO = Face(15, bold=True), Face(14), Face(13, bold=True), Face(12), Face(12, mono=True)
TEXT, MATH, LETTER = Face(13), Face(14), Face(12, bold=True)

_LIGHT: Mapping[str, str] = {
    "ink": "#1d1b26",
    "muted": "#5d5968",
    "paper": "#fffdf9",
    "canvas": "#f6f2ea",
    "line": "#d9d4ca",
    "accent": "#5b4bd6",
} | {kind.code.lower(): kind.colours[0] for kind in PORT_TYPES}
_DARK: Mapping[str, str] = {
    "ink": "#eceaf4",
    "muted": "#aaa6b8",
    "paper": "#211f2a",
    "canvas": "#17161d",
    "line": "#3a3845",
    "accent": "#a79bff",
} | {kind.code.lower(): kind.colours[1] for kind in PORT_TYPES}
_OF_THE_SITE: Mapping[str, str] = {
    "ink": "ink",
    "muted": "ink-soft",
    "paper": "paper-raised",
    "canvas": "paper-sunken",
    "line": "line",
    "accent": "accent",
    "img": "img",
    "txt": "txt",
}
"""Colours that the site may define, and under which name: `--sl-ink` and so on."""

_RULES = """
.sl-d{display:block;max-width:100%;height:auto;margin:0 auto}
.sl-d{font-family:var(--md-text-font-family,system-ui,sans-serif)}
.sl-d text{fill:var(--d-ink);font-size:14px;font-weight:400;letter-spacing:0}
.sl-d .t-title{font-size:15px;font-weight:700}
.sl-d .t-label{font-size:13px;font-weight:700}
.sl-d .t-small{font-size:12px;fill:var(--d-muted)}
.sl-d .t-mono{font-size:12px;fill:var(--d-muted);font-family:var(--md-code-font-family,ui-monospace,monospace)}
.sl-d .t-head{font-size:12px;font-weight:700;fill:var(--d-muted);letter-spacing:.04em}
.sl-d .t-letter{font-size:12px;font-weight:700;fill:var(--d-paper)}
.sl-d .t-text{font-size:13px}
.sl-d .t-math{font-size:14px;font-family:"STIX Two Text",Georgia,"DejaVu Serif",serif}
.sl-d .c-img{fill:var(--d-img)}
.sl-d .c-txt{fill:var(--d-txt)}
.sl-d .t-accent{fill:var(--d-accent)}
.sl-d .canvas{fill:var(--d-canvas);stroke:var(--d-line)}
.sl-d .grid{fill:var(--d-line)}
.sl-d .box{fill:var(--d-paper);stroke:var(--d-line);stroke-width:1.5}
.sl-d .model{stroke:var(--d-accent);stroke-width:2}
.sl-d .band{fill:var(--d-accent);opacity:.08}
.sl-d .rule{stroke:var(--d-line);stroke-width:1}
.sl-d .frame{fill:none;stroke:var(--d-accent);stroke-width:1.5;stroke-dasharray:5 5}
.sl-d .wire{fill:none;stroke:var(--p);stroke-width:2.5;stroke-linecap:round}
.sl-d .port{fill:var(--p);stroke:var(--d-paper);stroke-width:2}
.sl-d .plain{--p:var(--d-muted)}
.sl-d .head{fill:var(--p)}
.sl-d .loop{--p:var(--d-accent)}
.sl-d .number{fill:var(--d-accent)}
.sl-d.sl-d a{text-decoration:none!important}
.sl-d a .t-title{fill:var(--d-accent);text-decoration:underline;text-underline-offset:3px}
.sl-d a:hover .box,.sl-d a:focus-visible .box{stroke:var(--d-accent);stroke-width:3}
.sl-d a:focus-visible{outline:none}
.sl-d--narrow{display:none}
@media (max-width:44.99em){.sl-d--wide{display:none}.sl-d--narrow{display:block}}
"""


def variables(scope: str) -> str:
    """CSS custom properties of the palette inside elements of a class, `--d-ink`, and `--p` of the port types' classes.

    Args:
        scope: selector of the elements, `.sl-canvas`.
    """
    codes = (kind.code.lower() for kind in PORT_TYPES)
    ports = "".join(f"{scope} .p-{code}{{--p:var(--d-{code})}}" for code in codes)
    return f"{scope}{{{_palette(_LIGHT)}}}{_in_the_dark(scope)}{ports}"


def stylesheet(*, standalone: bool) -> str:
    """CSS for drawings, without a character that XML would have to escape.

    Args:
        standalone: for a file that is read outside any page.
    """
    codes = [kind.code.lower() for kind in PORT_TYPES]
    ports = "".join(f".sl-d .p-{code}{{--p:var(--d-{code})}}" for code in codes)
    if standalone:
        dark = f"@media (prefers-color-scheme:dark){{.sl-d{{{_palette(_DARK)}}}}}"
        rules = _RULES.split(".sl-d--narrow", maxsplit=1)[0]
    else:
        dark, rules = _in_the_dark(".sl-d"), _RULES
    return "".join(f".sl-d{{{_palette(_LIGHT)}}}{dark}{rules}{ports}".splitlines())


def _in_the_dark(scope: str) -> str:
    # Where no script runs, the theme cannot switch schemes and follows the system.
    unscripted = f"@media (prefers-color-scheme:dark){{.no-js [data-md-color-scheme=default] {scope}"
    return f"[data-md-color-scheme=slate] {scope}{{{_palette(_DARK)}}}{unscripted}{{{_palette(_DARK)}}}}}"


def _palette(colours: Mapping[str, str]) -> str:
    return "".join(
        f"--d-{name}:var(--sl-{_OF_THE_SITE[name]},{colour});" if name in _OF_THE_SITE else f"--d-{name}:{colour};"
        for name, colour in colours.items()
    )
