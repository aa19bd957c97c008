"""BibTeX and CSL-JSON carry every fact, escaped for their readers."""

from __future__ import annotations

import json

from seamline.catalog.bibliography import authors_short, bibtex, csl_json
from seamline.catalog.entries import Paper
from seamline.catalog.sources import paper_name

PAPER = Paper(
    title="Of 100% {Braces} & Others_",
    authors=("Ada Lovelace", "Ludwig van Beethoven", "Plato"),
    year=2020,
    venue="Proc. #1",
    arxiv="2211.09800",
    doi="10.1234/a_b",
    bibtex_type="inproceedings",
)


def test_bibtex() -> None:
    assert bibtex("ada2020", PAPER).splitlines() == [
        "@inproceedings{ada2020,",
        r"  author        = {Lovelace, Ada and van Beethoven, Ludwig and {Plato}},",
        r"  title         = {{Of 100\% \{Braces\} \& Others\_}},",
        r"  booktitle     = {Proc. \#1},",
        "  year          = {2020},",
        "  doi           = {10.1234/a_b},",
        "  eprint        = {2211.09800},",
        "  archiveprefix = {arXiv},",
        "  url           = {https://arxiv.org/abs/2211.09800},",
        "}",
    ]


def test_bibtex_of_little() -> None:
    assert bibtex("x", Paper(title="T")) == "@misc{x,\n  title = {{T}},\n}\n"


def test_csl_json_is_sorted_and_whole() -> None:
    first, second = json.loads(csl_json({"b": PAPER, "a": Paper(title="T")}))
    assert first == {"id": "a", "type": "article", "title": "T"}
    assert second["author"] == [
        {"family": "Lovelace", "given": "Ada"},
        {"family": "van Beethoven", "given": "Ludwig"},
        {"literal": "Plato"},
    ]
    assert second["DOI"] == "10.1234/a_b" and second["issued"] == {"date-parts": [[2020]]}
    assert second["URL"] == "https://arxiv.org/abs/2211.09800"


def test_short_names() -> None:
    assert authors_short(PAPER) == "Lovelace et al."
    assert authors_short(PAPER.model_copy(update={"authors": PAPER.authors[:2]})) == "Lovelace and van Beethoven"
    assert authors_short(PAPER.model_copy(update={"authors": ("Plato",)})) == "Plato"
    assert authors_short(Paper(title="T")) == "T"


def test_a_paper_without_a_title_is_cited_as_what_it_is() -> None:
    paper = Paper(arxiv="2307.01952")
    assert "title" not in bibtex("x", paper).replace("booktitle", "")
    assert "eprint" in bibtex("x", paper)
    assert "title" not in json.loads(csl_json({"x": paper}))[0]
    assert authors_short(paper) == paper_name(paper) == "arXiv:2307.01952"
    assert paper_name(Paper(doi="10.1234/x")) == "doi:10.1234/x"
    assert paper_name(Paper(url="https://example.org/p.pdf")) == "example.org/p.pdf"
