"""Exhibits: HTML fragments in which a reader sees *why* an edit blends in, one folder each.

A fragment is rendered from one run. It is whole without scripts; `site/assets/exhibits.js`
adds the interaction and `site/assets/exhibits.css` the looks. Fragments keep to a strict
Content-Security-Policy (no inline script, handler or style) and may stand in Markdown:
they hold no blank line and no indented one.

    view = ExhibitView(sample, record, measures, base_url="../../runs/a-sample/mini/")
    exhibit("baseline_comparison", view)

`base` is the contract of a folder, `fragments` renders one, `seamline.plugins.EXHIBITS` lists them. Nothing is
imported here: a catalog that is read needs the declarations alone.
"""
