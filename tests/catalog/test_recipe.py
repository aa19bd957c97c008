"""A sample is a small workflow: both spellings give one recipe, and what does not fit is refused by file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest
from more_runners import CHAIN, MODELS, MORE, registered

from seamline.catalog import Catalog, load
from seamline.catalog.io.writing import entry_text
from seamline.catalog.recipe import Output, Photo, Recipe, Scene, Text
from seamline.catalog.recipe_reading import recipe_of
from seamline.errors import CatalogError, Problem, WorkflowError

from .conftest import Project

FILE = "catalog/samples/chain.yml"
HEAD = "title: A chain\ninput: {scene: {seed: 7, people: 2}}\nsteps:\n"
EDIT = "  edit: {model: editor, inputs: {image: scene, text: make them smile}}\n"


@pytest.fixture(autouse=True)
def _more_kinds() -> Iterator[None]:
    with registered(*MORE):
        yield


@pytest.fixture
def catalog(project: Project):
    def read(sample: str, **more: str | bytes) -> Catalog:
        return load(project(**{**MODELS, FILE: sample, **more}))

    return read


@pytest.fixture
def problems(catalog):
    def of(sample: str) -> tuple[Problem, ...]:
        with pytest.raises(CatalogError) as caught:
            catalog(sample)
        assert {one.file for one in caught.value.problems} == {FILE}
        return caught.value.problems

    return of


def recipe(catalog: Catalog) -> Recipe:
    return recipe_of(catalog.samples["chain"], catalog.models)


def inputs(found: Recipe) -> Mapping[str, Mapping[str, object]]:
    return {step.name: dict(step.inputs) for step in found.steps}


def test_steps_become_a_recipe_in_an_order_in_which_they_can_run(catalog) -> None:
    lines = CHAIN.splitlines(keepends=True)
    at = next(place for place, line in enumerate(lines) if line.startswith("  caption"))
    first = next(place for place, line in enumerate(lines) if line.startswith("  edit"))
    backwards = "".join([*lines[:first], lines[at], *lines[first:at]])
    for text in (CHAIN, backwards):
        found = recipe(catalog(text))
        assert [step.name for step in found.steps] == ["edit", "changed", "matte", "composite", "caption"]
        assert inputs(found) == {
            "edit": {"image": Scene(), "text": Text("give the left person grey hair")},
            "changed": {"before": Scene(), "after": Output("edit", "image")},
            "matte": {"image": Output("edit", "image"), "mask": Output("changed", "mask")},
            "composite": {"below": Scene(), "above": Output("edit", "image"), "alpha": Output("matte", "alpha")},
            "caption": {"image": Output("composite", "image")},
        }
        assert found.last.name == "caption" and found.truth is found.by_name["edit"].truth is not None
        assert found.by_name["composite"].upstream == ("edit", "matte")


def test_a_step_knows_what_runs_it_and_its_ports(catalog) -> None:
    found = recipe(catalog(CHAIN)).by_name
    assert [(step.model, step.operation, step.runner) for step in found.values()] == [
        ("editor", "", "instruct_pix2pix"),
        ("", "change", ""),
        ("matter", "", "matting"),
        ("", "over", ""),
        ("captioner", "", "captioning"),
    ]
    assert found["matte"].takes == {"mask": "Msk", "image": "Img"} and found["matte"].gives == {"alpha": "Alpha"}
    assert found["changed"].parameters.model_dump() == {"threshold": 9}
    assert found["edit"].parameters.model_dump()["seed"] == 3


@pytest.mark.parametrize(
    ("fields", "name", "fed"),
    [
        (
            "model: editor\ninput: {scene: {seed: 7}}\ninstruction: smile\n",
            "edit",
            {"image": Scene(), "text": Text("smile")},
        ),
        ("model: painter\ninstruction: a wall\n", "generate", {"text": Text("a wall")}),
        ("model: captioner\ninput: {scene: {seed: 7}}\n", "describe", {"image": Scene()}),
        (
            "model: captioner\ninput: {photo: {path: me.png, licence: CC0-1.0, credit: me, consent: mine}}\n",
            "describe",
            {"image": Photo()},
        ),
    ],
)  # fmt: skip
def test_the_one_step_spelling_is_a_recipe_of_one_step(catalog, fields: str, name: str, fed: object) -> None:
    found = recipe(catalog(f"title: One\n{fields}", **{"catalog/photos/me.png": b""}))
    assert inputs(found) == {name: fed}


def test_a_recipe_of_a_sample_that_was_not_checked_is_refused(catalog) -> None:
    sound = catalog(CHAIN)
    with pytest.raises(WorkflowError, match="no model `editor`"):
        recipe_of(sound.samples["chain"], {})


def test_what_no_step_takes_up_is_allowed(catalog) -> None:
    steps = f"{EDIT}  again: {{model: editor, inputs: {{image: scene, text: make them sad}}}}\n"
    assert [step.name for step in recipe(catalog(HEAD + steps)).steps] == ["edit", "again"]


def test_two_ports_of_one_type_have_names_of_their_own(catalog) -> None:
    blend = "  blend: {model: blender, inputs: {image: scene, image_2: edit.image}}\n"
    assert inputs(recipe(catalog(HEAD + EDIT + blend)))["blend"] == {
        "image": Scene(),
        "image_2": Output("edit", "image"),
    }


@pytest.mark.parametrize(
    ("steps", "line", "field", "what", "hint"),
    [
        ("  k: {model: editr, inputs: {}}\n", 5, "steps.k.model", "no model `editr`", "did you mean `editor`?"),
        ("  k: {operation: ovr, inputs: {}}\n", 5, "steps.k.operation", "no operation `ovr`", "did you mean `over`?"),
        (
            "  k: {model: depth, inputs: {image: scene}}\n", 5, "steps.k.model",
            "`depth` is of kind `Img2Dep`, for which there is no runner", "`Txt2Img` (`text_to_image`)",
        ),
        (
            "  k: {model: captioner, inputs: {imge: scene, image: scene}}\n", 5, "steps.k.inputs.imge",
            "`k` takes nothing at `imge`", "did you mean `image`?",
        ),
        (
            "  k:\n    model: editor\n    inputs:\n      image: edit.image\n", 7, "steps.k.inputs",
            "nothing feeds `text`, which takes text", "add `text: …`, with a text",
        ),
        (
            "  k: {model: editor, operation: crop, inputs: {image: scene}}\n", 5, "steps.k",
            "give exactly one of `model` and `operation`", "",
        ),
        ("  k: {model: captioner}\n", 5, "steps.k", "nothing feeds `image`", "one of `scene`, `edit.image`"),
        (
            "  k:\n    model: captioner\n    inputs:\n      image: scene\n      image: edit.image\n", 9,
            "steps.k.inputs.image", "given twice", "line 8",
        ),
        (
            "  k: {operation: over, inputs: {below: scene, above: edit.image, alpha: edit.image}}\n", 5,
            "steps.k.inputs.alpha", "`edit.image` gives an image, and `alpha` takes an alpha matte",
            "there is none yet",
        ),
        (
            "  k: {model: captioner, inputs: {image: edt.image}}\n", 5, "steps.k.inputs.image",
            "no step is called `edt`", "did you mean `edit.image`?",
        ),
        (
            "  k: {model: captioner, inputs: {image: edit.picture}}\n", 5, "steps.k.inputs.image",
            "`edit` gives no `picture`", "known here: `image`",
        ),
        (
            "  k: {model: captioner, inputs: {image: edit}}\n", 5, "steps.k.inputs.image",
            "nothing is called `edit`", "did you mean `edit.image`?",
        ),
        (
            "  k: {model: painter, inputs: {text: edit.image}}\n", 5, "steps.k.inputs.text",
            "`edit.image` gives an image, and `text` takes text", "name a text",
        ),
        (
            "  k: {model: painter, inputs: {text: scene}}\n", 5, "steps.k.inputs.text",
            "`scene` gives an image, and `text` takes text", "name a text",
        ),
        (
            "  c: {model: captioner, inputs: {image: scene}}\n"
            "  k: {model: captioner, inputs: {image: c.text}}\n", 6, "steps.k.inputs.image",
            "`c.text` gives text, and `image` takes an image", "`scene`, `edit.image`",
        ),
        (
            "  k: {model: painter, inputs: {text: edti.image}}\n", 5, "steps.k.inputs.text",
            "`edti.image` reads as an output, and no step is called `edti`", "more than one word",
        ),
        (
            "  k: {model: captioner, inputs: {image: photo}}\n", 5, "steps.k.inputs.image",
            "there is no photo", "input: {photo: …}",
        ),
        (
            "  a: {model: editor, inputs: {image: b.image, text: one more}}\n"
            "  b: {model: editor, inputs: {image: a.image, text: one more}}\n", 5, "steps.a.inputs.image",
            "the steps run in a circle", "something else",
        ),
        (
            "  k: {model: editor, inputs: {image: edit.image, text: grey hair}, "
            "truth: {attribute: {person: left, attribute: hair_colour, value: grey}}}\n", 5, "steps.k.truth",
            "`k` does not edit the scene", "leave it out",
        ),
        (
            "  k: {model: captioner, inputs: {image: scene}, truth: {expression: {person: left, expression: sad}}}\n",
            5, "steps.k.truth", "`k` does not edit the scene", "leave it out",
        ),
        (
            "  k: {operation: crop, inputs: {image: scene}, parameters: {width: 96, height: 64}, "
            "truth: {expression: {person: left, expression: sad}}}\n",
            5, "steps.k.truth", "`k` does not edit the scene", "leave it out",
        ),
        (
            "  k: {operation: elsewhere, inputs: {image: edit.image}, parameters: {seed: 3, person: left}, "
            "truth: {expression: {person: left, expression: sad}}}\n",
            5, "steps.k.truth", "`k` does not edit the scene", "leave it out",
        ),
        (
            "  k: {model: editor, inputs: {image: scene, text: make the left one sad}, "
            "truth: {expression: {person: right, expression: sad}}}\n", 5, "steps.k.truth.expression.person",
            "the instruction says left", "same person",
        ),
        ("  scene: {model: captioner, inputs: {image: edit.image}}\n", 5, "steps.scene", "own image", "rename"),
        (
            "  k: {model: editor, operation: over}\n", 5, "steps.k", "exactly one of `model` and `operation`",
            "Steps by name",
        ),
        (
            "  k: {operation: crop, inputs: {image: scene}, parameters: {width: 4, heigth: 3, height: 3}}\n", 5,
            "steps.k.parameters.heigth", "no such field", "did you mean `height`?",
        ),
        (
            "  k: {operation: crop, inputs: {image: scene}, parameters: {width: 0, height: 3}}\n", 5,
            "steps.k.parameters.width", "should be greater than or equal to 1", "Width in pixels.",
        ),
        (
            "  k: {operation: crop, inputs: {image: scene}, parameters: {left: 760, width: 16, height: 9}}\n", 5,
            "steps.k.parameters", "ends at column 776 and row 9, and the image has", "lies inside the image",
        ),
        (
            "  j: {operation: resize, inputs: {image: edit.image}, parameters: {width: 64, height: 64}}\n"
            "  k: {operation: crop, inputs: {image: j.image}, parameters: {top: 60, width: 64, height: 9}}\n", 6,
            "steps.k.parameters", "ends at column 64 and row 69, and the image has 64 and 64", "inside the image",
        ),
        (
            "  parameters: {model: edtior, inputs: {image: scene, text: a b}}\n", 5, "steps.parameters.model",
            "no model `edtior`", "editor",
        ),
    ],
)  # fmt: skip
def test_steps_that_do_not_fit_are_refused(problems, steps: str, line: int, field: str, what: str, hint: str) -> None:
    found = problems(HEAD + EDIT + steps)
    assert [(one.line, one.field) for one in found] == [(line, field)]
    assert what in found[0].what and hint in found[0].hint


def test_a_crop_that_fits_with_some_weights_alone_is_refused_and_one_of_a_resized_image_is_not(catalog) -> None:
    editor = "catalog/models/editor.yml"
    own = {editor: f"{MODELS[editor]}weights: {{repo: timbrooks/instruct-pix2pix, revision: main}}\n"}
    part = "parameters: {left: 600, width: 16, height: 9}}\n"
    with pytest.raises(CatalogError) as caught:
        catalog(f"{HEAD}{EDIT}  k: {{operation: crop, inputs: {{image: scene}}, {part}", **own)
    (problem,) = caught.value.problems
    assert (problem.line, problem.field) == (5, "steps.k.parameters")
    assert "the image has 384 and 256 with some of the weights" in problem.what
    assert "`resize` the image before" in problem.hint
    resized = "  j: {operation: resize, inputs: {image: scene}, parameters: {width: 768, height: 512}}\n"
    catalog(f"{HEAD}{EDIT}{resized}  k: {{operation: crop, inputs: {{image: j.image}}, {part}", **own)


@pytest.mark.parametrize(
    ("sample", "line", "field", "what", "hint"),
    [
        ("model: editor\ninput: {scene: {seed: 7}}\n", 1, "instruction", "is missing", "`editor` takes text"),
        ("model: editor\ninstruction: smile\n", 1, "input", "is missing", "`editor` takes an image"),
        (
            "model: captioner\ninput: {scene: {seed: 7}}\ninstruction: smile\n", 4, "instruction",
            "`captioner` takes no text", "leave it out",
        ),
        (
            "model: painter\ninput: {scene: {seed: 7}}\ninstruction: smile\n", 3, "input",
            "`painter` takes no image", "leave it out",
        ),
        ("model: matter\ninput: {scene: {seed: 7}}\n", 2, "model", "takes a mask at `mask`", "write `steps`"),
        ("model: blender\ninput: {scene: {seed: 7}}\n", 2, "model", "takes an image at `image_2`", "write `steps`"),
        ("model: depth\ninput: {scene: {seed: 7}}\n", 2, "model", "there is no runner", "a question may still"),
        (
            "model: captioner\ninput: {scene: {seed: 7}}\ntruth: {expression: {person: left, expression: sad}}\n", 4,
            "truth", "`describe` does not edit the scene", "leave it out",
        ),
        (
            "input: {scene: {seed: 7}}\nsteps:\n  p: {model: painter, inputs: {text: a wall}}\n", 2,
            "input.scene", "no step takes it", "write `scene`",
        ),
        (
            "model: editor\ninput: {scene: {seed: 7}}\ninstruction: a b\nparameters: {guidence_scale: 3}\n", 5,
            "parameters.guidence_scale", "no such field", "did you mean `guidance_scale`?",
        ),
        (
            "model: editor\ninput: {scene: {seed: 7}}\ninstruction: a b\nparameters: {guidance_scale: 0.5}\n", 5,
            "parameters.guidance_scale", "should be greater than or equal to 1", "Text guidance scale",
        ),
        (
            "model: editor\ninput: {scene: {seed: 7}}\ninstruction: a b\nparameters: 3\n", 5, "parameters",
            "should be `name: value` lines", "Parameters of its kind",
        ),
    ],
)  # fmt: skip
def test_a_sample_of_one_step_gives_its_model_what_it_takes_and_no_more(
    problems, sample: str, line: int, field: str, what: str, hint: str
) -> None:
    found = problems(f"title: One\n{sample}")
    assert [(one.line, one.field) for one in found] == [(line, field)]
    assert what in found[0].what and hint in found[0].hint


def test_a_model_whose_own_file_is_wrong_is_not_reported_again(project: Project) -> None:
    root = project(**{**MODELS, "catalog/models/editor.yml": "block: nonsense\n", FILE: CHAIN})
    with pytest.raises(CatalogError) as caught:
        load(root)
    assert [one.file for one in caught.value.problems] == ["catalog/models/editor.yml"]


def test_a_question_lists_every_model_of_the_samples_it_shows(project: Project) -> None:
    root = project(**{**MODELS, FILE: CHAIN})
    question = root / "catalog/questions/how.md"
    question.write_text(
        question.read_text().replace("[engine]", "[engine, editor, matter]").replace("[wave]", "[chain]")
    )
    with pytest.raises(CatalogError) as caught:
        load(root)
    assert [one.what for one in caught.value.problems] == [
        "`chain` runs `captioner`, which this question does not list"
    ]


def test_written_samples_hold_no_default_and_read_back(catalog, project: Project) -> None:
    sample = catalog(CHAIN).samples["chain"]
    text = entry_text(sample)
    assert "parameters" not in text.partition("composite:")[2] and "threshold: 9" in text
    assert load(project(**{FILE: text})).samples["chain"] == sample


def test_schema_and_table_list_parameters_by_kind() -> None:
    from seamline.catalog.entries import Sample
    from seamline.catalog.io.json_schema import field_table, schema_of

    schema = schema_of(Sample)
    of_a_model = {one["$ref"].rpartition("/")[2] for one in schema["properties"]["parameters"]["anyOf"]}
    assert {"EditParameters", "PromptParameters"} <= of_a_model and "CropParameters" not in of_a_model
    step = schema["definitions"]["Step"]["properties"]["parameters"]["anyOf"]
    assert {"$ref": "#/definitions/CropParameters"} in step
    assert "UnknownParameters" not in schema["definitions"]
    rows = [row.name for row in field_table("sample")]
    assert "parameters(text_to_image).seed" in rows and "steps.<name>.parameters(crop).width" in rows
    assert len(rows) == len(set(rows))
