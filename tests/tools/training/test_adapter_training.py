"""Training of an adapter: what the loss reaches, and two steps of a tiny plan."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("peft", reason="adapters need the `draw` extra")

from safetensors.torch import load_file
from tiny import save_tiny

from seamline.runners.instruct_pix2pix import RUNNER
from seamline.runners.instruct_pix2pix.loading import load_pipeline
from tools.training.adapters import adapter_training
from tools.training.adapters.adapter_plan import AdapterData, AdaptersPlan
from tools.training.adapters.adapter_training import train_adapter
from tools.training.config import TrainingPlan
from tools.training.data import Batch
from tools.training.editor_parts import Editor, prediction_loss
from tools.training.unet import noise_scheduler

BASE = TrainingPlan.model_validate({"pictures": {"width": 48, "height": 32}})
PLAN = AdaptersPlan(
    seed=3,
    rank=2,
    steps=2,
    batch=4,
    rate=0.01,
    shards=1,
    scenes_per_shard=4,
    adapters={"agree": AdapterData(pairs_agree=True), "differ": AdapterData(pairs_agree=False)},
)


@pytest.fixture
def editor(tmp_path: Path) -> Editor:
    save_tiny(tmp_path)
    pipe = load_pipeline(tmp_path)
    return Editor(pipe.vae, pipe.tokenizer, pipe.text_encoder, pipe.unet)


def batch() -> Batch:
    random = torch.Generator().manual_seed(1)

    def some(*shape: int) -> Any:
        return torch.rand(shape, generator=random)

    masks = {name: some(4, 1, 8, 12) for name in ("changed", "face", "features")}
    traits = torch.zeros(4, 1, 8, 12, dtype=torch.int64)
    return Batch(some(4, 8, 8, 12), some(4, 8, 8, 12), ("make her old",) * 4, traits=traits, **masks)


def loss_of(editor: Editor, seed: int = 0) -> Any:
    return prediction_loss(editor, batch(), BASE.unet, noise_scheduler(), torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("part", ["unet", "text_encoder", "both", "conv_in"])
def test_gradients_reach_what_requires_them_and_nothing_else(part: str, editor: Editor) -> None:
    named = {
        f"{name}.{key}": parameter
        for name in ("autoencoder", "text_encoder", "unet")
        for key, parameter in getattr(editor, name).named_parameters()
    }
    wanted = {"both": ("unet.", "text_encoder."), "conv_in": ("unet.conv_in.",)}.get(part, (f"{part}.",))
    for name, parameter in named.items():
        parameter.requires_grad_(name.startswith(wanted))
    loss = loss_of(editor)
    assert loss.shape == () and loss.item() > 0
    loss.backward()
    reached = {name for name, parameter in named.items() if parameter.grad is not None}
    assert reached and all(name.startswith(wanted) for name in reached)
    assert any(named[name].grad.abs().max() > 0 for name in reached)
    assert {name.partition(".")[0] for name in reached} == {name.partition(".")[0] for name in wanted}


def test_the_loss_depends_on_nothing_but_what_it_is_given(editor: Editor) -> None:
    with torch.no_grad():
        first, again, other = loss_of(editor), loss_of(editor), loss_of(editor, 1)
    assert first == again != other


def test_two_steps_leave_a_file_that_changes_the_edit(tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    save_tiny(weights)
    before = {path: path.read_bytes() for path in weights.rglob("*") if path.is_file()}
    said: list[str] = []
    file = train_adapter(tmp_path, weights, "agree", PLAN, BASE, said.append)
    assert file == weights / "adapters/agree.safetensors"
    assert {path: path.read_bytes() for path in before} == before, "the weights rest"
    tensors = load_file(file)
    assert tensors and {tensor.dtype for tensor in tensors.values()} == {torch.float16}
    assert any(tensor.abs().max() > 0 for name, tensor in tensors.items() if "lora.up" in name or ".up." in name)
    assert all(torch.isfinite(tensor).all() for tensor in tensors.values())
    plain, tuned = RUNNER.load(weights, "cpu", "float32"), None
    tuned = RUNNER.load_adapted(weights, "adapters/agree.safetensors", "cpu", "float32")
    changed = [
        name
        for (name, one), (_, other) in zip(plain.unet.named_parameters(), tuned.unet.named_parameters(), strict=True)
        if not torch.equal(one, other)
    ]
    assert changed
    assert any("wrote agree.safetensors" in line for line in said)
    again = train_adapter(tmp_path, weights, "agree", PLAN, BASE, lambda line: None)
    assert all(torch.equal(tensors[name], tensor) for name, tensor in load_file(again).items()), "nothing is by chance"


def test_adapters_of_a_plan_differ_in_their_pairs_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[TrainingPlan] = []

    class Stop(Exception):
        pass

    def folder(path: Path, plan: TrainingPlan) -> None:
        seen.append(plan)
        folders.append(path)
        raise Stop

    folders: list[Path] = []
    monkeypatch.setattr(adapter_training, "ShardFolder", folder)
    weights = tmp_path / "weights"
    save_tiny(weights)
    for name in ("agree", "differ"):
        with pytest.raises(Stop):
            train_adapter(tmp_path, weights, name, PLAN, BASE, lambda line: None)
    one, other = seen
    assert (one.pictures.pairs_agree, other.pictures.pairs_agree) == (True, False)
    assert one.model_copy(update={"pictures": other.pictures}) == other
    assert one.pictures.model_copy(update={"pairs_agree": False}) == other.pictures
    assert folders[0] != folders[1], "no shard of one is taken for the other's"
    assert tmp_path in folders[0].parents
