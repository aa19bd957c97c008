from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import markdown
import pytest
from exhibits.fake_run import INSTRUCTION, SAMPLE, SEEDS, FakeRun
from lxml import html

from seamline.catalog.entries import Exhibits
from seamline.errors import CatalogError
from seamline.exhibits.fragments import GAIN, available, exhibit, exhibits
from seamline.exhibits.view import Box, ExhibitView
from seamline.runs.store.records import RunRecord

ASSETS = Path(__file__).parents[2] / "scripts/seamline/site/assets"
EXHIBITS = {kind.name: kind for kind in exhibits()}
ALL = pytest.mark.parametrize("name", EXHIBITS)


def tree(name: str, view: ExhibitView) -> html.HtmlElement:
    return html.fragment_fromstring(exhibit(name, view))


def without(view: ExhibitView, *roles: str) -> ExhibitView:
    images = tuple(image for image in view.record.images if image.role not in roles)
    return replace(view, record=view.record.model_copy(update={"images": images}))


def test_a_run_with_everything_shows_every_exhibit(view: ExhibitView) -> None:
    assert set(available(view)) == set(EXHIBITS)


@ALL
def test_a_fragment_is_one_named_section(name: str, view: ExhibitView) -> None:
    section = tree(name, view)
    assert section.tag == "section"
    assert section.get("aria-label").startswith(EXHIBITS[name].title)


@ALL
def test_no_inline_script_handler_or_style(name: str, view: ExhibitView) -> None:
    for element in tree(name, view).iter():
        assert element.tag not in ("script", "style", "iframe")
        assert not [key for key in element.attrib if key == "style" or key.startswith("on")]


@ALL
def test_every_picture_has_size_name_and_a_file_of_the_run(name: str, view: ExhibitView, run: FakeRun) -> None:
    pictures = tree(name, view).xpath(".//img")
    assert pictures
    for picture in pictures:
        assert int(picture.get("width")) > 0
        assert int(picture.get("height")) > 0
        assert picture.get("loading") == "lazy"
        blended = picture.xpath("ancestor::*[@role='img'][@aria-label]")
        assert bool(picture.get("alt")) != bool(blended), "named once: by itself, or by the blend it is a layer of"
        assert (run.folder / picture.get("src").removeprefix("runs/")).is_file()


@ALL
def test_pictures_at_the_top_of_a_page_load_at_once(name: str, view: ExhibitView) -> None:
    eager = html.fragment_fromstring(exhibit(name, view, eager=True)).xpath(".//img[not(@loading)]")
    assert len(eager) == (2 if name in ("before_after", "turn_the_lamp") else 0)


@ALL
def test_it_says_which_weights_drew_it_and_that_it_is_ai_edited(name: str, view: ExhibitView) -> None:
    said = tree(name, view).text_content()
    assert "Seamline mini editor" in said
    assert "AI-edited" in said


@ALL
def test_every_control_has_a_name(name: str, view: ExhibitView) -> None:
    for control in tree(name, view).xpath(".//input"):
        words = control.get("aria-label") or control.getparent().text_content().strip()
        assert words
        if control.get("type") == "range":
            assert control.get("aria-valuetext")


def test_ids_and_radio_groups_are_apart(view: ExhibitView) -> None:
    other = replace(view, record=view.record.model_copy(update={"sample": "another"}))
    fragments = [tree(name, each) for each in (view, other) for name in EXHIBITS]
    ids = [found for fragment in fragments for found in fragment.xpath("descendant-or-self::*/@id")]
    assert len(ids) == len(set(ids))
    assert {fragment.get("id") for fragment in fragments} <= set(ids)
    assert len({fragment.get("id") for fragment in fragments}) == 2 * len(EXHIBITS)
    groups = [set(fragment.xpath(".//input[@type='radio']/@name")) for fragment in fragments]
    assert sum(map(len, groups)) == len(set().union(*groups)) == 8


@ALL
def test_what_a_curator_writes_stays_text(name: str, view: ExhibitView) -> None:
    nasty = '<script>alert("x")</script> & "quotes"'
    images = tuple(
        image.model_copy(update={"facts": image.facts | {"instruction": nasty, "word": nasty}})
        for image in view.record.images
    )
    sample = view.sample.model_copy(update={"instruction": nasty, "title": nasty, "alt": nasty})
    hostile = replace(view, sample=sample, record=view.record.model_copy(update={"images": images}))
    assert not tree(name, hostile).xpath(".//script")


@ALL
def test_markdown_leaves_it_alone(name: str, view: ExhibitView) -> None:
    fragment = exhibit(name, view)
    assert not re.search(r"^\s*$|^\s", fragment, flags=re.MULTILINE)
    page = markdown.markdown(
        f"Before.\n\n{fragment}\n\nAfter *it*.", extensions=["md_in_html", "attr_list", "tables", "toc"]
    )
    assert fragment in page
    assert page.endswith("<p>After <em>it</em>.</p>")


def test_an_unknown_exhibit_names_those_there_are(view: ExhibitView) -> None:
    with pytest.raises(CatalogError, match="did you mean `guidance_grid`"):
        exhibit("guidance_gird", view)
    with pytest.raises(CatalogError, match="now called `guidance_grid`"):
        exhibit("knobs", view)


def test_an_exhibit_nobody_asked_for_says_how_to_ask(view: ExhibitView) -> None:
    plain = replace(view, sample=SAMPLE.model_copy(update={"exhibits": Exhibits()}))
    assert available(plain) == ("before_after", "difference")
    with pytest.raises(CatalogError, match=r"baseline_comparison: true"):
        exhibit("baseline_comparison", plain)


def test_a_run_older_than_its_sample_still_gives_a_page(view: ExhibitView) -> None:
    old = without(view, "paste")
    assert "baseline_comparison" not in available(old)
    assert "Not drawn yet" in exhibit("baseline_comparison", old)


def test_without_measures_nothing_is_claimed(view: ExhibitView) -> None:
    bare = replace(view, measures={})
    for name in EXHIBITS:
        section = tree(name, bare)
        assert not section.xpath(".//dd")
        assert "By the numbers" not in section.text_content()
        assert "Every cell" not in section.text_content()


def test_denoising_pairs_noise_with_the_prediction_at_the_same_step(view: ExhibitView) -> None:
    pairs = [option.xpath(".//img/@src") for option in tree("denoising", view).xpath(".//li")]
    assert len(pairs) == 8
    assert all(noisy.replace("noisy", "predicted-x0") == predicted for noisy, predicted in pairs)


def test_the_grid_mark_the_demos_settings_and_what_fails(view: ExhibitView) -> None:
    section = tree("guidance_grid", view)
    marked = [" ".join(found.text_content().split()) for found in section.xpath(".//th[@class='sl-usual']")]
    assert marked == ["sT 6", "sT 7.5", "sI 1.2", "sI 1.5"]
    (weak,) = section.xpath(".//input[@value='1.5/2']/..")
    assert "sl-off" in weak.get("class")
    assert "only 19 % of the change is made" in weak.xpath("string(input/@aria-label)")
    (burnt,) = section.xpath(".//input[@value='12/1']/..")
    assert "80 % of the pixels outside change" in burnt.xpath("string(input/@aria-label)")
    (good,) = section.xpath(".//input[@checked]/..")
    assert good.xpath("string(input/@value)") == "3/1.5"
    assert "sl-off" not in good.get("class")


def test_word_ablation_marks_the_word(view: ExhibitView) -> None:
    assert tree("word_ablation", view).xpath(".//mark/text()") == ["grey", "red"]


def test_attention_offers_every_word_in_order(view: ExhibitView) -> None:
    section = tree("attention", view)
    words = [label.text_content().strip() for label in section.xpath(".//label")]
    assert " ".join(words) == INSTRUCTION
    assert section.xpath("string(.//input[@checked]/../span)") == "grey"


def test_attention_says_how_much_more_a_word_looked_at_the_edit(view: ExhibitView) -> None:
    first = tree("attention", view).xpath("string(.//ol//*[@data-sl-slot='said'])")
    assert first.endswith("0.5 × as much where the edit was asked for as elsewhere")
    unmeasured = tree("attention", replace(view, measures={}))
    assert not unmeasured.xpath(".//*[@class='sl-focus']")


def test_seeds_start_with_the_samples_own(view: ExhibitView) -> None:
    assert [int(seed) for seed in tree("seeds", view).xpath(".//input/@value")] == [0, *SEEDS]


def test_baseline_comparison_from_crude_to_true_with_the_best_marked(view: ExhibitView) -> None:
    section = tree("baseline_comparison", view)
    names = [name.text for name in section.xpath(".//p[@class='sl-condition-name']")]
    assert names == ["Cut and paste", "Photo withheld", "Edit", "True picture"]
    edit, truth = section.xpath(".//li")[2:]
    assert "22.5 dB" in edit.xpath(".//dd[@class='sl-best']/text()")
    assert not truth.xpath(".//dd[@class]")
    assert len({face.get("viewbox") for face in section.xpath(".//svg")}) == 1


def test_no_close_up_of_a_region_nobody_knows(view: ExhibitView) -> None:
    assert not tree("baseline_comparison", replace(view, region_box=None)).xpath(".//svg")


def test_roles_drawn_by_a_model_are_marked_one_by_one(view: ExhibitView, run: FakeRun) -> None:
    record: RunRecord = run.record()
    for image in record.images:
        assert bool(view.picture(image, "x").made_by) == (image.by_model)


def test_words_and_stylesheet_agree_on_how_much_brighter_differences_are() -> None:
    assert f"filter: brightness({GAIN});" in (ASSETS / "exhibits.css").read_text(encoding="utf-8")


def test_the_script_is_small_and_keeps_to_a_strict_policy() -> None:
    script = (ASSETS / "exhibits.js").read_text(encoding="utf-8")
    assert len(script) < 12_000
    assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", script)


@pytest.mark.parametrize(
    ("box", "at"), [(None, 50), ((10, 20, 70, 90), 21), ((0, 0, 20, 20), 12), ((180, 0, 192, 9), 88)]
)
def test_before_and_after_divide_the_edit_itself(view: ExhibitView, box: Box | None, at: int) -> None:
    (slider,) = tree("before_after", replace(view, region_box=box)).xpath(".//input")
    assert slider.get("value") == str(at)
    assert slider.get("aria-valuetext") == f"{at} % input image, {100 - at} % edited image"


def test_the_line_below_names_the_model_and_leads_on(view: ExhibitView) -> None:
    led = replace(view, instead_of="timbrooks/instruct-pix2pix", sample_url="../samples/s/", measures_url="../how/")
    (line,) = tree("seeds", led).find_class("sl-credit")
    assert line.get("data-sample"), line.get("data-weights")
    (short,) = line.xpath("./summary")
    assert short.text_content() == "AI-edited by Seamline mini editor, not timbrooks/instruct-pix2pix"
    (full,) = line.xpath("./p")
    words = " ".join(full.text_content().split())
    assert words.startswith("Drawn by Seamline mini editor, not timbrooks/instruct-pix2pix: 20 steps, sT 3, sI 1.5")
    assert "AI-edited; synthetic people." in words
    assert line.xpath(".//a/@href") == ["../samples/s/", "../how/"]
    assert tree("seeds", replace(led, measures={})).xpath(".//details[@class='sl-credit']//a/@href") == [
        "../samples/s/"
    ]
    assert not tree("seeds", view).xpath(".//a")


def test_one_picture_in_two_roles_is_one_download(view: ExhibitView) -> None:
    edited = view.record.all("edited")[0]
    images = [
        image.model_copy(update={"sha256": edited.sha256})
        if image.role == "seed" and image.facts["seed"] == SEEDS[0]
        else image
        for image in view.record.images
    ]
    twice = replace(view, record=view.record.model_copy(update={"images": tuple(images)}))
    pictures = tree("seeds", twice).xpath(f".//input[@value='{SEEDS[0]}']/../img/@src")
    assert pictures == [f"runs/{edited.file}"]
    assert tree("seeds", view).xpath(f".//input[@value='{SEEDS[0]}']/../img/@src") != pictures


def rescaled(view: ExhibitView, scales: dict[float, float]) -> ExhibitView:
    """The run with other image guidance scales in its grid."""
    images = tuple(
        image.model_copy(
            update={"facts": image.facts | {"image_guidance_scale": scales[image.facts["image_guidance_scale"]]}}
        )
        if image.role == "guidance-grid"
        else image
        for image in view.record.images
    )
    return replace(view, record=view.record.model_copy(update={"images": images}))


def words_of(section: html.HtmlElement) -> str:
    return " ".join(section.text_content().split())


def test_the_grid_say_whose_loop_draws_below_one_and_where_least_of_the_rest_changes(view: ExhibitView) -> None:
    own = sorted({image.facts["image_guidance_scale"] for image in view.record.all("guidance-grid")})
    assert "our own sampling loop" not in words_of(tree("guidance_grid", view)), "no cell lies below 1"
    low = rescaled(view, {scale: place * 0.4 for place, scale in enumerate(own)})
    assert "below 1 come from our own sampling loop" in words_of(tree("guidance_grid", low))
    spills = {
        image.file: {"change_outside": 0.9 - 0.4 * own.index(image.facts["image_guidance_scale"])}
        for image in view.record.all("guidance-grid")
    }
    falling = replace(view, measures=spills)
    last, first = f"{own[-1]:g}", f"{own[0]:g}"
    said = re.search(
        r"At text guidance 3, fewest pixels outside change at image guidance (\S+): .*? at (\S+)\.",
        words_of(tree("guidance_grid", falling)),
    )
    assert said and said.groups() == (last, first)


def test_the_grid_say_how_the_settings_fare_that_lie_in_both_of_the_demos_ranges(view: ExhibitView) -> None:
    key = tree("guidance_grid", view).xpath("string(.//*[@class='sl-key'])")
    said = re.search(r"in both ranges, (\d+) of (\d+) ", key)
    assert said
    images = {
        (image.facts["guidance_scale"], image.facts["image_guidance_scale"]): image
        for image in view.record.all("guidance-grid")
    }
    both = [image for (text, held), image in images.items() if 6 <= text <= 9 and 1.2 <= held <= 1.8]
    assert int(said[2]) == len(both) > 0
    failing = replace(view, measures={image.file: {"change_outside": 0.5} for image in images.values()})
    assert f"0 of {len(both)} " in tree("guidance_grid", failing).xpath("string(.//*[@class='sl-key'])")


def test_denoising_shows_the_photo_among_what_the_model_is_given(view: ExhibitView) -> None:
    shown = tree("denoising", view).xpath(".//*[@class='sl-three']//img/@src")
    assert [re.sub(r"[-\d].*", "", Path(src).name.removesuffix(".webp")) for src in shown] == [
        "noisy",
        "input",
        "predicted",
    ]


def test_the_light_of_a_whole_picture_is_not_shown_as_if_it_were_a_faces(view: ExhibitView) -> None:
    labels = [found.text for found in tree("before_after", view).xpath(".//dt")]
    assert "Agreement of light (untouched: 1)" in labels
    untold = replace(view, sample=view.sample.model_copy(update={"truth": None}))
    assert "Agreement of light (untouched: 1)" not in [
        found.text for found in tree("before_after", untold).xpath(".//dt")
    ]


def test_cut_and_paste_is_said_to_be_chosen_to_differ(view: ExhibitView) -> None:
    assert "chosen to differ" in words_of(tree("baseline_comparison", view))
    seam = [
        dd.getparent().xpath("string(dt)") for dd in tree("baseline_comparison", view).xpath(".//dd[@class='sl-best']")
    ]
    assert "Seam shows" in seam
