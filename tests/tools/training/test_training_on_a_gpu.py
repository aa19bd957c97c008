"""What trains on a GPU, computed on a CPU: pictures in bulk, pairs in memory, and steps that a graph can record."""

from __future__ import annotations

import random
from typing import Any

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")

from tiny import save_tiny

from seamline.runners.instruct_pix2pix.loading import load_pipeline
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.sampling import scene_from_seed
from tools.training.autoencoders.pixel_loss import PIECE, pixel_loss, structural_similarity
from tools.training.auxiliary_heads import AuxiliaryHeads
from tools.training.config import TrainingPlan, UNetPlan
from tools.training.data import KINDS, Batch, batch_of, encoded, training_graph
from tools.training.editor_parts import Editor, prediction_loss
from tools.training.instructions import phrase
from tools.training.on_gpu.bulk_rasterizing import landmarks_of, rasterize_in_bulk
from tools.training.on_gpu.graphed_step import GraphedStep
from tools.training.on_gpu.resident_pairs import PHRASINGS, ResidentPairs, prepare
from tools.training.optimiser import Optimiser
from tools.training.text_encoder import token_ids
from tools.training.unet import noise_scheduler

PLAN = TrainingPlan.model_validate({
    "pictures": {"width": 48, "height": 32},
    "unet": {"shards": 2, "scenes_per_shard": 6, "batch": 6, "pixel_weight": 1.0},
})  # fmt: skip


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Editor:
    folder = tmp_path_factory.mktemp("tiny")
    save_tiny(folder)
    pipe = load_pipeline(folder)
    pipe.vae.requires_grad_(False)
    return Editor(pipe.vae, pipe.tokenizer, pipe.text_encoder, pipe.unet)


@pytest.fixture(scope="module")
def pairs(editor: Editor) -> ResidentPairs:
    return ResidentPairs.of(PLAN, editor.autoencoder, editor.tokenizer, "cpu", workers=1, say=lambda line: None)


@pytest.mark.parametrize("size", [(96, 64), (120, 80)])
def test_pictures_in_bulk_are_those_of_the_rasterizer(size: tuple[int, int]) -> None:
    scenes = [scene_from_seed(seed) for seed in range(8)]
    assert {len(scene.people) for scene in scenes} == {2, 3} and len({scene.backdrop % 4 for scene in scenes}) > 2
    known = rasterize(scenes, *size)
    picture, faces = rasterize_in_bulk(scenes, *size, "cpu")
    assert (picture - known.picture).abs().max() < 1e-5
    assert (faces - known.face_masks).abs().max() < 1e-5
    assert torch.equal(torch.stack([landmarks_of(scene, *size) for scene in scenes]), known.landmarks)


def test_pairs_in_memory_are_those_of_the_shards(pairs: ResidentPairs, editor: Editor) -> None:
    shards = [encoded(training_graph(index, PLAN), PLAN.pictures, editor.autoencoder) for index in range(2)]
    chosen = [(shard, pair) for shard in shards for pair in shard.graph.pairs]
    assert len(pairs.before) == len(chosen) and {pair.kind for _, pair in chosen} >= {"swap", "attribute"}
    found = pairs.batch(torch.arange(len(chosen)), torch.Generator().manual_seed(0))
    wanted = batch_of(chosen, [""] * len(chosen))
    for name in ("before", "after", "changed", "face", "features"):
        assert (getattr(found, name) - getattr(wanted, name)).abs().max() < 2e-3, name
    assert torch.equal(found.traits, wanted.traits)


def test_the_sentences_of_a_pair_ask_for_its_edit(pairs: ResidentPairs, editor: Editor) -> None:
    graph = training_graph(1, PLAN)
    rng = random.Random(f"{PLAN.seed}/1/phrases")
    sentences = [phrase(pair.edit, graph.scenes[pair.before], rng) for pair in graph.pairs for _ in range(PHRASINGS)]
    ids = token_ids(editor.tokenizer, sentences)
    first = len(training_graph(0, PLAN).pairs)
    assert torch.equal(pairs.ids[first:].flatten(0, 1).long(), ids)
    batch = pairs.batch(torch.tensor([0, 1]), torch.Generator().manual_seed(0))
    assert batch.ids is not None and len(batch.ids) == 3 and torch.equal(batch.ids[-1:], pairs.empty.long())


def test_batches_mix_kinds_as_planned(pairs: ResidentPairs) -> None:
    swaps = pairs.kinds == KINDS.index("swap")
    drawn: list[Any] = []

    class Watched(ResidentPairs):
        def batch(self, chosen: Any, generator: Any) -> Batch:
            drawn.append(chosen)
            return super().batch(chosen[:2], generator)

    stream = Watched(**vars(pairs)).batches({"swap": 0.25, "attribute": 0.75}, 4_000, seed=1)
    next(stream), next(stream)
    assert 0.22 < swaps[drawn[0]].float().mean() < 0.28
    assert not torch.equal(drawn[0], drawn[1])
    assert set(pairs.kinds[drawn[0]].tolist()) == {KINDS.index("swap"), KINDS.index("attribute")}


def test_a_prepared_shard_says_whom_an_edit_changes(editor: Editor) -> None:
    prepared, graph = prepare(0, PLAN, editor.tokenizer), training_graph(0, PLAN)
    for people, pair in zip(prepared.edited, graph.pairs, strict=True):
        before, after = graph.scenes[pair.before].people, graph.scenes[pair.after].people
        changed = {at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other}
        assert changed <= {at for at, edited in enumerate(people) if edited}


def test_an_error_in_pixels_counts_around_the_edited_heads(editor: Editor) -> None:
    after = torch.randn(2, 8, 40, 60, generator=torch.Generator().manual_seed(0))
    face = torch.zeros(2, 1, 40, 60)
    face[:, :, 30, 50] = 1e4
    one = torch.ones(2)

    def loss_of(predicted: Any, weights: Any = one) -> Any:
        chooser = torch.Generator().manual_seed(3)
        return pixel_loss(editor.autoencoder, predicted, after, face, weights, chooser)

    assert loss_of(after.clone()) == 0
    far, near = after.clone(), after.clone()
    far[:, :, :10, :10] += 1
    near[:, :, 30, 50] += 1
    assert loss_of(far) == 0 and loss_of(near) > 0
    assert loss_of(near, torch.tensor([1.0, 0.0])) < loss_of(near)
    predicted = (after + 0.1).requires_grad_()
    loss_of(predicted).backward()
    assert predicted.grad is not None
    reached = predicted.grad.abs().sum((0, 1)) > 0
    assert reached.any() and not reached[: 30 - PIECE].any() and not reached[:, : 50 - PIECE].any()


def test_a_recordable_step_is_a_step_of_the_library(editor: Editor) -> None:
    import copy

    plan = UNetPlan(rate=0.01, warmup=1)
    torch.manual_seed(0)
    weights = []
    for recordable in (False, True):
        unet, text = copy.deepcopy(editor.unet), copy.deepcopy(editor.text_encoder)
        torch.manual_seed(1)
        optimiser = Optimiser(unet, text, AuxiliaryHeads(unet), plan, recordable=recordable)
        for step, rate in enumerate((0.01, 0.004)):
            for at, parameter in enumerate([*unet.parameters(), *text.parameters()]):
                generator = torch.Generator().manual_seed(1000 * step + at)
                parameter.grad = torch.randn(parameter.shape, generator=generator)
            if recordable:
                optimiser.set_rate(rate)
                optimiser.update()
            else:
                from concurrent.futures import ThreadPoolExecutor

                optimiser.step(rate, ThreadPoolExecutor(1))
        weights.append(torch.cat([parameter.detach().flatten() for parameter in unet.parameters()]))
    before = torch.cat([parameter.detach().flatten() for parameter in editor.unet.parameters()])
    assert (weights[0] - before).abs().mean() > 1e-4
    assert (weights[0] - weights[1]).abs().max() < 1e-6


def test_a_step_learns_from_its_batch(pairs: ResidentPairs, editor: Editor) -> None:
    learnt = [parameter.requires_grad_() for parameter in editor.unet.conv_out.parameters()]
    optimiser = torch.optim.AdamW(learnt, 1e-2)
    scheduler = noise_scheduler()

    def loss_of(batch: Batch, generator: Any) -> Any:
        return prediction_loss(editor, batch, PLAN.unet, scheduler, generator)

    step = GraphedStep(loss_of, learnt, lambda: (optimiser.step(), None)[1], "cpu", recorded=False)
    batch = next(pairs.batches(PLAN.pictures.edits, 6, seed=0))
    losses = []
    for _ in range(12):
        step.seed(0)
        losses.append(step(batch).item())
    assert losses[-1] < losses[0]


def test_the_own_guess_stands_in_for_the_truth_and_teaches_nothing_itself(pairs: ResidentPairs, editor: Editor) -> None:
    batch, scheduler = next(pairs.batches(PLAN.pictures.edits, 6, seed=0)), noise_scheduler()
    # Every edit at a step of little noise, and none without its image or instruction.
    sure = {"last_step": 0.0, "high_noise": 0.0, "pixel_weight": 0.0, "changed_weight": 0.0}
    sure |= {"drop_text": 0.0, "drop_image": 0.0, "drop_both": 0.0}
    seen: list[Any] = []

    def losses(share: float) -> tuple[float, float]:
        plan = PLAN.unet.model_copy(update={**sure, "own_guess": share})
        weights = list(editor.unet.requires_grad_().parameters())
        loss = prediction_loss(editor, batch, plan, scheduler, torch.Generator().manual_seed(1))
        gradients = torch.autograd.grad(loss, weights, allow_unused=True)
        return loss.item(), sum(float(g.abs().sum()) for g in gradients if g is not None)

    hook = editor.unet.register_forward_pre_hook(lambda unet, inputs: seen.append(inputs[:2]))
    truth, half, whole = losses(0.0), losses(0.5), losses(1.0)
    hook.remove()
    (plain, steps), (first, last), (mixed, _), (first_of_all, _), (guessed, _) = seen
    assert bool((last == 999).all()) and len(first) == 3 and len(first_of_all) == 6 and bool((steps < 999).all())
    assert torch.equal(mixed[3:], plain[3:]) and torch.equal(mixed[:3], guessed[:3])
    assert not torch.allclose(guessed[:, :8], plain[:, :8], atol=1e-3) and torch.equal(guessed[:, 8:], plain[:, 8:])
    assert torch.equal(first_of_all[:, 8:], plain[:, 8:])
    assert truth[0] != half[0] != whole[0]
    assert min(truth[1], half[1], whole[1]) > 0.1 * truth[1] > 0


def test_structure_counts_a_faint_line_more_than_a_shade() -> None:
    skin = torch.full((1, 3, 20, 20), 0.6)
    line, shade = skin.clone(), skin - 0.04 * 2 / 20
    line[:, :, 9:11] -= 0.04
    assert abs((line - skin).abs().mean() - (shade - skin).abs().mean()) < 1e-6
    assert structural_similarity(skin, skin).min() > 0.9999
    missed = 1 - structural_similarity(line, skin).mean()
    assert missed > 0.1 and missed > 20 * (1 - structural_similarity(shade, skin).mean())


def test_structure_adds_to_the_error_in_pixels(editor: Editor) -> None:
    after = torch.randn(2, 8, 16, 16, generator=torch.Generator().manual_seed(0))
    face, one = torch.ones(2, 1, 16, 16), torch.ones(2)

    def loss_of(predicted: Any, weight: float) -> float:
        chooser = torch.Generator().manual_seed(3)
        return float(pixel_loss(editor.autoencoder, predicted, after, face, one, chooser, weight))

    assert loss_of(after, 5.0) < 1e-6
    plain, weighted, twice = (loss_of(after + 0.3, weight) for weight in (0.0, 1.0, 2.0))
    assert plain < weighted and abs((twice - weighted) - (weighted - plain)) < 1e-5
