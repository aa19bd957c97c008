"""Sentences of the published pages that a record, a plan or a run could prove wrong."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from page_projects import FILES, REPOSITORY, make_project

from seamline.pages import SiteData, render
from seamline.pages.labels import state_note
from seamline.site.tree import site_data

ANSWER, HOME, MINI, MEASURED = (
    "catalog/questions/seamless-face-swap.md",
    "docs/index.md",
    "docs/mini-editor.md",
    "docs/how-it-is-measured.md",
)
COMPARED = ("no_edit", "paste", "no_image", "edit", "ceiling")
WITHHELD = re.compile(
    "Each of (them|these edits) was also made with the photo withheld|withheld, once for each of them"
)


def text(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")


def words(path: str) -> str:
    return " ".join(text(path).split())


@pytest.fixture(scope="module")
def project() -> SiteData:
    return site_data(REPOSITORY)


@pytest.fixture(scope="module")
def tree(project: SiteData) -> dict[str, str | bytes]:
    return render(project)


def evaluation() -> dict[str, Any]:
    record: dict[str, Any] = json.loads(text("catalog/records/evaluation.json"))
    return record


# --- what is compared, and with what -------------------------------------------------------------


@pytest.mark.parametrize("path", [ANSWER, HOME, MINI])
def test_tables_of_ways_set_nothing_done_and_the_photo_withheld_beside_the_edit(path: str) -> None:
    rows = [line for line in text(path).splitlines() if ".paste.value" in line and line.startswith("|")]
    assert rows
    for row in rows:
        asked = re.findall(r'evaluation\("[\w.]+\.(\w+)\.value"\)', row.split("|", 2)[2])
        assert asked == [way for way in COMPARED if way in asked]
        assert set(COMPARED) - set(asked) <= {"no_edit"}, row
        assert "no_edit" in asked or "unchanged" in row
    assert "chosen to differ" in words(path)
    swaps = evaluation()["swaps"]["psnr_face"]
    assert swaps["no_image"]["n"] == swaps["edit"]["n"] and WITHHELD.search(words(path)), (
        "in which the photo was withheld"
    )


def test_every_attribute_that_was_measured_is_printed_with_nothing_done_beside_it() -> None:
    for name in (name for name in evaluation()["figures"] if name.startswith("attribute_")):
        for figure in ("edit.n", "no_edit.value", "edit.value", "ceiling.value"):
            assert f'evaluation("figures.{name}.{figure}")' in text(MINI), (name, figure)
    for kind in {row["kind"] for row in evaluation()["rows"]}:
        for figure in ("psnr_face.edit.n", "right_person.edit.value", "psnr_face.no_edit.value"):
            assert f'evaluation("kinds.{kind}.{figure}")' in text(MINI), (kind, figure)


def test_that_age_often_does_not_arrive_is_said_where_an_age_is_asked_for() -> None:
    """Wherever the record says that an attribute is often missed, pages say so."""
    figures = evaluation()["swaps"]
    idle = {name for name, ways in figures.items() if name.startswith("attribute_") and ways["edit"]["value"] < 0.9}
    assert idle == {"attribute_age"}
    asking = [path for path in sorted((REPOSITORY / "catalog/samples").glob("*.yml")) if "age: old" in path.read_text()]
    assert asking
    assert "age has not arrived: an old face has lines that this one lacks" in words(ANSWER)
    shown = words(ANSWER).index('exhibit("swap-left", "baseline_comparison")')
    assert 0 < words(ANSWER).index("age has not arrived") - shown < 200, "on the spot"


def test_age_is_the_hardest_and_is_shown_beside_what_the_autoencoder_keeps_of_it() -> None:
    figures = {name: ways for name, ways in evaluation()["figures"].items() if name.startswith("attribute_")}
    assert min(figures, key=lambda name: figures[name]["edit"]["value"]) == "attribute_age"
    assert "Age is the hardest" in words(MINI)
    for figure in ("no_edit.value", "edit.value", "ceiling.value"):
        assert f'evaluation("asked.attribute_age.old.{figure}")' in text(MINI)


def test_without_the_photo_light_goes_with_no_light_in_it() -> None:
    blind = evaluation()["correlations"]["luminance_slope"]["no_image"]
    assert blind["low"] < 0.3 and blind["high"] > -0.3
    assert "its light goes with no light in the photo" in words(ANSWER)


def test_figures_of_light_stand_beside_the_rulers_own_error() -> None:
    body = text(ANSWER)
    for way in (*COMPARED, "truth"):
        assert f"swaps.light_angle.{way}.value" in body


# --- the two dials -------------------------------------------------------------------------------


def test_the_dial_peaks_where_the_answer_says_it_does(project: SiteData) -> None:
    """`At 1 … beyond 1 it is over-turned`: at the sample's own text guidance, and nowhere else better."""
    record = project.run("swap-left")
    assert record is not None
    own = project.catalog.samples["swap-left"].parameters
    measures = project.measures_of(record)
    cells = {
        image.facts["image_guidance_scale"]: measures[image.file]
        for image in record.all("guidance-grid")
        if image.facts["guidance_scale"] == own.guidance_scale
    }
    kept = {scale: values["psnr_outside"] for scale, values in cells.items()}
    assert min(kept) == 0 and max(kept) > 1
    assert max(kept, key=lambda scale: kept[scale]) == 1
    below = [kept[scale] for scale in sorted(kept) if scale <= 1]
    assert below == sorted(below), "towards 1, more and more is kept"


def test_the_sweep_does_beyond_one_what_the_page_of_measures_says() -> None:
    points = {point["image_guidance_scale"]: point for point in evaluation()["consistency"]}
    beyond = [points[scale] for scale in sorted(points) if scale >= 1]
    for name in ("consistency", "edit_strength"):
        values = [point[name]["value"] for point in beyond]
        assert values == sorted(values, reverse=True), f"{name} falls"
    assert "does not reproduce the paper's Fig. 8" in words(MEASURED)
    assert "Shapes of the curves may be compared" not in words(MEASURED)


def test_the_note_on_skipped_predictions_is_true_of_the_pictures_in_the_diagram(project: SiteData) -> None:
    first = project.catalog.samples[project.catalog.questions["seamless-face-swap"].entry.samples[0]]
    assert (first.parameters.guidance_scale, first.parameters.image_guidance_scale) == (1, 1)
    assert "all but the last guess cancel out of the formula" in words(ANSWER)


# --- what the mini editor had, and what it is ----------------------------------------------------


def test_its_help_is_what_its_plan_says() -> None:
    plans = json.loads(text("catalog/weights/mini/training.json"))["plans"]
    (blind,) = [plan for plan in plans if "blind_weight" in plan["plan"] and plan["from_step"]]
    assert plans[0]["plan"]["drop_image"] == 0.05, "one example in twenty"
    assert blind["plan"]["blind_weight"] == 0.2, "a fifth as much"
    assert blind["from_step"] == 502
    assert any(plan["plan"].get("attribute_loss_weight") for plan in plans), "says how each person will look"
    assert any(plan["plan"].get("localization_weight") for plan in plans), "points to the face"
    for path in (ANSWER, MINI):
        assert "from step 502 on" in words(path) and "a fifth as much" in words(path)
    edits = yaml.safe_load(text("catalog/weights/mini/training.yml"))["pictures"]["edits"]
    assert edits["exchange"] == 0.1
    assert "about one in ten of the edits it practised on was an exchange" in words(ANSWER)


def test_half_the_words_of_the_edit_that_fails_are_not_in_its_vocabulary() -> None:
    known = json.loads(text("catalog/weights/mini/tokenizer/tokenizer.json"))["model"]["vocab"]
    asked = yaml.safe_load(text("catalog/samples/what-it-cannot-do.yml"))["instruction"].split()
    strange = [word for word in asked if f"{word}</w>" not in known and word not in known]
    assert len(strange) == len(asked) / 2 and {"beach", "sunset"} <= set(strange)
    assert "half of the words below, *beach* and *sunset* among them, it never read" in words(MINI)
    assert 'sample("what-it-cannot-do")' in words(MINI)


OVERCLAIMED = (
    r"\bprove[sdn]?\b.{0,40}\b(answer|model|picture)",
    r"\bdo no harm",
    r"of the same design",
    r"in miniature",
    r"\bany (computer|laptop)\b",
    r"cites every claim",
    r"\b(could|can) ever draw",
    r"best (its|these) weights could",
    r"autoencoder's ceiling",
    r"neighbours are as they were",
    r"what the model sees",
    r"quoted side by side",
    r"from all sides",
    r"is a test set",
)


def test_no_page_claims_what_was_never_shown(tree: dict[str, str | bytes]) -> None:
    """Once said on these pages, and each refuted by a record, a run, or the source itself."""
    written = {path: str(page) for path, page in tree.items() if path.endswith(".md")}
    outside = ("README.md", "CITATION.cff", "pyproject.toml", "mkdocs.yml", "catalog/weights/mini/README.md")
    written |= {path: text(path) for path in outside}
    for path, page in written.items():
        for claim in OVERCLAIMED:
            found = re.search(claim, " ".join(page.replace("’", "'").split()), re.IGNORECASE)
            assert not found, f"{path}: {found and found[0]}"


# --- what a page says of a model and of old pictures ----------------------------------------------


def model_page(more: str) -> str:
    name = "catalog/models/engine.yml"
    page = render(make_project({name: FILES[name] + more}))["models/engine/index.md"]
    assert isinstance(page, str)
    return page


def test_weights_that_follow_a_branch_are_not_called_pinned() -> None:
    assert "not pinned to a commit" in model_page("weights: {repo: ada/engine, revision: main}\n")
    assert f"pinned to `{'ab' * 20}`" in model_page(f"weights: {{repo: ada/engine, revision: {'ab' * 20}}}\n")


def test_one_statement_about_a_licence_is_not_called_a_disagreement() -> None:
    page = model_page("licences:\n- {source: model card, says: It says MIT.}\n")
    assert "It says MIT." in page
    assert "do not say the same" not in page


def test_pictures_that_only_the_code_outdated_do_not_blame_the_recipe() -> None:
    note = str(state_note("stale", ["the code that samples the model has changed: 24ca… -> 2951…"]))
    assert "recipe changed" not in note
    assert "has changed since" in note


def test_a_locator_ends_with_the_part_of_a_cell_that_it_vouches_for(tree: dict[str, str | bytes]) -> None:
    page = tree["papers/cheng2025/index.md"]
    assert isinstance(page, str)
    assert "every rendered view" not in page
    assert "(repository) (" not in page


@pytest.mark.parametrize(
    ("asked", "summary"),
    [
        ("چہرہ بدلنے کے بعد روشنی قدرتی کیوں لگتی ہے؟", "ہم روشنی کا مطالعہ کرتے ہیں۔ ہر چہرے پر روشنی ہے۔"),
        ("Tại sao ánh sáng trông tự nhiên sau khi đổi khuôn mặt?", "Chúng tôi nghiên cứu ánh sáng."),
    ],
)
def test_a_draft_that_quotes_by_shared_words_does_not_say_that_no_word_was_looked_up(asked: str, summary: str) -> None:
    changes = {
        "catalog/papers/bob2020.yml": f"title: Another\nsummary: {summary}\n",
        "catalog/questions/why.md": f"---\nasked: {asked}\nmodels: [engine]\npapers: [bob2020]\n---\n",
    }
    page = render(make_project(changes))["questions/why/index.md"]
    assert isinstance(page, str)
    assert "share most with the question's words" in page and "no concept" in page
    assert "no word of the question was looked up" not in page
    assert "nothing was looked up" not in page
