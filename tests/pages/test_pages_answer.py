"""The answer to the seed question, as this repository publishes it."""

from __future__ import annotations

import re
import time

import pytest
from page_projects import REPOSITORY
from page_reading import html_of, split

from seamline.catalog import WrittenQuestion, sources_for
from seamline.catalog.citations.grammar import find
from seamline.pages import SiteData, render
from seamline.site.tree import site_data

SEED = "seamless-face-swap"
GIVEN = {
    "https://arxiv.org/abs/2211.09800",
    "https://arxiv.org/abs/2502.17093",
    "https://arxiv.org/abs/2404.17255",
    "https://arxiv.org/abs/2312.06657",
    "https://github.com/timothybrooks/instruct-pix2pix",
    "https://github.com/felixcheng97/agap",
}
SECTIONS = (
    "In short",
    "Why looking at the photo gives the light",
    "When does it look?",
    "Try it yourself",
    "What task is this?",
    "How the model works, step by step",
    "Does it hold beside cut and paste?",
    "What it means for your app",
    "What the sources do not say",
    "What each related paper would add",
    "Papers and tools",
)


@pytest.fixture(scope="module")
def project() -> SiteData:
    return site_data(REPOSITORY)


@pytest.fixture(scope="module")
def tree(project: SiteData) -> dict[str, str | bytes]:
    return render(project)


@pytest.fixture(scope="module")
def question(project: SiteData) -> WrittenQuestion:
    return project.catalog.questions[SEED]


def test_the_page_links_exactly_the_sources_that_were_given(tree: dict[str, str | bytes]) -> None:
    links = {a.get("href") for a in html_of(str(tree[f"questions/{SEED}/index.md"])).iter("a")}
    assert {link for link in links if re.match(r"[a-z]+:", link or "")} == GIVEN


def test_the_answer_is_written_and_has_its_sections_in_order(
    question: WrittenQuestion, tree: dict[str, str | bytes]
) -> None:
    assert question.entry.status == "written"
    headings = [h.text_content().rstrip("¶") for h in html_of(str(tree[f"questions/{SEED}/index.md"])).iter("h2")]
    assert tuple(headings[: len(SECTIONS)]) == SECTIONS


def test_every_paragraph_that_tells_of_the_model_cites_something(question: WrittenQuestion) -> None:
    """A paragraph stands on a source, a record or a page of ours; only short bridges stand on nothing."""
    body = re.sub(r"(?s)```.*?```", "", question.body)
    for paragraph in re.split(r"\n\s*\n", body):
        words = paragraph.strip()
        if not words or words.startswith(("#", "{{")):
            continue
        grounded = find(words) or "{{" in words or "](../" in words
        assert grounded or len(words) < 160, words


def test_every_source_is_cited(project: SiteData, question: WrittenQuestion) -> None:
    cited = {citation.key for citation in find(question.body)}
    assert cited == set(sources_for(project.catalog, SEED))


def test_no_figure_about_our_edits_is_typed(question: WrittenQuestion) -> None:
    """Units of our measures stand only behind a macro; figures that a source gives stand before its citation."""
    for line in question.body.splitlines():
        for found in re.finditer(r"\d[\d.,]*\s*(dB|°|seconds|%)", line):
            assert find(line[found.end() :]), line


def test_the_answer_denies_what_the_sources_do_not_claim(question: WrittenQuestion) -> None:
    words = " ".join(question.body.split())
    assert "not a face swapper" in words
    assert "no second face, no mask" in words
    assert "*not* timbrooks/instruct-pix2pix" in words


def test_descriptions_are_there(tree: dict[str, str | bytes]) -> None:
    pages = [path for path in tree if path.endswith(".md")]
    assert [path for path in pages if not split(str(tree[path]))[0].get("title")] == []


def test_the_whole_site_renders_in_two_seconds(project: SiteData) -> None:
    started = time.process_time()
    render(project)
    assert time.process_time() - started < 2.0
