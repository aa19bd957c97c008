"""Tasks are named by types, in the field's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.blocks import task_names, tasks
from seamline.blocks.names import parse_block
from seamline.blocks.ports import PORT_TYPES
from seamline.blocks.tasks import task_of
from seamline.catalog.entries import Model
from seamline.workflow.export import from_json, to_json
from seamline.workflow.graph import workflow_of
from seamline.workflow.task import carried, infer

QUICK = settings(max_examples=50, deadline=None)
CODES = st.lists(st.sampled_from([kind.code for kind in PORT_TYPES]), min_size=1, max_size=4).map("".join)


def models(*signatures):
    return {f"m{place}": Model(block=f"{name}-Hub-owner-m{place}") for place, name in enumerate(signatures)}


def test_instruction_based_image_editing():
    named = infer(workflow_of({"m": Model(block="ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix")}))
    assert named.name == "instruction-based image editing"
    assert (named.inputs, named.outputs) == (("input image", "edit instruction"), ("edited image",))
    assert named.sentence == "A model takes an input image and an edit instruction and gives an edited image."


def test_the_order_of_ports_does_not_change_the_task_but_the_order_of_its_inputs():
    assert task_of(parse_block("TxtImg2Img-H-o-n")).name == "text-guided image-to-image generation"
    assert task_of(parse_block("TxtImg2Img-H-o-n")).inputs == ("text prompt", "input image")


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("Txt2Img", "text-to-image generation"),
        ("Img2Txt", "image-to-text generation"),
        ("TxtMskImg2Img", "text-guided image inpainting"),
        ("Img23D", "image-to-3D generation"),
        ("ImgImg2Img", "images to image conversion"),
        ("EmbDep2Aud", "embedding and depth map to audio conversion"),
    ],
)
def test_names(signature, name):
    assert task_of(parse_block(f"{signature}-H-o-n")).name == name


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("ImgTxt2Img-HuggingFace-lllyasviel-sd-controlnet-openpose", "pose-conditioned text-to-image generation"),
        ("ImgTxt2Img-HuggingFace-lllyasviel-control-v11p-sd15-openpose", "pose-conditioned text-to-image generation"),
        ("ImgTxt2Img-HuggingFace-xinsir-controlnet-union-sdxl-1.0", "image-conditioned text-to-image generation"),
        ("ImgTxt2Img-HuggingFace-h94-IP-Adapter", "image-prompted text-to-image generation"),
        ("ImgTxt2Img-HuggingFace-black-forest-labs-FLUX.1-Kontext-dev", "instruction-based image editing"),
        ("ImgTxt2Img-HuggingFace-stabilityai-stable-diffusion-2-1", "text-guided image-to-image generation"),
        ("ImgAudio2Video-HuggingFace-vinthony-SadTalker", "talking-head generation"),
        ("Txt2Txt-HuggingFace-bigcode-starcoder2-15b", "code generation"),
        ("Txt2Txt-HuggingFace-google-encoder-decoder", "text generation"),
        ("Txt2Txt-HuggingFace-facebook-bart-base", "text generation"),
        ("Txt2Txt-Ollama-library-llama3:8b", "text generation"),
        ("Img2Img-HuggingFace-ai-forever-Real-ESRGAN", "image super-resolution"),
        ("Img2Img-HuggingFace-acme-photo2painting", "image-to-image translation"),
    ],
)
def test_a_name_that_tells_the_work_comes_before_the_types(block, name):
    assert task_of(parse_block(block)).name == name


def test_the_names_listed_have_ports_that_exist():
    known = {kind.code for kind in PORT_TYPES}
    for signature, rows in task_names._BY_NAME.items():
        block = parse_block(f"{signature}-H-o-n")
        assert tasks._key(block) == signature and rows
        ports = {kind.code for kind in block.inputs} | {f"{kind.code}_out" for kind in block.outputs}
        assert all({*work.nouns} <= ports <= known | {f"{code}_out" for code in known} for _, work in rows), signature


def test_equal_ports_are_told_apart():
    assert task_of(parse_block("ImgImg2Img-H-o-n")).inputs == ("first input image", "second input image")


def test_a_chain_is_named_step_by_step_and_by_its_ends():
    named = infer(workflow_of(models("Img2Txt", "Txt2Img")))
    assert named.name == "image-to-text generation, then text-to-image generation"
    assert (named.inputs, named.outputs) == (("input image",), ("generated image",))
    assert named.sentence.startswith("A chain of two models takes an input image")


def test_alternatives_share_their_name_and_others_are_joined():
    assert infer(workflow_of(models("ImgTxt2Img", "ImgTxt2Img"))).name == "text-guided image-to-image generation"
    assert " and text-to-video generation" in infer(workflow_of(models("Txt2Aud", "Txt2Vid"))).name


@QUICK
@given(st.lists(st.tuples(CODES, CODES), min_size=1, max_size=5))
def test_every_workflow_has_a_task_that_names_each_of_its_ends(signatures):
    workflow = workflow_of(models(*(f"{inputs}2{outputs}" for inputs, outputs in signatures)))
    named = infer(workflow)
    assert named.name
    assert named.sentence.endswith(".")
    assert {carried(workflow, node) for node in workflow.inputs} >= set(named.inputs)


def test_the_table_fits_its_own_keys():
    for signature, (_, nouns) in tasks._TASKS.items():
        block = parse_block(f"{signature}-H-o-n")
        ports = {kind.code for kind in block.inputs} | {f"{kind.code}_out" for kind in block.outputs}
        assert set(nouns) == ports, signature
        assert "".join(sorted(kind.code for kind in block.inputs)) == "".join(kind.code for kind in block.inputs)


def test_the_name_that_a_curator_gives_comes_before_the_ports():
    named = {name: one.model_copy(update={"task": "text summarization"}) if name == "m1" else one
             for name, one in models("Aud2Txt", "Txt2Txt").items()}  # fmt: skip
    task = infer(workflow_of(named))
    assert task.name == "audio-to-text transcription, then text summarization"
    assert from_json(to_json(workflow_of(named))) == workflow_of(named)
