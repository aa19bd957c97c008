"""Tasks are named by types, in the field's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.blocks import tasks
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
    named = infer(workflow_of(models("ImgTxt2Img")))
    assert named.name == "instruction-based image editing"
    assert (named.inputs, named.outputs) == (("input image", "edit instruction"), ("edited image",))
    assert named.sentence == "A model takes an input image and an edit instruction and gives an edited image."


def test_the_order_of_ports_does_not_change_the_task_but_the_order_of_its_inputs():
    assert task_of(parse_block("TxtImg2Img-H-o-n")).name == "instruction-based image editing"
    assert task_of(parse_block("TxtImg2Img-H-o-n")).inputs == ("edit instruction", "input image")


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


def test_equal_ports_are_told_apart():
    assert task_of(parse_block("ImgImg2Img-H-o-n")).inputs == ("first input image", "second input image")


def test_a_chain_is_named_step_by_step_and_by_its_ends():
    named = infer(workflow_of(models("Img2Txt", "Txt2Img")))
    assert named.name == "image-to-text generation, then text-to-image generation"
    assert (named.inputs, named.outputs) == (("input image",), ("generated image",))
    assert named.sentence.startswith("A chain of two models takes an input image")


def test_alternatives_share_their_name_and_others_are_joined():
    assert infer(workflow_of(models("ImgTxt2Img", "ImgTxt2Img"))).name == "instruction-based image editing"
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
