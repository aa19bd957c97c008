"""A question's canvas: which chains it shows, what is solid and what dashed, and where each wire runs."""

from __future__ import annotations

from dataclasses import replace

import lxml.html
import pytest
from page_projects import FILES, make_project, run_of
from page_reading import html_of

from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import CatalogError
from seamline.pages import SiteData, render
from seamline.pages.workflow_canvas.canvas_rows import rows_of
from seamline.pages.workflow_canvas.chains import chains_of
from seamline.workflow.graph import End
from seamline.workflow.sample_graph import workflow_of_sample

LONG = """\
title: A long chain
input: {scene: {seed: 7, people: 2}}
steps:
  grey: {model: engine, inputs: {image: scene, text: give the left person grey hair}}
  small: {operation: resize, inputs: {image: grey.image}, parameters: {width: 96, height: 64}}
  back: {operation: resize, inputs: {image: small.image}, parameters: {width: 192, height: 128}}
  changed: {operation: change, inputs: {before: scene, after: back.image}}
  again: {operation: change, inputs: {before: grey.image, after: back.image}}
"""
CUT = """\
title: Cut
input: {scene: {seed: 7, people: 2}}
steps:
  cut: {operation: crop, inputs: {image: scene}, parameters: {width: 64, height: 64}}
"""
ROLE = "in_its_role: [change]"
QUESTION = """\
---
asked: How does it match?
models: [engine, other]
papers: [bob2020]
samples: [wave, long, cut]
described:
- {paper: bob2020, name: Matter, work: a matte of one person, takes: [Img, Mask], gives: [Alpha], ROLE}
status: written
---

{{ workflow() }}

It is so [@bob2020].
"""


MORE = {
    **FILES,
    "catalog/samples/long.yml": LONG,
    "catalog/samples/cut.yml": CUT,
    "catalog/models/other.yml": "block: Img2Dep-HuggingFace-ada-depth\n",
}


def site_of(role: str = ROLE) -> SiteData:
    """A question of three samples; of the long one only the first two steps ran."""
    site = make_project({**MORE, "catalog/questions/how.md": QUESTION.replace("ROLE", role)}, run=False)
    record = run_of("long")
    ran = record.main.model_copy(update={"inputs": {}})
    small = ran.model_copy(update={"model": "", "runner": "", "weights": None, "operation": "resize"})
    images = [image.model_copy(update={"step": image.step and "grey", "port": image.port}) for image in record.images]
    kept = record.model_copy(update={"steps": {"grey": ran, "small": small}, "images": tuple(images)})
    states = {**site.states, "long": replace(site.states["long"], state="failed", why=("out of memory",))}
    return replace(site, kept={"long": kept}, states=states)


def canvas(site: SiteData) -> lxml.html.HtmlElement:
    (found,) = html_of(str(render(site)["questions/how/index.md"])).find_class("sl-figure--workflow")
    return found


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_first_sample_is_shown_and_the_fewest_others_that_run_everything() -> None:
    site = site_of()
    assert [chain.sample for chain in chains_of(site, ("long", "wave", "cut"))] == ["long", "cut"], "wave adds nothing"
    assert [chain.sample for chain in chains_of(site, ("wave", "cut", "long"))] == ["wave", "long", "cut"]
    assert chains_of(site, ()) == ()
    assert [one.get("data-sl-of") for one in canvas(site).find_class("sl-canvas")] == [
        "wave",
        "long",
        "cut",
        None,
        None,
    ]


def test_what_ran_is_solid_and_all_else_is_dashed_and_says_why() -> None:
    boxes = {
        words(box.find("summary")): "sl-cv-dash" in box.get("class")
        for box in canvas(site_of()).find_class("sl-cv-step")
    }
    said = {name.split(" ")[0]: (dashed, name) for name, dashed in boxes.items()}
    assert not said["Grey:"][0] and "drawn by Seamline mini editor, not engine" in said["Grey:"][1]
    assert not said["Small:"][0] and "computed, no model" in said["Small:"][1]
    for name in ("Back:", "Changed:", "Again:"):
        assert said[name][0] and "not run yet" in said[name][1]
    (other,) = [name for name in boxes if "Img2Dep" in name]
    assert boxes[other] and "only described" in other
    cards = [(words(card), "sl-cv-dash" in card.get("class")) for card in canvas(site_of()).find_class("sl-cv-card")]
    assert ("Generated image", False) in cards and ("Mask a mask", True) in cards


def test_a_papers_work_is_dashed_until_something_ran_in_its_role() -> None:
    dashed = canvas(site_of())
    (box,) = [one for one in dashed.find_class("sl-cv-step") if words(one).startswith("Matter")]
    assert "image mask → alpha matte" in words(box) and "no code or weights of the paper were run" in words(box)
    assert "in the role of Matter" in words(dashed), "a step stands in its role, and has not run"
    solid = canvas(site_of("in_its_role: [resize]"))
    assert not [one for one in solid.find_class("sl-cv-step") if words(one).startswith("Matter")]
    assert "in the role of Matter" in words(solid)


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ("in_its_role: [matting]", "no model or operation `matting`"),
        ("in_its_role: [change, change]", "`change` is listed 2 times"),
    ],
)
def test_a_role_that_nothing_can_play_is_refused(wrong: str, what: str) -> None:
    with pytest.raises(CatalogError, match=what):
        site_of(wrong)


def test_a_described_paper_is_one_of_the_questions_and_its_types_exist() -> None:
    for right, wrong, what in (
        ("{paper: bob2020", "{paper: ada1843", "is not among the question's papers"),
        ("Mask]", "Smell]", "unknown port type `Smell`"),
    ):
        with pytest.raises(CatalogError, match=what) as caught:
            make_project({**MORE, "catalog/questions/how.md": QUESTION.replace("ROLE", ROLE).replace(right, wrong)})
        assert "questions/how.md" in str(caught.value)


def test_what_is_taken_far_below_goes_there_by_a_lane_of_its_own() -> None:
    site = site_of()
    sample = site.catalog.samples["long"]
    graph = workflow_of_sample("long", sample, site.catalog.models)
    rows, lanes = rows_of(graph, {})
    assert [row.step and row.step.id for row in rows] == [
        *(step.name for step in recipe_of(sample, site.catalog.models).steps),
        None,
    ]
    shown = [[str(card.place) for card in row.cards] for row in rows]
    assert shown == [
        ["scene.image", "in:grey:text.text"],
        ["grey.image"],
        ["small.image"],
        ["back.image"],
        ["changed.mask"],
        ["again.mask"],
    ]
    by_place = {card.place: card for row in rows for card in row.cards}
    assert by_place[End("scene", "image")].feeds == "image" and by_place[End("grey", "image")].feeds == "image"
    used = {str(place): card.lane for place, card in by_place.items() if card.lane is not None}
    assert used == {"scene.image": 0, "grey.image": 1, "back.image": 2} and lanes == 3
    taps = {row.step.id: {strand.lane: strand.tap for strand in row.beside if strand.tap} for row in rows if row.step}
    assert taps == {"grey": {}, "small": {}, "back": {}, "changed": {0: "before"}, "again": {1: "before", 2: "after"}}
    ends = {row.step.id: [strand.lane for strand in row.beside if strand.ends] for row in rows if row.step}
    assert ends == {"grey": [], "small": [], "back": [], "changed": [0], "again": [1, 2]}
    assert [[strand.lane for strand in row.above] for row in rows] == [[], [0], [0, 1], [0, 1], [1, 2], []]
