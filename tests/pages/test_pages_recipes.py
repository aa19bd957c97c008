"""The recipe a reader takes home does what the sample says."""

from __future__ import annotations

import ast

import pytest
import yaml
from page_projects import make_project, run_of

from seamline.catalog.entries import KINDS, HubWeights, Sample
from seamline.catalog.recipe import ResolvedStep
from seamline.catalog.recipe_reading import recipe_of
from seamline.catalog.runnable import kinds_of
from seamline.pages.take_home import as_python, as_yaml

CATALOG = make_project().catalog
MODEL, WAVE = CATALOG.models["engine"], CATALOG.samples["wave"]
HUB = MODEL.model_copy(update={"weights": HubWeights(repo="ada/engine", revision="0123456789" * 4)})


def step_of(sample: Sample) -> ResolvedStep:
    """The only step of a sample."""
    (step,) = recipe_of(sample, CATALOG.models).steps
    return step


def calls(code: str) -> dict[str, ast.Call]:
    """Calls in a script by the name of what is called."""
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    return {ast.unparse(call.func): call for call in found}


def keywords(call: ast.Call) -> dict[str, object]:
    return {
        str(one.arg): one.value.value for one in call.keywords if isinstance(one.value, ast.Constant)
    }  # fmt: skip


def test_the_script_asks_the_pipeline_for_what_the_sample_says() -> None:
    code = as_python("wave", step_of(WAVE), MODEL, run_of("wave"))
    compile(code, "wave.py", "exec")
    found = calls(code)
    assert keywords(found["pipeline"]) == {
        "num_inference_steps": 12,
        "guidance_scale": 2.5,
        "image_guidance_scale": 1.25,
    }
    assert ast.literal_eval(found["pipeline"].args[0]) == "give the left person grey hair"
    assert ast.literal_eval(found["torch.Generator('cpu').manual_seed"].args[0]) == 11
    assert ast.literal_eval(found["Image.open"].args[0]) == "generated/runs/wave/mini/input-0a1b2c3d.webp"


def test_the_script_loads_the_weights_that_drew_the_run() -> None:
    mini = calls(as_python("wave", step_of(WAVE), HUB, run_of("wave")))
    hub = calls(as_python("wave", step_of(WAVE), HUB, run_of("wave", "hub")))
    name = "StableDiffusionInstructPix2PixPipeline.from_pretrained"
    assert ast.literal_eval(mini[name].args[0]) == "catalog/weights/mini"
    assert ast.literal_eval(hub[name].args[0]) == "ada/engine"
    assert keywords(hub[name]) == {"revision": "0123456789" * 4, "use_safetensors": True}


def test_a_scheduler_of_the_samples_own_is_set() -> None:
    parameters = WAVE.parameters.model_copy(update={"scheduler": "DDIMScheduler"})
    code = as_python("wave", step_of(WAVE.model_copy(update={"parameters": parameters})), MODEL, None)
    assert "from diffusers import DDIMScheduler, StableDiffusionInstructPix2PixPipeline" in code
    assert "DDIMScheduler.from_config" in calls(code)


@pytest.mark.parametrize("words", ['it\'s "so"', "back\\slash\\", "new\nline", "'''", '"""', "{curly} %s ü 🙂"])
def test_no_instruction_breaks_out_of_the_script(words: str) -> None:
    sample = WAVE.model_copy(update={"instruction": words})
    found = calls(as_python("wave", step_of(sample), MODEL, None))
    assert ast.literal_eval(found["pipeline"].args[0]) == words


def test_the_yaml_reads_back_as_the_sample() -> None:
    kinds = {KINDS: kinds_of(CATALOG.models)}
    assert Sample.model_validate(yaml.safe_load(as_yaml(WAVE)), context=kinds) == WAVE
    assert "scheduler" not in as_yaml(WAVE)
