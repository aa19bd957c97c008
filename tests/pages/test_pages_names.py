"""Entries whose names or titles are missing or odd have pages of their own, and nothing is made up for them."""

from __future__ import annotations

from pathlib import Path

from seamline.catalog.loading import catalog_of
from seamline.pages import site_map
from seamline.pages.project import Project
from seamline.pages.rendering import render

FILES = {
    "catalog/papers/sdxl.yml": b"arxiv: 2307.01952\n",
    "catalog/models/depth.yml": b"block: Img2Dep-HuggingFace-depth-anything-Depth-V2\npapers: [sdxl]\n",
    "catalog/questions/how.md": b"---\nasked: How?\nmodels: [depth]\nstatus: written\n---\n\nSo [@sdxl].\n",
}


def test_a_paper_without_a_title_is_named_by_its_identifier_wherever_it_is_shown() -> None:
    tree = render(Project(catalog_of(Path(), FILES)))
    page = str(tree["papers/sdxl/index.md"])
    assert "2307.01952" in page and "arXiv 2307.01952" not in page
    assert "title " not in page.partition("```")[2]
    assert all("arXiv 2307.01952" not in str(text) for text in tree.values())


def test_no_owner_is_shown_that_nothing_settles() -> None:
    tree = render(Project(catalog_of(Path(), FILES)))
    assert not [path for path, text in tree.items() if "depth/anything" in str(text)]
    assert "# anything-Depth" not in str(tree["models/depth/index.md"])


def test_no_entry_shares_its_page_with_the_list_of_its_kind() -> None:
    pages = {site_map.question("index"), site_map.paper("index"), site_map.model("index"), site_map.sample("index")}
    assert not pages & {f"{kind}/index.md" for kind in ("questions", "papers", "models", "samples")}
