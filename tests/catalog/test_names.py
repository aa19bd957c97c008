"""Names of people and organisations, as curators write them."""

from __future__ import annotations

import pytest

from seamline.catalog import load
from seamline.catalog.bibliography import authors_short, bibtex, csl_json
from seamline.catalog.entries import Paper
from seamline.catalog.person_names import checked_name, display_name, name_of
from seamline.errors import CatalogError

from .conftest import Project


@pytest.mark.parametrize(
    ("author", "family", "given", "suffix", "shown"),
    [
        ("Jan van der Berg", "van der Berg", "Jan", "", "Jan van der Berg"),
        ("Vincent Van Gogh", "Van Gogh", "Vincent", "", "Vincent Van Gogh"),
        ("Oscar De La Hoya", "De La Hoya", "Oscar", "", "Oscar De La Hoya"),
        ("LEONARDO DA VINCI", "DA VINCI", "LEONARDO", "", "LEONARDO DA VINCI"),
        ("Anh Van Nguyen", "Nguyen", "Anh Van", "", "Anh Van Nguyen"),
        ("Muhammad al-Khwarizmi", "al-Khwarizmi", "Muhammad", "", "Muhammad al-Khwarizmi"),
        ("Jean le Rond d'Alembert", "d'Alembert", "Jean le Rond", "", "Jean le Rond d'Alembert"),
        ("José Ortega y Gasset", "Ortega y Gasset", "José", "", "José Ortega y Gasset"),
        ("Martin Luther King Jr.", "King", "Martin Luther", "Jr.", "Martin Luther King Jr."),
        ("King, Jr., Martin Luther", "King", "Martin Luther", "Jr.", "Martin Luther King Jr."),
        ("Henry Ford III", "Ford", "Henry", "III", "Henry Ford III"),
        ("Kovács, János", "Kovács", "János", "", "János Kovács"),
        ("山田 太郎", "山田", "太郎", "", "山田 太郎"),
        ("王, 小明", "王", "小明", "", "王小明"),
        ("王小明", "王小明", "", "", "王小明"),
        ("von Neumann", "von Neumann", "", "", "von Neumann"),
        ("{EleutherAI and friends}", "EleutherAI and friends", "", "", "EleutherAI and friends"),
        ("The LAION Team", "The LAION Team", "", "", "The LAION Team"),
        ("Google DeepMind", "Google DeepMind", "", "", "Google DeepMind"),
        ("Conan O'Brien", "O'Brien", "Conan", "", "Conan O'Brien"),
        ("محمد علي", "علي", "محمد", "", "محمد علي"),
    ],
)
def test_names(author: str, family: str, given: str, suffix: str, shown: str) -> None:
    name = name_of(checked_name(author))
    assert (name.family, name.given, name.suffix, display_name(author)) == (family, given, suffix, shown)


def test_names_in_bibtex_csl_and_markers() -> None:
    authors = ("King, Jr., Martin Luther", "{The LAION Team}", "Vincent Van Gogh")
    paper = Paper(title="T", authors=authors, pages="18392–18402")
    assert "{King, Jr., Martin Luther and {The LAION Team} and Van Gogh, Vincent}" in bibtex("x", paper)
    assert "{18392--18402}" in bibtex("x", paper)
    assert '"page": "18392-18402"' in csl_json({"x": paper}) and '"suffix": "Jr."' in csl_json({"x": paper})
    assert authors_short(paper) == "King et al."


@pytest.mark.parametrize(
    "author",
    ["''", "'.'", "'12'", "Brooks et al.", "Ada and Bob", "Ada; Bob", "Ada & Bob", "'a@b.c'", "A B, C D, E F",
     "Tim Brooks1", "Tim Brooks*", "'{}'", "others", "王小明、李四"],
)  # fmt: skip
def test_what_cannot_be_a_name_is_refused_with_its_line(project: Project, author: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(project(**{"catalog/papers/x.yml": f"title: A\nauthors:\n- Ada\n- {author}\n"}))
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (4, "authors.1") and "Organisation" not in problem.what


@pytest.mark.parametrize("pages", ["one", "1-", "p. 3"])
def test_pages_are_pages(project: Project, pages: str) -> None:
    with pytest.raises(CatalogError, match="pages like"):
        load(project(**{"catalog/papers/x.yml": f"title: A\npages: {pages}\n"}))


@pytest.mark.parametrize("author", ["J. Smith, K. Jones", "J. A. Smith, K.-L. Jones", "É. Ñandú, Ł. Żak"])
def test_two_people_with_initials_are_not_one_name(author: str) -> None:
    with pytest.raises(ValueError, match="several authors"):
        checked_name(author)


@pytest.mark.parametrize("author", ["Smith, J. A.", "J. Smith, Jr.", "García Márquez, Gabriel", "Smith, J. Karl"])
def test_one_person_with_initials_is_one_name(author: str) -> None:
    assert checked_name(author) == author
