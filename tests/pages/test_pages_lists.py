"""Lists stay small however much they list, lead to everything, and show first what was written last."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import pytest
from many_questions import many_questions
from page_projects import make_project

from seamline.catalog.entries.question_topics import slug_of
from seamline.pages import render
from seamline.pages.cards import INDEXES, PER_PAGE, page_links

FEW, MANY = 60, 120
FRAME = 28_000
"""Bytes that the theme puts around a page's own: `site/questions/page_2/index.html` has 27,600."""
LARGEST = 60_000


@cache
def pages(count: int) -> Mapping[str, str]:
    tree = render(make_project(many_questions(count)))
    return {path: str(text) for path, text in tree.items() if path.endswith(".md")}


def lists(count: int, kind: str) -> dict[str, str]:
    found = {path: text for path, text in pages(count).items() if re.fullmatch(rf"{kind}/(page_\d+/)?index\.md", path)}
    return dict(sorted(found.items(), key=lambda one: (len(one[0]), one[0])))


@pytest.mark.parametrize("kind", [*INDEXES, "references"])
def test_a_page_of_a_list_does_not_grow_with_the_catalog(kind: str) -> None:
    few, many = (max(len(text.encode()) for text in lists(count, kind).values()) for count in (FEW, MANY))
    assert many + FRAME < LARGEST
    if len(lists(FEW, kind)) > 1:
        assert many - few < 1500, "links to more pages, longer numbers"
    else:
        assert kind in ("models", "samples"), "too few to fill a page"


def test_every_question_is_listed_once_and_each_page_leads_on() -> None:
    found = lists(MANY, "questions")
    assert len(found) == -(-(MANY + 2) // PER_PAGE)
    cards = [re.findall(r'<li class="sl-card"', text) for text in found.values()]
    assert [len(one) for one in cards] == [*[PER_PAGE] * (len(found) - 1), (MANY + 2) % PER_PAGE or PER_PAGE]
    listed = [link for text in found.values() for link in re.findall(r'sl-card-title" href="([^"]+)"', text)]
    assert len({link.removeprefix("../") for link in listed}) == len(listed) == MANY + 2
    (first, *between, last) = found.values()
    assert 'rel="next"' in first and 'rel="prev"' not in first
    assert all('rel="next"' in one and 'rel="prev"' in one for one in between)
    assert 'rel="next"' not in last and "# Questions, page" in last


def test_links_between_pages_name_the_near_ones_and_both_ends() -> None:
    said = re.findall(r">([^<]+)<", str(page_links("x/page_9/index.md", "x", 9, 20)))
    assert said == ["Previous", "1", "…", "7", "8", "9", "10", "11", "…", "20", "Next"]
    said = re.findall(r">([^<]+)<", str(page_links("x/index.md", "x", 1, 3)))
    assert said == ["1", "2", "3", "Next"]
    assert page_links("x/index.md", "x", 1, 1) == ""


def question(*, day: date | None = None, topics: str = "") -> str:
    written = f"answered: {day}\nstatus: written\n" if day else ""
    return f"---\nasked: How?\nmodels: [engine]\n{written}{topics}---\n\n{'An answer [@ada1843].' if day else ''}\n"


def test_written_answers_come_first_and_the_newest_of_them() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(3)]
    files = {f"catalog/questions/a{at}.md": question(day=day) for at, day in enumerate(days)}
    files |= {"catalog/questions/a-draft.md": question()}
    listed = re.findall(r'sl-card-title" href="([^"]+)"', str(render(make_project(files))["questions/index.md"]))
    assert listed == [f"../questions/{name}/" for name in ("a2", "a1", "a0", "how", "a-draft", "why")]


def test_topics_are_those_of_the_question_or_its_models_tasks() -> None:
    files = {
        "catalog/questions/one.md": question(topics="topics: [Light and shade, Gesichter]\n"),
        "catalog/questions/two.md": question(topics="topics: [light & shade, Light-and-Shade]\n"),
    }
    tree = render(make_project(files))
    index = str(tree["questions/index.md"])
    (listed,) = re.findall(r'<ul class="sl-topics".*?</ul>', index)
    assert re.findall(r'href="../questions/([^"]+)">([^<]+)</a><span> (\d+)<', listed) == [
        ("topic_light-and-shade/", "Light and shade", "2"),
        ("topic_text-guided-image-to-image-generation/", "Text-guided image-to-image generation", "2"),
        ("topic_gesichter/", "Gesichter", "1"),
        ("topic_light-shade/", "light &#38; shade", "1"),
    ]
    about = str(tree["questions/topic_light-and-shade/index.md"])
    assert re.findall(r'sl-card-title" href="([^"]+)"', about) == ["../../questions/one/", "../../questions/two/"]


def test_one_topic_is_no_choice() -> None:
    tree = render(make_project())
    assert "sl-topics" not in str(tree["questions/index.md"])
    assert not [path for path in tree if "topic_" in path]


def test_a_topic_of_any_script_has_a_folder() -> None:
    assert slug_of("Élan & Licht!") == "elan-licht"
    assert re.fullmatch(r"[0-9a-f]{8}", slug_of("نور"))
    assert slug_of("نور") != slug_of("光")
