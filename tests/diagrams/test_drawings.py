"""Drawings are well-formed, keep text inside boxes, escape what they are given, and never change by chance."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from seamline.blocks.ports import PORT_TYPES
from seamline.catalog.entries import Model
from seamline.diagrams import palette_css, workflow_diagram
from seamline.diagrams.shapes import Picture
from seamline.diagrams.svg import clean, safe_href
from seamline.diagrams.typesetting import Face, width_of, wrap
from seamline.diagrams.workflow_diagram import Flow
from seamline.errors import WorkflowError
from seamline.runners.instruct_pix2pix.explainer import inside_diagram
from seamline.runners.instruct_pix2pix.explainer.inside_prose import Inside, describe, formula_rows, steps_of
from seamline.workflow.graph import Workflow, workflow_of

QUICK = settings(max_examples=40, deadline=None)
CODES = st.lists(st.sampled_from([kind.code for kind in PORT_TYPES]), min_size=1, max_size=4).map("".join)
ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=120)
HOSTILE = "</text></svg><script>alert(1)</script>\" onload='x' &amp; ]]> \x00\x1b \u202egnp {{ 7*7 }} <!-- $(x)"
INPUT = Picture("../runs/a/input.webp", "Three people", 192, 128)
EDITED = Picture("../runs/a/edited.webp", "Three people, one with red hair", 192, 128)
SEED = "ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix"
SHAPES = {
    "image": (1, 3, 128, 192),
    "image_latents": (3, 8, 32, 48),
    "latents": (1, 8, 32, 48),
    "text": (3, 77, 128),
    "unet_input": (3, 16, 32, 48),
    "prediction": (3, 8, 32, 48),
}


def models(*signatures: str, title: str = "") -> dict[str, Model]:
    return {f"m{n}": Model(block=f"{name}-Hub-owner-model-{n}", title=title) for n, name in enumerate(signatures)}


def through_first(workflow: Workflow, before: Picture, instruction: str, after: Picture) -> Flow:
    taken: dict[str, Picture | str] = {"image": before, "text": instruction}
    return Flow.through(workflow, workflow.models[0].id, taken, {"image": after})


def seed_drawing(**options: object) -> str:
    workflow = workflow_of({"instruct-pix2pix": Model(block=SEED, title="InstructPix2Pix")})
    flow = through_first(workflow, INPUT, "Make the left person's hair red", EDITED)
    return workflow_diagram.draw(workflow, flow, links={"instruct-pix2pix": "../models/instruct-pix2pix/"}, **options)


def opened(**changes: object) -> Inside:
    known = {
        "input_image": INPUT,
        "instruction": "Make her hair red",
        "edited_image": EDITED,
        "shapes": SHAPES,
        "weights": "Seamline mini editor",
        "steps": 20,
        "guidance_scale": 3.0,
        "image_guidance_scale": 1.5,
    }
    return Inside(**(known | changes))  # type: ignore[arg-type]


# --- reading a drawing back --------------------------------------------------------------


def variants(drawing: str) -> list[etree._Element]:
    root = etree.fromstring(drawing.encode())
    return [root] if root.tag.endswith("svg") else list(root)


def number(element: etree._Element, name: str) -> float:
    return float(element.get(name))


def face_of(text: etree._Element) -> Face:
    classes = text.get("class").split()
    known = {
        "t-title": palette_css.TITLE,
        "t-label": palette_css.LABEL,
        "t-small": palette_css.SMALL,
        "t-mono": palette_css.MONO,
        "t-head": Face(12, bold=True),
        "t-letter": palette_css.LETTER,
        "t-text": palette_css.TEXT,
        "t-math": palette_css.MATH,
        "t-body": palette_css.BODY,
    }
    return next(known[name] for name in classes if name in known)


def extent(text: etree._Element) -> tuple[float, float]:
    width = 0.0
    for part in text.iter():
        face = face_of(text)
        if part is not text and part.get("font-size"):
            face = Face(face.size * 0.76)
        width += width_of(part.text or "", face)
        width += width_of(part.tail or "", face_of(text)) if part is not text else 0
    x = number(text, "x")
    return {None: (x, x + width), "end": (x - width, x), "middle": (x - width / 2, x + width / 2)}[
        text.get("text-anchor")
    ]


def boxes(svg: etree._Element) -> list[tuple[float, float, float, float]]:
    return [
        (number(r, "x"), number(r, "y"), number(r, "x") + number(r, "width"), number(r, "y") + number(r, "height"))
        for r in svg.iterfind(".//{*}rect[@class]")
        if "box" in r.get("class").split()
    ]


def check(drawing: str) -> None:
    """What holds for every drawing."""
    assert "NaN" not in drawing
    assert "\n\n" not in drawing
    assert not re.search(
        r"\d\.\d{2,}", re.sub(r"<(title|desc|text|style|tspan)[^>]*>[^<]*|style=\"[^\"]*\"", "", drawing)
    )
    ids = re.findall(r' id="([^"]*)"', drawing)
    assert len(ids) == len(set(ids))
    for svg in variants(drawing):
        assert svg.find("{*}title").text
        assert svg.get("aria-labelledby") == svg.find("{*}title").get("id")
        assert svg.get("aria-describedby") == svg.find("{*}desc").get("id")
        width, height = number(svg, "width"), number(svg, "height")
        around = boxes(svg)
        for box in around:
            assert 0 <= box[0] < box[2] <= width
            assert 0 <= box[1] < box[3] <= height
        for one, other in pairwise(sorted(around, key=lambda box: box[1])):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1]
            assert apart, (one, other)
        for text in svg.iterfind(".//{*}text"):
            if "t-letter" in text.get("class"):
                continue
            left, right = extent(text)
            y = number(text, "y")
            assert left >= 0
            assert right <= width
            home = [box for box in around if box[0] <= left + 0.1 and left < box[2] and box[1] < y < box[3]]
            for box in home:
                assert right <= box[2] + 0.1, "".join(text.itertext())
                assert y <= box[3] - 4, "".join(text.itertext())


# --- the drawings ------------------------------------------------------------------------


@pytest.mark.parametrize("standalone", [False, True])
def test_the_seed_workflow(standalone):
    drawing = seed_drawing(standalone=standalone)
    check(drawing)
    drawn = variants(drawing)
    assert len(drawn) == (1 if standalone else 2)
    for svg in drawn:
        pictures = svg.findall(".//{*}image")
        assert [picture.get("href") for picture in pictures] == [INPUT.href, EDITED.href]
        assert [picture.get("aria-label") for picture in pictures] == [INPUT.alt, EDITED.alt]
        words = " ".join("".join(text.itertext()) for text in svg.iterfind(".//{*}text"))
        assert "“Make the left person's hair red”" in words
        assert [a.get("href") for a in svg.iterfind(".//{*}a")] == ["../models/instruct-pix2pix/"]
        wires = [p.get("class") for p in svg.iterfind(".//{*}path") if "wire" in p.get("class")]
        assert wires == ["wire p-img", "wire p-txt", "wire p-img"]


def test_links_stay_reachable():
    """What has the role of an image hides the links inside it from assistive technology."""
    assert all(svg.get("role") == "group" for svg in variants(seed_drawing()))
    assert all(svg.get("role") == "img" for svg in variants(workflow_diagram.draw(workflow_of(models("Img2Img")))))


def test_wires_end_at_ports():
    for svg in variants(workflow_diagram.draw(workflow_of(models("Img2Txt", "ImgTxt2Img", "Img2Vid")))):
        ports = {(c.get("cx"), c.get("cy")) for c in svg.iterfind(".//{*}circle[@class='port']")}
        for wire in svg.iterfind(".//{*}path"):
            if "wire" in wire.get("class"):
                numbers = re.findall(r"-?[\d.]+", wire.get("d"))
                assert tuple(numbers[:2]) in ports
                assert tuple(numbers[-2:]) in ports


@QUICK
@given(st.lists(st.tuples(CODES, CODES), min_size=1, max_size=5), ANY_TEXT, ANY_TEXT)
def test_any_workflow_draws_well(signatures, title, instruction):
    workflow = workflow_of(models(*(f"{i}2{o}" for i, o in signatures), title=title))
    check(workflow_diagram.draw(workflow, through_first(workflow, INPUT, instruction, EDITED), links={"m0": "../m0/"}))


def test_a_wire_that_passes_a_model_by():
    """No question makes such a graph, but a hand-written one may."""
    workflow = workflow_of(models("Img2Txt", "ImgTxt2Txt", "Txt2Img"))
    first, second = workflow.models[0].id, workflow.models[2].id
    edges = tuple(
        edge if edge.target.node != second else type(edge)(type(edge.source)(first, "text"), edge.target)
        for edge in workflow.edges
    )
    check(workflow_diagram.draw(Workflow(workflow.nodes, edges)))


@QUICK
@given(ANY_TEXT, ANY_TEXT, st.dictionaries(st.sampled_from(sorted(SHAPES)), st.tuples(*[st.integers(1, 4096)] * 4)))
def test_any_opened_box_draws_well(instruction, name, shapes):
    check(inside_diagram.draw(opened(instruction=instruction, weights=name, model=name, shapes=shapes)))


def test_the_opened_box_shows_the_shapes_it_is_given_and_no_other():
    for missing in SHAPES:
        shapes = {name: (7, 100 + place) for place, name in enumerate(SHAPES) if name != missing}
        for svg in variants(inside_diagram.draw(opened(shapes=shapes))):
            shown = {word for t in svg.iterfind(".//{*}text") for word in re.findall(r"\d+×\d+", "".join(t.itertext()))}
            assert shown == {f"{a}×{b}" for a, b in shapes.values()}


def test_the_opened_box_shows_formula_and_numbers():
    for svg in variants(inside_diagram.draw(opened())):
        lines = ["".join(text.itertext()) for text in svg.iterfind(".//{*}text")]
        for formula in (
            "ẽ = e(zt, ∅, ∅)",
            "+ sI (e(zt, cI, ∅) − e(zt, ∅, ∅))",
            "+ sT (e(zt, cI, cT) − e(zt, cI, ∅))",
        ):
            assert formula in lines
        assert "sI = 1.5: towards the input image" in " ".join(lines)
        assert "sT = 3: towards the instruction" in " ".join(lines)
        assert "20×" in lines
        assert [line for line in lines if line.isdigit()] and sorted(filter(str.isdigit, lines)) == list("123456789")


def test_the_guidance_formula_is_the_papers():
    """Read the drawn rows as arithmetic and compare with equation 3 of the paper at random numbers."""
    e = {"00": 0.3, "I0": -1.7, "IT": 2.9}
    s_image, s_text = 1.6, 7.1
    source = " ".join(row.formula for row in formula_rows()).removeprefix("ẽ = ")
    for drawn, value in (("e(z_t, ∅, ∅)", "00"), ("e(z_t, c_I, ∅)", "I0"), ("e(z_t, c_I, c_T)", "IT")):
        source = source.replace(drawn, f"({e[value]})")
    source = source.replace("s_I", f"{s_image} *").replace("s_T", f"{s_text} *").replace("−", "-")
    expected = e["00"] + s_image * (e["I0"] - e["00"]) + s_text * (e["IT"] - e["I0"])
    assert eval(source) == pytest.approx(expected)


# --- hostile and odd input ---------------------------------------------------------------


def test_hostile_text_stays_text():
    hostile = Picture("a.webp", HOSTILE, 192, 128)
    workflow = workflow_of(models("ImgTxt2Img", "Txt2Vid", title=HOSTILE))
    drawings = [
        workflow_diagram.draw(workflow, through_first(workflow, hostile, HOSTILE, hostile), links={"m0": "x/"}),
        inside_diagram.draw(opened(input_image=hostile, instruction=HOSTILE, model=HOSTILE, weights=HOSTILE)),
    ]
    for drawing in drawings:
        check(drawing)
        root = etree.fromstring(drawing.encode())
        assert not root.findall(".//{*}script")
        assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
        assert "\u202e" not in drawing


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", " java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"]
)
def test_addresses_that_do_more_than_open_a_page_are_refused(href):
    with pytest.raises(WorkflowError):
        safe_href(href)
    with pytest.raises(WorkflowError):
        workflow_diagram.draw(workflow_of(models("Img2Img")), links={"m0": href})


@pytest.mark.parametrize("href", ["../a/b.webp", "#x", "a/b:c.webp", "https://arxiv.org/abs/1", "?q=a:b"])
def test_plain_addresses_pass(href):
    assert safe_href(href) == href


def test_a_drawing_needs_a_step_and_a_flow_its_own():
    with pytest.raises(WorkflowError, match="without a step"):
        workflow_diagram.draw(Workflow((), ()))
    with pytest.raises(WorkflowError, match="no step `nobody`"):
        Flow.through(workflow_of(models("Img2Img")), "nobody", {"image": INPUT}, {"image": EDITED})


# --- determinism and palette -------------------------------------------------------------


def test_bytes_do_not_depend_on_the_hash_seed():
    program = (
        "from seamline.catalog.entries import Model\n"
        "from seamline.diagrams import workflow_diagram\nfrom seamline.workflow import export, graph\n"
        "w = graph.workflow_of({k: Model(block=f'{k}-H-o-n') for k in ('Img2Txt', 'ImgTxt2Img', 'Txt2Aud')})\n"
        "print(workflow_diagram.draw(w), export.to_json(w), export.to_mermaid(w))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "12345")
    }
    assert len(outputs) == 1


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", [palette_css._LIGHT, palette_css._DARK])
def test_contrast_is_enough(palette):
    for text in ("ink", "muted", "accent", "img", "txt"):
        for ground in ("paper", "canvas"):
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)
    for kind in PORT_TYPES:
        assert contrast(palette[kind.code.lower()], palette["paper"]) >= 4.5, kind
        assert contrast(palette[kind.code.lower()], palette["canvas"]) >= 3, kind


def test_the_stylesheet_needs_no_escaping_and_both_kinds_know_the_dark():
    for standalone in (True, False):
        css = palette_css.stylesheet(standalone=standalone)
        assert not set("<&\n") & set(css)
        assert css.count("{") == css.count("}")
        assert ("slate" in css) != standalone
        assert ("dark){.no-js [data-md-color-scheme=default]" in css) != standalone
        assert ("dark){.sl-d{" in css) == standalone


# --- text ----------------------------------------------------------------------------------


@QUICK
@given(ANY_TEXT, st.integers(30, 400), st.sampled_from([palette_css.BODY, palette_css.TITLE, palette_css.MONO]))
def test_wrapped_text_fits_and_loses_nothing(text, width, face):
    lines = wrap(text, width, face)
    assert "".join(lines).replace(" ", "") == clean(text).replace(" ", "")
    assert all(width_of(line, face) <= width for line in lines)
    short = wrap(text, width, face, most=2)
    assert len(short) <= 2
    assert all(width_of(line, face) <= width for line in short)
    assert (len(lines) > 2) == bool(short and short[-1].endswith("…") and short != lines)


def test_hyphens_break_only_words_that_do_not_fit():
    assert wrap("the U-Net of it", 60, Face(14)) == ["the", "U-Net", "of it"]
    assert wrap("instruct-pix2pix", 100, Face(14)) == ["instruct-", "pix2pix"]


# --- wires ---------------------------------------------------------------------------------


def samples(path: str) -> list[tuple[float, float]]:
    """Points along a wire's path of M, L and C commands."""
    points: list[tuple[float, float]] = []
    for command, rest in re.findall(r"([MLC])([^MLC]*)", path):
        numbers = [float(value) for value in rest.split()]
        pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
        if command == "C":
            (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points[-1], *pairs
            for step in range(1, 25):
                t = step / 24
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
        elif command == "L":
            (x0, y0), (x1, y1) = points[-1], pairs[0]
            points += [(x0 + (x1 - x0) * step / 24, y0 + (y1 - y0) * step / 24) for step in range(1, 25)]
        else:
            points.append(pairs[0])
    return points


@pytest.mark.parametrize(
    "signatures",
    [["ImgTxt2Img"], ["ImgMskTxt2Img"], ["Img2Txt", "ImgMskTxt2Img", "ImgTxt2ImgMsk"], ["Txt2ImgImg", "ImgImgDep2Vid"]],
)
def test_no_wire_runs_through_words(signatures):
    workflow = workflow_of(models(*signatures))
    for svg in variants(workflow_diagram.draw(workflow, through_first(workflow, INPUT, "Make her hair red", EDITED))):
        words = [
            (*extent(text), number(text, "y") - 9, number(text, "y") + 2, "".join(text.itertext()))
            for text in svg.iterfind(".//{*}text")
            if "t-letter" not in text.get("class")
        ]
        for wire in svg.iterfind(".//{*}path"):
            if "wire" in wire.get("class"):
                for x, y in samples(wire.get("d")):
                    hit = [word for left, right, top, bottom, word in words if left < x < right and top < y < bottom]
                    assert not hit


def test_where_nothing_is_guided_drawing_and_words_say_what_was_computed() -> None:
    said = "it alone was computed"
    for scales, unguided in (((1.0, 1.0), True), ((1.5, 1.0), False), ((1.0, 1.5), False), ((None, None), False)):
        one = opened(guidance_scale=scales[0], image_guidance_scale=scales[1])
        assert one.unguided == unguided
        assert [said in describe(one), said in steps_of(one)["guide"].text] == [unguided, unguided]
