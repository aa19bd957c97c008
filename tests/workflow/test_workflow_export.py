"""Exports are read back unchanged, and no label breaks out of them."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.blocks.ports import PORT_TYPES
from seamline.catalog.entries import Model
from seamline.errors import WorkflowError
from seamline.workflow.export import SCHEMA, from_json, to_json, to_mermaid
from seamline.workflow.graph import workflow_of

QUICK = settings(max_examples=50, deadline=None)
CODES = st.lists(st.sampled_from([kind.code for kind in PORT_TYPES]), min_size=1, max_size=3).map("".join)
TITLES = st.text(alphabet=st.characters(codec="utf-8"), min_size=0, max_size=30)
HOSTILE = 'x"]; click n0 "javascript:alert(1)" %%{init}%% <script>#quot; end\n subgraph'
LABEL = r"\"(?:[A-Za-z0-9 ]|#[0-9]+;)+\""
MERMAID_LINE = re.compile(rf"flowchart LR|  n\d+\(\[{LABEL}\]\)|  n\d+\[{LABEL}\]|  n\d+ -- {LABEL} --> n\d+")


@st.composite
def workflows(draw):
    entries = draw(st.lists(st.tuples(CODES, CODES, TITLES), min_size=1, max_size=5))
    return workflow_of(
        {f"m{n}": Model(block=f"{i}2{o}-Hub-owner-m{n}", title=title) for n, (i, o, title) in enumerate(entries)}
    )


@QUICK
@given(workflows())
def test_json_round_trips(workflow):
    assert from_json(to_json(workflow)) == workflow
    assert to_json(from_json(to_json(workflow))) == to_json(workflow)


def test_json_says_which_schema_it_follows():
    assert json.loads(to_json(workflow_of({"m": Model(block="Img2Txt-H-o-n")})))["schema"] == SCHEMA


@QUICK
@given(workflows())
def test_mermaid_keeps_to_the_grammar_whatever_the_labels_say(workflow):
    for line in to_mermaid(workflow).splitlines():
        assert MERMAID_LINE.fullmatch(line), line


def test_mermaid_labels_decode_to_what_they_were():
    text = to_mermaid(workflow_of({"m": Model(block="Img2Txt-H-o-n", title=HOSTILE)}))
    label = next(line for line in text.splitlines() if line.startswith("  n1["))
    decoded = re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)
    assert decoded == f'  n1["{" ".join(HOSTILE.split())}"]'
    assert "click" not in re.sub(r'"[^"]*"', "", text)


def valid():
    return json.loads(to_json(workflow_of({"m": Model(block="ImgTxt2Img-H-o-n")})))


def break_schema(data):
    data["schema"] = "seamline-workflow/9"


def break_kind(data):
    data["nodes"][0]["kind"] = "magic"


def break_type(data):
    data["nodes"][0]["gives"][0]["type"] = "Txt"


def break_code(data):
    data["nodes"][0]["gives"][0]["type"] = "Imx"


def break_edges(data):
    del data["edges"]


def break_name(data):
    data["nodes"][0]["label"] = 7


def break_shape(data):
    data["nodes"] = "none"


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (break_schema, "unknown schema"),
        (break_kind, "unknown kind"),
        (break_type, "gives text, but `m.image` takes an image"),
        (break_code, "unknown port type `Imx`"),
        (break_edges, "KeyError"),
        (break_name, "expected text"),
        (break_shape, "not a workflow document"),
    ],
)
def test_documents_that_are_not_sound_are_refused(harm, what):
    data = valid()
    harm(data)
    with pytest.raises(WorkflowError) as caught:
        from_json(json.dumps(data))
    assert what in caught.value.what


LEAVES = st.none() | st.integers() | st.text(max_size=5)
KEYS = st.sampled_from(["schema", "nodes", "edges"])
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=6)


@QUICK
@given(st.text(max_size=40) | JSON.map(json.dumps))
def test_other_text_is_refused_and_never_crashes(text):
    with pytest.raises(WorkflowError):
        from_json(text)
