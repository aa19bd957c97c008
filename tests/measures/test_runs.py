"""Measures of runs: taken once, taken again when anything they rest on changes, never at another run's expense."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from seamline import measures
from seamline.errors import RecordError
from seamline.hashing import Hashes
from seamline.measures import measures_file, measuring, registry
from seamline.measures.verifying import verify_measures
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord
from seamline.runs.store.run_folder import write_run
from seamline.scenes.edits import Swap, apply
from seamline.scenes.sampling import scene_from_seed
from seamline.weights.identity import WeightsIdentity

pytest.importorskip("torch", reason="scenes are drawn with torch")

TO = {"skin": "dark", "hair_style": "bun"}


def webp(picture: Any) -> bytes:
    file = BytesIO()
    Image.fromarray((np.asarray(picture) * 255).round().astype(np.uint8)).save(file, "WEBP", lossless=True)
    return file.getvalue()


def pictures() -> dict[str, bytes]:
    from seamline.scenes.rasterizer import rasterize

    scene = scene_from_seed(7, people=2)
    drawn = rasterize([scene, apply(Swap("left", TO), scene)], 96, 64).picture.permute(0, 2, 3, 1).numpy()
    return {
        "input": webp(drawn[0]),
        "edited": webp(drawn[1]),
        "word-ablation": webp(drawn[0]),
        "attention": webp(drawn[0]),
    }


PICTURES = pictures()


def record(sample: str, images: dict[str, bytes], fields: dict[str, Any] | None = None, key: str = "k") -> RunRecord:
    step = StepRecord(
        model="instruct-pix2pix",
        runner="instruct_pix2pix",
        weights=WeightsIdentity(name="mini", label="Mini", source="catalog/weights/mini", files={}),
        key=key,
        key_fields=fields if fields is not None else scene_fields(),
        device="cpu",
        dtype="float32",
        seconds=1.0,
    )
    return RunRecord(
        schema_version=SCHEMA,
        sample=sample,
        weights_name="mini",
        steps={"edit": step},
        images=tuple(
            ArtifactRecord(
                role=role,
                step="" if role == "input" else "edit",
                port="image" if role == "edited" else "",
                type="Msk" if role == "attention" else "Img",
                provenance="trained-composite" if role in ("edited", "word-ablation") else "computed",
                file=f"{role}.webp",
                width=96,
                height=64,
                sha256=hashlib.sha256(data).hexdigest(),
                phash="0" * 16,
            )
            for role, data in images.items()
        ),
    )


def scene_fields() -> dict[str, Any]:
    return {
        "input.scene": {"seed": 7, "people": 2},
        "truth": {"swap": {"person": "left", "to": TO}},
        "code: scenes": measures_file.code(Hashes(Path("nowhere")))["scenes"],
    }


def project(root: Path, *records: RunRecord, images: dict[str, bytes] = PICTURES) -> Any:
    for one in records:
        write_run(root, one, {image.file: images[image.role] for image in one.images})
    return SimpleNamespace(samples={one.sample: None for one in records})


def test_a_run_is_measured_and_read_back(tmp_path: Path) -> None:
    catalog = project(tmp_path, record("swap", PICTURES))
    assert measuring.measure_runs(tmp_path, catalog).taken == ("swap/mini",)
    values = measures.load(tmp_path)["swap"]["mini"]
    assert values.keys() == {"edited.webp", "word-ablation.webp", "attention.webp"}
    assert values["attention.webp"].keys() == {"attention_focus"}
    assert values["edited.webp"]["psnr_face"] > 45
    assert values["edited.webp"]["identity"] == 1.0


def test_the_other_instruction_is_not_held_against_this_ones_truth(tmp_path: Path) -> None:
    measuring.measure_runs(tmp_path, project(tmp_path, record("swap", PICTURES)))
    other = measures.load(tmp_path)["swap"]["mini"]["word-ablation.webp"]
    assert other.keys() == {"change", "light_agreement"}


def test_nothing_is_measured_twice(tmp_path: Path) -> None:
    catalog = project(tmp_path, record("swap", PICTURES))
    measuring.measure_runs(tmp_path, catalog)
    path = tmp_path / "generated/runs/swap/mini/measures.json"
    before = path.stat().st_mtime_ns
    again = measuring.measure_runs(tmp_path, catalog)
    assert (again.taken, again.kept) == ((), ("swap/mini",))
    assert path.stat().st_mtime_ns == before


def test_a_new_run_new_pixels_or_new_measures_are_measured_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog = project(tmp_path, record("swap", PICTURES))
    measuring.measure_runs(tmp_path, catalog)
    project(tmp_path, record("swap", PICTURES, key="another"))
    assert measuring.measure_runs(tmp_path, catalog).taken
    changed = PICTURES | {"edited": PICTURES["input"]}
    project(tmp_path, record("swap", changed, key="another"), images=changed)
    assert measuring.measure_runs(tmp_path, catalog).taken
    assert measures.load(tmp_path)["swap"]["mini"]["edited.webp"]["change"] == 0.0
    own = measures_file.code
    monkeypatch.setattr(measures_file, "code", lambda hashes: own(hashes) | {"measures": "another threshold"})
    assert measuring.measure_runs(tmp_path, catalog).taken


@pytest.mark.parametrize("text", ["", "{", "[]", '{"images": 3, "key": "x"}', "a number by hand"])
def test_torn_and_altered_measures_are_refused_and_mended(tmp_path: Path, text: str) -> None:
    catalog = project(tmp_path, record("swap", PICTURES))
    path = tmp_path / "generated/runs/swap/mini/measures.json"
    if text == "a number by hand":
        measuring.measure_runs(tmp_path, catalog)
        text = path.read_text().replace('"change": 0.', '"change": 1.', 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match="torn or altered"):
        measures.load(tmp_path)
    assert measuring.measure_runs(tmp_path, catalog).taken
    assert measures.load(tmp_path)["swap"]["mini"]
    assert json.loads(path.read_bytes()).keys() == {"sha256", "run_key", "key", "code", "weights", "images"}


def test_a_photo_and_a_scene_now_drawn_otherwise_are_measured_from_pixels(tmp_path: Path) -> None:
    otherwise = scene_fields() | {"code: scenes": "of another day"}
    catalog = project(tmp_path, record("photo", PICTURES, {}), record("old", PICTURES, otherwise))
    measuring.measure_runs(tmp_path, catalog)
    for sample in ("photo", "old"):
        values = measures.load(tmp_path)[sample]["mini"]
        assert values["edited.webp"].keys() == {"change", "light_agreement"}
        assert "attention.webp" not in values


def test_one_damaged_run_does_not_keep_the_others_from_being_measured(tmp_path: Path) -> None:
    no_input = {role: data for role, data in PICTURES.items() if role != "input"}
    catalog = project(
        tmp_path, record("altered", PICTURES, {}), record("gone", PICTURES, {}), record("none", no_input, {}),
        record("torn", PICTURES, {}), record("whole", PICTURES, {}),
    )  # fmt: skip
    folder = tmp_path / "generated/runs"
    (folder / "altered/mini/edited.webp").write_bytes(PICTURES["input"] + b" ")
    (folder / "gone/mini/input.webp").unlink()
    (folder / "torn/mini/run.json").write_text("{", encoding="utf-8")
    done = measuring.measure_runs(tmp_path, catalog)
    assert done.taken == ("none/mini", "whole/mini")
    assert measures.load(tmp_path)["none"]["mini"] == {}, "there is nothing to compare its pictures with"
    told = "\n".join(map(str, done.problems))
    assert len(done.problems) == 3
    assert all(word in told for word in ("was altered", "No such file", "torn"))


def test_a_measure_that_fails_is_a_problem_of_its_runs_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(image: Any) -> float:
        raise ZeroDivisionError("by nought")

    catalog = project(tmp_path, record("swap", PICTURES))
    change = replace(registry.MEASURES["change"], function=failing)
    monkeypatch.setattr(registry, "discovered", lambda: {"change": change})
    done = measuring.measure_runs(tmp_path, catalog)
    assert done.taken == ()
    assert [str(problem) for problem in done.problems] == ["seamline: the measure 'change' failed: by nought"]


def test_runs_of_samples_that_left_the_catalog_are_left_alone(tmp_path: Path) -> None:
    project(tmp_path, record("swap", PICTURES))
    assert measuring.measure_runs(tmp_path, SimpleNamespace(samples={})).taken == ()  # type: ignore[arg-type]


def test_a_number_that_its_picture_does_not_give_is_noticed_though_it_is_sealed(tmp_path: Path) -> None:
    run = record("a", PICTURES, scene_fields())
    catalog = project(tmp_path, run)
    measuring.measure_runs(tmp_path, catalog)
    count, differences = verify_measures(tmp_path, [("a", "mini")])
    assert count > 10 and differences == ()
    folder = tmp_path / "generated/runs/a/mini"
    stored = measures_file.read(folder)
    assert stored is not None
    file, values = next((file, values) for file, values in stored["images"].items() if "psnr_face" in values)
    honest = values["psnr_face"]
    values["psnr_face"] = honest + 5
    measures_file.write(folder, run, measures_file.code(Hashes(tmp_path)), stored["images"])
    _, (difference,) = verify_measures(tmp_path, [("a", "mini")])
    assert (difference.file, difference.measure, difference.recorded) == (file, "psnr_face", honest + 5)
    assert difference.measured == pytest.approx(honest)
