"""Whoever opens weights opens safetensors: at each door a pickle in their place is refused, and nothing in it runs."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from poison import poisoned
from tiny import save_tiny

from seamline.errors import WeightsError
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.weights.opening import load_part

SCRIPTS = Path(__file__).parents[2] / "scripts"
PARTS = ("unet/diffusion_pytorch_model.safetensors", "vae/diffusion_pytorch_model.safetensors")


def evaluate(folder: Path) -> None:
    from tools.training.evaluation import evaluate

    evaluate(folder.parent, count=2, weights=folder, record=False)


def start_training(folder: Path) -> None:
    from tools.training.training_stages import PLAN, train

    (folder.parent / PLAN).parent.mkdir(parents=True)
    (folder.parent / PLAN).write_text("{}")
    train(folder.parent, start_from=folder, say=lambda line: None)


def stage(name: str) -> Callable[[Path], None]:
    """A stage of training whose weights in the training directory are marked as finished."""

    def resume(folder: Path) -> None:
        from tools.training import training_stages
        from tools.training.checkpoint import TrainingDir
        from tools.training.config import TrainingPlan

        training_dir, plan = TrainingDir(folder), TrainingPlan()
        if name == "unet":
            training_stages._unet(plan, training_dir)
            return
        training_dir.mark_finished(name, {})
        if name == "vae":
            training_stages.autoencoder_stage(folder.parent, plan, training_dir, "cpu", lambda line: None)
        else:
            training_stages.text_stage(plan, training_dir, "cpu", lambda line: None)

    return resume


def draw_training_pictures(folder: Path) -> None:
    from tools.training.batch_source import write_shard
    from tools.training.config import TrainingPlan

    write_shard(folder, TrainingPlan(), 0)


def export_weights(folder: Path) -> None:
    from tools.training.checkpoint import TRAINING_ROOT, TrainingDir
    from tools.training.pipeline_export import load_trained

    root = folder.parent
    shutil.copytree(folder, root / TRAINING_ROOT)
    training_dir = TrainingDir(root / TRAINING_ROOT)
    shutil.copytree(folder / "unet", training_dir.stage("unet_config"))
    torch.save({"moving_average": {}, "steps": 0, "pictures": 0, "seconds": 0}, training_dir.checkpoint)
    load_trained(root)


DOORS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "samples, unet": (load_pipeline, "unet"),
    "samples, text encoder": (load_pipeline, "text_encoder"),
    "evaluate, vae": (evaluate, "vae"),
    "evaluate, unet": (evaluate, "unet"),
    "train --start-from, unet": (start_training, "unet"),
    "train --start-from, text encoder": (start_training, "text_encoder"),
    "training's autoencoder": (stage("vae"), "vae"),
    "training's text encoder": (stage("text_encoder"), "text_encoder"),
    "training's U-Net": (stage("unet"), "unet"),
    "training's pictures": (draw_training_pictures, "vae"),
    "export": (export_weights, "text_encoder"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_pickle_is_never_opened(door: str, tmp_path: Path) -> None:
    enter, part = DOORS[door]
    folder, proof = tmp_path / "mini", tmp_path / "it-ran"
    save_tiny(folder)
    pickled = poisoned(next((folder / part).glob("*.safetensors")), proof)
    with pytest.raises(WeightsError, match=r"no safetensors file, only .*, which could run code when opened"):
        enter(folder)
    assert not proof.exists()
    torch.load(pickled, weights_only=False)
    assert proof.exists(), "the poison works"


def test_a_pickle_beside_the_weights_is_not_opened(tmp_path: Path) -> None:
    folder, proof = tmp_path / "mini", tmp_path / "it-ran"
    save_tiny(folder)
    weights = folder / PARTS[0]
    kept = weights.read_bytes()
    poisoned(weights, proof)
    weights.write_bytes(kept)
    load_pipeline(folder)
    from diffusers import UNet2DConditionModel

    load_part(UNet2DConditionModel, folder / "unet")
    assert not proof.exists()


def test_broken_safetensors_are_one_clear_error(tmp_path: Path) -> None:
    from diffusers import UNet2DConditionModel

    save_tiny(tmp_path / "mini")
    (tmp_path / "mini" / PARTS[0]).write_bytes(b"not tensors")
    for enter in (load_pipeline, lambda folder: load_part(UNet2DConditionModel, folder / "unet")):
        with pytest.raises(WeightsError, match="cannot be loaded"):
            enter(tmp_path / "mini")


def test_a_broken_text_encoder_is_no_traceback_of_a_library(tmp_path: Path) -> None:
    save_tiny(tmp_path / "mini")
    (tmp_path / "mini/text_encoder/model.safetensors").write_bytes(b"not tensors, and long enough for a header")
    with pytest.raises(WeightsError, match="cannot be loaded"):
        load_pipeline(tmp_path / "mini")


def calls(name: str) -> list[tuple[str, ast.Call]]:
    """Every call of a method `name` in the package and in the maintainers' tools, with its module."""
    return [
        (path.relative_to(SCRIPTS).as_posix(), node)
        for path in sorted(SCRIPTS.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def definition(name: str) -> ast.FunctionDef:
    """A function of the one module that loads weights."""
    tree = ast.parse((SCRIPTS / "seamline/weights/opening.py").read_text("utf-8"))
    [found] = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found


def test_there_is_one_door() -> None:
    """Unseen cases, too: no module may load weights by itself, nor unpickle more than tensors."""
    assert {module for module, _ in calls("from_pretrained")} == {"seamline/weights/opening.py"}
    without_weights = {ast.unparse(node) for node in ast.walk(definition("load_without_weights"))}
    for module, call in calls("from_pretrained"):
        given = {word.arg: ast.unparse(word.value) for word in call.keywords}
        assert given["local_files_only"] == "True", module
        assert given.get("use_safetensors") == "True" or ast.unparse(call) in without_weights, module
    unpickled = [
        (module, {word.arg: ast.unparse(word.value) for word in call.keywords})
        for module, call in calls("load")
        if ast.unparse(call.func) in ("torch.load", "pickle.load", "np.load", "numpy.load", "joblib.load")
    ]
    assert {module for module, _ in unpickled} == {
        "tools/training/checkpoint.py",
        "tools/training/mattes/matting_data.py",
    }
    for _, given in unpickled:
        assert given.get("weights_only") == "True" or given.get("allow_pickle") == "False", unpickled
    for name in ("from_single_file", "load_textual_inversion", "read_pickle"):
        assert calls(name) == []


def test_adapters_have_one_door_and_it_opens_safetensors_alone() -> None:
    """`tests/runners/test_adapters.py` puts a pickle before it."""
    for name in ("load_lora_weights", "lora_state_dict"):
        [(module, call)] = calls(name)
        assert module == "seamline/runners/instruct_pix2pix/loading.py"
        words = {word.arg: ast.unparse(word.value) for word in call.keywords}
        assert words.get(None) == "given", "one set of options for both"
    source = (SCRIPTS / "seamline/runners/instruct_pix2pix/loading.py").read_text("utf-8")
    assert "'use_safetensors': True, 'local_files_only': True" in ast.unparse(ast.parse(source))
