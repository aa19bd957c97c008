"""A workflow that exists is sound; models chain where their types fit, and say why where not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.blocks.names import parse_block
from seamline.blocks.ports import IMAGE, PORT_TYPES, TEXT
from seamline.catalog.entries import Model
from seamline.errors import WorkflowError
from seamline.workflow.graph import Edge, End, Node, Port, Workflow, workflow_of

QUICK = settings(max_examples=50, deadline=None)
CODES = st.lists(st.sampled_from([kind.code for kind in PORT_TYPES]), min_size=1, max_size=3).map("".join)
SIGNATURES = st.lists(st.tuples(CODES, CODES), min_size=1, max_size=10)


def models(*signatures: str) -> dict[str, Model]:
    return {
        f"m{place}": Model(block=f"{signature}-Hub-owner-m{place}", title=f"Model {place}")
        for place, signature in enumerate(signatures)
    }


def test_one_model_takes_its_inputs_and_gives_its_outputs():
    workflow = workflow_of(models("ImgTxt2Img"))
    assert [node.label for node in workflow.inputs] == ["Image", "Text"]
    assert [(str(edge.source), str(edge.target)) for edge in workflow.edges] == [
        ("in:m0:image.image", "m0.image"),
        ("in:m0:text.text", "m0.text"),
        ("m0.image", "out:m0:image.image"),
    ]
    assert workflow.notes == ()


def test_fitting_models_chain():
    workflow = workflow_of(models("Img2Txt", "Txt2Img"))
    assert Edge(End("m0", "text"), End("m1", "text")) in workflow.edges
    assert len(workflow.inputs) == len(workflow.outputs) == 1
    assert workflow.notes == (
        "They would chain in another order, too (Model 1 → Model 0); the order of the question is kept.",
        "Model 0 gives text, which Model 1 takes: the two chain.",
    )


def test_a_chain_passes_on_as_many_as_fit_and_asks_for_the_rest():
    workflow = workflow_of(models("Txt2ImgImg", "ImgImgMsk2Img"))
    between = [edge for edge in workflow.edges if edge.source.node == "m0"]
    assert [(edge.source.port, edge.target.port) for edge in between] == [("image", "image"), ("image 2", "image 2")]
    assert [node.label for node in workflow.inputs] == ["Text", "Mask"]


def test_models_listed_the_other_way_round_still_chain():
    workflow = workflow_of(models("Txt2Aud", "Img2Txt"))
    assert [node.id for node in workflow.models] == ["m1", "m0"]
    assert "another order" in workflow.notes[0]


def test_models_that_do_not_fit_stand_side_by_side_and_say_why():
    workflow = workflow_of(models("Txt2Aud", "Txt2Vid"))
    assert not [edge for edge in workflow.edges if edge.source.node == "m0" and edge.target.node == "m1"]
    assert workflow.notes == (
        "Model 0 and Model 1 do not chain and stand side by side: Model 0 gives audio, but Model 1 takes text.",
    )


def test_models_with_equal_types_are_alternatives_even_where_one_could_feed_the_other():
    workflow = workflow_of(models("ImgTxt2Img", "ImgTxt2Img"))
    assert len(workflow.inputs) == 4
    assert "alternatives" in workflow.notes[0]


def test_no_model_is_no_workflow():
    with pytest.raises(WorkflowError, match="needs a model"):
        workflow_of({})


@QUICK
@given(SIGNATURES)
def test_any_ten_models_form_a_sound_workflow(signatures):
    given_models = models(*(f"{inputs}2{outputs}" for inputs, outputs in signatures))
    workflow = workflow_of(given_models)
    assert sorted(node.id for node in workflow.models) == sorted(given_models)
    assert len(workflow.notes) >= len(signatures) - 1
    for node in workflow.models:
        assert len(workflow.into(node)) == len(node.takes)
        assert len(workflow.out_of(node)) == len(node.gives)


# --- what is refused -----------------------------------------------------------------------

EDITOR = Node(
    "editor",
    "model",
    "Editor",
    (Port("image", IMAGE), Port("text", TEXT)),
    (Port("image", IMAGE),),
    parse_block("ImgTxt2Img-Hub-owner-editor"),
)
PHOTO = Node("photo", "input", "Photo", gives=(Port("image", IMAGE),))
PROMPT = Node("prompt", "input", "Prompt", gives=(Port("text", TEXT),))
PICTURE = Node("picture", "output", "Picture", takes=(Port("image", IMAGE),))
NODES = (PHOTO, PROMPT, EDITOR, PICTURE)


def edges(*pairs: tuple[str, str]) -> tuple[Edge, ...]:
    return tuple(Edge(End(*source.split(".")), End(*target.split("."))) for source, target in pairs)


SOUND = edges(
    ("photo.image", "editor.image"), ("prompt.text", "editor.text"), ("editor.image", "picture.image")
)  # fmt: skip


def test_text_into_an_image_port_is_refused_by_naming_both_ports():
    with pytest.raises(WorkflowError) as caught:
        Workflow(NODES, edges(("prompt.text", "editor.image")))
    assert "`prompt.text`" in caught.value.what
    assert "`editor.image`" in caught.value.what
    assert "gives text" in caught.value.what
    assert "takes an image" in caught.value.what


@pytest.mark.parametrize(
    ("nodes", "wires", "what", "hint"),
    [
        (NODES, SOUND[:1] + SOUND[2:], "nothing feeds `editor.text`", "gives text"),
        (NODES, SOUND[:2], "nothing feeds `picture.image`", "gives an image"),
        (NODES, (*SOUND, SOUND[0]), "2 edges feed `editor.image`", "keep one"),
        (NODES, edges(("photo.image", "edtor.image")), "no node `edtor`", "did you mean `editor`?"),
        (NODES, edges(("photo.image", "editor.imag")), "takes no `imag`", "did you mean `image`?"),
        (NODES, edges(("photo.nothing", "editor.image")), "gives no `nothing`", "image"),
        ((*NODES, PHOTO), SOUND, "two nodes are named `photo`", "own name"),
        (
            (EDITOR, PROMPT),
            edges(("editor.image", "editor.image"), ("prompt.text", "editor.text")),
            "runs in a circle: editor -> editor",
            "remove",
        ),
        ((Node("bare", "model", "Bare"),), (), "without a block", "block"),
        (
            (Node("odd", "input", "Odd", (Port("image", IMAGE),), (Port("image", IMAGE),)),),
            (),
            "ports on both sides",
            "model",
        ),
        ((Node("twin", "input", "Twin", gives=(Port("a", IMAGE), Port("a", TEXT))),), (), "two ports named `a`", "own"),
    ],
)
def test_unsound_graphs_are_refused(nodes, wires, what, hint):
    with pytest.raises(WorkflowError) as caught:
        Workflow(nodes, wires)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_an_optional_port_may_stay_empty():
    spare = Node("picture", "output", "Picture", takes=(Port("image", IMAGE), Port("mask", TEXT, required=False)))
    assert Workflow((PHOTO, PROMPT, EDITOR, spare), SOUND).outputs == (spare,)
