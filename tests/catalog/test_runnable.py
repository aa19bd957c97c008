"""No model is impersonated: what no engine here can run, no sample may name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from more_runners import MORE, Declared, registered

from seamline.catalog import load
from seamline.catalog.entries import Model
from seamline.catalog.runnable import kinds_of, pipeline_of, runner_of, why_not_run
from seamline.errors import CatalogError, Problem
from seamline.runners.instruct_pix2pix.runner import PIPELINE

from .conftest import FILES, Project

SAMPLE, ENGINE = "catalog/samples/wave.yml", "catalog/models/engine.yml"


def hub(repo: str) -> dict[str, str]:
    return {"repo": repo, "revision": "main"}


def problems(action: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        action()
    return caught.value.problems


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("Img2Depth-HuggingFace-depth-anything-V2", "`Img2Dep`"),
        ("Img2Msk-HuggingFace-facebook-sam", "`Img2Msk`"),
        ("Txt2Img-HuggingFace-stabilityai-sdxl", "`Txt2Img`"),
        ("Img2Img-HuggingFace-caidas-swin2SR", "`Img2Img`"),
        ("ImgTxtMask2Img-HuggingFace-a-b", "`ImgTxtMsk2Img`"),
        ("ImgTxt2ImgMsk-HuggingFace-a-b", "`ImgTxt2ImgMsk`"),
        ("ImgTxt2Vid-HuggingFace-timbrooks-instruct-pix2pix", "`ImgTxt2Vid`"),
    ],
)
def test_a_sample_of_a_model_of_another_kind_is_refused_by_file_and_line(
    project: Project, block: str, said: str
) -> None:
    """Whatever pipeline its entry claims: the block says what the model takes and gives."""
    for claim in ("", f"pipeline: {PIPELINE}\n"):
        engine = f"block: {block}\n{claim}papers: [ada1843]\n"
        with registered():
            found = problems(lambda engine=engine: load(project(**{ENGINE: engine})))
        mine = [one for one in found if one.file == SAMPLE]
        assert [(one.line, one.field) for one in mine] == [(2, "model")]
        assert said in mine[0].what and "nothing here can run it" in mine[0].what
        assert "take the step out" in mine[0].hint


def test_a_model_whose_pipeline_nobody_named_is_refused_with_the_line_to_add(project: Project) -> None:
    block = "ImgTxt2Img-HuggingFace-black-forest-labs-FLUX.1-Kontext-dev"
    (found,) = problems(
        lambda: load(project(**{ENGINE: f"block: {block}\npapers: [ada1843]\ngithub: https://a.b/c\n"}))
    )
    assert (found.file, found.line) == (SAMPLE, 2)
    assert f"`pipeline: {PIPELINE}`" in found.hint and ENGINE in found.hint


@pytest.mark.parametrize("pipeline", ["FluxKontextPipeline", "StableDiffusionPipeline", "LEditsPPPipelineX1Pipeline"])
def test_a_model_of_another_pipeline_is_refused(project: Project, pipeline: str) -> None:
    engine = FILES[ENGINE].replace(PIPELINE, pipeline)
    (found,) = problems(lambda: load(project(**{ENGINE: engine})))
    assert (found.file, found.line, found.field) == (SAMPLE, 2, "model")
    assert f"`{pipeline}`" in found.what


def test_a_question_may_recommend_what_no_sample_can_run(project: Project) -> None:
    root = project(**{"catalog/models/depth.yml": "block: Img2Depth-HuggingFace-depth-anything-V2\n"})
    question = root / "catalog/questions/how.md"
    question.write_text(question.read_text().replace("[engine]", "[engine, depth]"))
    assert set(load(root).models) == {"engine", "depth"}


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"block": "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix"}, PIPELINE),
        ({"block": "ImageText2Image-HuggingFace-timbrooks-instruct-pix2pix"}, PIPELINE),
        ({"block": "ImgTxt2Img-HuggingFace-a-b", "weights": hub("timbrooks/instruct-pix2pix")}, PIPELINE),
        ({"block": "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix", "weights": hub("a/b")}, ""),
        ({"block": "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix-2"}, ""),
        ({"block": "ImgTxt2Img-HuggingFace-a-b", "pipeline": "FluxKontextPipeline"}, "FluxKontextPipeline"),
    ],
)
def test_what_is_known_of_a_pipeline(fields: dict[str, object], known: str) -> None:
    """What the entry names wins; its weights say more than its block."""
    model = Model.model_validate(fields)
    assert pipeline_of(model) == known
    assert (why_not_run("m", model) == ("", "")) == (known == PIPELINE)


def test_a_model_is_run_by_the_runner_that_fits_its_ports_and_its_pipeline() -> None:
    """Ports in any order and spelling; the same pipeline class behind other ports is another model."""
    models = {
        "plain": Model(block="ImgTxt2Img-HuggingFace-a-b", pipeline=PIPELINE),
        "turned": Model(block="PromptPhoto2Picture-HuggingFace-a-c", pipeline=PIPELINE),
        "other": Model(block="ImgImg2Img-HuggingFace-a-d", pipeline=PIPELINE),
        "painter": Model(block="Txt2Img-HuggingFace-a-e", pipeline="TestOnlyPipeline"),
        "unsaid": Model(block="ImgTxt2Img-HuggingFace-a-f"),
    }
    assert kinds_of(models) == {"plain": "instruct_pix2pix", "turned": "instruct_pix2pix"}
    painting = Declared("painting", "Txt2Img", frozenset({"TestOnlyPipeline"}))
    with registered(*MORE, painting):
        assert kinds_of(models)["painter"] == "painting"
        assert runner_of(models["other"]) is None
        assert "the runner `blending` loads `Blending` alone" in why_not_run("other", models["other"])[0]


def test_a_runner_names_the_repositories_whose_pipeline_it_knows() -> None:
    known = Declared("inpainting", "ImgMsk2Img", frozenset({"Inpaint"}), known_repositories={"a/paint": "Inpaint"})
    model = Model.model_validate({"block": "ImgMsk2Img-HuggingFace-a-paint"})
    assert pipeline_of(model) == ""
    with registered(known):
        assert pipeline_of(model) == "Inpaint"
        assert kinds_of({"m": model}) == {"m": "inpainting"}


@pytest.mark.parametrize(
    ("block", "runner"),
    [
        ("Img2Txt-HuggingFace-Salesforce-blip-image-captioning-large", "image_to_text"),
        ("Img2Depth-HuggingFace-depth-anything-Depth-Anything-V2-Small-hf", "depth_estimation"),
        ("Img2Depth-HuggingFace-LiheYoung-depth-anything-base-hf", "depth_estimation"),
    ],
)
def test_what_a_document_calls_by_its_repository_need_not_name_its_pipeline(block: str, runner: str) -> None:
    assert kinds_of({"m": Model.model_validate({"block": block})}) == {"m": runner}


def test_weights_in_a_form_that_the_runner_does_not_load_are_not_taken_for_others() -> None:
    """The checkpoints as they were published first have no model of transformers in them."""
    assert pipeline_of(Model(block="Img2Depth-HuggingFace-depth-anything-Depth-Anything-V2-Large")) == ""
