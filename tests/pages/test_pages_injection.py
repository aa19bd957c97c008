"""Text from the catalog is data: whatever it holds, a page shows it and does not obey it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from page_projects import make_project
from page_reading import html_of, split

from seamline.pages import render

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 191 }} {% raw %} {# comment #}",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "](https://evil.example/) [@ada1843]",
    "``` `code` ```",
    "a | b | c",
    "# heading",
    "&lt;/title&gt;&lt;script&gt;",
    "[^1] *[HTML]: x {: onclick=alert(1) }",
    "<!-- --> </p></div></figure>",
    "::: seamline.errors",
    "https://evil.example www.evil.example",
    "== ~~ ^^ $$ :smile: ++",
    "'; DROP -- \\ \\\\",
)


@cache
def hostile_project(words: str) -> dict[str, str | bytes]:
    """A project whose every text is `words`; where a draft looks for evidence, with a word to be found by."""
    quoted, found = (json.dumps(text, ensure_ascii=False) for text in (words, f"{words} Faces match."))
    name = json.dumps("{A" + re.sub("://|[{}@]", "", words) + "}", ensure_ascii=False)
    return render(
        make_project(
            {
                "catalog/papers/bob2020.yml": (
                    f"title: {quoted}\nauthors: [{name}]\nvenue: {quoted}\nsummary: {found}\n"
                ),
                "catalog/models/engine.yml": (
                    f"block: ImgTxt2Img-HuggingFace-ada-engine\npapers: [ada1843]\ntitle: {quoted}\n"
                    f"licences: [{{source: {quoted}, says: {quoted}}}]\n"
                    "pipeline: StableDiffusionInstructPix2PixPipeline\n"
                ),
                "catalog/samples/wave.yml": (
                    f"title: {quoted}\nalt: {quoted}\nalt_of: edited-0a1b2c3d.webp\nmodel: engine\n"
                    "input: {scene: {seed: 7}}\n"
                    f"instruction: {quoted}\n"
                ),
                "catalog/questions/why.md": (
                    f"---\nasked: {found}\ntitle: {quoted}\nmodels: [engine]\npapers: [bob2020]\nsamples: [wave]\n"
                    f"key_concepts: [{{name: {quoted}, terms: [face]}}]\ndocument: {quoted}\n---\n"
                ),
            },
            state="stale",
            why=(words,),
        )
    )


def shape(page: str) -> Counter[tuple[str, frozenset[str]]]:
    """How often each kind of element occurs on a page, with the names of its attributes."""
    tree = html_of(page)
    return Counter((str(element.tag), frozenset(element.attrib)) for element in tree.iter() if element.tag != "text")


@pytest.fixture(scope="module")
def harmless() -> dict[str, str | bytes]:
    return hostile_project("harmless words")


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_adds_no_element_to_any_page(words: str, harmless: dict[str, str | bytes]) -> None:
    tree = hostile_project(words)
    assert set(tree) == set(harmless)
    for path in (path for path in tree if path.endswith(".md") and not path.startswith("workflows/")):
        page, expected = tree[path], harmless[path]
        assert isinstance(page, str)
        assert isinstance(expected, str)
        assert set(shape(page)) == set(shape(expected)), path
        assert set(split(page)[0]) == set(split(expected)[0])


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_text_is_shown_as_it_is(words: str) -> None:
    tree = hostile_project(words)
    page = tree["samples/wave/index.md"]
    assert isinstance(page, str)
    heading = next(html_of(page).iter("h1"))
    assert " ".join(heading.text_content().rstrip("¶").split()) == " ".join(words.split())


@pytest.mark.parametrize("words", HOSTILE)
def test_a_page_head_holds_nothing_that_html_would_read(words: str) -> None:
    for path, page in hostile_project(words).items():
        if path.endswith(".md"):
            head = split(str(page))[0]
            assert not any(character in value for value in map(str, head.values()) for character in '<>"'), path
            assert "&lt;" not in "".join(map(str, head.values()))


def test_nothing_of_the_catalog_is_evaluated() -> None:
    assert not any("1337" in str(page) for page in hostile_project("{{ 7 * 191 }}").values())


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(blacklist_categories=("Cs", "Cc"), min_codepoint=32), min_size=1, max_size=60))
def test_no_text_breaks_a_page(words: str) -> None:
    if not words.strip():
        return
    expected, tree = hostile_project("harmless words"), hostile_project(words)
    for path in ("samples/wave/index.md", "papers/bob2020/index.md", "models/engine/index.md"):
        assert set(shape(str(tree[path]))) == set(shape(str(expected[path]))), path
