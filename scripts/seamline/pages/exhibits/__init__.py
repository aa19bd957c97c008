"""Exhibits: HTML fragments in which a reader sees *why* an edit blends in.

Each is drawn by the build from one run. It is whole without scripts; `docs/assets/exhibits.js`
adds the interaction and `docs/assets/exhibits.css` the looks. Fragments keep to a strict
Content-Security-Policy (no inline script, handler or style) and may stand in Markdown:
they hold no blank line and no indented one.

    view = ExhibitView(sample, record, measures, base_url="../../runs/a-sample/mini/")
    exhibit("four_ways", view)
"""

from seamline.pages.exhibits.fragments import EXHIBITS, available, exhibit
from seamline.pages.exhibits.view import Box, ExhibitView, region_box

__all__ = ["EXHIBITS", "Box", "ExhibitView", "available", "exhibit", "region_box"]
