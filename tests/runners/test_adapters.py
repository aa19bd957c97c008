"""Low-rank adapters: what they change, what is refused, and a sample whose steps have one each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")
pytest.importorskip("peft", reason="adapters need the `draw` extra")

from adapters import save_adapter
from poison import Poison
from safetensors.torch import load_file, save_file
from tiny import INSTRUCTION, save_tiny

from seamline.catalog import Catalog, load
from seamline.errors import WeightsError
from seamline.hashing import Hashes
from seamline.runners.instruct_pix2pix import RUNNER
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.instruct_pix2pix.parameters import EditParameters
from seamline.runs.engines.local import LocalEngine
from seamline.runs.execute.scheduler import Summary, run_due
from seamline.runs.plan.states import plan
from seamline.runs.store.encoding import decode
from seamline.runs.store.records import RunRecord
from seamline.runs.store.run_folder import folder_of, read_record

Tensors = dict[str, Any]

REQUEST = EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, num_inference_steps=3)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny pipeline with the adapters `one`, `other` and `idle`, whose matrices B are zero."""
    folder = tmp_path_factory.mktemp("weights")
    save_tiny(folder)
    save_adapter(folder, "one", 1)
    save_adapter(folder, "other", 2)
    save_adapter(folder, "idle", 3, scale=0)
    return folder


def edited(pipe: Any) -> Any:
    picture = np.random.default_rng(0).integers(0, 256, (32, 48, 3), dtype=np.uint8)
    [output] = RUNNER.run(pipe, {"a": picture}, [REQUEST])
    return np.asarray(output.values["image"]).astype(int)


def adapted(folder: Path, name: str) -> Any:
    return RUNNER.load_adapted(folder, f"adapters/{name}.safetensors", "cpu", "float32")


def test_each_adapter_makes_another_edit_and_one_of_zeros_the_plain_one(weights: Path) -> None:
    plain = edited(RUNNER.load(weights, "cpu", "float32"))
    one, other, idle = (edited(adapted(weights, name)) for name in ("one", "other", "idle"))
    assert np.abs(idle - plain).max() <= 1
    for first, second in ((one, plain), (other, plain), (one, other)):
        assert np.abs(first - second).max() > 8


def test_the_change_is_the_product_of_its_matrices(weights: Path) -> None:
    """W + B·A (Hu et al., eq. 3), with a scale of 1 where rank and alpha are equal."""
    tensors = load_file(weights / "adapters/one.safetensors")
    layer = "mid_block.attentions.0.transformer_blocks.0.attn2.to_q"
    down, up = (
        next(value for key, value in tensors.items() if layer in key and way in key) for way in (".down.", ".up.")
    )
    name = f"{layer}.weight"
    from diffusers import UNet2DConditionModel

    plain = UNet2DConditionModel.from_pretrained(weights / "unet", use_safetensors=True, local_files_only=True)
    change = dict(adapted(weights, "one").unet.named_parameters())[name] - dict(plain.named_parameters())[name]
    torch.testing.assert_close(change, up @ down, rtol=1e-4, atol=1e-5)


def test_a_missing_adapter_is_named_beside_those_there(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="no such adapter") as refused:
        adapted(weights, "onne")
    assert refused.value.where == str(weights / "adapters/onne.safetensors")
    assert refused.value.hint == "the weights' adapters are: idle, one, other; name one of them"
    save_tiny(tmp_path)
    with pytest.raises(WeightsError) as refused:
        adapted(tmp_path, "one")
    assert "are: none" in (refused.value.hint or "")


def renamed(old: str, new: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {key.replace(old, new): value for key, value in tensors.items()}


def doubled(tensors: Tensors) -> Tensors:
    """Matrices of a model twice as wide."""
    return {key: value.repeat(2, *[1] * (value.ndim - 1)) for key, value in tensors.items()}


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (doubled, "size mismatch"),
        (renamed("unet.", "text_encoder."), "it changes text_encoder.add_embedding"),
        (renamed("down_blocks.0", "down_blocks.7"), "it changes unet.down_blocks.7"),
        (lambda tensors: {"a": torch.zeros(2)}, "Invalid LoRA"),
        (lambda tensors: {key: value * float("nan") for key, value in tensors.items()}, "NaN"),
    ],
    ids=["other shapes", "of the text encoder", "of layers that are not there", "no adapter", "not numbers"],
)
def test_what_does_not_fit_is_one_short_error(
    damage: Callable[[Tensors], Tensors], said: str, weights: Path, tmp_path: Path
) -> None:
    save_tiny(tmp_path)
    file = tmp_path / "adapters/bad.safetensors"
    file.parent.mkdir()
    save_file(damage(load_file(weights / "adapters/one.safetensors")), file)
    with pytest.raises(WeightsError, match=f"does not fit the weights: .*{said}") as refused:
        adapted(tmp_path, "bad")
    assert refused.value.where == str(file)
    assert len(str(refused.value)) < 500 and "\n" not in str(refused.value)


@pytest.mark.parametrize("suffix", [".safetensors", ".bin"])
def test_a_pickle_is_not_opened(suffix: str, tmp_path: Path) -> None:
    """Neither under the name of an adapter, nor beside that name."""
    save_tiny(tmp_path)
    proof, file = tmp_path / "it-ran", tmp_path / f"adapters/bad{suffix}"
    file.parent.mkdir()
    torch.save({"weight": Poison(proof)}, file)
    with pytest.raises(WeightsError, match="does not fit" if suffix == ".safetensors" else "no such adapter"):
        adapted(tmp_path, "bad")
    assert not proof.exists()
    torch.load(BytesIO(file.read_bytes()), weights_only=False)
    assert proof.exists(), "the poison works"


@pytest.mark.parametrize("name", ["../one", "one.safetensors", "/etc/one", "One", ""])
def test_a_name_leads_nowhere_else(name: str) -> None:
    with pytest.raises(ValueError, match="adapter"):
        EditParameters(adapter=name)


SAMPLE = """\
title: Two fine-tunes
input: {scene: {seed: 5, people: 2}}
steps:
  plain:
    model: editor
    inputs: {image: scene, text: make her smile}
    parameters: {num_inference_steps: 2, seed: 2}
  first:
    model: editor
    inputs: {image: scene, text: make her smile}
    parameters: {num_inference_steps: 2, seed: 2, adapter: one}
  second:
    model: editor
    inputs: {image: scene, text: make her smile}
    parameters: {num_inference_steps: 2, seed: 2, adapter: other}
"""


@pytest.fixture
def catalog(tmp_path: Path, weights: Path) -> Catalog:
    """A project with one sample of three steps; two have an adapter."""
    for folder in ("models", "papers", "questions", "samples"):
        (tmp_path / "catalog" / folder).mkdir(parents=True)
    shutil.copytree(weights, tmp_path / "catalog/weights/mini")
    entry = "block: ImgTxt2Img-Local-nobody-editor\npipeline: StableDiffusionInstructPix2PixPipeline\n"
    (tmp_path / "catalog/models/editor.yml").write_text(entry)
    (tmp_path / "catalog/samples/tuned.yml").write_text(SAMPLE)
    return load(tmp_path)


def run(catalog: Catalog, **options: Any) -> Summary:
    return run_due(catalog, weights="mini", say=lambda line: None, **options)


def record_in(folder: Path) -> RunRecord:
    record = read_record(folder)
    assert record is not None
    return record


def record_of(catalog: Catalog) -> RunRecord:
    return record_in(folder_of(catalog.root, "tuned", "mini"))


def images_of(catalog: Catalog) -> Mapping[str, Any]:
    """The edit that each step left."""
    folder, record = folder_of(catalog.root, "tuned", "mini"), record_of(catalog)
    found = {}
    for name in record.steps:
        image = record.output(name, "image")
        assert image is not None
        found[name] = np.asarray(decode((folder / image.file).read_bytes(), "Img")).astype(int)
    return found


@pytest.fixture
def drawn(catalog: Catalog) -> Catalog:
    assert run(catalog, engine=lambda: LocalEngine(device="cpu")).drawn == ("tuned",)
    return catalog


def test_each_step_runs_with_its_own_adapter(drawn: Catalog) -> None:
    images = images_of(drawn)
    assert list(images) == ["plain", "first", "second"]
    for one, other in (("plain", "first"), ("plain", "second"), ("first", "second")):
        assert np.abs(images[one] - images[other]).mean() > 2, (one, other)
    record, folder = record_of(drawn), folder_of(drawn.root, "tuned", "mini")
    given = record.one("input")
    assert given is not None
    scene = decode((folder / given.file).read_bytes(), "Img")
    for name, adapter in (("first", "one"), ("second", "other")):
        parameters = drawn.samples["tuned"].steps[name].parameters
        assert isinstance(parameters, EditParameters)
        request = RUNNER.request(parameters, {"image": "scene", "text": "make her smile"})
        [output] = RUNNER.run(adapted(drawn.root / "catalog/weights/mini", adapter), {"scene": scene}, [request])
        alone = np.asarray(output.values["image"]).astype(int)
        assert np.abs(alone - images[name]).mean() < 3, "WebP rounds, and no more"


def test_a_key_holds_the_bytes_of_the_adapter(drawn: Catalog) -> None:
    fields = {name: step.key_fields for name, step in record_of(drawn).steps.items()}
    folder = drawn.root / "catalog/weights/mini"
    hashes = Hashes(drawn.root)
    assert fields["first"]["weights.adapter"] == hashes.sha256(folder / "adapters/one.safetensors")
    assert fields["first"]["adapter"] == "one"
    assert not {"weights.adapter", "adapter"} & fields["plain"].keys()
    assert plan(drawn, "mini")[0].state == "fresh"
    save_adapter(folder, "one", 9)
    [state] = plan(load(drawn.root), "mini")
    assert state.state == "stale"
    assert [why.partition(":")[0] for why in state.why] == ["first"], "no other step is touched"
    assert run(load(drawn.root)).drawn == ("tuned",)
    assert plan(load(drawn.root), "mini")[0].state == "fresh"


def test_keys_of_committed_runs_without_an_adapter_have_no_such_field() -> None:
    runs = list((Path(__file__).parents[2] / "generated/runs").glob("*/mini/run.json"))
    with_one = set()
    for path in runs:
        for step in record_in(path.parent).steps.values():
            if {"adapter", "weights.adapter"} & step.key_fields.keys():
                assert step.key_fields["adapter"] and step.key_fields["weights.adapter"]
                with_one.add(path.parent.parent.name)
    assert len(runs) > 8 and with_one == {"two-upbringings"}


def test_a_sample_that_names_a_missing_adapter_says_which_there_are(catalog: Catalog) -> None:
    (catalog.root / "catalog/samples/tuned.yml").write_text(SAMPLE.replace("adapter: other", "adapter: another"))
    done = run(load(catalog.root))
    assert done.drawn == ()
    assert "no such adapter" in done.failed["tuned"]
    assert "adapters/another.safetensors" in done.failed["tuned"]
    assert "idle, one, other" in done.failed["tuned"]


@pytest.mark.slow
def test_ray_runs_adapters_as_this_machine_does(drawn: Catalog) -> None:
    pytest.importorskip("ray", reason="needs the `ray` extra")
    here = images_of(drawn)
    run(drawn, force=True, engine="ray")
    there = images_of(drawn)
    for name, image in here.items():
        assert np.abs(image - there[name]).max() <= 1, name
