"""`scene.views`: a scene from a row of cameras as what feeds a step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="scenes are drawn with torch")

import numpy as np

from seamline.catalog import Catalog
from seamline.catalog.entries import SceneInput, Truth
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.recipe import SceneViews
from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import CatalogError
from seamline.hashing import Hashes
from seamline.runs.inputs.scene_views import view_name, views_input
from seamline.runs.plan.keys import step_fields
from seamline.runs.plan.requests import value_name
from seamline.scenes.cameras import CAMERAS

MODEL = (
    "block: Views2ImgField-Seamline-tiny\ntitle: Tiny\nfolder: catalog/weights/tiny\npipeline: CanonicalImage\n"
    "in_role_of: {name: AGAP, differs: It is tiny.}\n"
).replace("Seamline-tiny", "Seamline-tiny-field")
HEAD = "title: One\ninput: {scene: {seed: 7}}\nsteps:\n"
STAMP = "  put: {operation: stamp, inputs: {views: scene.views, before: scene, after: scene}}\n"
CROP = "  cut: {operation: crop, inputs: {image: scene}, parameters: {width: 4, height: 3}}\n"


def read(sample: str) -> Catalog:
    texts: Mapping[str, str] = {"catalog/models/tiny.yml": MODEL, "catalog/samples/s.yml": sample}
    return catalog_of(Path("nowhere"), {name: text.encode() for name, text in texts.items()})


def what_is_wrong(sample: str) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read(sample)
    return [f"{one.field}: {one.what} {one.hint}" for one in caught.value.problems]


def test_a_step_that_takes_views_is_fed_by_the_scene() -> None:
    catalog = read(HEAD + "  learn: {model: tiny, inputs: {views: scene.views}}\n")
    recipe = recipe_of(catalog.samples["s"], catalog.models)
    assert recipe.has_views
    assert recipe.steps[0].inputs == {"views": SceneViews()}
    assert recipe.steps[0].gives == {"image": "Img", "field": "Field"}


def test_what_does_not_fit_is_said() -> None:
    (wrong,) = what_is_wrong(HEAD + "  learn: {model: tiny, inputs: {views: scene}}\n")
    assert "`scene` gives an image, and `views` takes views" in wrong and "`scene.views`" in wrong
    (wrong,) = what_is_wrong(HEAD + CROP.replace("image: scene", "image: scene.views"))
    assert "gives views, and `image` takes an image" in wrong
    photo = "title: One\ninput: {photo: {path: a.jpg, licence: CC0, credit: me, consent: all}}\nsteps:\n"
    assert any(
        "there is no scene" in one
        for one in what_is_wrong(photo + STAMP.replace("before: scene, after: scene", "before: photo, after: photo"))
    )


def fields(sample: str, name: str, tmp_path: Path) -> Mapping[str, object]:
    catalog = read(sample)
    one = catalog.samples["s"]
    [step] = [step for step in recipe_of(one, catalog.models).steps if step.name == name]
    return step_fields(
        tmp_path, one, step, weights=None, size=(192, 128), dtype="float32", upstream={}, hashes=Hashes(tmp_path)
    )


def test_only_samples_with_views_depend_on_the_code_that_draws_them(tmp_path: Path) -> None:
    assert "code: views" not in fields(HEAD + CROP, "cut", tmp_path)
    assert "code: views" in fields(HEAD + STAMP, "put", tmp_path)
    assert "code: views" in fields(HEAD + STAMP + CROP, "cut", tmp_path), "exhibits edit views, too"


def test_views_are_stacked_from_left_to_right_beside_those_of_the_truth() -> None:
    truth = Truth.model_validate({"expression": {"person": "left", "expression": "laughing"}})
    given = views_input(SceneInput(seed=7, people=2), truth, (48, 32))
    assert given.sheet.shape == (CAMERAS * 32, 48, 3)
    assert given.sheet.dtype == np.uint8
    assert len(given.pictures) == CAMERAS
    assert np.array_equal(given.pictures[3], given.sheet[96:128])
    assert given.truth is not None and not np.array_equal(given.truth, given.sheet)
    assert views_input(SceneInput(seed=7, people=2), None, (48, 32)).truth is None
    assert value_name("s", SceneViews()) == "s/views" and view_name("s", 3) == "s/view/3"
