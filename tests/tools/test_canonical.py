"""The experiments with canonical images: which edits are made, what is measured of them, and what the record says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="canonical images are learned with torch")

import torch

from seamline.measures import standing
from seamline.scenes.camera_views import views_of
from seamline.scenes.cameras import camera_row, disparities
from seamline.scenes.edits import SetExpression, apply
from seamline.seals import read_sealed
from tools.canonical import canonical_figures
from tools.canonical.tried_edits import KINDS, OUTLINE, scene_seeds, tried_edits
from tools.canonical.trying import WAYS, disagreement

ROOT = Path(__file__).parents[2]
RECORD = ROOT / standing.CANONICAL


@pytest.mark.parametrize("seed", [*scene_seeds(12)])
def test_three_kinds_of_edit_of_one_person(seed: int) -> None:
    scene, tried = tried_edits(seed)
    assert [one.kind for one in tried] == list(KINDS)
    assert len({one.at for one in tried}) == 1
    for one in tried:
        after = apply(one.edit, scene)
        assert [at for at, person in enumerate(after.people) if person != scene.people[at]] == [one.at]
        before, now = scene.people[one.at].identity, after.people[one.at].identity
        outlines = [[getattr(identity, name) for name in OUTLINE] for identity in (before, now)]
        if one.kind == "same_outline":
            assert outlines[0] == outlines[1] and before.skin != now.skin
        elif one.kind == "new_outline":
            assert before.hair_style != now.hair_style and now.hat == "none"
        else:
            assert isinstance(one.edit, SetExpression)
    assert tried_edits(seed)[1] == tried


def test_views_agree_but_for_resampling_and_a_stamp_does_not() -> None:
    scene, [tried, *_] = tried_edits(scene_seeds(1)[0])
    views = views_of(scene, camera_row(), 192, 128)
    head = views.face_masks[:, tried.at]
    disparity = disparities(len(scene.people))[tried.at] * 128
    true = disagreement(views.pictures, head, disparity)
    assert 0 < true < 5
    stuck = views.pictures[6].expand(len(views.pictures), -1, -1, -1)
    assert disagreement(stuck, head, disparity) > 2 * true
    assert disagreement(torch.zeros_like(views.pictures), head, disparity) == 0


def row(seed: int, canonical: float, each: float) -> dict[str, Any]:
    def values(disagrees: float) -> dict[str, float]:
        return {"psnr_face": 20.0 + seed, "worst_view": 19.0, "psnr_outside": 30.0, "disagreement": disagrees}

    ways = {way: values(3.0) for way in WAYS} | {"canonical": values(canonical), "each_view": values(each)}
    del ways["truth"]["psnr_face"]
    edits = [{"kind": kind, "instruction": "", "ways": ways} for kind in KINDS]
    return {"seed": seed, "learned": {"held_out": 30.0 + seed}, "edits": edits}


def test_figures_are_means_over_scenes_with_intervals() -> None:
    rows = [row(0, 2.0, 8.0), row(1, 4.0, 8.0)]
    found = canonical_figures.edit_figures(rows)
    assert found["expression"]["canonical"]["disagreement"].value == 3
    assert found["expression"]["canonical"]["psnr_face"].n == 2
    assert found["all"]["canonical"]["psnr_face"].n == 2, "edits of one scene are no independent ones"
    assert "psnr_face" not in found["all"]["truth"]
    gain = canonical_figures.gains(rows)["expression"]
    assert gain["agreement"].value == 3  # 4 times and 2 times
    assert gain["psnr_face"].value == 0
    assert canonical_figures.learned_figures(rows)["held_out"].value == 30.5


def test_the_record_is_sealed_and_its_figures_follow_from_its_rows() -> None:
    body = read_sealed(RECORD, "write it with `make canonical`")
    assert body, f"{standing.CANONICAL} is not there: pages print it; write it with `make canonical`"
    record = json.loads(body)
    rows = record["rows"]["scenes"]
    assert len(rows) == record["facts"]["scenes"] >= 24
    assert [one["seed"] for one in rows] == list(scene_seeds(len(rows)))

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return value.model_dump(mode="json", exclude_none=True)

    assert plain(canonical_figures.edit_figures(rows)) == record["edits"]
    assert plain(canonical_figures.gains(rows)) == record["gains"]
    assert plain(canonical_figures.learned_figures(rows)) == record["learned"]


def test_the_record_is_of_these_weights_and_this_code() -> None:
    record = json.loads(read_sealed(RECORD, "") or b"{}")
    assert standing.why_outdated(ROOT, record) == ""


def test_a_command_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    from tools.canonical.__main__ import _kept

    asked: list[int] = []

    def make(seed: int) -> dict[str, Any]:
        asked.append(seed)
        return {"seed": seed, "learned": {"held_out": 30.0}}

    rows = [_kept(tmp_path, "these", "scene", seed, make) for seed in (1, 2, 1)]
    assert asked == [1, 2] and rows[0] == rows[2]
    _kept(tmp_path, "other weights or code", "scene", 1, make)
    assert asked == [1, 2, 1]
