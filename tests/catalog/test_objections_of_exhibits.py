"""What exhibits that compare refuse in a recipe: by file, line and field."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from seamline.catalog import load
from seamline.cli import program
from seamline.errors import CatalogError, Problem

from .conftest import Project

SAMPLE = "catalog/samples/wave.yml"
HEAD = "title: A wave\nmodel: engine\ninstruction: swap the face on the left\n"
SCENE = "input: {scene: {seed: 7, people: 2}}\n"
PHOTO = "input: {photo: {path: a.jpg, licence: CC0-1.0, credit: nobody, consent: nobody is shown}}\n"
TRUTH = "truth: {swap: {person: left, to: {age: old}}}\n"
SMILE = "truth: {expression: {person: left, expression: smiling}}\n"
STEPS = "parameters: {num_inference_steps: 12}\n"
LAMP = "exhibits:\n  seeds: [1, 2]\n  turn_the_lamp: [-50, 0, 50]\n"
SWAP = "exhibits:\n  photo_swap:\n    azimuth: 60\n    after: [0, 6, 12]\n"
OCCASION = "    occasion: {azimuth: 60, expressions: [sad, neutral]}\n"


def step(name: str, text: str = "swap the face", truth: str = "{swap: {person: left, to: {age: old}}}") -> str:
    said = f"    truth: {truth}\n" if truth else ""
    return f"  {name}:\n    model: engine\n    inputs: {{image: scene, text: {text}}}\n{said}"


def upbringings(agree: str = "one", differ: str = "two") -> str:
    return f"exhibits:\n  two_upbringings:\n    agree: {agree}\n    differ: {differ}\n{OCCASION}"


def stepped(*steps: str, shown: str = "") -> str:
    return f"title: A wave\n{SCENE}steps:\n{''.join(steps)}{shown or upbringings()}"


def everywhere(stamped: str = "two") -> str:
    named = dict.fromkeys(("alone", "views", "edited", "natural", "wild"), "one") | {"stamped": stamped}
    return "exhibits:\n  from_everywhere:\n" + "".join(f"    {field}: {name}\n" for field, name in named.items())


STAMP = "  two:\n    operation: stamp\n    inputs: {views: scene.views, before: scene, after: one.image}\n"


def mattes(truth: str = "one", pasted: str = "one") -> str:
    composites = "    composites: [{step: one, title: A, words: A.}, {step: one, title: B, words: B.}]\n"
    return (
        "exhibits:\n  mask_to_matte:\n    people:\n    - {name: Left, mask: one, matte: one}\n"
        f"    - {{name: Right, mask: one, matte: one, truth: {truth}}}\n{composites}"
        f"    pasted: [{{step: {pasted}, title: C, words: C.}}]\n"
    )


WHOLE = {
    "mattes": stepped(step("one"), shown=mattes()),
    "views": stepped(step("one"), STAMP, shown=everywhere()),
    "lamps": HEAD + SCENE + TRUTH + LAMP,
    "photos": HEAD + SCENE + STEPS + SWAP,
    "upbringings": stepped(step("one"), step("two")),
}
OBJECTIONS = {
    "lamps of a photo": (
        HEAD + PHOTO + LAMP,
        ("exhibits.turn_the_lamp", 7, "needs a sample of one step that starts from a scene"),
    ),
    "lamps over steps": (
        stepped(step("one"), shown=LAMP),
        ("exhibits.turn_the_lamp", 10, "needs a sample of one step"),
    ),
    "lamps without a truth": (HEAD + SCENE + LAMP, ("exhibits.turn_the_lamp", 7, "`truth` names no swap")),
    "lamps of no swap": (HEAD + SCENE + SMILE + LAMP, ("exhibits.turn_the_lamp", 8, "`truth` names no swap")),
    "photos of a photo": (HEAD + PHOTO + STEPS + SWAP, ("exhibits.photo_swap", 7, "needs a sample of one step")),
    "photos over steps": (stepped(step("one"), shown=SWAP), ("exhibits.photo_swap", 9, "needs a sample of one step")),
    "a photo after the last step": (
        HEAD + SCENE + STEPS.replace("12", "10") + SWAP,
        ("exhibits.photo_swap.after", 9, "cannot change after 12 steps of 10"),
    ),
    "upbringings of a photo": (
        HEAD + PHOTO + upbringings(),
        ("exhibits.two_upbringings", 6, "needs a scene: of a photo no true picture is known"),
    ),
    "upbringings without steps": (
        HEAD + SCENE + TRUTH + upbringings(),
        ("exhibits.two_upbringings.agree", 8, "the sample has no step `one`"),
    ),
    "a step that there is not": (
        stepped(step("one"), step("two"), shown=upbringings(differ="three")),
        ("exhibits.two_upbringings.differ", 15, "the sample has no step `three`"),
    ),
    "a step without a truth": (
        stepped(step("one"), step("two", truth="")),
        ("exhibits.two_upbringings.differ", 14, "the step `two` has no `truth`"),
    ),
    "an expression too many": (
        stepped(step("one"), step("two"), shown=upbringings().replace("[sad, neutral]", "[sad, sad, sad]")),
        ("exhibits.two_upbringings.occasion.expressions", 16, "3 expressions for a scene of 2 people"),
    ),
    "steps that are asked for different things": (
        stepped(step("one"), step("two", "swap it")),
        ("exhibits.two_upbringings", 13, "the two steps have different inputs"),
    ),
}
OBJECTIONS |= {
    "views of a photo": (
        HEAD + PHOTO + everywhere(),
        ("exhibits.from_everywhere", 6, "needs a scene: a photo is seen from one place alone"),
    ),
    "views that nothing takes": (
        stepped(step("one"), step("two"), shown=everywhere()),
        ("exhibits.from_everywhere", 13, "no step takes `scene.views`"),
    ),
    "a stamp that there is not": (
        stepped(step("one"), STAMP, shown=everywhere("three")),
        ("exhibits.from_everywhere.stamped", 18, "the sample has no step `three`"),
    ),
    "views without a truth": (
        stepped(step("one", truth=""), STAMP, shown=everywhere()),
        ("exhibits.from_everywhere.alone", 12, "does not edit `scene` with a `truth`"),
    ),
}
OBJECTIONS |= {
    "a true matte that there is not": (
        stepped(step("one"), shown=mattes(truth="three")),
        ("exhibits.mask_to_matte.people.1.truth", 12, "the sample has no step `three`"),
    ),
    "a paste that there is not": (
        stepped(step("one"), shown=mattes(pasted="three")),
        ("exhibits.mask_to_matte.pasted.0.step", 14, "the sample has no step `three`"),
    ),
}
HINTS = {
    "a step that there is not": "it has one, two",
    "upbringings without steps": "it has one step without a name",
    "a photo after the last step": "use 0 to 10",
    "a step without a truth": "say what its instruction means",
    "lamps of no swap": "say in `truth` which swap the instruction means",
}


def problems(project: Project, recipe: str) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        load(project(**{SAMPLE: recipe}))
    return caught.value.problems


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_whole_is_taken(name: str, project: Project) -> None:
    assert "wave" in load(project(**{SAMPLE: WHOLE[name]})).samples


@pytest.mark.parametrize("name", OBJECTIONS)
def test_each_objection_has_its_line(name: str, project: Project) -> None:
    recipe, (field, line, what) = OBJECTIONS[name]
    found = [one for one in problems(project, recipe) if one.field == field]
    assert [(one.file, one.line) for one in found if what in one.what] == [(SAMPLE, line)], found
    assert HINTS.get(name, "") in next(one.hint for one in found if what in one.what)


def test_the_command_says_file_line_and_remedy(project: Project) -> None:
    recipe, _ = OBJECTIONS["a photo after the last step"]
    root = project(**{SAMPLE: recipe, "mkdocs.yml": "site_name: x\ndocs_dir: generated\n"})
    done = CliRunner().invoke(program, ["--project", str(root), "check"])
    assert isinstance(done.exception, CatalogError)
    said = str(done.exception)
    assert f"{SAMPLE}:9" in said and "cannot change after 12 steps of 10" in said and "use 0 to 10" in said


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        (WHOLE["lamps"].replace("[-50, 0, 50]", "[-50, 50, 0]"), "exhibits.turn_the_lamp"),
        (WHOLE["lamps"].replace("[-50, 0, 50]", "[-50, 50]"), "exhibits.turn_the_lamp"),
        (WHOLE["lamps"].replace("[-50, 0, 50]", "[-50, 0, 81]"), "exhibits.turn_the_lamp"),
        (WHOLE["photos"].replace("[0, 6, 12]", "[0, 6, 6]"), "exhibits.photo_swap.after"),
        (WHOLE["photos"].replace("azimuth: 60", "azimuth: 90"), "exhibits.photo_swap.azimuth"),
        (WHOLE["upbringings"].replace("[sad, neutral]", "[sad, bored]"), "exhibits.two_upbringings.occasion"),
        (WHOLE["upbringings"].replace("[sad, neutral]", "[sad]"), "exhibits.two_upbringings.occasion"),
        (
            WHOLE["upbringings"].replace("[sad, neutral]", "[sad, sad, sad, sad]"),
            "exhibits.two_upbringings.occasion",
        ),
    ],
    ids=["falling", "too few", "too far", "the same twice", "too far to the side", "no expression", "one", "too many"],
)
def test_each_bound_is_held(recipe: str, field: str, project: Project) -> None:
    assert [one for one in problems(project, recipe) if one.field.startswith(field)]
