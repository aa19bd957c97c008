"""Lists of papers out of reference managers become papers, or complete known ones; what cannot be read is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from seamline.catalog import load
from seamline.catalog.documents.importer import ImportReport, import_documents
from seamline.errors import CatalogError

BIB = r"""
@comment{exported}
@inproceedings{brooks2023,
  title     = {{InstructPix2Pix}: Learning to Follow Image Editing Instructions},
  author    = {Brooks, Tim and van der Berg, Jan and Erd{\H o}s, P{\'a}l and King, Jr., Martin Luther
               and {The LAION Team}},
  booktitle = {CVPR},
  pages     = {18392--18402},
  year      = 2023,
  eprint    = {2211.09800v2},
  archivePrefix = {arXiv},
  abstract  = {We propose a method.
               It edits images.}
}

@article{key_with:signs, title = "On {\"O}ther \& things", author = "Ada Lovelace", year = "1999", journal = "Journal",
  doi = {10.1000/xyz123}}
"""
RIS = """TY  - JOUR
AU  - Brooks, Tim
AU  - Holynski, Aleksander
TI  - A paper of journals
JO  - A Journal
SP  - 12
EP  - 19
PY  - 2021
DO  - 10.1000/abc
AB  - It says things.
ER  - 
"""
CSL = [
    {
        "id": "radford2022",
        "type": "article",
        "title": "Robust Speech Recognition via Large-Scale Weak Supervision",
        "author": [{"family": "Radford", "given": "Alec"}, {"literal": "OpenAI"}],
        "issued": {"date-parts": [[2022, 12, 6]]},
        "URL": "https://arxiv.org/abs/2212.04356",
        "number": "arXiv:2212.04356",
    }
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    return tmp_path


def take(project: Path, name: str, text: str) -> ImportReport:
    (project / name).write_text(text, "utf-8")
    return import_documents(project, [project / name])


def test_bibtex(project: Path) -> None:
    report = take(project, "library.bib", BIB)
    assert report.conflicts == () and len(report.written) == 2
    papers = load(project).papers
    first = papers["brooks2023"]
    assert first.title == "InstructPix2Pix: Learning to Follow Image Editing Instructions"
    assert first.authors == (
        "Brooks, Tim", "van der Berg, Jan", "Erdős, Pál", "King, Jr., Martin Luther", "{The LAION Team}"
    )  # fmt: skip
    assert (first.arxiv, first.arxiv_version, first.year) == ("2211.09800", 2, 2023)
    assert (first.venue, first.pages, first.bibtex_type) == ("CVPR", "18392-18402", "inproceedings")
    assert first.summary == "We propose a method. It edits images."
    (other,) = (paper for name, paper in papers.items() if name != "brooks2023")
    assert other.title == "On Öther & things" and other.doi == "10.1000/xyz123" and other.authors == ("Lovelace, Ada",)


def test_ris(project: Path) -> None:
    take(project, "library.ris", RIS)
    (paper,) = load(project).papers.values()
    assert paper.title == "A paper of journals" and paper.authors == ("Brooks, Tim", "Holynski, Aleksander")
    assert (paper.venue, paper.pages, paper.year, paper.doi) == ("A Journal", "12-19", 2021, "10.1000/abc")
    assert paper.bibtex_type == "article" and paper.summary == "It says things."


def test_csl_json(project: Path) -> None:
    take(project, "library.json", json.dumps(CSL))
    paper = load(project).papers["radford2022"]
    assert paper.authors == ("Radford, Alec", "{OpenAI}")
    assert (paper.arxiv, paper.year, paper.url) == ("2212.04356", 2022, None)


def test_a_known_paper_gains_what_it_lacked_and_a_contradiction_is_told(project: Path) -> None:
    (project / "catalog/papers").mkdir(parents=True)
    path = project / "catalog/papers/mine.yml"
    path.write_text("# my own line\narxiv: '2211.09800'\nyear: 2022\n")
    report = take(project, "library.bib", BIB)
    mine = load(project).papers["mine"]
    assert mine.title.startswith("InstructPix2Pix") and len(mine.authors) == 5 and mine.year == 2022
    assert path.read_text().startswith("# my own line\narxiv: '2211.09800'\nyear: 2022\n")
    (conflict,) = report.conflicts
    assert conflict.field == "year" and "2023" in conflict.what


def test_a_second_import_changes_nothing(project: Path) -> None:
    take(project, "library.bib", BIB)
    report = take(project, "library.bib", BIB)
    assert report.written == () and report.conflicts == () and len(report.linked) == 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.bib", "@article{a, title = {never closed", "not BibTeX"),
        ("a.bib", "@article{a,\n  year = 2000}\n", "`a` has no title"),
        ("a.ris", "TY  - JOUR\nTI  - Never ends\n", "not RIS"),
        ("a.json", "[{]", "not JSON"),
        ("a.json", "[1]", "entry 1 of the list is no item of CSL-JSON"),
        ("a.json", '[{"type": "article", "title": "x", "author": [{"given": "A"}]}]', "neither `family`"),
    ],
)
def test_what_cannot_be_read_is_one_error_and_writes_nothing(project: Path, name: str, text: str, said: str) -> None:
    with pytest.raises(CatalogError, match=said) as caught:
        take(project, name, text)
    assert name in str(caught.value) and caught.value.problems[0].hint
    assert not (project / "catalog").exists()
