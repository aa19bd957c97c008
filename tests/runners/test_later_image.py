"""Another image takes the place of the first during the denoising."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
pytest.importorskip("diffusers", reason="drawing needs the `draw` extra")

from tiny import INSTRUCTION, tiny_pipeline

from seamline.errors import RunError
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.instruct_pix2pix.generation import generate

if TYPE_CHECKING:
    from seamline.runners.base import Picture

STEPS = 6
SCHEDULER = "EulerAncestralDiscreteScheduler"
PLAIN = EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, num_inference_steps=STEPS, scheduler=SCHEDULER)
OF_THE_OTHER = replace(PLAIN, image="b")


def changed(step: int, **more: Any) -> EditRequest:
    """The plain edit, with its image changed at a step."""
    return replace(PLAIN, later_image="b", later_from=step, **more)


@pytest.fixture(scope="module")
def pictures() -> dict[str, Picture]:
    rng = np.random.default_rng(0)
    return {name: rng.integers(0, 256, (16, 24, 3), dtype=np.uint8) for name in "ab"}


@pytest.fixture(scope="module")
def pipe() -> Any:
    return tiny_pipeline()


def drawn(pipe: Any, pictures: dict[str, Picture], *requests: EditRequest) -> list[Picture]:
    return [result.picture.astype(int) for result in generate(pipe, pictures, requests)]


def test_the_ends_are_the_edits_of_either_image(pipe: Any, pictures: dict[str, Picture]) -> None:
    """Alone each, so that no row of one request can stand in for another's."""
    [first] = drawn(pipe, pictures, PLAIN)
    [second] = drawn(pipe, pictures, OF_THE_OTHER)
    assert np.abs(first - second).max() > 8, "the two images make a difference"
    [at_once] = drawn(pipe, pictures, changed(0))
    [never] = drawn(pipe, pictures, changed(STEPS))
    assert np.abs(at_once - second).max() <= 1
    assert np.abs(never - first).max() <= 1


def test_each_moment_of_the_change_gives_an_edit_of_its_own(pipe: Any, pictures: dict[str, Picture]) -> None:
    moments = [drawn(pipe, pictures, changed(step))[0] for step in range(STEPS + 1)]
    for place, one in enumerate(moments):
        for other in moments[:place]:
            assert np.abs(one - other).max() > 1
    of_the_second = [np.abs(one - moments[0]).mean() for one in moments]
    of_the_first = [np.abs(one - moments[-1]).mean() for one in moments]
    assert of_the_second[1] < of_the_first[1] and of_the_first[-2] < of_the_second[-2], "it goes from one to the other"


@pytest.mark.parametrize("scale", [1.0, 1.5, 3.0], ids=lambda scale: f"s_I={scale:g}")
def test_a_change_is_the_same_in_any_company(scale: float, pipe: Any, pictures: dict[str, Picture]) -> None:
    """Requests that change at different steps, or not at all, share a batch, and rows of it; 3.0 is s_T, too."""
    together = [
        PLAIN,
        changed(2),
        OF_THE_OTHER,
        changed(4),
        changed(2, seed=2),
        replace(OF_THE_OTHER, later_image="a", later_from=2),
        changed(3, unconditioned=False, instruction="swap the face on the left with an old man"),
        changed(0),
    ]
    together = [replace(request, image_guidance_scale=scale) for request in together]
    alone = [drawn(pipe, pictures, request)[0] for request in together]
    for request, one, among in zip(together, alone, drawn(pipe, pictures, *together), strict=True):
        assert np.abs(one - among).max() <= 1, request
    for place, one in enumerate(alone):
        for at, other in enumerate(alone[:place]):
            if {at, place} != {2, 7}:
                assert np.abs(one - other).max() > 1, (at, place)


def test_it_is_what_the_network_was_given(pipe: Any, pictures: dict[str, Picture]) -> None:
    """Channels of the image, step by step, as the U-Net sees them: the first image, then the other one."""
    seen: list[Any] = []
    original = pipe.unet.forward

    def watching(sample: Any, *args: Any, **more: Any) -> Any:
        seen.append(sample[:, sample.shape[1] // 2 :].clone())
        return original(sample, *args, **more)

    pipe.unet.forward = watching
    try:
        cores = torch.get_num_threads()
        torch.set_num_threads(1)
        drawn(pipe, pictures, changed(2, image_guidance_scale=1.0))
    finally:
        pipe.unet.forward = original
        torch.set_num_threads(cores)
    images = [step[0] for step in seen]
    assert len(images) == STEPS
    same = [bool(torch.equal(image, images[0])) for image in images]
    assert same == [True, True, False, False, False, False]
    assert all(torch.equal(image, images[2]) for image in images[2:])


@pytest.mark.parametrize("step", [-1, STEPS + 1])
def test_a_step_that_there_is_not_is_refused(step: int) -> None:
    with pytest.raises(RunError, match=f"cannot change at step {step} of {STEPS}") as refused:
        changed(step)
    assert refused.value.where == "later_from" and refused.value.hint == f"use 0 to {STEPS}"


def test_a_withheld_image_cannot_change() -> None:
    with pytest.raises(RunError, match="withheld"):
        EditRequest("a", INSTRUCTION, 3.0, 1.5, seed=1, unconditioned=True, later_image="b")
