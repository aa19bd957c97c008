"""Terms of the glossary, words that set an exhibit, parts that are folded, and how an answer is cited."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from exhibits.fake_run import SAMPLE, paint_run
from lxml import html
from page_projects import DOCS, FILES, make_project

from seamline.errors import CatalogError
from seamline.pages import SiteData, render
from seamline.pages.kinds.answer_citation import cite_this
from seamline.pages.prose.glossary import entries, term
from seamline.pages.prose.macros import PageMacros

GLOSSARY = """\
# Glossary

## Pictures

### Noise { #noise }

Random numbers, as many as a *latent* has. The model takes
them away.

### Guidance scale { #guidance-scale }

How hard a model holds on to [the photo](questions/index.md) or `words`; see <b>below</b>.

### Last {#last}

No full stop
"""
WITH_IT = {**DOCS, "glossary.md": GLOSSARY}
BYTES = {name: text.encode() for name, text in WITH_IT.items()}


def macros(site: SiteData, page: str = "questions/how/index.md") -> PageMacros:
    return PageMacros(site, page)


def link_of(markup: str) -> html.HtmlElement:
    return html.fragment_fromstring(str(markup))


def test_an_entry_is_its_first_sentence_without_marks() -> None:
    assert entries(BYTES) == {
        "noise": "Random numbers, as many as a latent has.",
        "guidance-scale": "How hard a model holds on to the photo or words; see below.",
        "last": "No full stop",
    }
    assert entries({}) == {}
    windows = {"glossary.md": b"\xef\xbb\xbf" + GLOSSARY.replace("\n", "\r\n").encode()}
    assert entries(windows) == entries(BYTES)


def test_a_term_leads_to_its_entry_and_says_what_it_means() -> None:
    link = link_of(term(BYTES, "questions/how/index.md", "guidance scale", "guidance scales"))
    assert link.text == "guidance scales" and link.get("class") == "sl-term"
    assert link.get("href") == "../../glossary/#guidance-scale"
    assert link.get("data-note") == entries(BYTES)["guidance-scale"]
    assert link_of(term(BYTES, "index.md", "Noise")).text == "Noise"


def test_an_unknown_term_names_those_there() -> None:
    with pytest.raises(CatalogError, match="the glossary has no term 'nose'") as refused:
        term(BYTES, "index.md", "nose")
    assert refused.value.hint == "docs/glossary.md has noise, guidance-scale, last"
    with pytest.raises(CatalogError) as refused:
        term({}, "index.md", "noise")
    assert "write docs/glossary.md" in (refused.value.hint or "")


def test_a_page_with_an_unknown_term_names_its_line() -> None:
    answer = FILES["catalog/questions/how.md"].replace("{{ sample(", '{{ term("nose") }}\n\n{{ sample(')
    with pytest.raises(CatalogError) as refused:
        render(make_project({"catalog/questions/how.md": answer}, docs=WITH_IT))
    line = answer[: answer.index("{{ term")].count("\n") + 1
    assert f"catalog/questions/how.md:{line}" in str(refused.value)


def test_each_term_of_the_committed_answer_is_there() -> None:
    root = Path(__file__).parents[2]
    docs = {"glossary.md": (root / "docs/glossary.md").read_bytes()}
    known = entries(docs)
    asked = set()
    for path in (root / "catalog/questions").glob("*.md"):
        asked |= set(re.findall(r'\bterm\("([^"]+)"', path.read_text("utf-8")))
    assert asked and {name.lower().replace(" ", "-") for name in asked} <= known.keys()
    assert all(20 < len(text) < 300 for text in known.values())


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> SiteData:
    """A project whose sample is the painted run, with every exhibit."""
    run = paint_run(tmp_path_factory.mktemp("runs"))
    site = make_project(docs=WITH_IT)
    catalog = replace(site.catalog, samples={"wave": SAMPLE})
    record = run.record()
    record = record.model_copy(update={"sample": "wave"})
    return replace(site, catalog=catalog, runs={"wave": {"mini": record}}, measures={"wave": {"mini": run.measures}})


@pytest.mark.parametrize(("name", "last"), [("turn_the_lamp", 2), ("photo_swap", 2)])
def test_words_lead_to_the_exhibit_and_name_the_option(name: str, last: int, painted: SiteData) -> None:
    found = macros(painted)
    drawn = html.fragment_fromstring(str(found.exhibit("wave", name)).strip(), create_parent=True)
    ids = set(drawn.xpath(".//@id"))
    options = drawn.xpath(".//*[@data-sl-option]")
    assert len(options) == last + 1
    for option in range(last + 1):
        link = link_of(found.shows("wave", name, option, "from <the> left"))
        assert link.get("href", "").removeprefix("#") in ids
        assert link.get("data-sl-option") == str(option) and link.get("class") == "sl-shows"
        assert link.text_content() == "from <the> left"


@pytest.mark.parametrize(
    ("name", "option", "hint"),
    [
        ("turn_the_lamp", 3, "it has 3: use 0 to 2"),
        ("photo_swap", -1, "it has 3: use 0 to 2"),
        ("two_upbringings", 0, "it has no options to choose from"),
    ],
)
def test_an_option_that_there_is_not_is_refused(name: str, option: int, hint: str, painted: SiteData) -> None:
    with pytest.raises(CatalogError, match=f"has no option {option}") as refused:
        macros(painted).shows("wave", name, option, "there")
    assert refused.value.hint == hint


def test_words_of_no_sample_and_of_no_exhibit_are_refused(painted: SiteData) -> None:
    with pytest.raises(CatalogError, match="did you mean 'wave'"):
        macros(painted).shows("wav", "turn_the_lamp", 0, "there")
    with pytest.raises(CatalogError, match="turn_the_lam"):
        macros(painted).shows("wave", "turn_the_lam", 0, "there")


def test_without_a_run_words_are_words() -> None:
    site = make_project(docs=WITH_IT, run=False, state="missing")
    assert macros(site).shows("wave", "turn_the_lamp", 0, "from <the> left") == "from &lt;the&gt; left"


def test_the_first_exhibit_of_a_page_loads_at_once_and_no_other(painted: SiteData) -> None:
    found = macros(painted)
    first, second = str(found.exhibit("wave", "turn_the_lamp")), str(found.exhibit("wave", "before_after"))
    assert first.count("<img") - first.count('loading="lazy"') == 2
    assert second.count("<img") == second.count('loading="lazy"')


def test_what_is_folded_is_whole_markdown() -> None:
    found = macros(make_project(docs=WITH_IT))
    begun, ended = str(found.fold("A <b> formula")), str(found.end_fold())
    assert begun.startswith("\n\n<details") and begun.endswith("\n\n") and 'markdown="1"' in begun
    parsed = html.fragment_fromstring((begun + "*inside*" + ended).strip())
    assert parsed.findtext("summary") == "A <b> formula"
    assert parsed.tag == "details" and "open" not in parsed.attrib


ANSWERED = FILES["catalog/questions/how.md"].replace(
    "asked: How does it match?", "asked: How does it match?\ntitle: 'Light & 100 % of faces'\nanswered: 2026-11-27"
)


def bibtex(text: str) -> str:
    cite = cite_this(make_project({"catalog/questions/how.md": text}).catalog.questions["how"])  # type: ignore[arg-type]
    (found,) = re.findall(r"(?s)```bibtex\n(.*?)\n```", str(cite))
    return str(found)


def test_an_answer_is_cited_with_its_title_and_day() -> None:
    entry = bibtex(ANSWERED)
    assert entry.splitlines()[0] == "@misc{how,"
    fields = dict(re.findall(r"(?m)^  (\w+) = \{(.*)\},?$", entry))
    assert fields == {
        "title": r"{Light \& 100 \% of faces}",
        "year": "2026",
        "note": "Answer from a closed catalog, 2026-11-27",
        "url": "",
    }
    assert entry.count("{") == entry.count("}")


def test_an_answer_without_a_title_or_a_day_is_cited_as_it_was_asked() -> None:
    fields = dict(re.findall(r"(?m)^  (\w+) = \{(.*)\},?$", bibtex(FILES["catalog/questions/how.md"])))
    assert fields == {"title": "{How does it match?}", "url": ""}


def test_only_what_is_written_can_be_cited() -> None:
    tree = render(make_project({"catalog/questions/how.md": ANSWERED}, docs=WITH_IT))
    pages = {name: str(tree[f"questions/{name}/index.md"]) for name in ("how", "why")}
    assert "Cite this answer" in pages["how"] and "Cite this answer" not in pages["why"]
    asked = pages["how"].index("## The question as it was asked")
    assert pages["how"].index("## In short") < asked < pages["how"].index("## Look closer")


def test_a_place_stands_beside_its_number_and_is_said_once() -> None:
    tree = render(make_project(docs=WITH_IT))
    page = str(tree["questions/how/index.md"])
    places = re.findall(r'<span class="sl-locator">([^<]*)</span>', page)
    assert [unescape(place) for place in places] == [" §1", " p. 3"]
    (first, *_) = re.findall(r"<a[^>]*cite-ada1843-1[^>]*>.*?</a>", page)
    assert html.fragment_fromstring(first).text_content() == "1 §1"


def test_an_outdated_record_of_causes_is_noted_where_it_is_printed() -> None:
    site = replace(
        make_project(docs=WITH_IT),
        records={"causes": {"lamp": {"edit": {"value": 0.5}}}},
        notes={"causes": "it belongs to other adapters than those in catalog/weights/mini", "bench": "old"},
    )
    found = macros(site)
    assert found.record_notes() == ""
    assert "0.5" in str(found.all()["causes"]("lamp.edit.value"))
    notes = str(found.record_notes())
    assert "Figures of causes.json" in notes and "it belongs to other adapters" in notes
    assert "bench" not in notes, "no figure of it is printed"
