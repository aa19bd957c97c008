"""What exhibits make a step's runner do besides the plain edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from exhibits.fake_run import IMAGE_SCALES, INSTRUCTION, LAMPS, MOMENTS, SAMPLE, SEEDS, TEXT_SCALES, sample_of

from seamline.catalog.entries import Sample
from seamline.errors import RunError
from seamline.plugins import EXHIBITS, RUNNERS
from seamline.runners.base import PlannedRequest
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.request_planning import planned

RUNNER = RUNNERS.all["instruct_pix2pix"]
from seamline.scenes.cameras import CAMERAS


def plan(sample: Sample) -> tuple[PlannedRequest[EditRequest], ...]:
    plain = RUNNER.request(sample.parameters, {"image": "old-face/input", "text": sample.instruction})
    return planned(sample, plain, RUNNER.name)


def test_the_plain_edit_comes_first_and_keeps_what_exhibits_show_of_it() -> None:
    first, *others = plan(SAMPLE)
    assert (first.role, first.stem) == ("edited", "edited")
    assert first.request.snapshots == 8 and first.request.attention
    assert not any(one.request.snapshots or one.request.attention for one in others)
    (alone,) = plan(sample_of(exhibits={}))
    assert RUNNER.same_output(alone.request, first.request) and not alone.request.snapshots


def test_further_requests_stand_in_the_order_that_records_keep() -> None:
    grid = [f"guidance-grid-t{text:g}-i{image:g}" for image in IMAGE_SCALES for text in TEXT_SCALES]
    seeds = [f"seed-{seed}" for seed in SEEDS]
    lamps = [f"lamp-at-{azimuth:g}-edited" for azimuth in LAMPS]
    moments = [f"photo-swapped-after-{after}" for after in MOMENTS]
    views = [f"view-{camera}-edited" for camera in range(CAMERAS)]
    others = [*lamps, *moments, *views, *grid, "word-ablation", *seeds, "unconditioned"]
    assert [one.stem for one in plan(SAMPLE)] == ["edited", *others]
    roles = {one.role for one in plan(SAMPLE)} - {"edited"}
    asked = {role for kind in EXHIBITS.all.values() for role in kind.measured}
    asked -= {"paste", "predicted-x0"}  # What no request of its own makes.
    assert roles == asked | {"view-edited"}, "nothing is known here of the scene from another camera"


def test_each_request_differs_from_the_plain_one_in_what_it_is_named_for() -> None:
    by_stem = {one.stem: one.request for one in plan(SAMPLE)}
    plain = replace(by_stem["edited"], snapshots=0, attention=False)
    assert by_stem["seed-3"] == replace(plain, seed=3)
    assert by_stem["unconditioned"] == replace(plain, unconditioned=True)
    assert by_stem["word-ablation"] == replace(plain, instruction=INSTRUCTION.replace("grey", "red"))
    assert by_stem["guidance-grid-t12-i2"] == replace(plain, guidance_scale=12.0, image_guidance_scale=2.0)


def test_only_cells_that_the_stock_pipeline_cannot_sample_go_beyond_it() -> None:
    grid = {"guidance_scale": [2, 3], "image_guidance_scale": [0, 0.5, 1]}
    cells = [one.request for one in plan(sample_of(exhibits={"guidance_grid": grid}))[1:]]
    assert [cell.image_guidance_scale for cell in cells if cell.beyond_stock] == [0, 0, 0.5, 0.5]


def test_exhibits_of_another_runner_ask_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(EXHIBITS.all["denoising"]), "runner", "another")
    monkeypatch.setattr(type(EXHIBITS.all["guidance_grid"]), "runner", "another")
    first, *others = plan(SAMPLE)
    assert first.request.snapshots == 0 and first.request.attention
    assert "guidance-grid" not in {one.role for one in others}


def test_what_a_model_would_ignore_is_refused_when_it_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    from seamline.exhibits.guidance_grid import exhibit

    monkeypatch.setattr(exhibit, "ignored_by_stock", lambda text, image: None)
    with pytest.raises(RunError, match="image_guidance_scale is 0"):
        plan(sample_of(exhibits={"guidance_grid": {"guidance_scale": [2, 3], "image_guidance_scale": [0, 1]}}))
