"""Prose: macros in a sandbox, citations as markers, errors that name the line."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from page_projects import make_project

from seamline.catalog import sources_for
from seamline.errors import CatalogError
from seamline.pages.prose.claim_words import spoken
from seamline.pages.prose.expansion import Macro, Prose, render_prose

PROJECT = make_project(run=False, state="missing")
SOURCES = sources_for(PROJECT.catalog, "how")


def prose(text: str, **macros: Macro) -> Prose:
    return render_prose(
        text,
        page="questions/how/index.md",
        source="questions/how.md",
        where="how.md",
        macros=macros,
        sources=SOURCES,
        first_line=10,
    )


def test_sources_are_numbered_as_they_first_occur_and_the_rest_follow() -> None:
    drawn = prose("B says [@bob2020]. A agrees [@ada1843; @bob2020, p. 2].")
    numbers = [(claim.key, claim.locator) for claim in drawn.claims]
    assert numbers == [("bob2020", ""), ("ada1843", ""), ("bob2020", "p. 2")]
    order = [drawn.references.index(f'id="ref-{key}"') for key in ("bob2020", "ada1843", "ada1843-code")]
    assert order == sorted(order)
    assert 'id="cite-bob2020-1" href="#ref-bob2020"' in drawn.text
    assert drawn.text.count("</a>") == 3


def test_a_marker_names_its_reference_to_those_who_cannot_see_it() -> None:
    drawn = prose("So it is [@ada1843, §1].")
    assert 'aria-label="Reference 1&#58; Ada Lovelace (1943), §1"' in drawn.text
    assert 'data-note="Ada Lovelace (1943). Notes on the Engine. arXiv&#58;1843.01234, §1"' in drawn.text


def test_code_is_not_cited() -> None:
    drawn = prose("Write `[@ada1843]`.\n\n```markdown\n[@ada1843, §1]\n```\n")
    assert not drawn.claims
    assert "[@ada1843, §1]" in drawn.text


def test_a_key_outside_the_question_is_refused() -> None:
    with pytest.raises(CatalogError, match=r"eve2024.*not among the sources"):
        prose("Hearsay [@eve2024].")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two is so [@ada1843]. Three.", "Two is so."),
        ("- First\n- **Second** point\n  goes on [@ada1843].\n- Third", "Second point goes on."),
        ("Said so already. [@ada1843] More.", "Said so already."),
        ("| Cell | is *so*<sub>I</sub> [@ada1843] |", "is soI"),
        ("A [link](x.md) says `code` [@ada1843, §1; @bob2020].", "A link says code."),
        ("It is {{ number() }} so [@ada1843].", "It is 4.2 dB so."),
    ],
)
def test_a_claim_is_the_sentence_around_its_citation(text: str, sentence: str) -> None:
    assert prose(text, number=lambda: "4.2 dB").claims[0].sentence == sentence


def test_spoken_text_has_no_marks() -> None:
    assert spoken("**Bold**, *it*, snake_case and 2 * 3 [@ada1843]") == "Bold, it, snake_case and 2 * 3"
    assert spoken('!!! note "A title"\n    A body [@ada1843].') == "A title A body."
    assert spoken("??? tip\n    A body.") == "A body."
    assert spoken("- [ ] To do [@ada1843]") == "To do"
    assert spoken('<p class="x">Words and 1 < 2 [@ada1843]</p>') == "Words and 1 < 2"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ hello.__globals__ }}",
        "{{ hello.__init__ }}",
        "{{ cycler }}",
        "{{ range(3) }}",
        "{% include 'x' %}",
        "{{ hello",
        "{{ hello(1, 2) }}",
        "{{ nowhere() }}",
    ],
)
def test_prose_reaches_nothing_but_its_macros(text: str) -> None:
    with pytest.raises(CatalogError, match=r"how\.md:12: "):
        prose(f"\n\n{text}", hello=lambda: "hello")


def test_what_a_macro_returns_is_text_unless_it_is_markup() -> None:
    drawn = prose("{{ say('<b>*x*</b> {{ 7 * 191 }} [@bob2020]') }} {{ draw() }}",
                  say=lambda words: words, draw=lambda: Markup("<b>drawn</b>"))  # fmt: skip
    assert "<b>drawn</b>" in drawn.text
    assert "<b>&" not in drawn.text
    assert "1337" not in drawn.text
    assert not drawn.claims


def test_html_in_an_answer_is_shown_and_not_obeyed() -> None:
    drawn = prose("<script>x</script> H<sub>2</sub>O, a < b, `<b>`, <sub onclick=x>")
    assert drawn.text == "&lt;script>x&lt;/script> H<sub>2</sub>O, a < b, `<b>`, &lt;sub onclick=x>"


def test_html_in_the_projects_own_pages_is_kept() -> None:
    words = "<kbd>x</kbd> <div>y</div>"
    page = render_prose(words, page="a/index.md", source="a.md", where="a.md", macros={}, sources={}, html=True)
    assert page.text == words


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](why.md)", "[a](../why/index.md)"),
        ("[a](../guides/write.md#keys)", "[a](../../guides/write/index.md#keys)"),
        ("[a](index.md) [b](../index.md)", "[a](../index.md) [b](../../index.md)"),
        ('![a](../assets/a.webp "A title"){ width=2 }', '![a](../../assets/a.webp "A title"){ width=2 }'),
        ("[a][b]\n\n[b]: ../models/engine.md", "[a][b]\n\n[b]: ../../models/engine/index.md"),
        ("[a](#here) [b](https://x.example/y.md) [c](/z.md)", None),
        ("`[a](why.md)`\n\n```markdown\n[a](why.md)\n```", None),
        (r"\[a\](why.md) (why.md) why.md", None),
        ("[^1]: why.md", None),
    ],
)
def test_links_lead_where_they_led_from_where_they_were_written(written: str, shown: str | None) -> None:
    assert prose(written).text == (shown or written)


def test_what_a_macro_drew_is_not_relinked() -> None:
    assert prose("{{ link() }}", link=lambda: Markup("[a](why.md)")).text == "[a](why.md)"


def test_references_stand_where_the_prose_puts_them() -> None:
    drawn = prose("{{ references() }}\n\nSo [@ada1843].")
    assert drawn.lists_references
    assert drawn.text.startswith('<ol class="sl-references"><li id="ref-ada1843">')
    assert '<a href="#cite-ada1843-1"' in drawn.text
