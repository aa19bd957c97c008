"""Twice as many questions are twice the work: calls are counted, no clock is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from many_questions import many_questions
from page_projects import make_project

from seamline.catalog import sources, uses
from seamline.catalog.evidence import key_concepts
from seamline.catalog.io.loading import catalog_of
from seamline.diagrams import layout_narrow, layout_wide
from seamline.pages import figures, render
from seamline.pages.kinds import answers
from seamline.pages.site_data import LAST
from seamline.pages.workflow_canvas import canvas_figure
from seamline.runners.instruct_pix2pix import explainer
from seamline.site import css_bundle, html_page
from seamline.site.audit import closed_world, report

FEW, MANY = 50, 100
LINEAR = 2.2
"""Twice as many questions may ask for this many times as many calls."""


class Calls(Counter[str]):
    """How often functions were called."""

    def count(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
        """Count calls of a function of a module from now on."""
        original: Callable[..., Any] = getattr(module, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            self[name] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, counted)


def rendering(count: int) -> Calls:
    calls = Calls()
    project = make_project(many_questions(count))
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (uses, "sources_for"),
            (sources, "sources_of"),
            (figures, "draw"),
            (canvas_figure, "_question_canvas"),
            (explainer, "explain"),
            (answers, "render_prose"),
            (key_concepts, "mentions"),
            (layout_wide, "lay"),
            (layout_narrow, "lay"),
        ):
            calls.count(patch, module, name)
        render(project)
    return calls


def test_rendering_grows_with_the_number_of_questions() -> None:
    few, many = rendering(FEW), rendering(MANY)
    for name in few:
        assert many[name] / few[name] <= LINEAR, name
    questions = MANY + 2
    assert many["sources_for"] == questions, "once for each question"
    assert many["draw"] == questions, "for the file of its own"
    assert many["render_prose"] == questions, "once for each, however many pages ask for its claims"
    assert many["_question_canvas"] == questions, "once for its two pages, from which everything lies equally far"
    assert many["explain"] == few["explain"] > 0, "for the questions and the sample that have an InstructPix2Pix"


def a_site(folder: Path, count: int) -> Path:
    head = '<link rel="stylesheet" href="{0}a.css">\n<link rel="stylesheet" href="{0}b.css">'
    page = "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>x</title>{}</head><body><h1>x</h1>{}"
    folder.mkdir()
    for name in ("a.css", "b.css"):
        (folder / name).write_text("a{}")
    addresses = [f"questions/question-{number}/" for number in range(count)]
    links = "".join(f"<a href='{address}#top'>x</a>" for address in addresses)
    (folder / "index.html").write_text(page.format(head.format(""), links))
    for address in addresses:
        (folder / address).mkdir(parents=True)
        text = "<p id='top'>x</p><a href='../../'>up</a>"
        (folder / address / "index.html").write_text(page.format(head.format("../../"), text))
    return folder


def auditing(folder: Path, count: int) -> Calls:
    calls = Calls()
    catalog = catalog_of(folder, {name: text.encode() for name, text in many_questions(count).items()})
    site = a_site(folder, count)
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((uses, "sources_for"), (closed_world, "names_of"), (html_page.html, "fromstring")):
            calls.count(patch, module, name)
        assert report.audit(site, catalog).findings == ()
    return calls


def test_auditing_grows_with_the_number_of_questions(tmp_path: Path) -> None:
    few, many = auditing(tmp_path / "few", FEW), auditing(tmp_path / "many", MANY)
    for name in few:
        assert many[name] / few[name] <= LINEAR, name
    assert many["sources_for"] == MANY, "once for each question"


def test_an_audit_holds_no_page_but_the_one_it_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import weakref

    alive: list[weakref.ref[html_page.Page]] = []
    most = 0
    original = report.read_pages

    def counted(site: Path) -> Any:
        nonlocal most
        for page in original(site):
            alive.append(weakref.ref(page))
            gc.collect()
            most = max(most, sum(one() is not None for one in alive))
            yield page
            del page

    monkeypatch.setattr(report, "read_pages", counted)
    catalog = catalog_of(tmp_path, {name: text.encode() for name, text in many_questions(20).items()})
    report.audit(a_site(tmp_path / "site", 20), catalog)
    assert len(alive) == 21
    assert most <= 2, "the page being read, and the one before"


def test_a_stylesheet_is_joined_once_for_all_pages_that_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    calls.count(monkeypatch, css_bundle, "joined_sheet")
    css_bundle.join(a_site(tmp_path / "site", FEW))
    assert calls["joined_sheet"] == 1


def test_rendering_remembers_the_last_answers_and_no_more() -> None:
    project = make_project(many_questions(MANY))
    render(project)
    kinds = Counter(name[0] for name in project.made)
    assert kinds["prose"] == kinds["canvas"] == LAST
    assert kinds["claims"] == MANY + 2, "which are small, and asked for by the pages of papers"
