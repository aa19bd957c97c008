"""Runs that an earlier version recorded are read as they were written: nothing lost, nothing that is torn trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from old_records import FACTS, KEY_FIELDS, OF_THE_STEP, PLAIN, RECORDS, ROLES, as_version_1
from projects import FakeEngine, project, scene_sample

from seamline.errors import RecordError
from seamline.runs.execute.scheduler import run_due
from seamline.runs.store.records import RunRecord
from seamline.runs.store.run_folder import folder_of, read_record, write_run
from seamline.runs.store.upgrade import upgraded
from seamline.seals import sealed

NAMES = ("v1-grey-hair", "v1-every-role")


def old(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((RECORDS / f"{name}.json").read_bytes())
    return data


def read(folder: Path, raw: bytes) -> RunRecord:
    (folder / "run.json").write_bytes(raw)
    record = read_record(folder)
    assert record is not None
    return record


@pytest.mark.parametrize("name", NAMES)
def test_every_old_field_is_found_again(name: str, tmp_path: Path) -> None:
    before, record = old(name), read(tmp_path, (RECORDS / f"{name}.json").read_bytes())
    assert before.keys() == {"sha256", "sample", *OF_THE_STEP, "images", "input_rights"}, "each is looked at below"
    (step,) = record.steps.values()
    now = step.model_dump(mode="json")
    assert {name: now[name] for name in OF_THE_STEP if name != "key_fields"} == {
        name: before[name] for name in OF_THE_STEP if name != "key_fields"
    }
    assert (record.sample, record.input_rights) == (before["sample"], before["input_rights"])
    assert (record.key, record.weights_name, record.stands_in) == (before["key"], "mini", True)
    fields = {KEY_FIELDS.get(field, field): value for field, value in before["key_fields"].items()}
    if "exhibits.denoising" in fields:
        fields["exhibits.denoising"] = {"snapshots": fields["exhibits.denoising"]["moments"]}
    assert step.key_fields == fields
    assert step.inputs == {"image": "scene", "text": before["key_fields"]["instruction"]}
    assert (step.model, step.runner) == ("instruct-pix2pix", "instruct_pix2pix")
    assert len(record.images) == len(before["images"])
    for image, written in zip(record.images, before["images"], strict=True):
        plain = {**{field: written[field] for field in PLAIN}, "role": ROLES.get(written["role"], written["role"])}
        assert image.model_dump(include=set(PLAIN)) == plain
        assert image.facts == {FACTS.get(field, field): written[field] for field in written.keys() - set(PLAIN)}


def test_what_a_picture_is_follows_from_its_old_role(tmp_path: Path) -> None:
    record = read(tmp_path, (RECORDS / "v1-every-role.json").read_bytes())
    kinds = {image.role: (image.step, image.type, image.provenance) for image in record.images}
    generated = ("edit", "Img", "trained-composite")
    scene, mask = ("", "Img", "computed"), ("", "Msk", "computed")
    assert kinds == {
        **dict.fromkeys(("edited", "seed", "noisy", "unconditioned", "predicted-x0"), generated),
        **dict.fromkeys(("guidance-grid", "word-ablation"), generated),
        **dict.fromkeys(("input", "paste", "truth"), scene),
        "region": mask,
        "attention": ("edit", "Msk", "computed"),
    }
    assert record.result is not None and record.result.role == "edited"


def test_of_a_photo_nothing_is_said(tmp_path: Path) -> None:
    data = old("v1-grey-hair")
    data["key_fields"] = {"input.photo": "a.png"} | {
        name: value for name, value in data["key_fields"].items() if name != "input.scene"
    }
    del data["sha256"]
    record = read(tmp_path, sealed(json.dumps(data, indent=1)))
    given = record.one("input")
    assert given is not None and given.provenance is None
    assert record.main.inputs["image"] == "photo"


@pytest.mark.parametrize("name", NAMES)
def test_a_torn_or_altered_one_is_refused(name: str, tmp_path: Path) -> None:
    raw = (RECORDS / f"{name}.json").read_bytes()
    for place in range(0, len(raw), 7):
        altered = bytearray(raw)
        altered[place] ^= 1
        for broken in (bytes(altered), raw[:place]):
            with pytest.raises(RecordError):
                read(tmp_path, broken)
    assert read(tmp_path, raw)


@pytest.mark.parametrize("missing", ["weights", "key", "sample", "images", "key_fields"])
def test_a_sealed_one_that_lacks_something_is_no_record(missing: str, tmp_path: Path) -> None:
    data = {name: value for name, value in old("v1-grey-hair").items() if name not in ("sha256", missing)}
    with pytest.raises(RecordError):
        read(tmp_path, sealed(json.dumps(data, indent=1)))


def test_it_is_written_in_the_present_form_and_read_as_the_same(tmp_path: Path) -> None:
    record = read(tmp_path, (RECORDS / "v1-every-role.json").read_bytes())
    write_run(tmp_path, record, {})
    again = read_record(folder_of(tmp_path, "swap-left", "mini"))
    assert again == record
    data = json.loads((folder_of(tmp_path, "swap-left", "mini") / "run.json").read_bytes())
    assert data["schema_version"] == 2 and upgraded(data) is data


def test_a_run_of_today_comes_back_from_its_old_form(tmp_path: Path) -> None:
    """All but the digest of what the code asked of the model, which version 1 had no field for, and so the key."""
    exhibits = {"denoising": {}, "seeds": [1], "attention": True, "baseline_comparison": True}
    catalog = project(tmp_path, {"one": scene_sample(exhibits=exhibits)})
    run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
    record = read_record(folder_of(tmp_path, "one", "mini"))
    assert record is not None
    (name, step), *_ = record.steps.items()
    written = json.loads(json.dumps(as_version_1(record)))
    fields = {field: value for field, value in step.key_fields.items() if field != "requests"}
    known = step.model_copy(update={"key_fields": fields, "key": written["key"]})
    came_back = RunRecord.model_validate(upgraded(written))
    assert came_back == record.model_copy(update={"steps": {name: known}})
