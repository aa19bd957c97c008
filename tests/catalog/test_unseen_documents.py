"""Documents as they come out of other programs: taken in whole, or refused with the line and what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline import cli
from seamline.catalog import load

HEAD = (
    'A user asks:\n"How does the depth come out of one photo?"\n\n### Recommended AI Models:\n'
    "Model: Img2Depth-HuggingFace-acme-depthy\nPaper: https://arxiv.org/pdf/2401.10891\n\n### Related Papers:\n"
)


def paper(number: int) -> str:
    return f"Model: Paper {number}\nPaper: http://arxiv.org/pdf/2001.{number:05d}v1.pdf\nSummary: It says {number}.\n\n"


DOCUMENT = HEAD + paper(1) + paper(2) + paper(3) + "\nAnswer:\n"
BIB = "@article{a1,\n title={One}, author={Ada Lovelace}, eprint={2001.00001}, archivePrefix={arXiv}, year={2020}\n}\n"
WORKFLOW = {"schema": "seamline-workflow/2", "sample": {"title": "x"}, "nodes": [], "edges": []}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    return tmp_path


def take(project: Path, name: str, data: str | bytes) -> int:
    (project / name).write_bytes(data.encode() if isinstance(data, str) else data)
    return cli.run(["--project", str(project), "import", str(project / name)])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Model: Paper 2", "Model: Paper 2 has a title that\ngoes on below"),
        ("A user", "[INST] A user"),
        ("A user", "{{prompt}} A user"),
        ("\n", "\r\r\n"),
        ("Model:", "\tModel\u00a0:\t"),
        ("http://arxiv.org/pdf/2001.00002v1.pdf", "https://arxiv.org/abs/math.GT/0309136v2."),
        ("http://arxiv.org/pdf/2001.00002v1.pdf", "https://doi.org/10.1016/S0031-3203(02)00060-2"),
        ("It says 3.", "It gives the\nanswer"),
        ("It says 3.", "word" + " " * 300_000 + "x"),
        ("It says 3.", "a" * 300_000),
        ("come out", "how " * 100_000),
    ],
)
def test_is_taken_in_whole(project: Path, old: str, new: str) -> None:
    """The long ones ended after hours, before the patterns that read them were bounded."""
    assert take(project, "q.txt", DOCUMENT.replace(old, new)) == 0
    catalog = load(project)
    assert len(catalog.papers) == 4 and len(catalog.questions) == 1
    if "goes on below" in new:
        assert catalog.papers["paper-2-has-2020"].title == "Paper 2 has a title that goes on below"
    if "answer" in new:
        assert catalog.papers["paper-3-2020"].summary.endswith("answer")


@pytest.mark.parametrize(
    ("old", "new", "line", "hint"),
    [
        ("Model: Paper 2", "Mоdel: Paper 2", 14, "line 13 should begin with `Model:`"),  # a Cyrillic о
        ("Model: Paper 2", "Title: Paper 2", 14, "line 13 should begin with `Model:`"),
        ("2001.00002v1", "2001.\n00002v1", 14, "https://arxiv.org/abs/"),
        ("### Related Papers:", "Related Papers", 8, "write it as a heading: `### Related Papers:`"),
        ("### Related Papers:\n", "", 8, "a paper stands below `### Related Papers:`"),
        ("Model: Paper 2", "Answer:\nBecause.\n\nModel: Paper 2", 14, "write the answer into the question's page"),
        ('photo?"', 'photo?" Please help.', 2, "what follows on a line of its own"),
        ("How does", "I have one.\n\nHow does", 2, "without blank lines between them"),
        ("Model: Paper 2", "Model" + " " * 100_000 + "x", 14, "should begin with `Model:`"),
        ("Model: Paper 1", "#" * 200_000 + "x", 9, "known are"),
        ("Paper 2", "Pa\0per 2", 13, "delete it"),
    ],
)
def test_is_refused_with_its_line(
    project: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, line: int, hint: str
) -> None:
    assert take(project, "q.txt", DOCUMENT.replace(old, new)) == 3
    said = capsys.readouterr().err
    assert f"q.txt:{line}:" in said and hint in said
    assert not (project / "catalog").exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("q.txt", DOCUMENT.encode("utf-16-le"), "without its mark"),
        ("q.txt", DOCUMENT.encode("utf-32"), "UTF-32"),
        ("q.txt", b"PK\x03\x04rest", "a Word or OpenDocument file"),
        ("q.txt", b"{\\rtf1 x}", "rich text"),
        ("q.txt", b"%PDF-1.5\n" + DOCUMENT.encode(), "a PDF"),
        ("q.txt", DOCUMENT.replace("photo", "写真").encode("shift-jis"), "not UTF-8"),
        ("l.bib", "% nothing\n", "holds no paper"),
        ("l.bib", BIB + "article{b2, title={Two}}\n", "l.bib:4: of 2 entries, 1 cannot be read"),
        ("l.bib", BIB + BIB, "l.bib:4: is not BibTeX: repeated"),
        ("l.json", "[]", "holds no paper"),
        ("l.json", '[{"type": "article", "title": null}]', "has no title"),
        ("l.json", '[{"type": "article", "title": 5}]', "`title` is not text"),
        ("l.json", '[{"type": "article", "title": "T", "author": "X"}]', "`author` is no list"),
        ("l.jsonl", "", "holds no document"),
        ("l.jsonl", json.dumps("\ud800" + DOCUMENT), "l.jsonl:1: holds no document"),
        ("l.jsonl", json.dumps({"name": "a\0b.txt", "text": DOCUMENT}), "l.jsonl:1: holds no document"),
        ("w.json", json.dumps(WORKFLOW).replace('"x"', "[" * 900 + "]" * 900), "nested too deeply"),
        ("w.json", json.dumps({**WORKFLOW, "sample": [1]}), "is not a sound"),
    ],
)
def test_another_kind_of_file_is_refused_in_words(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, data: str | bytes, said: str
) -> None:
    assert take(project, name, data) == 3
    err = capsys.readouterr().err
    assert said in err and "\n  -> " in err
    assert not (project / "catalog").exists()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("q.txt", HEAD + paper(1) + "Please write in English.\n", "summary: ends with a paragraph of its own"),
        ("q.txt", HEAD + paper(1).replace("says", "says\n\x0c17\n"), "summary: one of its lines is the number 17"),
        ("q.txt", HEAD + paper(1).replace("says", "sa-\nys"), "summary: a line ends within 'sa-ys'"),
        (
            "q.txt",
            HEAD + paper(1).replace("says", "says.\nCode: https://github.com/a/b\nIt says"),
            "summary: holds the line `Code: https://github.com/a/b`",
        ),
        ("q.txt", HEAD + paper(1).replace("2001.0000", "2013.0000"), "arxiv: 2013.00001 cannot be an identifier"),
        ("q.txt", HEAD + paper(1).replace("2001.00001", "2001.0001"), "cannot be an identifier of arXiv: 5 digits"),
        ("l.bib", BIB.replace("Lovelace", "Lovelace and others"), "authors: the list ends with `and others`"),
        ("l.bib", BIB.replace("2020}", "2020}, pages={e1, 5}"), "pages: 'e1, 5' cannot be read"),
        ("l.bib", BIB.replace("{2020}", "{in press}"), "year: 'in press' cannot be read"),
    ],
)
def test_what_only_a_reader_can_settle_is_left_to_do(
    project: Path, capsys: pytest.CaptureFixture[str], name: str, data: str, said: str
) -> None:
    assert take(project, name, data) == 0
    assert said in capsys.readouterr().out
    assert all("others" not in one.authors for one in load(project).papers.values())


@pytest.mark.parametrize("rule", ["---", "* * *", "=====", "\n———\n\n---"])
def test_a_rule_between_entries_is_no_word_of_a_summary(project: Path, rule: str) -> None:
    assert take(project, "q.txt", HEAD + paper(1) + rule + "\n\n" + paper(2) + rule + "\n") == 0
    assert sorted(one.summary for one in load(project).papers.values()) == ["", "It says 1.", "It says 2."]


def test_json_lines_may_hold_more_than_one_document_may(project: Path) -> None:
    """A thousand documents are larger than any single one."""
    lines = [
        json.dumps(DOCUMENT.replace("one photo", f"photo {n}").replace("It says", "It " * 500)) for n in range(250)
    ]
    assert len("\n".join(lines)) > 1_000_000
    assert take(project, "l.jsonl", "\n".join(lines)) == 0
    assert len(load(project).questions) == 250
