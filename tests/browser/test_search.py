"""Searches that people make, in a catalog of a few dozen questions: the right page is the first one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser.conftest import PHONE, Open, give_up
from browser.serving import served
from playwright.sync_api import Page, expect
from project_copies import copy_project
from searchable_project import add_questions

from seamline.project import Project
from seamline.site.searching import pagefind_index

QUESTION, PAPER = "questions/seamless-face-swap/", "papers/brooks2023/"
RECORDED = {
    "arxiv 2211.09800": {PAPER},
    "Tim Brooks CVPR": {PAPER},
    "brooks": {PAPER},
    "instuct pix2pix": {PAPER, "models/instruct-pix2pix/"},
    "face swap": {QUESTION},
    "light": {QUESTION},
    "guidance scale": {"glossary/", "mini-editor/"},
}
"""Searches that went wrong when somebody new to the site tried them."""
FURTHER = {
    "InstructPix2Pix": {PAPER, "models/instruct-pix2pix/"},
    "2404.17255": {"papers/baltsou2024/"},
    "Georgia Baltsou": {"papers/baltsou2024/"},
    "synthetic face dataset": {"papers/baltsou2024/"},
    "image matting": {"papers/liu2025/"},
    "3DV": {"papers/cheng2025/"},
    "light and expression": {QUESTION},
    "group photo": {QUESTION},
    "make them smile": {"samples/make-them-smile/"},
    "use my own photos": {"guides/use-your-own-photos/"},
    "publish the site": {"guides/publish/"},
    "seamline build": {"guides/publish/", "reference/cli/"},
    "latent": {"glossary/"},
    "image guidance scale": {"glossary/"},
    "denoising step": {"glossary/", QUESTION},
    "how far away in metres": {"questions/depth-1/"},
    "who said what in a meeting": {"questions/speech-1/"},
    "copy a voice": {"questions/sound-1/"},
    "black-and-white photo": {"questions/colouring-1/"},
    "hedgehog": {"questions/picture-1/"},
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's site with the judged questions besides its own."""
    if not pagefind_index.is_installed():
        give_up("no Pagefind: pip install 'seamline[dev]'")
    root = copy_project(tmp_path_factory.mktemp("searchable") / "copy")
    assert len(add_questions(root)) > 40
    return Project(root).build().site


@pytest.fixture(scope="module")
def in_three(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, as a site of tens of thousands of pages is: with several search indexes."""
    site = tmp_path_factory.mktemp("in-three") / "site"
    shutil.copytree(built, site)
    shutil.rmtree(site / pagefind_index.FOLDER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pagefind_index, "PAGES_AN_INDEX", len(list(site.rglob("*.html"))) // 3 + 1)
        pagefind_index.index(site, site / pagefind_index.FOLDER)
    assert {"2", "3"} <= {path.name for path in (site / pagefind_index.FOLDER).iterdir()}
    return site


@pytest.fixture(scope="module", params=["one index", "three"])
def searchable(request: pytest.FixtureRequest, built: Path, in_three: Path) -> Iterator[str]:
    """Address of that site."""
    with served(built if request.param == "one index" else in_three, "/some/project/") as address:
        yield address


@pytest.fixture
def search(searchable: str, open_page: Open) -> tuple[Page, list[str]]:
    """A page with its search open, and what it asked for before that."""
    page = open_page(searchable)
    asked: list[str] = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    return page, asked


def results(page: Page, address: str, words: str) -> list[str]:
    page.get_by_role("searchbox").fill(words)
    expect(page.locator(f'.sl-search-results[data-words="{words}"]')).to_be_attached()
    found: list[str] = page.locator(".sl-search-results a").evaluate_all("links => links.map(link => link.href)")
    return [link.removeprefix(address) for link in found]


def test_the_right_page_is_the_first_one(search: tuple[Page, list[str]], searchable: str) -> None:
    page, _ = search
    first = {words: (results(page, searchable, words) or ["nothing"])[0] for words in RECORDED | FURTHER}
    wrong = {words: first[words] for words, right in (RECORDED | FURTHER).items() if first[words] not in right}
    assert not wrong.keys() & RECORDED.keys()
    assert len(wrong) <= len(RECORDED | FURTHER) // 15, wrong


def test_nothing_is_fetched_before_somebody_searches(search: tuple[Page, list[str]]) -> None:
    _, asked = search
    assert not [one for one in asked if "pagefind" in one or "search_index" in one]


def test_filters_narrow_a_search_and_find_without_words(search: tuple[Page, list[str]], searchable: str) -> None:
    page, _ = search
    every = len(results(page, searchable, "photo"))
    page.get_by_label("Kind").select_option("Paper")
    expect(page.locator(".sl-search-kind").first).to_contain_text("Paper")
    # The first result may have been a paper before.
    expect(page.locator(".sl-search-results a:not([href*='/papers/'])")).to_have_count(0)
    links = page.locator(".sl-search-results a").evaluate_all("links => links.map(link => link.href)")
    assert links and all(link.startswith(f"{searchable}papers/") for link in links)
    page.get_by_label("Kind").select_option("")
    page.get_by_label("Status").select_option("Written")
    page.get_by_role("searchbox").fill("")
    expect(page.locator(".sl-search-results a")).to_have_count(1)
    assert page.locator(".sl-search-results a").get_attribute("href") == f"/some/project/{QUESTION}"
    page.get_by_label("Status").select_option("Draft")
    page.get_by_label("Topic").select_option("Text-to-image generation")
    expect(page.locator(".sl-search-said")).to_have_text("3 pages")
    assert every > 3


def test_the_keyboard_is_enough(search: tuple[Page, list[str]], searchable: str) -> None:
    page, _ = search
    assert results(page, searchable, "face swap")[0] == QUESTION
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".sl-search-results a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("face swap")
    assert page.url == f"{searchable}{QUESTION}"
    page.wait_for_load_state()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("searchbox")).to_be_hidden()


def test_on_a_phone_it_fits(searchable: str, open_page: Open) -> None:
    page = open_page(searchable, viewport=PHONE)
    page.get_by_role("button", name="Search").click()
    assert results(page, searchable, "light")
    assert page.evaluate("document.querySelector('dialog').getBoundingClientRect().right") <= PHONE["width"]
    assert page.evaluate("document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth")


def test_with_zensical_it_works_and_loads_no_other_index(
    tmp_path_factory: pytest.TempPathFactory, open_page: Open
) -> None:
    if not pagefind_index.is_installed():
        give_up("no Pagefind: pip install 'seamline[dev]'")
    root = copy_project(tmp_path_factory.mktemp("zensical") / "copy")
    with served(Project(root).build(builder="zensical").site) as address:
        page = open_page(address)
        page.get_by_role("button", name="Search").click()
        assert results(page, address, "brooks")[0] == PAPER
        asked = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
        assert not [one for one in asked if one.endswith("search.json")]
