"""What a page shows twice has ids of its own, and what points to them follows."""

from __future__ import annotations

import re
from pathlib import Path

import lxml.html
import pytest
from exhibits.fake_run import SAMPLE, FakeRun, paint_run
from markupsafe import Markup
from page_projects import DOCS, make_project
from page_reading import html_of

from seamline.exhibits.fragments import exhibit
from seamline.exhibits.view import ExhibitView, region_box
from seamline.pages import render
from seamline.pages.prose.own_ids import OwnIds
from seamline.plugins import EXHIBITS
from seamline.site.audit.rules import Site, markup
from seamline.site.html_page import Page

ASKED = "---\nasked: How does it match?\nmodels: [engine]\npapers: [bob2020]\nsamples: [wave]\nstatus: written\n---\n\n"
POINTERS = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> FakeRun:
    return paint_run(tmp_path_factory.mktemp("run"))


def doubled(document: lxml.html.HtmlElement) -> list[str]:
    """What the audit says of ids that occur twice."""
    nothing = Site(frozenset(), lambda path: frozenset(), lambda path: None)
    return [one.message for one in markup(Page("x/index.html", document), nothing) if one.rule == "duplicate-id"]


def astray(document: lxml.html.HtmlElement) -> list[str]:
    """Whatever points to an id that is not on the page."""
    ids = set(document.xpath("//@id"))
    pointed = {one for name in POINTERS for value in document.xpath(f"//@{name}") for one in value.split()}
    pointed |= {value[1:] for value in document.xpath("//@href") if value.startswith("#")}
    pointed |= set(re.findall(r"url\(#([^)]+)\)", lxml.html.tostring(document, encoding="unicode")))
    return sorted(pointed - ids)


TWICE = {
    "sample": ('{{ sample("wave") }}\n\nAgain:\n\n{{ sample("wave") }}', "sl-before-after-wave-mini"),
    "sample and exhibit": (
        '{{ sample("wave") }}\n\n{{ exhibit("wave", "before_after") }}\n\n{{ exhibit("wave", "difference") }}',
        "sl-before-after-wave-mini",
    ),
    "workflow": ("{{ workflow() }}\n\n{{ workflow() }}\n\n{{ workflow() }}", "inside-wide-title"),
    "inside": ("{{ inside() }}\n\n{{ inside() }}", "inside-wide-title"),
    "references": ("It is so [@ada1843].\n\n{{ references() }}\n\n{{ references() }}", "ref-ada1843"),
}


@pytest.mark.parametrize(("prose", "first"), TWICE.values(), ids=TWICE.keys())
def test_an_answer_may_show_the_same_twice(prose: str, first: str) -> None:
    page = render(make_project({"catalog/questions/how.md": f"{ASKED}{prose}\n"}))["questions/how/index.md"]
    document = html_of(str(page))
    assert doubled(document) == []
    assert astray(document) == []
    ids = document.xpath("//@id")
    assert first in ids and f"{first}-2" in ids, "the first keeps its id"


def test_a_hand_written_page_may_show_the_same_twice() -> None:
    text = (
        '# Home\n\n{{ workflow("how") }}\n\n{{ workflow("why") }}\n\n{{ workflow("how") }}\n\n{{ sample("wave") }}\n\n'
    )
    docs = {**DOCS, "twice.md": f'{text}{{{{ inside() }}}}\n\n{{{{ inside() }}}}\n\n{{{{ sample("wave") }}}}\n'}
    document = html_of(str(render(make_project(docs=docs))["twice/index.md"]))
    assert doubled(document) == []
    assert astray(document) == []


def test_what_is_shown_once_is_as_it_was() -> None:
    once = '{{ sample("wave") }}\n\n{{ workflow() }}\n\n{{ inside() }}'
    pages = [
        str(render(make_project({"catalog/questions/how.md": f"{ASKED}{prose}\n"}))["questions/how/index.md"])
        for prose in (once, f"{once}\n\n{once}")
    ]
    start = pages[0].index("<section"), pages[0].rindex("</svg>")
    assert pages[0][slice(*start)] in pages[1]


@pytest.mark.parametrize("name", EXHIBITS.all)
def test_each_exhibit_can_be_shown_three_times(name: str, run: FakeRun) -> None:
    view = ExhibitView(SAMPLE, run.record(), run.measures, "runs/", region_box(Path(run.folder, "region.webp")))
    drawn, ids = Markup(exhibit(name, view)), OwnIds()
    shown = [ids.give(drawn) for _ in range(3)]
    assert shown[0] == drawn
    document = lxml.html.fromstring(f"<div>{''.join(shown)}</div>")
    assert doubled(document) == []
    assert astray(document) == []
    groups = [set(lxml.html.fromstring(one).xpath("//input[@type='radio']/@name")) for one in shown]
    assert not groups[0] & groups[1] and not groups[1] & groups[2], "one name would be one group of radio buttons"


def test_ids_that_end_in_a_number_already_are_left_alone() -> None:
    ids = OwnIds()
    given = [ids.give(Markup(f'<p id="{one}">x</p>')) for one in ("a", "a-2", "a", "a-2", "a")]
    assert re.findall(r'id="([^"]+)"', "".join(given)) == ["a", "a-2", "a-3", "a-2-2", "a-4"]


def test_only_pointers_to_what_was_renamed_follow_and_words_stay() -> None:
    one = Markup(
        '<div id="a"><label for=\'a\' title=\'id="a" url(#b) #a\'>id="a" #a</label><a href="#a">x</a>'
        '<a href="#b">x</a><a href="../#a">x</a><p aria-labelledby="a b" fill="url(#a)" name="a">x</p>'
        '<input type="radio" name="a"></div>'
    )
    ids = OwnIds()
    ids.give(one)
    assert ids.give(one) == (
        '<div id="a-2"><label for=\'a-2\' title=\'id="a" url(#b) #a\'>id="a" #a</label><a href="#a-2">x</a>'
        '<a href="#b">x</a><a href="../#a">x</a><p aria-labelledby="a-2 b" fill="url(#a-2)" name="a">x</p>'
        '<input type="radio" name="a-2"></div>'
    )
