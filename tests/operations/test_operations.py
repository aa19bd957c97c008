"""Operations compute what their sources say, refuse what does not go together, and come from other packages too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from seamline.catalog.entries import Parameters
from seamline.errors import RunError
from seamline.plugins import OPERATIONS

BLUE, RED = (np.full((4, 6, 3), colour, np.uint8) for colour in ((0, 0, 200), (100, 0, 0)))


def apply(name: str, values: dict[str, Any], **parameters: Any) -> Any:
    operation = OPERATIONS.all[name]
    outputs = operation.apply(operation.parameters.model_validate(parameters), values)
    assert outputs.keys() == operation.outputs.keys()
    (output,) = outputs.values()
    return output


@pytest.mark.parametrize("name", ["change", "crop", "over", "resize"])
def test_every_operation_declares_itself(name: str) -> None:
    operation = OPERATIONS.all[name]
    assert operation.name == name and operation.provenance == "computed" and operation.summary.endswith(".")
    assert operation.inputs and operation.outputs and issubclass(operation.parameters, Parameters)
    package = Path(sys.modules["seamline"].__file__ or "").parent
    assert operation.code == (f"operations/{name}.py",) and (package / operation.code[0]).is_file()


def test_over_is_porter_and_duffs() -> None:
    """Porter and Duff 1984: alpha times what is above, and what is left of one times what is below."""
    alpha = np.array([[0, 51, 255, 255, 128, 0]] * 4, np.uint8)
    blended = apply("over", {"below": BLUE, "above": RED, "alpha": alpha})
    assert blended.dtype == np.uint8
    assert blended[0].tolist() == [[0, 0, 200], [20, 0, 160], [100, 0, 0], [100, 0, 0], [50, 0, 100], [0, 0, 200]]
    share = (alpha / 255).astype(np.float32)
    assert np.array_equal(apply("over", {"below": BLUE, "above": RED, "alpha": share}), blended)


def test_over_refuses_pictures_of_two_sizes() -> None:
    alpha = np.zeros((4, 5), np.uint8)
    with pytest.raises(RunError, match="is 5 by 4 pixels, and `below` is 6 by 4") as caught:
        apply("over", {"below": BLUE, "above": RED, "alpha": alpha})
    assert caught.value.where == "over.alpha" and "resize" in caught.value.hint


def test_crop_cuts_out_and_never_pads() -> None:
    picture = np.arange(72, dtype=np.uint8).reshape(4, 6, 3)
    cut = apply("crop", {"image": picture}, left=2, top=1, width=3, height=2)
    assert np.array_equal(cut, picture[1:3, 2:5]) and not np.shares_memory(cut, picture)
    assert np.array_equal(apply("crop", {"image": picture}, width=6, height=4), picture)
    for wrong in ({"width": 7, "height": 4}, {"width": 6, "height": 5}, {"left": 4, "width": 3, "height": 1}):
        with pytest.raises(RunError, match="the image has 6 and 4"):
            apply("crop", {"image": picture}, **wrong)


def test_resize_is_pillows() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (8, 12, 3), np.uint8)
    for name in ("NEAREST", "BOX", "BILINEAR", "HAMMING", "BICUBIC", "LANCZOS"):
        wanted = Image.fromarray(picture).resize((5, 7), Image.Resampling[name])
        resized = apply("resize", {"image": picture}, width=5, height=7, resample=name)
        assert resized.shape == (7, 5, 3) and np.array_equal(resized, np.asarray(wanted))
    assert np.array_equal(
        apply("resize", {"image": picture}, width=5, height=7),
        apply("resize", {"image": picture}, width=5, height=7, resample="LANCZOS"),
    )


def test_change_masks_what_moved_by_more_than_the_threshold_in_any_channel() -> None:
    after = BLUE.copy()
    after[0, 0, 2] -= 21
    after[0, 1, 0] += 20
    after[3, 5] = 255
    mask = apply("change", {"before": BLUE, "after": after})
    assert mask.dtype == np.uint8 and mask.shape == (4, 6)
    assert {tuple(place) for place in np.argwhere(mask == 255)} == {(0, 0), (3, 5)} and set(np.unique(mask)) == {0, 255}
    assert apply("change", {"before": BLUE, "after": after}, threshold=19)[0, 1] == 255
    with pytest.raises(RunError, match="`before` is 6 by 4"):
        apply("change", {"before": BLUE, "after": after[:3]})


def test_a_text_is_no_picture() -> None:
    with pytest.raises(RunError, match="is a text"):
        apply("crop", {"image": "a wall"}, width=1, height=1)


def test_pages_are_told_the_parameters() -> None:
    crop = OPERATIONS.all["crop"]
    shown = crop.describe(crop.parameters(width=4, height=3))
    assert [(one.name, one.value) for one in shown] == [("left", "0"), ("top", "0"), ("width", "4"), ("height", "3")]


PLUGIN = '''
from seamline.catalog.entries.base import Parameters
from seamline.operations.base import Operation

class Nothing(Parameters):
    """None."""

class Mirror(Operation):
    name, summary, parameters, code = "mirror", "Mirrors an image.", Nothing, (__file__,)
    inputs, outputs = {"image": "Img"}, {"image": "Img"}

    def apply(self, parameters, values):
        return {"image": values["image"][:, ::-1]}

OPERATION = Mirror()
'''


def test_another_distribution_adds_an_operation_by_an_entry_point(tmp_path: Path) -> None:
    """In a process of its own: the catalog accepts the step, and the schema and the table of fields know it."""
    (tmp_path / "mirroring.py").write_text(PLUGIN)
    about = tmp_path / "mirroring-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: mirroring\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[seamline.operations]\nmirror = mirroring:OPERATION\n")
    for name, text in {
        "models/editor.yml": "block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\n",
        "samples/m.yml": "title: A mirrored scene\ninput: {scene: {seed: 7}}\nsteps:\n"
        "  turn: {operation: mirror, inputs: {image: scene}}\n",
    }.items():
        path = tmp_path / "catalog" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    code = (
        "from pathlib import Path; from seamline.catalog import load; from seamline.catalog.io.json_schema import *\n"
        "from seamline.catalog.recipe_reading import recipe_of\n"
        "c = load(Path('.')); print(recipe_of(c.samples['m'], c.models).steps[0].gives)\n"
        "print('definitions/Nothing' in schemas()['sample.json'])\n"
        "print(list(map(str, __import__('seamline.catalog.io.json_schema', fromlist=['x'])._sources_of_plugins())))"
    )
    path = {"PYTHONPATH": f"{Path(sys.modules['seamline'].__file__ or '').parents[1]}:{tmp_path}"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, env=path, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["{'image': 'Img'}", "True"], done.stderr
    assert done.stdout.split("\n")[2] == str([str(tmp_path / "mirroring.py")])
