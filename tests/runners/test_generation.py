"""The denoising loop against the stock pipeline, edit by edit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from tiny import INSTRUCTION, tiny_pipeline, under

from seamline.errors import RunError
from seamline.runners.instruct_pix2pix.cpu import row_threads
from seamline.runners.instruct_pix2pix.cpu.row_threads import shares
from seamline.runners.instruct_pix2pix.edit_request import EditRequest, snapshot_steps
from seamline.runners.instruct_pix2pix.generation import generate
from seamline.runners.instruct_pix2pix.predictions import rows_of
from seamline.runners.instruct_pix2pix.sampler import predicted_x0, scheduler_for

if TYPE_CHECKING:
    from seamline.runners.base import Picture

OTHER = "swap the face on the left with an old man"
REQUESTS = (
    EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1),
    EditRequest("a", INSTRUCTION, 7.5, 1.0, seed=1),
    EditRequest("b", OTHER, 2.0, 2.0, seed=1),
    EditRequest("b", OTHER, 1.5, 4.0, seed=2),
    EditRequest("a", OTHER, 9.0, 1.2, seed=3),
    EditRequest("b", OTHER, 1.0, 1.0, seed=3),
)


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    rng = np.random.default_rng(0)
    return {name: rng.integers(0, 256, (16, 24, 3), dtype=np.uint8) for name in "ab"}


@pytest.fixture(scope="module")
def pipe() -> Any:
    return tiny_pipeline()


def stock(pipe: Any, picture: Picture, request: EditRequest, schedule: tuple[Any, ...], **more: Any) -> Picture:
    """The edit as the unmodified pipeline makes it alone."""
    from PIL import Image

    own = pipe.scheduler
    steps, scheduler = (*schedule, None)[:2]
    pipe.scheduler = scheduler_for(pipe, scheduler, steps)
    try:
        images = pipe(
            request.instruction,
            Image.fromarray(picture),
            num_inference_steps=steps,
            guidance_scale=request.guidance_scale,
            image_guidance_scale=request.image_guidance_scale,
            generator=torch.Generator("cpu").manual_seed(request.seed),
            **more,
        ).images
    finally:
        pipe.scheduler = own
    return np.asarray(images[0])


def largest_difference(one: Picture, other: Picture) -> int:
    return int(np.abs(one.astype(int) - other.astype(int)).max())


def test_below_one_image_guidance_follows_the_same_formula(
    pipe: Any, pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the stock pipeline would drop all guidance; here it is made to keep it, and agrees."""
    guided = property(lambda self: True)
    requests = [
        EditRequest("a", INSTRUCTION, 3.0, scale, seed=1, beyond_stock=True) for scale in (0.0, 0.25, 0.75, 1.0)
    ]
    drawn = generate(pipe, pictures, under(requests, 4))
    monkeypatch.setattr(type(pipe), "do_classifier_free_guidance", guided)
    for request, one in zip(requests, drawn, strict=True):
        assert largest_difference(one.picture, stock(pipe, pictures["a"], request, (4,))) <= 1
    assert largest_difference(drawn[0].picture, drawn[3].picture) > 1
    with pytest.raises(RunError, match="silently drop"):
        EditRequest("a", INSTRUCTION, 3.0, 0.75, seed=1)
    with pytest.raises(RunError, match="silently drop"):
        EditRequest("a", INSTRUCTION, 3.0, -0.1, seed=1, beyond_stock=True)


@pytest.mark.parametrize(
    "scheduler",
    ["DDIMScheduler", "EulerAncestralDiscreteScheduler", "DPMSolverMultistepScheduler", "EulerDiscreteScheduler", None],
)
@pytest.mark.parametrize("autoencoder", ["kl", "tiny"])
def test_every_cell_is_the_stock_pipelines(
    scheduler: str | None, autoencoder: str, pictures: dict[str, Picture]
) -> None:
    pipe = tiny_pipeline(autoencoder=autoencoder)
    schedule = (5, scheduler)
    drawn = generate(pipe, pictures, under(REQUESTS, *schedule))
    for request, mine in zip(REQUESTS, drawn, strict=True):
        theirs = stock(pipe, pictures[request.image], request, schedule)
        assert largest_difference(mine.picture, theirs) <= 1, request


@pytest.fixture
def three_cores() -> Iterator[None]:
    cores = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(cores)


def test_in_lanes_every_cell_is_the_stock_pipelines_too(
    pictures: dict[str, Picture], three_cores: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_threads, "PIECE", 2)
    pipe = tiny_pipeline()
    requests = [*REQUESTS, replace(REQUESTS[-1], attention=True, snapshots=3)]
    shares: list[tuple[str, int, int]] = []
    unet = pipe.unet.forward

    def predict(sample: Any, *args: Any, **more: Any) -> Any:
        shares.append((threading.current_thread().name, len(sample), torch.get_num_threads()))
        return unet(sample, *args, **more)

    monkeypatch.setattr(pipe.unet, "forward", predict)
    drawn = generate(pipe, pictures, under(requests, 4, "EulerAncestralDiscreteScheduler"))
    assert torch.get_num_threads() == 3, "what was set before is set again"
    assert {name.split("_")[0] for name, _, _ in shares} == {"rows"}
    assert len({name for name, _, _ in shares}) == 3, "three lanes"
    assert {threads for _, _, threads in shares} == {1}
    assert {rows for _, rows, _ in shares} == {1, 2}, "two rows at a time, and what is left"
    monkeypatch.undo()
    torch.set_num_threads(1)
    alone = generate(pipe, pictures, under(requests, 4, "EulerAncestralDiscreteScheduler"))
    for request, mine, other in zip(requests, drawn, alone, strict=True):
        theirs = stock(pipe, pictures[request.image], request, (4, "EulerAncestralDiscreteScheduler"))
        assert largest_difference(mine.picture, theirs) <= 1, request
        assert len(mine.attention) == len(other.attention)
    for (word, one), (same, other) in zip(drawn[-1].attention, alone[-1].attention, strict=True):
        assert word == same
        np.testing.assert_allclose(one, other, atol=1e-4)


def test_an_edit_by_itself_has_all_cores_and_is_the_stock_pipelines(
    pipe: Any, pictures: dict[str, Picture], three_cores: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, int, int]] = []

    def noted(forward: Any) -> Any:
        def call(first: Any, *args: Any, **more: Any) -> Any:
            calls.append((threading.current_thread().name, len(first), torch.get_num_threads()))
            return forward(first, *args, **more)

        return call

    monkeypatch.setattr(pipe.unet, "forward", noted(pipe.unet.forward))
    monkeypatch.setattr(pipe.vae, "decode", noted(pipe.vae.decode))
    monkeypatch.setattr(pipe.vae, "encode", noted(pipe.vae.encode))
    (alone,) = generate(pipe, pictures, under(REQUESTS[-1:], 4))
    monkeypatch.undo()
    assert calls == [(threading.current_thread().name, 1, 3)] * 6, "encoding, four steps of one row, decoding"
    assert torch.get_num_threads() == 3
    assert largest_difference(alone.picture, stock(pipe, pictures["b"], REQUESTS[-1], (4,))) <= 1


def test_shares_of_rows() -> None:
    assert shares(7, 3) == [slice(0, 2), slice(2, 4), slice(4, 7)]
    assert shares(2, 16) == [slice(0, 1), slice(1, 2)]
    assert shares(5, 1) == [slice(0, 5)]


def test_a_grid_costs_one_batch_and_what_is_shared_is_computed_once(
    pictures: dict[str, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixteen edits: one call of the U-Net a step (in large caches); one encoding of two texts, one of the picture."""
    monkeypatch.setattr(row_threads, "PIECE", 64)
    pipe = tiny_pipeline()
    calls: dict[str, list[int]] = {"unet": [], "text": [], "vae": []}

    def counted(name: str, forward: Any) -> Any:
        def call(first: Any, *args: Any, **more: Any) -> Any:
            calls[name].append(len(first))
            return forward(first, *args, **more)

        return call

    monkeypatch.setattr(pipe.unet, "forward", counted("unet", pipe.unet.forward))
    monkeypatch.setattr(pipe.text_encoder, "forward", counted("text", pipe.text_encoder.forward))
    monkeypatch.setattr(pipe.vae, "encode", counted("vae", pipe.vae.encode))
    scales = (1.0, 1.2, 1.5, 2.0)
    grid = [
        EditRequest("a", INSTRUCTION, s_text, s_image, seed=1) for s_image in scales for s_text in (2.0, 3.0, 5.0, 8.0)
    ]
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        generate(pipe, pictures, under(grid, 4))
    finally:
        torch.set_num_threads(cores)
    rows = 12 * 3 + 4 * 2 - 1
    assert calls == {"unet": [3, rows, rows, rows], "text": [2], "vae": [1]}, "s_I of 1, and s_I = s_T, save a row each"


def test_cells_differ_from_one_another(pipe: Any, pictures: dict[str, Picture]) -> None:
    """Otherwise the comparison with the stock pipeline would prove little."""
    drawn = generate(pipe, pictures, under(REQUESTS, 5))
    for place, one in enumerate(drawn):
        for other in drawn[:place]:
            assert largest_difference(one.picture, other.picture) > 8


def test_a_cell_is_the_same_in_any_company(pipe: Any, pictures: dict[str, Picture]) -> None:
    schedule = (4, "EulerAncestralDiscreteScheduler")
    alone = generate(pipe, pictures, under(REQUESTS[3:4], *schedule))[0]
    among = generate(pipe, pictures, under(REQUESTS[::-1], *schedule))[-4]
    assert largest_difference(alone.picture, among.picture) <= 1


def test_without_the_picture_is_stock_with_null_latents(pipe: Any, pictures: dict[str, Picture]) -> None:
    request = EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=4, unconditioned=True)
    mine = generate(pipe, pictures, under([request], 5))[0]

    def blind(images: Any, *args: Any, **kwargs: Any) -> Any:
        return torch.zeros_like(seeing(images, *args, **kwargs))

    seeing, pipe.prepare_image_latents = pipe.prepare_image_latents, blind
    try:
        theirs = stock(pipe, pictures["a"], request, (5,))
    finally:
        pipe.prepare_image_latents = seeing
    assert largest_difference(mine.picture, theirs) <= 1


@pytest.mark.parametrize(("s_text", "s_image"), [(1.0, 1.5), (0.5, 1.5), (3.0, 0.99)])
def test_guidance_that_stock_ignores_is_refused(s_text: float, s_image: float) -> None:
    with pytest.raises(RunError, match="silently"):
        EditRequest("a", INSTRUCTION, s_text, s_image, seed=0)


def test_at_scales_of_one_nothing_is_computed_but_the_prediction_with_both() -> None:
    guided, plain = EditRequest("a", INSTRUCTION, 1.5, 1.0, seed=1), EditRequest("a", INSTRUCTION, 1.0, 1.0, seed=1)
    beyond = EditRequest("a", INSTRUCTION, 1.0, 0.5, seed=1, beyond_stock=True)
    counts = [len(rows_of([request], [1], [0], first=True).latents) for request in (plain, guided, beyond)]
    assert counts == [1, 2, 3]


def test_unsuitable_scheduler_is_refused(pipe: Any, pictures: dict[str, Picture]) -> None:
    with pytest.raises(RunError, match="not a scheduler"):
        generate(pipe, pictures, under(REQUESTS[:1], 4, "FlowMatchEulerDiscreteScheduler"))


def test_instruction_that_would_be_cut_short_is_refused(pipe: Any, pictures: dict[str, Picture]) -> None:
    request = EditRequest("a", INSTRUCTION + " in the very garden of eden", 3.0, 1.5, seed=0)
    with pytest.raises(RunError, match="never see"):
        generate(pipe, pictures, under([request], 2))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("scheduler", ["DDIMScheduler", "EulerDiscreteScheduler"])
def test_guess_is_the_schedulers_own(scheduler: str, prediction: str) -> None:
    """`pred_original_sample`, where diffusers offers it, is what `predicted_x0` finds from the formula."""
    fresh = scheduler_for(tiny_pipeline(prediction), scheduler, 6)
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0)) * fresh.init_noise_sigma
    for step, timestep in enumerate(fresh.timesteps):
        seen = fresh.scale_model_input(latents, timestep)
        predicted = torch.tanh(seen)
        guess = predicted_x0(fresh, predicted, seen, step, timestep)
        stepped = fresh.step(predicted, timestep, latents)
        torch.testing.assert_close(guess, stepped.pred_original_sample, rtol=1e-3, atol=1e-3)
        latents = stepped.prev_sample


def test_moments_run_from_noise_to_picture(pipe: Any, pictures: dict[str, Picture]) -> None:
    request = EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, snapshots=4)
    drawn = generate(pipe, pictures, under([REQUESTS[3], request], 10))
    assert [moment.step for moment in drawn[1].snapshots] == [0, 3, 6, 9]
    assert [moment.timestep for moment in drawn[1].snapshots] == [901, 601, 301, 1]
    assert drawn[0].snapshots == ()
    assert largest_difference(drawn[1].snapshots[-1].predicted_x0, drawn[1].picture) <= 4
    assert largest_difference(drawn[1].snapshots[0].noisy, drawn[1].picture) > 8
    plain = generate(pipe, pictures, under([EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1)], 10))
    assert largest_difference(plain[0].picture, drawn[1].picture) <= 1


def test_moments_are_spread_evenly() -> None:
    assert snapshot_steps(0, 20) == ()
    assert snapshot_steps(10, 20) == (0, 2, 4, 6, 8, 11, 13, 15, 17, 19)
    assert snapshot_steps(12, 5) == (0, 1, 2, 3, 4)


def test_attention_is_where_words_looked_and_changes_no_pixel(pipe: Any, pictures: dict[str, Picture]) -> None:
    requests = [REQUESTS[1], EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, attention=True)]
    before = dict(pipe.unet.attn_processors)
    plain, watched = generate(pipe, pictures, under(requests, 3))
    assert pipe.unet.attn_processors == before
    assert plain.attention == ()
    assert [word for word, _ in watched.attention] == INSTRUCTION.split()
    assert all(map_.shape == (8, 12) and map_.max() == 1.0 for _, map_ in watched.attention)
    first, second = (map_ for word, map_ in watched.attention if word == "the")
    assert np.abs(first - second).max() > 1e-3
    again = generate(pipe, pictures, under([EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1)], 3))[0]
    assert largest_difference(again.picture, watched.picture) <= 1


def test_attention_is_that_of_diffusers_own_scores(pipe: Any, pictures: dict[str, Picture]) -> None:
    """With one step, words' maps are the mean over layers and heads of `get_attention_scores`, summed over tokens."""
    from diffusers.models.attention_processor import AttnProcessor

    seen: list[Any] = []

    class Recording(AttnProcessor):
        def __call__(self, attn: Any, hidden_states: Any, encoder_hidden_states: Any = None, **more: Any) -> Any:
            if encoder_hidden_states is not None:
                query = attn.head_to_batch_dim(attn.to_q(hidden_states[:1]))
                key = attn.head_to_batch_dim(attn.to_k(encoder_hidden_states[:1]))
                seen.append(attn.get_attention_scores(query, key).mean(0))
            return super().__call__(attn, hidden_states, encoder_hidden_states, **more)

    request = EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, attention=True)
    schedule = (1,)
    maps = generate(pipe, pictures, under([request], *schedule))[0].attention
    before = pipe.unet.attn_processors
    pipe.unet.set_attn_processor(Recording())
    try:
        stock(pipe, pictures["a"], request, schedule)
    finally:
        pipe.unet.set_attn_processor(before)
    tokens = pipe.tokenizer.convert_ids_to_tokens(pipe.tokenizer(INSTRUCTION).input_ids)
    old = tokens.index("old</w>")
    total = 0
    for scores in seen:
        size = (8, 12) if scores.shape[0] == 96 else (4, 6)
        level = scores[:, old].view(1, 1, *size)
        total = total + torch.nn.functional.interpolate(level, (8, 12), mode="bilinear")[0, 0]
    np.testing.assert_allclose(dict(maps)["old"], (total / total.max()).detach().numpy(), atol=1e-4)
