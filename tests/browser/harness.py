"""A bare page with every exhibit of a painted run: what the exhibits need from a page, and nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

from exhibits.fake_run import SAMPLE, paint_run

from seamline.exhibits.fragments import element_id, exhibit, exhibit_named, exhibits
from seamline.exhibits.style import SHEET, whole_sheet
from seamline.exhibits.view import ExhibitView, region_box

ROOT = Path(__file__).parents[2]

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Exhibits</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'self'">
<link rel="icon" href="assets/icon.svg">
<link rel="stylesheet" href="assets/page.css"><link rel="stylesheet" href="assets/exhibits.css">
<script src="assets/exhibits.js" defer></script></head>
<body data-md-color-scheme="{scheme}"><main><h1>Exhibits</h1>
{exhibits}
</main></body></html>
"""
STYLE = """body { margin: 0; font: 16px/1.6 system-ui, sans-serif; background: #fffdf9; color: #1d1b26 }
body[data-md-color-scheme="slate"] { background: #17161d; color: #eceaf4; color-scheme: dark }
main { max-width: 46rem; margin: auto; padding: 1rem }
"""
ICON = '<svg xmlns="http://www.w3.org/2000/svg"/>'


def write_harness(folder: Path) -> None:
    """`index.html` (light), `dark.html`, `words.html` (with words that set an exhibit) and what they need."""
    run = paint_run(folder / "runs")
    view = ExhibitView(SAMPLE, run.record(), run.measures, "runs/", region_box(folder / "runs/region.webp"))
    html = "\n".join(exhibit(kind.name, view, eager=at == 0) for at, kind in enumerate(exhibits()))
    words = "".join(
        f'<p><a class="sl-shows" href="#{element_id(exhibit_named(name), view)}" data-sl-option="2">There</a>.</p>'
        for name in ("turn_the_lamp", "photo_swap")
    )
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    (folder / SHEET).write_bytes(whole_sheet((ROOT / "scripts/seamline/site" / SHEET).read_bytes()))
    shutil.copy(ROOT / "scripts/seamline/site/assets/exhibits.js", assets)
    (assets / "page.css").write_text(STYLE, encoding="utf-8")
    (assets / "icon.svg").write_text(ICON, encoding="utf-8")
    pages = {"index.html": ("default", html), "dark.html": ("slate", html), "words.html": ("default", words + html)}
    for name, (scheme, body) in pages.items():
        (folder / name).write_text(PAGE.format(exhibits=body, scheme=scheme), encoding="utf-8")
