"""One scene: learn its canonical image, make each edit every way, and measure what each camera sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from seamline.measures.builtin.closeness import psnr
from seamline.runners.canonical_image.learning import Learned, Settings, learn
from seamline.runners.canonical_image.writing_back import changed, middle_of, written_back
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.scenes.camera_views import Views, views_of
from seamline.scenes.cameras import CAMERAS, camera_row, disparities
from seamline.scenes.edits import apply
from seamline.scenes.state import Scene
from tools.canonical.tried_edits import Tried, tried_edits
from tools.training.editing import GUIDANCE_SCALE, HEIGHT, IMAGE_GUIDANCE_SCALE, STEPS, WIDTH

HELD_OUT = (2, 6, 10)
"""Views that nothing is learned from; all lie between views that are."""
MIDDLE = CAMERAS // 2
SETTINGS = Settings()
WAYS = ("truth", "no_edit", "stamped", "each_view", "canonical", "ideal")
"""The scene really changed; nothing done; the middle view's edit put into each view at the same place; each view edited
by itself; the canonical image edited; the true change put into the canonical image, as a perfect editor would."""


def scene_row(pipe: Any, seed: int, settings: Settings = SETTINGS) -> dict[str, Any]:
    """What is measured of one scene, as JSON data."""
    scene, tried = tried_edits(seed)
    views = views_of(scene, camera_row(), WIDTH, HEIGHT)
    learned = learned_from(views, settings)
    return {
        "seed": seed,
        "people": len(scene.people),
        "learned": how_learned(learned, views),
        "edits": [_edit_row(pipe, scene, views, learned, one, seed) for one in tried],
    }


def random_start_row(seed: int, settings: Settings = SETTINGS) -> dict[str, Any]:
    """The same scene learned from a random start and without offset regularity."""
    views = views_of(tried_edits(seed)[0], camera_row(), WIDTH, HEIGHT)
    wild = learned_from(views, replace(settings, start="random", offset_weight=0.0))
    return {"seed": seed, "learned": how_learned(wild, views)}


def learned_from(views: Views, settings: Settings) -> Learned:
    """A canonical image of the views that are not held out."""
    shown = [at for at in range(CAMERAS) if at not in HELD_OUT]
    cameras = camera_row()
    return learn(views.pictures[shown], [cameras[at] for at in shown], settings)


def how_learned(learned: Learned, views: Views) -> dict[str, float]:
    """PSNR, in dB: of views that were shown, of held-out ones, of heads in those, of the canonical image's middle."""
    seen = torch.stack([learned.seen_from(camera).picture for camera in camera_row()])
    heads, everywhere = views.face_masks.amax(1), torch.ones(HEIGHT, WIDTH)
    shown = [at for at in range(CAMERAS) if at not in HELD_OUT]
    close = {at: _psnr(seen[at], views.pictures[at], everywhere) for at in range(CAMERAS)}
    middle = middle_of(learned.canonical, learned.layout)
    return _rounded({
        "shown": float(np.mean([close[at] for at in shown])),
        "held_out": float(np.mean([close[at] for at in HELD_OUT])),
        "outermost": float(np.mean([close[0], close[CAMERAS - 1]])),
        "held_out_heads": float(np.mean([_psnr(seen[at], views.pictures[at], heads[at]) for at in HELD_OUT])),
        "canonical": _psnr(middle, views.pictures[MIDDLE], everywhere),
        "canonical_heads": _psnr(middle, views.pictures[MIDDLE], heads[MIDDLE]),
    })  # fmt: skip


def _edit_row(pipe: Any, scene: Scene, views: Views, learned: Learned, tried: Tried, seed: int) -> dict[str, Any]:
    after = views_of(apply(tried.edit, scene), camera_row(), WIDTH, HEIGHT)
    pictures = edited_ways(pipe, views, after, learned, tried.instruction, seed)
    region = torch.maximum(views.face_masks[:, tried.at], after.face_masks[:, tried.at])
    head = after.face_masks[:, tried.at]
    disparity = disparities(len(scene.people))[tried.at] * HEIGHT
    ways = {}
    for way, some in pictures.items():
        values = {"disagreement": disagreement(some, head, disparity)}
        if way != "truth":
            faces = [_psnr(one, true, mask) for one, true, mask in zip(some, after.pictures, region, strict=True)]
            rest = [_psnr(one, old, 1 - mask) for one, old, mask in zip(some, views.pictures, region, strict=True)]
            values |= {
                "psnr_face": float(np.mean(faces)),
                "worst_view": min(faces),
                "psnr_outside": float(np.mean(rest)),
            }
        ways[way] = _rounded(values)
    return {"kind": tried.kind, "instruction": tried.instruction, "ways": ways}


def edited_ways(
    pipe: Any, views: Views, after: Views, learned: Learned, instruction: str, seed: int
) -> Mapping[str, Tensor]:
    """(N,3,H,W) by way."""
    middle = _as_bytes(middle_of(learned.canonical, learned.layout))
    each = edited(pipe, [*views.pictures, middle], instruction, seed)
    stamp = changed(views.pictures[MIDDLE], each[MIDDLE])
    true_change = after.pictures[MIDDLE] - views.pictures[MIDDLE]
    ideal = (middle_of(learned.canonical, learned.layout) + true_change).clamp(0, 1)
    return {
        "truth": after.pictures,
        "no_edit": views.pictures,
        "stamped": views.pictures * (1 - stamp) + each[MIDDLE] * stamp,
        "each_view": each[:CAMERAS],
        "canonical": seen_from_everywhere(learned, written_back(learned.canonical, each[CAMERAS], learned.layout)),
        "ideal": seen_from_everywhere(learned, written_back(learned.canonical, ideal, learned.layout)),
    }


def edited(pipe: Any, pictures: Sequence[Tensor], instruction: str, seed: int) -> Tensor:
    """(N,3,H,W): pictures (3,H,W) in 0..1, each edited by itself from the same noise."""
    from seamline.runners.instruct_pix2pix.generation import generate

    found = []
    for place, picture in enumerate(pictures):
        request = EditRequest(
            image=str(place),
            instruction=instruction,
            guidance_scale=GUIDANCE_SCALE,
            image_guidance_scale=IMAGE_GUIDANCE_SCALE,
            seed=seed,
            num_inference_steps=STEPS,
        )
        pixels = picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).contiguous().numpy()
        [result] = generate(pipe, {str(place): pixels}, [request])
        found.append(torch.from_numpy(np.array(result.picture)).permute(2, 0, 1).float() / 255)
    return torch.stack(found)


def disagreement(pictures: Tensor, masks: Tensor, disparity: float) -> float:
    """How far neighbouring views disagree about one person: mean absolute difference on the head, of 255.

    The right one of two views is moved onto the left by the person's known parallax, with bicubic resampling; what
    one of the two does not show does not count. Resampling alone makes two true views differ.

    Args:
        pictures: (N,3,H,W) from `camera_row`.
        masks: (N,H,W) in 0..1, the person's visible head.
        disparity: of the person, in pixels a unit of the baseline.
    """
    cameras = camera_row(len(pictures))
    found = []
    for at in range(len(pictures) - 1):
        right, down = cameras[at + 1].x - cameras[at].x, cameras[at + 1].y - cameras[at].y
        moved = _moved(pictures[at + 1], -right * disparity, down * disparity)
        both = masks[at] * _moved(masks[at + 1][None], -right * disparity, down * disparity)[0].clamp(0, 1)
        if both.sum() > 0:
            found.append(float(((pictures[at] - moved).abs().mean(0) * both).sum() / both.sum()))
    return 255 * float(np.mean(found))


def _moved(picture: Tensor, x: float, y: float) -> Tensor:
    """(C,H,W) whose pixel at a place is that of `picture` x to the right and y below."""
    height, width = picture.shape[-2:]
    rows, columns = torch.arange(height).view(-1, 1) + y, torch.arange(width).view(1, -1) + x
    at = torch.stack([
        (columns * 2 / (width - 1) - 1).expand(height, -1), (rows * 2 / (height - 1) - 1).expand(-1, width)
    ], -1)  # fmt: skip
    return F.grid_sample(picture[None], at[None].float(), mode="bicubic", padding_mode="border", align_corners=True)[0]


def seen_from_everywhere(learned: Learned, canonical: Tensor) -> Tensor:
    """(N,3,H,W): a canonical image from each camera."""
    return torch.stack([learned.seen_from(camera, canonical).picture for camera in camera_row()]).clamp(0, 1)


def _as_bytes(picture: Tensor) -> Tensor:
    return picture.clamp(0, 1).mul(255).round() / 255


def _psnr(one: Tensor, other: Tensor, mask: Tensor) -> float:
    first, second = (picture.permute(1, 2, 0).double().numpy() for picture in (one, other))
    return psnr(first, second, mask.double().numpy())


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in values.items()}


def settings_facts(settings: Settings = SETTINGS) -> dict[str, Any]:
    """How canonical images were learned, as JSON data."""
    return asdict(settings)
