"""A model of the project's own: run by samples, recommended by no question, and never taken for what it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from page_projects import FILES, make_project, run_of
from page_reading import html_of

from seamline.catalog.entries import Model
from seamline.catalog.origins import label_of
from seamline.errors import CatalogError
from seamline.hashing import Hashes
from seamline.pages import render
from seamline.runners.registry import runner_named
from seamline.site.audit.closed_world import ClosedWorld
from seamline.weights.locate import get, source_of

CLASS = "StableDiffusionInstructPix2PixPipeline"
OWN = (
    "block: ImgTxt2Img-Seamline-mini-brush\ntitle: Mini brush\nfolder: catalog/weights/mini-brush\n"
    f"pipeline: {CLASS}\nin_role_of: {{name: Great Brush, paper: bob2020, differs: It is small.}}\n"
)
SAMPLE = FILES["catalog/samples/wave.yml"]
SHOWN = {"catalog/models/mini-brush.yml": OWN, "catalog/samples/wave.yml": SAMPLE.replace("engine", "mini-brush")}
MODEL = Model.model_validate(
    {
        "block": "Img2Dep-Seamline-mini-depth",
        "title": "Mini depth",
        "folder": "catalog/weights/mini-depth",
        "in_role_of": {"name": "Great Depth", "differs": "It is small."},
    }
)


def problems(changes: Mapping[str, str]) -> list[tuple[str, int, str]]:
    with pytest.raises(CatalogError) as caught:
        make_project(changes)
    return [(one.field, one.line, one.what) for one in caught.value.problems]


def words(page: object) -> str:
    return " ".join(html_of(str(page)).text_content().split())


def test_pages_say_that_it_is_ours_and_what_it_is_not() -> None:
    pages = render(make_project(SHOWN))
    page = words(pages["models/mini-brush/index.md"])
    assert "Ours; plays the role of Great Brush, is not it. It is small." in page
    assert "No question recommends it" in page and "as the question document gives it" not in page
    assert "The model whose role it plays is described in Another" in page
    assert "plays the role of its model in samples, and is not it: Mini brush" in words(
        pages["papers/bob2020/index.md"]
    )
    assert "Mini brush" not in words(pages["papers/ada1843/index.md"])
    recommended, own = words(pages["models/index.md"]).split("Our own")
    assert "Mini brush" not in recommended and "Mini brush" in own and "it is not Great Brush" in own


def test_a_site_without_one_says_nothing_of_them() -> None:
    pages = render(make_project())
    assert not [name for name, page in pages.items() if "Our own" in str(page) or "plays the role" in str(page)]


def test_a_question_shows_a_sample_of_it_and_may_name_it_but_not_recommend_it() -> None:
    site = make_project(SHOWN)
    named = ClosedWorld(site.catalog).foreign_models("questions/how/index.html")
    assert named is not None and list(named.in_text("Mini brush draws it")) == []
    unshown = ClosedWorld(site.catalog).foreign_models("questions/why/index.html")
    assert unshown is not None and list(unshown.in_text("Mini brush draws it")) == ["Mini brush"]
    recommending = FILES["catalog/questions/how.md"].replace("[engine]", "[engine, mini-brush]")
    [(field, line, what)] = problems({**SHOWN, "catalog/questions/how.md": recommending})
    assert (field, line) == ("models.1", 3) and "no question recommends it" in what


def test_a_model_that_is_not_ours_must_be_listed_as_before() -> None:
    plain = OWN.partition("in_role_of")[0]
    [(field, _, what)] = problems({**SHOWN, "catalog/models/mini-brush.yml": plain})
    assert field == "samples.0" and "does not list" in what


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("folder: catalog/weights/mini-brush\n", "", "say in `folder` where it lies"),
        ("title: ", "papers: [bob2020]\ntitle: ", "name the paper as `in_role_of.paper`"),
        ("paper: bob2020", "paper: bob2021", "no paper `bob2021`"),
        (", differs: It is small.", "", "is missing"),
    ],
)
def test_a_wrong_entry_is_one_clear_error(old: str, new: str, said: str) -> None:
    assert old in OWN
    found = problems({**SHOWN, "catalog/models/mini-brush.yml": OWN.replace(old, new)})
    assert [what for _, _, what in found if said in what], found


def test_who_made_it_is_what_records_and_labels_say() -> None:
    label = "Mini depth (ours, in the role of Great Depth, not it)"
    runner = runner_named("depth_estimation")
    assert label_of(MODEL) == source_of(MODEL, runner, "hub")[1] == label
    record = run_of("wave")
    step = record.steps["edit"]
    assert step.weights
    drawn = step.model_copy(
        update={"weights": step.weights.model_copy(update={"name": "hub", "label": label}), "model": "mini-brush"}
    )
    site = make_project(SHOWN)
    site = replace(site, runs={"wave": {"mini": record.model_copy(update={"steps": {"edit": drawn}})}})
    assert f"Drawn by {label} on cpu" in words(render(site)["samples/wave/index.md"])


def test_a_runner_without_trained_weights_needs_a_configuration_alone(tmp_path: Path) -> None:
    """What is learnt anew in each run has a folder too: its settings decide outputs, and are hashed."""
    folder = tmp_path / "catalog/weights/mini-depth"
    folder.mkdir(parents=True)
    runner = runner_named("depth_estimation")

    class Untrained(type(runner)):  # type: ignore[misc]
        parts = ()
        texts = (".",)

    (folder / "config.json").write_text(f'{{"architectures": ["{min(runner.pipelines)}"], "steps": 9}}')
    found = get(tmp_path, MODEL, Untrained(), "hub", Hashes(tmp_path))
    assert found.identity.files == {} and list(found.configuration) == ["config.json"]
    assert found.identity.source == "catalog/weights/mini-depth"
