"""`seamline verify` exits with 1 where a committed picture or number does not hold, and names it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="pictures need the `draw` extra")
pytest.importorskip("skimage", reason="pictures are compared with the `draw` extra")

import numpy as np
from projects import FakeEngine, project, sample_of

from seamline import cli
from seamline.catalog.entries import KINDS, Sample
from seamline.hashing import Hashes
from seamline.measures import measures_file
from seamline.measures.measuring import measure_runs
from seamline.project import sample_runs
from seamline.runs.execute.recompute import compare_files
from seamline.runs.execute.scheduler import run_due
from seamline.runs.store.encoding import encode
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import artifact_name, folder_of, read_record, write_run


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that runs `seamline` in a project whose two samples were run and measured."""
    catalog = project(tmp_path, {"one": sample_of(exhibits={"seeds": [1]}), "two": sample_of(instruction="smile")})
    (tmp_path / "mkdocs.yml").write_text("site_name: x\n")
    monkeypatch.setattr("seamline.catalog.load", lambda root: catalog)
    for module in ("scheduler", "recompute"):
        monkeypatch.setattr(f"seamline.runs.execute.{module}.make_engine", lambda *_: FakeEngine())

    def run(*words: str) -> tuple[int, str]:
        code = cli.run(["--project", str(tmp_path), *words])
        return code, capsys.readouterr().out

    assert run("samples", "--weights", "mini")[0] == 0
    return run


def record_of(root: Path) -> RunRecord:
    record = read_record(folder_of(root, "one", "mini"))
    assert record is not None
    return record


def change_number(root: Path) -> str:
    """Add a little to one recorded number, and seal the file again; its picture's name."""
    folder, record = folder_of(root, "one", "mini"), record_of(root)
    stored = measures_file.read(folder)
    assert stored is not None
    file = next(image.file for image in record.images if image.role == "edited")
    stored["images"][file]["change"] += 0.01
    measures_file.write(folder, record, measures_file.code(Hashes(root)), stored["images"])
    return file


def change_picture(root: Path) -> str:
    """Put another picture in an edit's place, as if it had been recorded so; its name."""
    record = record_of(root)
    encoded = encode(np.full((64, 96, 3), 200, np.uint8), "Img", b"")
    name = artifact_name("edited", encoded.data, encoded.suffix)
    digest = hashlib.sha256(encoded.data).hexdigest()
    images = tuple(
        image.model_copy(update={"file": name, "sha256": digest}) if image.role == "edited" else image
        for image in record.images
    )
    kept = {path.name: path.read_bytes() for path in folder_of(root, "one", "mini").glob("*.webp")}
    write_run(root, record.model_copy(update={"images": images}), {**kept, name: encoded.data})
    return name


def test_what_holds_exits_with_0(program: Any) -> None:
    code, printed = program("verify")
    assert code == 0
    assert "verified 5 pictures: 5 hold, 0 do not" in printed and "0 do not\n" in printed.splitlines(True)[-1]


def test_a_changed_number_exits_with_1(program: Any, tmp_path: Path) -> None:
    file = change_number(tmp_path)
    code, printed = program("verify")
    assert code == 1
    assert f"one/{file}: change: " in printed
    assert "5 hold, 0 do not" in printed and ", 1 do not" in printed


def test_a_changed_picture_exits_with_1(program: Any, tmp_path: Path) -> None:
    file = change_picture(tmp_path)
    assert program("samples", "--weights", "mini")[0] == 0, "it is measured, as any run"
    code, printed = program("verify")
    assert code == 1
    assert f"one/{file}: PSNR " in printed and "not the same picture" in printed
    assert "verified 5 pictures: 4 hold, 1 do not" in printed
    assert "hold, 0 do not" in printed.splitlines()[-1], "its numbers are its own"


def test_what_does_not_hold_is_in_the_json_too(program: Any, tmp_path: Path) -> None:
    number, picture = change_number(tmp_path), change_picture(tmp_path)
    assert program("samples", "--weights", "mini")[0] == 0
    assert number != picture
    change_number(tmp_path)
    code, printed = program("verify", "--only", "one", "--json")
    found = json.loads(printed)
    assert code == 1
    assert [one["file"] for one in found["pictures"] if not one["holds"]] == [picture]
    assert [(one["file"], one["measure"]) for one in found["differences"]] == [(picture, "change")]


def test_another_sample_is_not_to_blame(program: Any, tmp_path: Path) -> None:
    change_number(tmp_path)
    assert program("verify", "--only", "two")[0] == 0


RAMP = np.tile(np.linspace(0, 1, 48), (32, 1))


@pytest.mark.parametrize(
    ("kind", "committed", "again", "holds"),
    [
        ("Dep", RAMP, RAMP[:, ::-1], False),
        ("Dep", RAMP, np.clip(RAMP + 0.002, 0, 1), True),
        ("Alpha", np.uint8(RAMP * 255), np.uint8(RAMP * 255), True),
        ("Alpha", np.uint8(RAMP * 255), np.uint8(RAMP * 254), False),
        ("Txt", "three people", "three people", True),
        ("Txt", "three people", "two people", False),
    ],
    ids=["depth upside down", "depth a little off", "same matte", "other matte", "same text", "other text"],
)
def test_every_kind_of_artifact_is_compared_as_it_is_kept(kind: str, committed: Any, again: Any, holds: bool) -> None:
    files = [encode(value, kind, b"") for value in (committed, again)]
    record = ArtifactRecord(
        role="output", file="one", sha256="0" * 64, type=kind, width=files[0].width, height=files[0].height
    )
    compared = compare_files(("one", "hub"), record, files[0].data, files[1].data, "float32")
    assert (compared.sample, compared.weights, compared.holds) == ("one", "hub", holds)


CROP = {"crop": {"operation": "crop", "inputs": {"image": "photo"}, "parameters": {"width": 64, "height": 48}}}


def test_a_run_without_a_stand_in_is_verified_in_its_own_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = sample_of().photo
    assert photo is not None
    fields = {"title": "Cut", "input": {"photo": photo.model_dump()}, "steps": CROP}
    catalog = project(tmp_path, {"cropped": Sample.model_validate(fields, context={KINDS: {}})})
    monkeypatch.setattr("seamline.runs.execute.recompute.make_engine", lambda *_: FakeEngine())
    run_due(catalog, engine=FakeEngine())
    assert folder_of(tmp_path, "cropped", "hub").is_dir()
    measure_runs(tmp_path, catalog)
    found = sample_runs.verify(catalog, None, "mini", None)
    assert {one.file.split("-")[0] for one in found.pictures} == {"input", "crop"}
    assert not found.mismatches and not found.differences
