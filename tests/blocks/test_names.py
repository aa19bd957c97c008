"""Block names are read as written, and what cannot be read is refused with advice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.blocks.names import parse_block
from seamline.blocks.ports import IMAGE, PORT_TYPES, SHAPE, TEXT
from seamline.errors import WorkflowError

QUICK = settings(max_examples=50, deadline=None)
PORTS = st.lists(st.sampled_from(PORT_TYPES), min_size=1, max_size=4)
SEGMENT = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.]{0,12}", fullmatch=True)
REPO = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,20}[A-Za-z0-9])?", fullmatch=True)


def test_the_seed_block():
    block = parse_block("ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix")
    assert (block.inputs, block.outputs) == ((IMAGE, TEXT), (IMAGE,))
    assert (block.hub, block.model) == ("HuggingFace", "timbrooks-instruct-pix2pix")


@pytest.mark.parametrize(
    ("signature", "inputs", "outputs"),
    [
        ("Img23D", (IMAGE,), (SHAPE,)),
        ("3D2Img", (SHAPE,), (IMAGE,)),
        ("3D23D", (SHAPE,), (SHAPE,)),
        ("Txt2Mesh", (TEXT,), (SHAPE,)),
        ("Txt2Img3D", (TEXT,), (IMAGE, SHAPE)),
    ],
)
def test_the_digit_two_in_three_d_is_no_separator(signature, inputs, outputs):
    block = parse_block(f"{signature}-Hub-owner-name")
    assert (block.inputs, block.outputs) == (inputs, outputs)


@QUICK
@given(PORTS, PORTS, st.data(), st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True), SEGMENT, REPO)
def test_every_well_formed_name_parses_to_its_parts(inputs, outputs, data, hub, owner, repo):
    sides = ["".join(data.draw(st.sampled_from((k.code, *k.aliases))) for k in side) for side in (inputs, outputs)]
    block = parse_block(f"{sides[0]}2{sides[1]}-{hub}-{owner}-{repo}")
    assert (list(block.inputs), list(block.outputs)) == (inputs, outputs)
    assert (block.hub, block.model) == (hub, f"{owner}-{repo}")
    again = parse_block(f"{block.signature}-{hub}-{owner}-{repo}")
    assert (again.inputs, again.outputs) == (block.inputs, block.outputs)


@QUICK
@given(st.one_of(st.text(max_size=60), st.from_regex(r"[A-Za-z0-9]{1,9}2[A-Za-z0-9]{1,9}-H-o-n", fullmatch=True)))
def test_any_other_text_is_refused_and_never_crashes(name):
    try:
        block = parse_block(name)
    except WorkflowError as error:
        assert error.hint
        assert error.where
    else:
        assert block.inputs
        assert block.outputs


@pytest.mark.parametrize(
    ("name", "what", "hint"),
    [
        ("ImgTxt2Igm-HuggingFace-a-b", "`Igm`", "did you mean Img?"),
        ("img2txt-HuggingFace-a-b", "`img`", "did you mean Img?"),
        ("Imag2Text-HuggingFace-a-b", "`Imag`", "did you mean Image?"),
        ("Quux2Img-HuggingFace-a-b", "`Quux`", "known types: Img"),
        ("Img-HuggingFace-a-b", "what becomes what", "<inputs>2<outputs>"),
        ("Img2Img-HuggingFace-a", "not a block name", "<inputs>2<outputs>"),
        ("Img2Img-HuggingFace-a-b\n", "not a block name", "<inputs>2<outputs>"),
        ("Img2Img-../..-a-b", "not a block name", "<inputs>2<outputs>"),
        ("Img2Img-H-a-" + "x" * 300, "too long", "200"),
    ],
)
def test_refusals_say_what_is_wrong_and_what_would_be_right(name, what, hint):
    with pytest.raises(WorkflowError) as caught:
        parse_block(name)
    assert what in caught.value.what
    assert hint in caught.value.hint


def test_no_two_types_share_a_spelling_or_a_letter():
    spellings = [spelling.lower() for kind in PORT_TYPES for spelling in (kind.code, *kind.aliases)]
    assert len(set(spellings)) == len(spellings)
    assert len({kind.letter for kind in PORT_TYPES}) == len(PORT_TYPES)
