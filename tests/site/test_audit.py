"""Every rule of the audit, on the smallest page that breaks it and on one that keeps it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pages.chain_project import chain_record
from PIL import Image

from seamline.catalog import Catalog, load
from seamline.runs.store.run_folder import write_run
from seamline.site.audit.closed_world import ClosedWorld
from seamline.site.audit.report import audit
from seamline.site.audit.rules import Finding
from seamline.site.html_page import Page, css_addresses, is_outside

PAPER = "https://arxiv.org/abs/2211.09800"
CODE = "https://github.com/someone/something"
OTHER_PAPER = "https://arxiv.org/abs/2301.00001"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Two questions, each with a paper of its own."""
    root = tmp_path_factory.mktemp("project")
    files = {
        "mkdocs.yml": "site_name: x\n",
        "catalog/papers/first2022.yml": f"title: First\narxiv: '2211.09800'\ngithub: {CODE}\n",
        "catalog/papers/second2023.yml": "title: Second\narxiv: '2301.00001'\n",
        "catalog/models/some-model.yml": (
            "block: ImgTxt2Img-HuggingFace-someone-something\npapers: [first2022]\n"
            "weights: {repo: someone/something, revision: main}\n"
        ),
        "catalog/questions/one.md": "---\nasked: How?\nmodels: [some-model]\npapers: []\n---\n",
        "catalog/questions/two.md": "---\nasked: Why?\nmodels: [some-model]\npapers: [second2023]\n---\n",
    }
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return load(root)


def page(body: str, head: str = "") -> str:
    top = f"<!doctype html><html lang='en'><head><title>x</title>{head}</head>"
    return f"{top}<body><h1 id='top'>x</h1>{body}</body></html>"


def found(tmp_path: Path, catalog: Catalog, body: str, *, at: str = "index.html", head: str = "") -> list[Finding]:
    """Findings of a site with a home page that links to one page with this body."""
    site = tmp_path / "site"
    pages = {"index.html": page("<a href='questions/one/'>x</a> <a href='guides/g/'>x</a>")}
    pages |= {"questions/one/index.html": page(""), "guides/g/index.html": page("")}
    pages[at] = page(
        body + ("<a href='questions/one/'>x</a><a href='guides/g/'>x</a>" if at == "index.html" else ""), head
    )
    for path, text in pages.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
    for asset in ("here.webp", "runs/swap/mini/edited.webp"):
        (site / asset).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (2, 2)).save(site / asset)
    (site / "style.css").write_text("")
    return list(audit(site, catalog).findings)


GOOD_PICTURE = '<img src="{}here.webp" alt="A swap" width="192" height="128">'
RUN_PICTURE = '<img src="runs/swap/mini/edited.webp" alt="A swap" width="192" height="128">'
RUN_LABEL = '<p class="sl-label" data-sample="swap" data-weights="mini">Drawn by the mini editor</p>'

KEPT = {
    "plain": "<p>Words.</p>",
    "picture": GOOD_PICTURE.format(""),
    "anchor": "<a href='#top'>up</a> <a href='guides/g/#top'>there</a>",
    "file to download": "<a href='here.webp'>download</a>",
    "outside link beyond the catalog pages": "<a href='https://example.org/'>x</a>",
    "labelled run": RUN_PICTURE + RUN_LABEL,
    "credited exhibit": f'<section class="sl-exhibit">{RUN_PICTURE}<p class="sl-credit">Drawn by mini</p></section>',
    "layer of a named blend": (
        '<span role="img" aria-label="Difference"><img src="here.webp" alt="" width="1" height="1"></span>'
    ),
    "inline data": '<img src="data:image/webp;base64,AA==" alt="x" width="1" height="1">',
    "drawing with a title": '<svg role="img"><title>Workflow</title></svg>',
}

BROKEN = {
    "broken-link": "<a href='nowhere/'>x</a>",
    "broken-anchor": "<a href='guides/g/#nowhere'>x</a>",
    "root-relative": "<a href='/guides/g/'>x</a>",
    "missing-file": GOOD_PICTURE.format("not-"),
    "image-alt": '<img src="here.webp" width="1" height="1">',
    "image-size": '<img src="here.webp" alt="x">',
    "run-label": RUN_PICTURE,
    "duplicate-id": "<p id='a'></p><p id='a'></p>",
    "one-heading": "<h1>y</h1>",
    "inline-script": "<button onclick='go()'>x</button>",
}


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_a_good_page_has_no_findings(body: str, tmp_path: Path, catalog: Catalog) -> None:
    assert found(tmp_path, catalog, body) == []


@pytest.mark.parametrize(("rule", "body"), BROKEN.items(), ids=BROKEN.keys())
def test_each_rule_finds_its_fault_and_names_page_and_element(
    rule: str, body: str, tmp_path: Path, catalog: Catalog
) -> None:
    findings = found(tmp_path, catalog, body)
    assert {finding.rule for finding in findings} == {rule}
    for finding in findings:
        assert finding.page == "index.html"
        assert finding.element.startswith(("line ", "<"))
        assert finding.as_dict().keys() == {"page", "element", "rule", "message"}


def test_what_is_shared_of_a_question_names_no_other_model(tmp_path: Path, catalog: Catalog) -> None:
    address = "https://example.org/questions/one/"
    head = f"<link rel='canonical' href='{address}'><meta property='og:type' content='article'>"
    head += f"<meta property='og:url' content='{address}'><meta property='og:image' content='{address}'>"
    clean = found(tmp_path, catalog, "", at="questions/one/index.html", head=head + TITLED.format("How?"))
    assert clean == []
    findings = found(tmp_path, catalog, "", at="questions/one/index.html", head=head + TITLED.format("InstructPix2Pix"))
    assert [finding.rule for finding in findings] == ["foreign-model"]


TITLED = "<meta property='og:title' content='{}'>"
EDITED = '<img src="runs/chain/hub/edit-edited-0a1b2c3d.webp" alt="An edit" width="64" height="48">'
PAINTED = '<img src="runs/chain/hub/paint-generated-0a1b2c3d.webp" alt="A picture" width="64" height="48">'
MAP = '<img src="runs/chain/hub/edit-attention-0a1b2c3d.webp" alt="A map" width="64" height="48">'
OF_CHAIN = 'data-sample="chain" data-weights="hub"'


@pytest.mark.parametrize(
    ("body", "unlabelled"),
    [
        (f"{EDITED}{PAINTED}<p {OF_CHAIN}>Made by tiny</p>", {"edit-edited", "paint-generated"}),
        (f"{EDITED}{PAINTED}<p {OF_CHAIN}>AI-edited by tiny</p>", set()),
        (
            f"<figure {OF_CHAIN}>{EDITED}AI-edited by tiny</figure><figure {OF_CHAIN}>{PAINTED}By tiny</figure>",
            {"paint-generated"},
        ),
        (f"{MAP}<p {OF_CHAIN}>Computed from what tiny looked at</p>", set()),
    ],
    ids=["no word of AI", "a label of the run", "of two figures one says it", "a map"],
)
def test_a_picture_that_a_model_made_in_any_step_is_called_that(
    body: str, unlabelled: set[str], tmp_path: Path, catalog: Catalog
) -> None:
    record = chain_record()
    write_run(tmp_path, record, {image.file: b"" for image in record.images})
    for image in record.images:
        if image.width:
            Image.new("RGB", (2, 2)).save(tmp_path / "generated/runs/chain/hub" / image.file)
    shutil.copytree(tmp_path / "generated/runs", tmp_path / "site/runs")
    findings = found(tmp_path, catalog, body)
    assert {finding.rule for finding in findings} <= {"ai-label"}
    assert {finding.message.rpartition("/")[2].removesuffix("-0a1b2c3d.webp") for finding in findings} == unlabelled


OUTSIDE = {
    "script": ("", "<script src='https://cdn.example.org/x.js'></script>"),
    "style": ("", "<link rel='stylesheet' href='//fonts.example.org/css'>"),
    "preconnect": ("", "<link rel='preconnect' href='https://fonts.example.org'>"),
    "picture": ("<img src='https://example.org/a.png' alt='x' width='1' height='1'>", ""),
    "srcset": (
        "<img src='here.webp' srcset='here.webp 1x, https://example.org/b.webp 2x' alt='x' width='1' height='1'>",
        "",
    ),
    "frame": ("<iframe src='https://example.org'></iframe>", ""),
    "svg image": ("<svg><image href='https://example.org/a.png'></image></svg>", ""),
    "style attribute": ("<p style='background: url(https://example.org/a.png)'></p>", ""),
    "style element": ("", "<style>@import 'https://example.org/a.css';</style>"),
    "what the theme would fetch": ("<pre class='mermaid'></pre>", ""),
}


@pytest.mark.parametrize(("body", "head"), OUTSIDE.values(), ids=OUTSIDE.keys())
def test_a_request_to_another_host_is_found(body: str, head: str, tmp_path: Path, catalog: Catalog) -> None:
    assert {finding.rule for finding in found(tmp_path, catalog, body, head=head)} == {"outside-request"}


def test_a_style_sheet_that_asks_another_host_is_found(tmp_path: Path, catalog: Catalog) -> None:
    found(tmp_path, catalog, "")
    (tmp_path / "site" / "style.css").write_text("a { background: url('https://example.org/a.png') }")
    (finding,) = audit(tmp_path / "site", catalog).findings
    assert (finding.page, finding.rule) == ("style.css", "outside-request")


def test_a_page_that_no_link_leads_to_is_an_orphan(tmp_path: Path, catalog: Catalog) -> None:
    found(tmp_path, catalog, "")
    lost = tmp_path / "site" / "lost" / "index.html"
    lost.parent.mkdir()
    lost.write_text(page("<a href='../'>home</a>"))
    (finding,) = audit(tmp_path / "site", catalog).findings
    assert (finding.page, finding.rule) == ("lost/index.html", "orphan")


# --- the closed world -----------------------------------------------------------------------


@pytest.mark.parametrize("address", [PAPER, CODE, CODE + "/"])
def test_an_answer_may_link_to_its_own_sources(address: str, tmp_path: Path, catalog: Catalog) -> None:
    body = f"<a href='{address}'>x</a>"
    assert found(tmp_path, catalog, body, at="questions/one/index.html") == []


@pytest.mark.parametrize(
    "address",
    ["https://example.org/", OTHER_PAPER, PAPER + "v9", "http://arxiv.org/abs/2211.09800", "mailto:a@example.org"],
)
def test_an_answer_may_link_to_nothing_else(address: str, tmp_path: Path, catalog: Catalog) -> None:
    body = f"<a href='{address}'>x</a>"
    rules = {finding.rule for finding in found(tmp_path, catalog, body, at="questions/one/index.html")}
    assert rules == {"closed-world"}


def test_pages_of_the_catalog_may_link_to_what_any_question_was_given(catalog: Catalog) -> None:
    hub = "https://huggingface.co/someone/something"
    assert ClosedWorld(catalog).allowed_links("questions/one/index.html") == {PAPER, CODE}
    assert ClosedWorld(catalog).allowed_links("questions/two/index.html") == {PAPER, CODE, OTHER_PAPER}
    assert ClosedWorld(catalog).allowed_links("papers/first2022/index.html") == {PAPER, CODE, OTHER_PAPER, hub}


# --- reading a page -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("../b/", ("x/b/index.html", "")),
        ("../../", ("index.html", "")),
        ("", ("x/a/index.html", "")),
        ("#part", ("x/a/index.html", "part")),
        ("file.svg?v=1#view", ("x/a/file.svg", "view")),
        ("../%C3%BC/#%C3%A4", ("x/ü/index.html", "ä")),
        ("/top.html", ("top.html", "")),
        ("../../../out/", ("../out/index.html", "")),
    ],
)
def test_addresses_resolve_as_a_browser_resolves_them(address: str, target: tuple[str, str]) -> None:
    assert Page("x/a/index.html", None).resolve(address) == target


def test_a_site_below_a_hosts_root_says_so_on_its_home_page(tmp_path: Path, catalog: Catalog) -> None:
    head = "<link rel='canonical' href='https://example.org/seamline/'>"
    found(tmp_path, catalog, "", head=head)
    lost = tmp_path / "site" / "404.html"
    lost.write_text(
        page("<a href='/seamline/guides/g/#top'>x</a><img src='/seamline/here.webp' alt='x' width='1' height='1'>")
    )
    assert audit(tmp_path / "site", catalog).findings == ()
    lost.write_text(page("<a href='/guides/g/'>x</a>"))
    assert [finding.rule for finding in audit(tmp_path / "site", catalog).findings] == ["broken-link"]


def test_what_counts_as_outside() -> None:
    assert is_outside("https://a.b")
    assert is_outside("//a.b/c")
    assert is_outside("javascript:alert(1)")
    assert not is_outside("a/b.html")
    assert not is_outside("data:image/png;base64,AA==")
    assert css_addresses("a{b:url( 'x.png' )} @import \"y.css\"; c{d:url(z.svg)}") == ["x.png", "y.css", "z.svg"]
