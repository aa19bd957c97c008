"""`enrich` fills in what given papers lack, from a server that speaks arXiv's Atom; nothing is written unasked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from seamline.catalog import load
from seamline.catalog.documents.enriching import SERVER
from seamline.cli import run

ENTRY = """<entry><id>http://arxiv.org/abs/{id}v2</id><updated>2023-01-18T00:00:00Z</updated>
<published>2022-11-17T18:58:43Z</published><title>InstructPix2Pix: Learning to
  Follow Image Editing Instructions</title><summary>We propose.</summary>
<author><name>Tim Brooks</name></author><author><name>Ludwig van Beethoven</name></author>
<link href="http://arxiv.org/abs/{id}v2" rel="alternate" type="text/html"/>
<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.CV"/><category term="cs.CV"/></entry>"""
FEED = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>arXiv Query</title>
<id>http://arxiv.org/api/x</id><updated>2026-01-01T00:00:00Z</updated>
<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">{count}</opensearch:totalResults>
<opensearch:startIndex xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">0</opensearch:startIndex>
<opensearch:itemsPerPage xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">100</opensearch:itemsPerPage>
{entries}</feed>"""
KNOWN = {"2211.09800"}


class Answers(BaseHTTPRequestHandler):
    """arXiv's API, as its manual documents it, for the papers that it knows."""

    asked: list[list[str]]
    broken = False

    def do_GET(self) -> None:
        wanted = parse_qs(urlsplit(self.path).query)["id_list"][0].split(",")
        self.asked.append(wanted)
        found = [ENTRY.format(id=one) for one in wanted if one in KNOWN]
        self.send_response(500 if self.broken else 200)
        self.end_headers()
        self.wfile.write(FEED.format(count=len(found), entries="".join(found)).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Answers]]:
    handler = type("Handler", (Answers,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        monkeypatch.setenv(SERVER, f"http://127.0.0.1:{listening.server_port}/api/query")
        yield handler
        listening.shutdown()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    papers = tmp_path / "catalog/papers"
    papers.mkdir(parents=True)
    (papers / "mine.yml").write_text("# my line\narxiv: '2211.09800'\nyear: 2023\n")
    (papers / "whole.yml").write_text("title: Whole\nauthors: [Ada Lovelace]\nyear: 2020\narxiv: '2001.00001'\n")
    (papers / "elsewhere.yml").write_text("doi: 10.1000/x\n")
    return tmp_path


def enrich(project: Path, *words: str) -> int:
    return run(["--project", str(project), "enrich", *words])


def test_what_would_be_written_is_shown_and_written_only_on_demand(
    project: Path, server: type[Answers], capsys: pytest.CaptureFixture[str]
) -> None:
    path = project / "catalog/papers/mine.yml"
    before = path.read_text()
    assert enrich(project) == 0
    said = capsys.readouterr().out
    assert "would write catalog/papers/mine.yml" in said and "authors: Tim Brooks; Ludwig van Beethoven" in said
    assert path.read_text() == before
    assert server.asked == [["2211.09800"]], "what the catalog gives and what lacks something, and nothing else"
    assert enrich(project, "--write") == 0
    assert path.read_text().startswith(before), "what stood there stays"
    paper = load(project).papers["mine"]
    assert paper.title == "InstructPix2Pix: Learning to Follow Image Editing Instructions"
    assert paper.authors == ("Tim Brooks", "Ludwig van Beethoven") and paper.year == 2023
    capsys.readouterr()
    assert enrich(project) == 0
    assert "no paper with an arXiv identifier lacks" in capsys.readouterr().out and len(server.asked) == 2


def test_a_paper_that_arxiv_does_not_know_is_named(
    project: Path, server: type[Answers], capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "catalog/papers/mistyped.yml").write_text("arxiv: '2299.00000'\n")
    assert enrich(project, "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["unknown"] == ["catalog/papers/mistyped.yml"] and answer["written"] is False
    assert [one["path"] for one in answer["found"]] == ["catalog/papers/mine.yml"]


def test_a_server_that_fails_is_one_clear_error(
    project: Path, server: type[Answers], capsys: pytest.CaptureFixture[str]
) -> None:
    server.broken = True
    assert enrich(project) == 1
    assert "arXiv could not be asked" in capsys.readouterr().err


def test_one_paper_that_does_not_fit_leaves_the_others(
    project: Path, server: type[Answers], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "catalog/papers/odd.yml").write_text("arxiv: solv-int/9901001\n")
    odd = ENTRY.replace("Tim Brooks", "et al.").replace("{id}v2", "solv-int/9901001")
    monkeypatch.setattr(f"{__name__}.FEED", FEED.replace("{entries}", odd + "{entries}").replace("{count}", "2"))
    assert enrich(project, "--write") == 1
    said = capsys.readouterr()
    assert "catalog/papers/odd.yml: what arXiv says does not fit" in said.err
    assert load(project).papers["mine"].title and not load(project).papers["odd"].title
