"""Citations, claims, directions and silences as a reader meets them."""

from __future__ import annotations

import pytest
from page_projects import make_project
from page_reading import html_of

from seamline.catalog import sources_for
from seamline.errors import CatalogError
from seamline.pages import render
from seamline.pages.prose import claim_words
from seamline.pages.prose.expansion import Prose, render_prose

PROJECT = make_project(run=False, state="missing")
QUESTION = "---\nasked: {asked}\nmodels: [engine]\npapers: [{paper}]\nlanguage: {language}\n---\n{body}"


def prose(text: str, html: bool = False) -> Prose:
    return render_prose(
        text,
        page="questions/how/index.md",
        source="questions/how.md",
        where="how.md",
        macros={},
        sources=sources_for(PROJECT.catalog, "how"),
        first_line=10,
        html=html,
    )


def page(path: str, files: dict[str, str]) -> str:
    text = render(make_project(files, run=False, state="missing"))[path]
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("As e.g. in Fig. 4, it stays [@ada1843, Fig. 4].", "As e.g. in Fig. 4, it stays."),
        ("扩散开始。每一步都会被读取[@ada1843]。因此不变。", "每一步都会被读取。"),
        ("读取。[@ada1843] 因此。", "读取。"),
        ("Here @ada1843 [§1] says so. Then.", "Here Lovelace says so."),
        ("**Lead.** It is *told* neither [@ada1843]. More.", "Lead. It is told neither."),
        ("| a | b |\n|---|---|\n| x | y. Z is [@ada1843] |", "x · b: Z is"),
        ("“Quoted.” [@ada1843] More.", "“Quoted.”"),
        ("1. One.\n2. Two [@ada1843]. Three.", "Two."),
    ],
)
def test_a_claim_is_one_sentence_or_cell(text: str, sentence: str) -> None:
    assert prose(text).claims[0].sentence == sentence


def test_a_text_is_looked_through_for_code_once_and_not_for_each_citation(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr(claim_words, "code_spans", lambda text: looked.append(text) or [])
    text = "So [@ho2021]. " * 5
    for at in range(text.count("[")):
        claim_words.claim_around(text, 14 * at + 3, 14 * at + 12, str)
    assert looked == [text]


def test_a_key_in_the_sentence_is_its_authors_and_a_prefix_is_kept() -> None:
    drawn = prose("Here @ada1843 [§1] says so [see @bob2020].")
    assert drawn.text.startswith('Here Lovelace<sup class="sl-cites">')
    assert 'aria-label="Reference 2&#58; see Authors not given' in drawn.text


def test_code_and_comments_keep_their_at_signs() -> None:
    drawn = prose("A:\n\n    x [@ada1843] @y\n\n<!-- [@nobody] --> b \\@home [@bob2020]\n")
    assert "\n    x [@ada1843] @y\n" in drawn.text and "nobody" not in drawn.text and "&#64;home" in drawn.text
    assert len(drawn.claims) == 1


@pytest.mark.parametrize("text", ["\n\n(@ada1843)", "\n\nso @nobody says", "\n\n[@nobody]", "\n\n[＠ada1843]"])
@pytest.mark.parametrize("html", [False, True])
def test_what_is_not_read_stops_the_page_with_its_line(text: str, html: bool) -> None:
    with pytest.raises(CatalogError, match=r"^how\.md:12: "):
        prose(text, html)


def test_the_paper_page_names_every_place_and_the_repository() -> None:
    body = "One thing [@ada1843, §1; @ada1843-code]. Another thing [@ada1843-code].\n"
    files = {"catalog/questions/how.md": QUESTION.format(asked="How?", paper="bob2020", language="en", body=body)}
    files["catalog/questions/how.md"] = files["catalog/questions/how.md"].replace(
        "language", "status: written\nlanguage"
    )
    text = page("papers/ada1843/index.md", files)
    assert "#cite-ada1843-1) (§1; repository)" in text and "#cite-ada1843-code-2) (repository)" in text


RTL = {
    "catalog/questions/ar.md": QUESTION.format(
        asked="InstructPix2Pix كيف يجعل النموذج الإضاءة طبيعية؟", paper="nur", language="ar", body=""
    ),
    "catalog/papers/nur.yml": "title: دراسة عن الضوء (2020)\nsummary: ندرس الضوء. له ضوء.\nauthors: [محمد علي]\n",
}


def test_what_is_quoted_runs_in_its_own_direction() -> None:
    asked = html_of(page("questions/ar/index.md", RTL))
    assert asked.xpath("//h1[@dir='rtl']") and asked.xpath("//blockquote[@dir='rtl'][@lang='ar']")
    paper = html_of(page("papers/nur/index.md", RTL))
    assert paper.xpath("//h1[@dir='rtl']") and paper.xpath("//blockquote/p[@dir='rtl']")
    assert paper.xpath("//li/a/bdi[@dir='rtl']") and paper.xpath("//p/bdi[@dir='rtl']")
    assert html_of(page("questions/index.md", RTL)).xpath("//li[@dir='rtl']//bdi")
    assert "dir=" not in page("questions/why/index.md", {})


def test_a_draft_claims_nothing_of_summaries_that_were_not_looked_through() -> None:
    for asked, language, said in [
        ("Wer hat das Gesicht und die Maske getauscht?", "de", "in another language than the question; nothing was"),
        ("换脸之后光线为什么这么自然？", "zh", "Not measured for this language"),
    ]:
        name = "catalog/questions/other.md"
        text = page(
            "questions/other/index.md",
            {name: QUESTION.format(asked=asked, paper="bob2020", language=language, body="")},
        )
        assert said in text and "No summary or title mentions" not in text and "share most" not in text
    assert "share most with the question" in page("questions/why/index.md", {})
