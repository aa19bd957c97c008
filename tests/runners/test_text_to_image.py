"""Text-to-image generation with the real diffusers classes and tiny random weights."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="generating needs the `draw` extra")
pytest.importorskip("diffusers", reason="generating needs the `draw` extra")

import numpy as np
from PIL import Image
from pydantic import ValidationError
from tiny_text_to_image import save

from seamline.errors import RunError
from seamline.runners.base import Call
from seamline.runners.text_to_image import RUNNER
from seamline.runners.text_to_image.generation_request import GenerationRequest
from seamline.runners.text_to_image.parameters import GenerationParameters

PARAMETERS = GenerationParameters(num_inference_steps=2, guidance_scale=4.0, width=64, height=64, seed=5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    save(folder)
    return folder


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Any:
    return RUNNER.load(folder, "cpu", "float32")


def request(text: str = "an old man", **changed: Any) -> GenerationRequest:
    return replace(RUNNER.request(PARAMETERS, {"text": text}), **changed)


def picture(loaded: Any, one: GenerationRequest) -> Any:
    [output] = RUNNER.run(loaded, {}, [one])
    return output.values["image"]


@pytest.mark.parametrize("scheduler", [None, "EulerAncestralDiscreteScheduler"])
def test_an_image_does_not_depend_on_its_batch(loaded: Any, scheduler: str | None) -> None:
    asked = [
        request(scheduler=scheduler),
        request("the woman with the hat", seed=6, scheduler=scheduler),
        request(negative_prompt="grey hair", seed=7, scheduler=scheduler),
    ]
    together = [output.values["image"] for output in RUNNER.run(loaded, {}, asked)]
    alone = [picture(loaded, one) for one in asked]
    for one, other in zip(together, alone, strict=True):
        assert one.shape == (64, 64, 3)
        assert one.dtype == np.uint8
        assert np.abs(one.astype(int) - other).max() <= 1
    assert np.abs(alone[0].astype(int) - alone[1]).max() > 8


def test_text_seed_and_negative_prompt_each_change_the_image(loaded: Any) -> None:
    plain = picture(loaded, request()).astype(int)
    for changed in (request("the woman"), request(seed=6), request(negative_prompt="grey hair")):
        assert np.abs(picture(loaded, changed) - plain).max() > 1, changed


def test_it_is_what_the_stock_pipeline_gives(folder: Path, loaded: Any) -> None:
    import torch
    from diffusers import StableDiffusionPipeline

    stock = StableDiffusionPipeline.from_pretrained(folder, safety_checker=None)
    [expected] = stock(
        "an old man",
        num_inference_steps=2,
        guidance_scale=4.0,
        width=64,
        height=64,
        generator=torch.Generator("cpu").manual_seed(5),
    ).images
    assert np.abs(picture(loaded, request()).astype(int) - np.asarray(expected)).max() <= 1


def test_a_scheduler_of_the_steps_own_is_not_left_behind(loaded: Any) -> None:
    before = picture(loaded, request())
    other = picture(loaded, request(scheduler="EulerDiscreteScheduler"))
    assert np.abs(other.astype(int) - before).max() > 1
    assert type(loaded.scheduler).__name__ == "DDIMScheduler"
    assert (picture(loaded, request()) == before).all()
    with pytest.raises(RunError, match="not a scheduler for these weights"):
        picture(loaded, request(scheduler="AdamScheduler"))


def test_without_a_size_it_is_the_weights_own(loaded: Any) -> None:
    assert picture(loaded, request(width=None, height=None)).shape == (64, 64, 3)
    assert picture(loaded, request(width=80)).shape == (64, 80, 3)


def test_only_what_the_pipeline_takes_one_by_one_shares_a_batch() -> None:
    plain = RUNNER.batch_of(request(), {})
    assert plain == RUNNER.batch_of(request("the woman", seed=9, negative_prompt="hair"), {})
    for name, value in (
        ("num_inference_steps", 4),
        ("guidance_scale", 2.0),
        ("width", 72),
        ("height", 72),
        ("scheduler", "DDIMScheduler"),
    ):
        assert RUNNER.batch_of(request(**{name: value}), {}) != plain, name


@pytest.mark.parametrize("name", ["prompt", "negative_prompt"])
def test_a_text_that_would_not_be_read_to_its_end_is_refused(loaded: Any, name: str) -> None:
    with pytest.raises(RunError, match="would never see") as refused:
        picture(loaded, request(**{name: "zzzzz " * 12}))
    assert refused.value.where == name


@pytest.mark.parametrize("fields", [{"width": 100}, {"height": 32}, {"guidance_scale": 0.5}, {"seed": -1}])
def test_what_the_pipeline_cannot_take_is_no_parameter(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        GenerationParameters(**fields)


def test_a_negative_prompt_that_nothing_reads_is_refused() -> None:
    with pytest.raises(ValidationError, match="never read"):
        GenerationParameters(guidance_scale=1, negative_prompt="grey hair")
    assert GenerationParameters(guidance_scale=1).guidance_scale == 1


def test_weights_published_with_a_feature_extractor_load_without_it(tmp_path: Path) -> None:
    save(tmp_path)
    index = tmp_path / "model_index.json"
    named = json.loads(index.read_text("utf-8"))
    named["feature_extractor"] = ["transformers", "CLIPImageProcessor"]
    named["safety_checker"] = ["stable_diffusion", "StableDiffusionSafetyChecker"]
    index.write_text(json.dumps(named), "utf-8")
    assert picture(RUNNER.load(tmp_path, "cpu", "float32"), request()).shape == (64, 64, 3)


@pytest.mark.parametrize("scheduler", [None, "DPMSolverMultistepScheduler"])
def test_the_program_for_plain_diffusers_generates_the_same_image(
    folder: Path, loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheduler: str | None
) -> None:
    parameters = PARAMETERS.model_copy(update={"scheduler": scheduler, "negative_prompt": 'it\'s "grey"'})
    code = RUNNER.as_python(parameters, Call(str(folder), "", {"text": "an old man"}, "generated.png"))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "program.py", "exec"), {})
    ours = picture(loaded, RUNNER.request(parameters, {"text": "an old man"}))
    theirs = np.asarray(Image.open(tmp_path / "generated.png").convert("RGB"))
    assert np.abs(ours.astype(int) - theirs).max() <= 1


def test_the_program_pins_the_weights() -> None:
    code = RUNNER.as_python(PARAMETERS, Call("ada/engine", "0123456789" * 4, {"text": "x"}, "x.png"))
    assert f"from_pretrained('ada/engine', revision='{'0123456789' * 4}', use_safetensors=True)" in code


def test_facts_say_what_was_asked() -> None:
    assert RUNNER.facts(request()) == {
        "prompt": "an old man",
        "negative_prompt": "",
        "guidance_scale": 4.0,
        "seed": 5,
    }
