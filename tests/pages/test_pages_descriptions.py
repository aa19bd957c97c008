"""Words about a picture stand beside that picture, and beside no other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from page_projects import FILES, make_project, run_of
from page_reading import html_of

from seamline.catalog import Catalog
from seamline.pages import SiteData, render
from seamline.runs.plan.states import SampleState
from seamline.runs.store.descriptions import undescribed

WORDS = "The left person got grey hair, with a faint halo."
WAVE = "catalog/samples/wave.yml"


def tree_of(fields: str, weights: str) -> Mapping[str, str | bytes]:
    project = make_project({WAVE: FILES[WAVE] + fields})
    runs = {"wave": {weights: run_of("wave", weights)}}
    states = {"wave": SampleState("wave", "fresh", weights=weights)}  # type: ignore[arg-type]
    return render(SiteData(project.catalog, runs, states, docs=project.docs))


def said(tree: Mapping[str, str | bytes]) -> str:
    return "\n".join(page for page in tree.values() if isinstance(page, str))


@pytest.mark.parametrize("weights", ["mini", "hub"])
@pytest.mark.parametrize("of", ["", "alt_of: edited-ffffffff.webp\n"])
def test_words_for_another_picture_are_shown_with_no_run(weights: str, of: str) -> None:
    """Neither on a page, in a card, in a diagram nor in a file of it; what stands there claims nothing."""
    tree = tree_of(f"alt: {WORDS}\n{of}", weights)
    recipe = [path for path, page in tree.items() if isinstance(page, str) and WORDS in page]
    assert recipe == ["samples/wave/index.md"], "where the recipe is printed as YAML"
    page = html_of(str(tree["samples/wave/index.md"]))
    assert not [node for node in page.iter() if WORDS in (node.get("alt") or "") + (node.get("aria-label") or "")]
    pictures = [img.get("alt") for img in page.iter("img") if img.get("alt")]
    label = "Seamline mini editor" if weights == "mini" else "timbrooks/instruct-pix2pix"
    wanted = f"drawn by {label} from the instruction “give the left person grey hair”"
    assert any(wanted in words for words in pictures)


def test_words_for_this_picture_are_shown_wherever_it_is() -> None:
    tree = tree_of(f"alt: {WORDS}\nalt_of: edited-0a1b2c3d.webp\n", "mini")
    for path in ("samples/wave/index.md", "samples/index.md", "questions/how/index.md", "workflows/how/index.md"):
        assert WORDS in str(tree[path]), path
    assert "not described yet" not in said(tree)


def test_a_changed_picture_is_a_finding_with_the_line_to_paste(tmp_path: Path) -> None:
    text = FILES[WAVE] + f"alt: {WORDS}\nalt_of: edited-ffffffff.webp\n"
    (tmp_path / "catalog/samples").mkdir(parents=True)
    (tmp_path / WAVE).write_text(text)
    project = make_project({WAVE: text})
    catalog = Catalog(tmp_path, {}, project.catalog.models, {}, project.catalog.samples)
    found = undescribed(catalog, "wave", run_of("wave"))
    assert found is not None
    assert (found.file, found.line) == (WAVE, len(text.splitlines()) - 1)
    assert "has changed" in found.what and "`alt_of: edited-0a1b2c3d.webp`" in found.hint
    assert undescribed(catalog, "wave", None) is None


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ("title: Engine\n", "not Engine"),
        (f"weights: {{repo: ada/engine, revision: {'a' * 40}}}\n", "not ada/engine"),
    ],
)
def test_the_mini_editor_is_told_apart_from_the_samples_own_model(fields: str, name: str) -> None:
    engine = "catalog/models/engine.yml"
    page = said(render(make_project({engine: FILES[engine] + fields})))
    assert name in page
    assert "timbrooks" not in page
