from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from seamline.errors import SiteError
from seamline.pages.tables.web_table import web_table
from tools.web_audit import node_tools
from tools.web_audit.node_tools import find_chromium, install_tools
from tools.web_audit.page_audit import MOST_BYTES, PageReport, pages_of, record_of, table
from tools.web_audit.static_server import served

GOOD = {"performance": 99.0, "accessibility": 100.0, "best-practices": 96.0, "seo": 100.0}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name in ("", "questions/why", "questions/aaa", "papers/p"):
        page = tmp_path / name / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<p>{name}</p>", encoding="utf-8")
    return tmp_path


def test_one_page_of_each_kind_that_was_built(site: Path) -> None:
    assert pages_of(site) == {"home": "", "answer": "questions/aaa", "paper": "papers/p"}


def test_of_each_kind_the_heaviest_page_is_audited_pictures_included(site: Path) -> None:
    page = site / "questions/why/index.html"
    page.write_text('<p>why</p><img alt="" src="../../light.webp">', encoding="utf-8")
    (site / "light.webp").write_bytes(b"." * 500)
    assert pages_of(site)["answer"] == "questions/why"
    (site / "questions/aaa/index.html").write_text(f"<p>{'aaa' * 100}</p>", encoding="utf-8")
    assert pages_of(site)["answer"] == "questions/why", "text outweighed pictures"
    (site / "questions/aaa/index.html").write_text("<img src=heavy%20one.webp?1 alt=''>", encoding="utf-8")
    (site / "questions/aaa/heavy one.webp").write_bytes(b"." * 900)
    assert pages_of(site)["answer"] == "questions/aaa"


def test_without_a_site_it_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="seamline build"):
        pages_of(tmp_path)


def test_a_good_page_has_no_failings() -> None:
    assert PageReport("answer", "q", GOOD, bytes=499_999).failings() == []


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (PageReport("home", "", GOOD | {"seo": 94.0}), "home: seo 94 < 95"),
        (PageReport("answer", "q", GOOD, bytes=MOST_BYTES), f"answer: {MOST_BYTES} bytes >= {MOST_BYTES}"),
        (PageReport("answer", "q", GOOD, layout_shift=0.099), "answer: the layout shifts by 0.099"),
        (PageReport("paper", "p", GOOD, violations=["dark: label: #a (1)"]), "paper: dark: label: #a (1)"),
    ],
)
def test_failings_say_page_and_figure(report: PageReport, words: str) -> None:
    assert report.failings() == [words]


def test_only_the_answer_is_weighed() -> None:
    assert PageReport("sample", "s", GOOD, bytes=900_000).failings() == []


def test_it_says_plainly_that_node_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node_tools.shutil, "which", lambda name: None)
    monkeypatch.delenv("CHROME_PATH", raising=False)
    with pytest.raises(SiteError, match="node is not installed"):
        install_tools(tmp_path)
    with pytest.raises(SiteError, match="CHROME_PATH"):
        find_chromium()


def test_tools_at_their_versions_are_not_fetched_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(node_tools.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(node_tools.subprocess, "run", lambda *_, **__: pytest.fail("asked the registry"))
    for name, version in node_tools.TOOLS.items():
        package = tmp_path / "node_modules" / name / "package.json"
        package.parent.mkdir(parents=True)
        package.write_text(json.dumps({"version": version}), encoding="utf-8")
    assert install_tools(tmp_path) == tmp_path / "node_modules"


def test_the_site_is_served_compressed_and_only_itself(site: Path) -> None:
    with served(site) as address:
        with urllib.request.urlopen(address + "questions/why/") as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(answer.read()) == b"<p>questions/why</p>"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(address + "nothing")


def test_the_table_lines_up() -> None:
    lines = table([PageReport("home", "", GOOD), PageReport("answer", "q")]).splitlines()
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1


def test_what_is_recorded_is_what_the_page_of_benchmarks_shows() -> None:
    reports = [
        PageReport("home", "", GOOD, benchmark=900.0, bytes=111_264),
        PageReport("answer", "q", GOOD, benchmark=900.0, bytes=390_000, violations=["dark: label: #a (1)"]),
    ]
    record = json.loads(json.dumps(record_of(reports, {"exhibits.js": 3_307})))
    shown = web_table(record)
    assert "| Home | 99 | 100 | 96 | 100 | 0.000 | 0 | 111 kB |" in shown
    assert "| Answer | 99 | 100 | 96 | 100 | 0.000 | 1 | 390 kB |" in shown
    assert "3.3 kB" in shown
    assert "busy" not in shown
    reports[0].benchmark = 200.0
    assert "busy" in web_table(record_of(reports, {}))
    assert "Not measured yet" in web_table(None)
