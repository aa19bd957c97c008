"""What holds of each runner, whoever wrote it: its declarations, and its weights found, loaded, run and refused.

A runner `<name>` needs `tests/tiny_<name>.py`, whose `save` puts tiny weights of its kind into a folder.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

pytest.importorskip("torch", reason="models need the `draw` extra")
pytest.importorskip("diffusers", reason="models need the `draw` extra")

import numpy as np
from poison import poisoned

from seamline.blocks.names import parse_block
from seamline.blocks.ports import DEPTH, IMAGE, MASK, TEXT, VIEWS, port_names
from seamline.catalog.entries import Model
from seamline.errors import WeightsError
from seamline.fingerprints import PACKAGE, source_of, statements
from seamline.hashing import Hashes
from seamline.runners.base import Call, Provenance, Value
from seamline.runners.registry import AnyRunner, runner_named, runners
from seamline.weights.locate import get, locate

RUNNERS = sorted(runners())
TEXTS = ("make the old man smile", "the woman", "grey hair")
WEIGHTS = "catalog/weights/tiny"

DECIDES_NO_OUTPUT = {
    "catalog/entries/base.py",
    "errors.py",
    "runners/base.py",
    "weights/folders.py",
}
"""Modules that runners' code imports: types, errors, and what refuses weights."""


def block_of(runner: AnyRunner) -> Any:
    return parse_block(f"{runner.signature}-HuggingFace-ada-engine")


def values_of(runner: AnyRunner) -> tuple[dict[str, Value], list[dict[str, str]]]:
    """Three different inputs for each of a runner's input ports, as `run` and as `request` are given them."""
    block = block_of(runner)
    ports = dict(zip(port_names(block.inputs), block.inputs, strict=True))
    values: dict[str, Value] = {}
    inputs: list[dict[str, str]] = []
    for place in range(3):
        given = {}
        for port, kind in ports.items():
            if kind is TEXT:
                given[port] = TEXTS[place]
                continue
            rng = np.random.default_rng(place)
            value = rng.integers(0, 256, (4, 6, 3), dtype=np.uint8).repeat(8, axis=0).repeat(8, axis=1)
            assert kind in (IMAGE, MASK, DEPTH, VIEWS), f"say here what a {kind} looks like"
            given[port] = f"{port}-{place}"
            values[given[port]] = value if kind in (IMAGE, VIEWS) else value[..., 0]
        inputs.append(given)
    return values, inputs


@pytest.fixture(params=RUNNERS)
def runner(request: pytest.FixtureRequest) -> AnyRunner:
    return runner_named(request.param)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[AnyRunner], Path]:
    """The root of a project that has tiny weights of a runner's kind."""
    roots: dict[str, Path] = {}

    def root(runner: AnyRunner) -> Path:
        if runner.name not in roots:
            roots[runner.name] = tmp_path_factory.mktemp(runner.name)
            save_tiny(runner, roots[runner.name] / WEIGHTS)
        return roots[runner.name]

    return root


def save_tiny(runner: AnyRunner, folder: Path) -> None:
    importlib.import_module(f"tiny_{runner.name}").save(folder)


def model_of(runner: AnyRunner) -> Model:
    return Model(block=f"{runner.signature}-HuggingFace-ada-engine", folder=WEIGHTS)


def test_the_signature_is_one_that_block_names_can_have(runner: AnyRunner) -> None:
    assert block_of(runner).signature == runner.signature


def test_each_output_port_has_a_role(runner: AnyRunner) -> None:
    assert set(runner.roles) == set(port_names(block_of(runner).outputs))
    assert all(runner.roles.values())
    assert runner.provenance in get_args(Provenance)


def test_it_is_called_as_its_folder_and_its_classes_are_its_own(runner: AnyRunner) -> None:
    assert (PACKAGE / "runners" / runner.name / "__init__.py").is_file()
    others = [other for name, other in runners().items() if name != runner.name]
    assert runner.pipelines
    assert not any(runner.pipelines & other.pipelines for other in others if other.signature == runner.signature)
    assert not any(runner.parameters is other.parameters for other in others), "parameters are told apart by class"


def test_parameters_have_descriptions_and_defaults(runner: AnyRunner) -> None:
    for name, field in runner.parameters.model_fields.items():
        assert field.description, name
        assert not field.is_required(), name
    assert runner.parameters.__doc__


def test_the_key_is_json_and_holds_each_parameter(runner: AnyRunner) -> None:
    plain = runner.parameters()
    key = runner.key(plain)
    assert json.loads(json.dumps(key)) == key
    left_out = set(runner.parameters.model_fields) - set(key)
    assert not left_out - {name for name in left_out if getattr(plain, name) is None}
    # Whatever is asked for is in it.
    asked = plain.model_copy(update=dict.fromkeys(left_out, "x"))
    assert set(runner.key(asked)) == set(runner.parameters.model_fields)


def test_each_parameter_is_described_under_its_own_name(runner: AnyRunner) -> None:
    plain = runner.parameters()
    unasked = [name for name in runner.parameters.model_fields if getattr(plain, name) is None]
    settings = runner.describe(plain.model_copy(update=dict.fromkeys(unasked, "x")))
    assert [one.name for one in settings] == list(runner.parameters.model_fields)
    assert all(one.value for one in settings)


def imported(module: str) -> Iterator[str]:
    """Modules of the package that a module of it imports, type checking aside."""
    tree = ast.parse(source_of(module).read_text("utf-8"))
    checking = {id(node) for one in tree.body if isinstance(one, ast.If) for node in ast.walk(one)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("seamline") and id(node) not in checking:
            base = PACKAGE.parent / str(node.module).replace(".", "/")
            for alias in node.names:
                choices = (base / f"{alias.name}.py", base.with_suffix(".py"), base / "__init__.py")
                yield next(path for path in choices if path.is_file()).relative_to(PACKAGE).as_posix()


def test_the_code_that_decides_outputs_is_there_and_whole(runner: AnyRunner) -> None:
    """Unseen cases too: a module that the code imports must be in it, or decide nothing."""
    covered = {module.partition(":")[0] for module in runner.code} | DECIDES_NO_OUTPUT
    # Programs and drawings repeat or explain an output.
    covered |= {f"runners/{runner.name}/{name}" for name in ("python_recipe.py", "explainer/__init__.py")}
    for module in runner.code:
        path, _, only = module.partition(":")
        assert statements(source_of(path).read_bytes(), only), module
        if not only:
            missing = {needed for needed in imported(path) if needed not in covered}
            assert missing == set(), module


def test_importing_a_runner_loads_no_library_of_models(runner: AnyRunner) -> None:
    folder = PACKAGE / "runners" / runner.name
    for module in ("__init__.py", "runner.py", "parameters.py"):
        if (folder / module).is_file():
            tree = ast.parse((folder / module).read_text("utf-8"))
            named = {node.module or "" for node in tree.body if isinstance(node, ast.ImportFrom)}
            assert not {name.split(".")[0] for name in named} & {"torch", "diffusers", "transformers", "numpy"}


def test_a_program_compiles_whatever_the_inputs_say(runner: AnyRunner) -> None:
    _, [inputs, *_] = values_of(runner)
    odd = dict.fromkeys(inputs, 'it\'s "so"\n\\ {curly} ü 🙂')
    code = runner.as_python(runner.parameters(), Call("ada/engine", "0" * 40, odd, "result.png"))
    compile(code, "program.py", "exec")
    found = {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}
    assert {*odd.values(), "ada/engine", "0" * 40, "result.png"} <= found
    assert "seamline" not in code


def test_a_batch_gives_what_each_request_gives_alone(runner: AnyRunner, saved: Callable[[AnyRunner], Path]) -> None:
    loaded = runner.load(saved(runner) / WEIGHTS, "cpu", "float32")
    values, inputs = values_of(runner)
    parameters = quick(runner)
    requests = [runner.request(parameters, given) for given in inputs]
    assert len({runner.batch_of(request, values) for request in requests}) == 1
    together = runner.run(loaded, values, requests)
    assert len(together) == 3
    for request, output in zip(requests, together, strict=True):
        [alone] = runner.run(loaded, values, [request])
        assert set(output.values) == set(runner.roles)
        for port, value in output.values.items():
            assert_alike(value, alone.values[port])
    first, second = (next(iter(output.values.values())) for output in together[:2])
    assert not np.array_equal(np.asarray(first), np.asarray(second)), "outputs depend on inputs"


def quick(runner: AnyRunner) -> Any:
    """Parameters with few steps and small pictures, of a runner that has such."""
    few: Mapping[str, int] = {
        "num_inference_steps": 2,
        "width": 64,
        "height": 64,
        "max_new_tokens": 6,
        "training_steps": 3,
        "cameras": 2,
    }
    return runner.parameters(**{name: value for name, value in few.items() if name in runner.parameters.model_fields})


def assert_alike(one: Value, other: Value) -> None:
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert one.shape == other.shape
    assert one.dtype == other.dtype
    most = 1 / 255 if one.dtype == np.float32 else 1
    assert np.abs(one.astype(float) - other.astype(float)).max() <= most


def test_requests_are_hashable_and_say_facts_as_json(runner: AnyRunner) -> None:
    values, inputs = values_of(runner)
    request = runner.request(runner.parameters(), inputs[0])
    assert isinstance(request, Hashable)
    assert hash(request) == hash(runner.request(runner.parameters(), inputs[0]))
    assert dataclasses.is_dataclass(request)
    assert runner.same_output(request, request)
    assert not runner.same_output(request, runner.request(runner.parameters(), inputs[1]))
    facts = runner.facts(request)
    assert json.loads(json.dumps(facts)) == facts
    hash(runner.batch_of(request, values))


def test_its_weights_are_found_by_class_name(
    runner: AnyRunner, saved: Callable[[AnyRunner], Path], tmp_path: Path
) -> None:
    found = get(saved(runner), model_of(runner), runner, "hub", Hashes(tmp_path))
    assert found.runner == runner.name
    assert len(found.identity.files) >= len(runner.parts)
    assert all(name.endswith(".safetensors") for name in found.identity.files)
    assert any(name.endswith("config.json") for name in found.configuration)
    for part in runner.texts:
        assert any(name.startswith("" if part == "." else part) for name in found.configuration), part


def test_weights_of_another_class_are_refused(runner: AnyRunner, tmp_path: Path) -> None:
    folder = tmp_path / WEIGHTS
    save_tiny(runner, folder)
    index = next(folder / name for name in ("model_index.json", "config.json") if (folder / name).is_file())
    content = json.loads(index.read_text("utf-8"))
    content |= {"_class_name": "SomethingElse", "architectures": ["SomethingElse"]}
    index.write_text(json.dumps(content), "utf-8")
    with pytest.raises(WeightsError, match="SomethingElse"):
        runner.load(folder, "cpu", "float32")
    with pytest.raises(WeightsError, match="SomethingElse"):
        locate(tmp_path, model_of(runner), runner, "hub", Hashes(tmp_path))


def test_a_pickle_in_the_place_of_its_weights_is_never_opened(runner: AnyRunner, tmp_path: Path) -> None:
    for part in runner.parts:
        folder, proof = tmp_path / part.replace(".", "whole") / WEIGHTS, tmp_path / "it-ran"
        save_tiny(runner, folder)
        poisoned(next((folder / part).glob("*.safetensors")), proof)
        with pytest.raises(WeightsError, match="could run code when opened"):
            runner.load(folder, "cpu", "float32")
        assert not proof.exists()


def test_weights_that_are_not_there_are_one_clear_error(runner: AnyRunner, tmp_path: Path) -> None:
    with pytest.raises(WeightsError):
        runner.load(tmp_path, "cpu", "float32")
    assert locate(tmp_path, model_of(runner), runner, "hub", Hashes(tmp_path)) is None
