"""What exhibits take from a run of several steps, and from one whose runner is not installed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from exhibits.fake_run import INSTRUCTION, RECIPE, SAMPLE, FakeRun

from seamline.catalog.entries import KINDS, Sample
from seamline.exhibits.fragments import exhibit, settings
from seamline.exhibits.view import ExhibitView
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.weights.identity import WeightsIdentity


@pytest.fixture
def of_steps(run: FakeRun) -> ExhibitView:
    """The painted run as the second step of a sample, after a model that paints the input image."""
    painted = {"model": "painter", "inputs": {"text": "three people before a wall"}}
    edited = {
        "model": "instruct-pix2pix",
        "inputs": {"image": "painted.image", "text": INSTRUCTION},
        "parameters": {"num_inference_steps": 30, "seed": 5},
    }
    fields = {name: RECIPE[name] for name in ("title", "alt")}
    sample = Sample.model_validate(
        fields | {"steps": {"painted": painted, "edit": edited}},
        context={KINDS: {"instruct-pix2pix": "instruct_pix2pix"}},
    )
    record = run.record()
    edit = record.steps["edit"]
    painter = WeightsIdentity(name="mini", label="Painter", source="elsewhere", files={})
    first = edit.model_copy(update={"model": "painter", "runner": "painter", "weights": painter})
    images = tuple(
        image.model_copy(update={"step": "painted", "port": "image", "provenance": "trained"})
        if image.role == "input"
        else image
        for image in record.images
    )
    both = record.model_copy(update={"steps": {"painted": first, "edit": edit}, "images": images})
    return ExhibitView(sample, both)


def test_the_step_that_a_run_is_named_for_gives_instruction_and_settings(of_steps: ExhibitView) -> None:
    assert of_steps.instruction == INSTRUCTION
    own = of_steps.parameters_of(EditParameters)
    assert own.num_inference_steps == 30, "as the sample says"
    assert own.seed == 0, "as the record says, which is what the picture came from"
    assert str(settings(of_steps)).startswith("30 steps, <var>s<sub>T</sub></var> 3, ")


def test_each_picture_names_the_weights_that_made_it(of_steps: ExhibitView) -> None:
    assert of_steps.before.made_by == "Painter"
    assert of_steps.after.made_by == "Seamline mini editor"
    assert "Painter, AI-generated" in exhibit("before_after", of_steps)


@pytest.mark.parametrize(
    ("inputs", "label"),
    [
        ({"image": "painted.image"}, "Painter"),
        ({"below": "painted.image", "above": "edit.image"}, "Seamline mini editor"),
        ({"below": "scene", "above": "part.image"}, "Painter"),
        ({"below": "scene"}, "Seamline mini editor"),
    ],
)
def test_what_an_operation_makes_names_the_weights_upstream(
    of_steps: ExhibitView, inputs: dict[str, str], label: str
) -> None:
    record = of_steps.record
    part = record.steps["edit"].model_copy(update={"weights": None, "model": "", "operation": "crop", "runner": ""})
    steps = {
        **record.steps,
        "part": part.model_copy(update={"inputs": {"image": "painted.image", "again": "painted.image"}}),
        "last": part.model_copy(update={"inputs": inputs}),
    }
    view = replace(of_steps, record=record.model_copy(update={"steps": steps}))
    made = record.images[0].model_copy(update={"step": "last", "provenance": "trained"})
    assert view.picture(made, "x").made_by == label


def test_a_run_whose_runner_is_not_installed_is_shown_without_settings(view: ExhibitView) -> None:
    step = view.record.main.model_copy(update={"runner": "gone"})
    elsewhere = replace(view, record=view.record.model_copy(update={"steps": {"edit": step}}))
    assert str(settings(elsewhere)) == "on cpu"
    assert "<b>Seamline mini editor</b>: on cpu." in exhibit("before_after", elsewhere)


def test_parameters_of_another_kind_are_not_taken_for_an_edits(view: ExhibitView) -> None:
    plain = Sample.model_validate({**RECIPE, "exhibits": {}})
    assert isinstance(view.parameters, EditParameters) and view.sample is SAMPLE
    with pytest.raises(TypeError, match="UnknownParameters, not EditParameters"):
        replace(view, sample=plain).parameters_of(EditParameters)
