"""Entries whose names or titles are missing or odd have pages of their own, and nothing is made up for them."""

from __future__ import annotations

from pathlib import Path

from page_projects import make_project

from seamline.catalog.io.loading import catalog_of
from seamline.pages import urls
from seamline.pages.rendering import render
from seamline.pages.site_data import SiteData

FILES = {
    "catalog/papers/sdxl.yml": b"arxiv: 2307.01952\n",
    "catalog/models/depth.yml": b"block: Img2Dep-HuggingFace-depth-anything-Depth-V2\npapers: [sdxl]\n",
    "catalog/questions/how.md": b"---\nasked: How?\nmodels: [depth]\nstatus: written\n---\n\nSo [@sdxl].\n",
}


def test_a_paper_without_a_title_is_named_by_its_identifier_wherever_it_is_shown() -> None:
    tree = render(SiteData(catalog_of(Path(), FILES)))
    page = str(tree["papers/sdxl/index.md"])
    assert "2307.01952" in page and "arXiv 2307.01952" not in page
    assert "title " not in page.partition("```")[2]
    assert all("arXiv 2307.01952" not in str(text) for text in tree.values())


def test_no_owner_is_shown_that_nothing_settles() -> None:
    tree = render(SiteData(catalog_of(Path(), FILES)))
    assert not [path for path, text in tree.items() if "depth/anything" in str(text)]
    assert "# anything-Depth" not in str(tree["models/depth/index.md"])


def test_no_entry_shares_its_page_with_the_list_of_its_kind() -> None:
    pages = {urls.question("index"), urls.paper("index"), urls.model("index"), urls.sample("index")}
    assert not pages & {f"{kind}/index.md" for kind in ("questions", "papers", "models", "samples")}


def test_what_nothing_here_runs_is_explained_and_said_to_be_so() -> None:
    tree = render(
        make_project(
            {
                "catalog/models/matting.yml": "block: ImgMask2Vid-HuggingFace-a-b\npapers: [ada1843]\n",
                "catalog/questions/hair.md": "---\nasked: How is hair cut out?\nmodels: [matting]\n---\n",
            }
        )
    )
    why = "Explained here, and not shown at work"
    for path in ("questions/hair/index.md", "workflows/hair/index.md", "models/matting/index.md"):
        assert why in str(tree[path]) and "there is no runner" in str(tree[path]), path
    for path in ("questions/how/index.md", "workflows/how/index.md", "models/engine/index.md"):
        assert why not in str(tree[path]), path
