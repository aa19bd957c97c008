"""Rendering a whole project: which pages there are, how they hang together, and what they own up to."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

import pytest
from page_projects import FILES, make_project, run_of
from page_reading import html_of, links_of, split

from seamline.catalog import sources_for
from seamline.errors import CatalogError
from seamline.pages import SiteData, render
from seamline.pages.prose.macros import UNMEASURED, PageMacros
from seamline.runs.plan.states import SampleState
from seamline.runs.store.records import ArtifactRecord

CLOSED = ("questions/", "models/", "papers/", "workflows/", "samples/")


@pytest.fixture(scope="module")
def project() -> SiteData:
    return make_project()


@pytest.fixture(scope="module")
def tree(project: SiteData) -> dict[str, str | bytes]:
    return render(project)


def text(tree: dict[str, str | bytes], path: str) -> str:
    page = tree[path]
    assert isinstance(page, str)
    return page


def test_every_entry_has_a_page_and_every_kind_an_index(tree: dict[str, str | bytes]) -> None:
    assert {
        "index.md",
        "questions/how/index.md",
        "questions/why/index.md",
        "questions/index.md",
        "models/engine/index.md",
        "models/index.md",
        "papers/ada1843/index.md",
        "papers/bob2020/index.md",
        "papers/index.md",
        "samples/wave/index.md",
        "samples/index.md",
        "references/index.md",
        "references.bib",
        "references.json",
        "workflows/index.md",
        "workflows/how/index.md",
        "workflows/why/index.md",
        *(f"workflows/{name}.{suffix}" for name in ("how", "why") for suffix in ("svg", "json", "mmd")),
    } <= set(tree)
    assert list(tree) == sorted(tree)


def test_no_page_is_orphaned(tree: dict[str, str | bytes]) -> None:
    pages = {path for path in tree if path.endswith(".md")}
    reached, waiting = {"index.md"}, ["index.md"]
    while waiting:
        path = waiting.pop()
        new = (links_of(path, text(tree, path)) & pages) - reached
        reached |= new
        waiting += sorted(new)
    assert pages == reached


def test_links_between_pages_lead_somewhere(tree: dict[str, str | bytes]) -> None:
    for path in (path for path in tree if path.endswith(".md")):
        for link in links_of(path, text(tree, path)):
            assert link in tree, f"{path} links to {link}"


def test_every_page_lies_where_its_address_says(tree: dict[str, str | bytes]) -> None:
    assert {posixpath.basename(path) for path in tree if path.endswith(".md")} == {"index.md"}


def test_every_citation_leads_to_its_reference_and_back(tree: dict[str, str | bytes]) -> None:
    page = html_of(text(tree, "questions/how/index.md"))
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    anchors = [a.get("href") for a in page.iter("a") if (a.get("href") or "").startswith("#")]
    markers = [a for a in page.iter("a") if a.get("class") == "sl-cite"]
    assert len(ids) == len(set(ids))
    assert len(markers) == 3
    assert all(anchor.removeprefix("#") in ids for anchor in anchors)
    assert {"#cite-ada1843-1", "#cite-ada1843-code-1", "#cite-bob2020-1"} <= set(anchors)


def test_paper_pages_list_the_claims_that_cite_them(tree: dict[str, str | bytes]) -> None:
    page = html_of(text(tree, "papers/ada1843/index.md"))
    claims = {a.get("href"): a.text_content() for a in page.iter("a") if "#cite-" in (a.get("href") or "")}
    assert claims == {
        "../../questions/how/index.md#cite-ada1843-1": "The picture is looked at again at every step.",
        "../../questions/how/index.md#cite-ada1843-code-1": "It was written down by hand.",
    }


def test_catalog_pages_link_to_catalog_sources_only(project: SiteData, tree: dict[str, str | bytes]) -> None:
    allowed = {
        source.url for name in project.catalog.questions for source in sources_for(project.catalog, name).values()
    }
    for path in (path for path in tree if path.startswith(CLOSED) and path.endswith(".md")):
        outside = {a.get("href") for a in html_of(text(tree, path)).iter("a") if ":" in (a.get("href") or "")}
        assert outside <= allowed, path
    answer = {
        a.get("href") for a in html_of(text(tree, "questions/how/index.md")).iter("a") if ":" in (a.get("href") or "")
    }
    assert answer == {
        "https://arxiv.org/abs/1843.01234",
        "https://arxiv.org/abs/2020.00001",
        "https://github.com/ada/notes",
    }


def test_pictures_of_a_run_say_who_drew_them_and_who_did_not(tree: dict[str, str | bytes]) -> None:
    for path in ("questions/how/index.md", "samples/wave/index.md", "samples/index.md", "workflows/how/index.md"):
        page = html_of(text(tree, path))
        labels = page.xpath("//*[@data-sample and @data-weights]")
        assert labels, path
        assert all(label.get("data-sample") == "wave" and label.get("data-weights") == "mini" for label in labels)
        assert all("synthetic people" in label.text_content().lower() for label in labels)
    assert "not ImgTxt2Img-HuggingFace-ada-engine" in " ".join(
        html_of(text(tree, "samples/wave/index.md")).text_content().split()
    )


def test_numbers_come_from_the_record(tree: dict[str, str | bytes]) -> None:
    assert "The face is 21.4\xa0dB from the truth." in text(tree, "questions/how/index.md")


@pytest.mark.parametrize("state", ["stale", "missing", "failed"])
def test_every_state_is_shown_with_its_reason(state: str) -> None:
    tree = render(make_project(state=state, why=("image_guidance_scale was 1.5, is now 1.8",), run=state != "missing"))
    for path in ("questions/how/index.md", "samples/wave/index.md"):
        notes = html_of(text(tree, path)).find_class(f"sl-state--{state}")
        assert notes, path
        assert "image_guidance_scale was 1.5, is now 1.8" in notes[0].text_content()


def test_fresh_runs_carry_no_note(tree: dict[str, str | bytes]) -> None:
    assert not any("sl-state" in page for page in tree.values() if isinstance(page, str))


def test_a_missing_run_leaves_an_honest_page() -> None:
    tree = render(make_project(state="missing", why=("never drawn with mini",), run=False))
    assert "(not measured yet) from the truth" in text(tree, "questions/how/index.md")
    assert "There is none yet" in text(tree, "samples/wave/index.md")
    assert not any("<img" in page or "<image" in page for page in tree.values() if isinstance(page, str))


def test_hub_weights_are_preferred_and_both_are_shown(project: SiteData) -> None:
    both = {"wave": {"mini": run_of("wave"), "hub": run_of("wave", "hub")}}
    shown = {"wave": SampleState("wave", "fresh", weights="hub")}
    stale = {("wave", "mini"): SampleState("wave", "stale", ("seed was 1, is now 2",))}
    tree = render(SiteData(project.catalog, both, shown, stale))
    assert "runs/wave/hub/edited" in text(tree, "questions/how/index.md")
    assert "runs/wave/mini/edited" not in text(tree, "questions/how/index.md")
    page = html_of(text(tree, "samples/wave/index.md"))
    assert "seed was 1, is now 2" in page.find_class("sl-state--stale")[0].text_content()
    assert "The same recipe, drawn by Seamline mini editor" in [h.text_content().rstrip("¶") for h in page.iter("h2")]


def test_a_draft_says_that_it_is_one_and_quotes_its_evidence(tree: dict[str, str | bytes]) -> None:
    page = html_of(text(tree, "questions/why/index.md"))
    words = " ".join(page.text_content().split())
    assert "This is a draft" in words
    assert "Faces and light." in words
    assert "text-guided image-to-image generation" in words.lower()
    assert page.find_class("sl-mention--summary")
    assert not html_of(text(tree, "questions/how/index.md")).find_class("admonition")


def test_the_page_says_how_several_models_relate() -> None:
    twin = FILES["catalog/models/engine.yml"].replace("ada-engine", "ada-twin")
    question = FILES["catalog/questions/why.md"].replace("[engine]", "[engine, twin]")
    tree = render(make_project({"catalog/models/twin.yml": twin, "catalog/questions/why.md": question}))
    for path in ("questions/why/index.md", "workflows/why/index.md"):
        words = " ".join(html_of(text(tree, path)).text_content().split())
        assert "engine and twin take and give the same types: they are shown side by side as alternatives" in words


def test_titles_and_descriptions_fit_a_page_head(tree: dict[str, str | bytes]) -> None:
    for path in (path for path in tree if path.startswith(CLOSED) and path.endswith(".md")):
        head, body = split(text(tree, path))
        assert set(head) - {"search", "made_from"} == {"title", "description"}
        assert 0 < len(head["description"]) <= 156, path
        assert len(re.findall(r"(?m)^# ", body)) == 1, path


def test_two_sources_of_one_page_are_refused() -> None:
    with pytest.raises(CatalogError, match=r"papers/index\.md"):
        render(make_project(docs={"papers/index.md": "# Mine\n"}))
    with pytest.raises(CatalogError, match=r"docs/guides/mine/index\.md: .*guides/mine/index\.md|guides/mine"):
        render(make_project(docs={"guides/mine.md": "# Mine\n", "guides/mine/index.md": "# Mine too\n"}))


def test_an_unknown_key_is_refused_with_its_line() -> None:
    hostile = FILES["catalog/questions/how.md"].replace("{{ references() }}", "{{ cite }}")
    with pytest.raises(CatalogError, match=r"catalog/questions/how\.md:2\d: .*'cite' is undefined"):
        render(make_project({"catalog/questions/how.md": hostile}))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("figures.psnr_face.edit.value", "21.4\xa0dB"),
        ("figures.identity.edit.value", "95\xa0%"),
        ("figures.identity.edit.n", "1,200"),
        ("correlations.luminance_slope.edit.value", "−0.06"),
        ("parameters.guidance_scale", "3"),
        ("rows.0.instruction", "make her smile"),
        ("figures.nothing.here", "(not measured yet)"),
    ],
)
def test_figures_of_the_evaluation_are_shown_with_their_units(path: str, shown: str, project: SiteData) -> None:
    record = {
        "figures": {"psnr_face": {"edit": {"value": 21.44}}, "identity": {"edit": {"value": 0.951, "n": 1200}}},
        "correlations": {"luminance_slope": {"edit": {"value": -0.061}}},
        "parameters": {"guidance_scale": 3.0},
        "rows": [{"instruction": "make her smile"}],
    }
    macros = PageMacros(replace(project, records={"evaluation": record}), "index.md")
    assert macros.all()["evaluation"](path) == shown


def with_focus(project: SiteData) -> SiteData:
    """The project, its run with a map for `the`, measured, and one for `grey`, not measured."""
    maps = tuple(
        ArtifactRecord(
            role="attention", file=f"{word}.webp", width=48, height=32, sha256="0b" * 32, facts={"word": word}
        )
        for word in ("the", "grey")
    )
    run = project.runs["wave"]["mini"]
    return replace(
        project,
        runs={"wave": {"mini": run.model_copy(update={"images": (*run.images, *maps)})}},
        measures={"wave": {"mini": {"the.webp": {"attention_focus": 0.478}}}},
    )


@pytest.mark.parametrize(("word", "shown"), [("the", "0.5\N{NO-BREAK SPACE}×"), ("grey", UNMEASURED)])
def test_a_words_focus_comes_from_its_map(project: SiteData, word: str, shown: str) -> None:
    assert PageMacros(with_focus(project), "questions/how/index.md").focus("wave", word) == shown


def test_the_focus_of_a_word_nobody_wrote_is_refused_with_those_there_are(project: SiteData) -> None:
    with pytest.raises(CatalogError, match="not told 'gray'") as refused:
        PageMacros(project, "questions/how/index.md").focus("wave", "gray")
    assert "grey hair" in str(refused.value.hint)


DRAFTED = "catalog/questions/drafted.md", "---\nasked: How?\nmodels: [{}]\n---\n"


@pytest.mark.parametrize(
    ("block", "drawn"),
    [
        ("ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix", True),
        ("ImgTxt2Img-HuggingFace-diffusers-sdxl-instructpix2pix-768", False),
        ("ImgTxt2Img-HuggingFace-black-forest-labs-FLUX.1-Kontext-dev", False),
        ("Txt23D-HuggingFace-openai-shap-e", False),
        ("Aud2Txt-HuggingFace-openai-whisper-large-v3", False),
        ("Img2Txt-HuggingFace-somebody-captions-of-instruct-pix2pix", False),
    ],
)
def test_the_inside_of_a_model_is_drawn_only_where_that_model_was_given(block: str, drawn: bool) -> None:
    path, text = DRAFTED
    project = make_project({path: text.format("given"), "catalog/models/given.yml": f"block: {block}\n"})
    page = render(project)["workflows/drafted/index.md"]
    assert isinstance(page, str)
    assert ("how one edit is computed" in page) == drawn


def test_an_answer_that_asks_for_an_inside_nobody_can_draw_is_refused() -> None:
    asks = "---\nasked: How?\nmodels: [given]\nstatus: written\n---\n\n{{ inside() }}\n"
    other = {"catalog/questions/asks.md": asks, "catalog/models/given.yml": "block: Txt2Img-HuggingFace-a-b\n"}
    with pytest.raises(CatalogError, match=r"questions/asks\.md:\d+.*InstructPix2Pix"):
        render(make_project(other))


def test_search_finds_answers_and_not_their_workflows() -> None:
    for path, page in render(make_project()).items():
        if path.endswith(".md") and isinstance(page, str):
            excluded = split(page)[0].get("search") == {"exclude": True}
            assert excluded == (path.startswith("workflows/") and path != "workflows/index.md"), path


@pytest.mark.parametrize("index", ["questions/index.md", "workflows/index.md"])
def test_drafts_are_marked_and_stand_last(index: str) -> None:
    drafts = {f"catalog/questions/a{number}.md": DRAFTED[1].format("engine") for number in range(3)}
    tree = render(make_project(drafts))
    page = tree[index]
    assert isinstance(page, str)
    cards = html_of(page).find_class("sl-card")
    assert len(cards) == 5
    assert [bool(card.find_class("sl-card-draft")) for card in cards] == [False, True, True, True, True]
    assert split(str(tree["questions/a0/index.md"]))[0]["title"].startswith("Draft: ")
    assert not split(str(tree["questions/how/index.md"]))[0]["title"].startswith("Draft")


@pytest.mark.parametrize(("count", "shown"), [(3, 5), (10, 12), (40, 12)])
def test_the_home_page_shows_a_dozen_questions_and_leads_to_all(count: int, shown: int) -> None:
    drafts = {f"catalog/questions/a{number}.md": DRAFTED[1].format("engine") for number in range(count)}
    docs = {"index.md": "# Home\n\n{{ questions() }}\n", "guides/answer-your-own-question.md": "# Guide\n"}
    page = render(make_project(drafts, docs=docs))["index.md"]
    assert isinstance(page, str)
    cards = html_of(page).find_class("sl-card")
    assert len(cards) == shown
    assert not cards[0].find_class("sl-card-draft")
    assert (f"[All {count + 2} questions](questions/index.md)" in page) == (count + 2 > 12)
