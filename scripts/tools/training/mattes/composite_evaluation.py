"""The chain edit -> change -> matte -> join -> composite on held-out swaps, beside ways without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seamline.measures.arrays import Undefined
from seamline.measures.builtin.closeness import psnr
from seamline.measures.builtin.seam import seam_visibility
from seamline.measures.edited_picture import measure_edit
from seamline.measures.ground_truth import SceneTruth, scene_truth
from seamline.measures.statistics import mean, share
from seamline.operations.altered import OPERATION as ALTERED
from seamline.operations.feather import OPERATION as FEATHER
from seamline.operations.join import OPERATION as JOIN
from seamline.operations.over import OPERATION as OVER
from seamline.runners.matting.estimation import is_too_small
from seamline.runners.matting.passes import matte
from seamline.scenes.edits import Swap, apply
from seamline.scenes.head_mattes import rasterize_mattes
from tools.training.editing import edit_pictures
from tools.training.held_out import HeldOut, held_out

Say = Callable[[str], None]
Array = NDArray[Any]

WAYS = (
    "no_edit", "edit", "changed", "feathered", "matte_new", "matte_both", "joined", "true_matte", "true_change",
)  # fmt: skip
"""No edit; the edit as it is; through the mask of what changed, hard and blurred; through the matte of the new head, of
both heads, and the join; through the join of the true mattes; through all that truly changes."""
MEASURED = ("light_angle", "luminance_slope", "identity", "expression")
COMPARED = ("edit", "feathered", "true_matte")
"""What the join is held against, scene by scene."""
PRACTICAL = ("feathered", "joined")
"""Ways that need no truth: one of them is what samples composite through."""


def evaluate_composites(pipe: Any, network: Any, count: int, size: tuple[int, int], say: Say) -> dict[str, Any]:
    """Figures over the first `count` held-out swaps.

    Args:
        size: width and height of the pictures.

    Returns:
        `width` and `height`; `refused`: share of the swaps whose mask was too small for the network, which are in no
        other figure; `ways`: by way, its figures; `gains`: by rival, how much more of each the join has, on the same
        swaps; `default`: the one of `PRACTICAL` that is closer to the truth over the whole picture; `rows`.
    """
    rows: list[dict[str, dict[str, float]]] = []
    refused: list[float] = []
    for row in composite_rows(pipe, network, _swaps(count), size):
        refused.append(not row)
        rows += [row] if row else []
        if len(refused) % 8 == 0:
            say(f"composites: {len(refused)} of {count} swaps")
    ways = {way: _means([row[way] for row in rows]) for way in WAYS}
    return {
        "width": size[0],
        "height": size[1],
        "refused": share(refused),
        "ways": ways,
        "gains": {rival: _gains(rows, rival) for rival in COMPARED},
        "default": max(PRACTICAL, key=lambda way: ways[way]["picture"].value),
        "rows": [{way: row[way] for way in ("edit", "feathered", "joined", "true_matte")} for row in rows],
    }


def composite_rows(
    pipe: Any, network: Any, chosen: Sequence[HeldOut], size: tuple[int, int]
) -> Iterator[dict[str, dict[str, float]]]:
    """For each swap: the figures of each way; nothing for one whose mask of what changed the network refuses."""
    for held in chosen:
        truth = scene_truth(held.scene, held.edit, *size)
        before = np.rint(truth.before * 255).astype(np.uint8)
        [after] = edit_pictures(pipe, [held], {held.seed: before})
        changed = ALTERED.apply(ALTERED.parameters(), {"before": before, "after": after})["mask"]
        assert not isinstance(changed, str)
        if is_too_small(changed):
            yield {}
            continue
        mattes = _true_mattes(held, truth.edited[0], size)
        weights = _weights(network, before, after, changed, truth, mattes)
        pictures = {"no_edit": before, "edit": after} | {
            way: _over(before, after, weight) for way, weight in weights.items()
        }
        regions = _regions(truth, mattes)
        yield {way: figures_of(picture / 255, truth, regions, whole=way in ("edit", "feathered", "joined"))
               for way, picture in pictures.items()}  # fmt: skip


def _swaps(count: int) -> list[HeldOut]:
    return [one for one in held_out(3 * count) if isinstance(one.edit, Swap)][:count]


def _true_mattes(held: HeldOut, place: int, size: tuple[int, int]) -> tuple[Array, Array]:
    drawn = rasterize_mattes([held.scene, apply(held.edit, held.scene)], *size)
    before, after = drawn.mattes[:, place].numpy()
    return before, after


def _weights(
    network: Any, before: Array, after: Array, changed: Array, truth: SceneTruth, mattes: tuple[Array, Array]
) -> dict[str, Array]:
    """Weight of the edit in each composite, (H,W) in 0..1, by the operations that samples use."""
    old, new = (matte(network, picture, changed)[-1].alpha for picture in (before, after))
    joined = JOIN.apply(JOIN.parameters(), {"before": old, "after": new, "changed": changed})["alpha"]
    bound = JOIN.apply(JOIN.parameters(core=0), {"before": mattes[0], "after": mattes[1], "changed": changed})["alpha"]
    feathered = FEATHER.apply(FEATHER.parameters(), {"mask": changed})["alpha"]
    truly = (np.abs(truth.picture - truth.before).max(-1) > 2 / 255).astype(np.float32)
    found: dict[str, Any] = {
        "changed": changed / np.float32(255), "feathered": feathered, "matte_new": new,
        "matte_both": np.maximum(old, new), "joined": joined, "true_matte": bound, "true_change": truly,
    }  # fmt: skip
    return found


def _over(before: Array, after: Array, weight: Array) -> Array:
    found = OVER.apply(OVER.parameters(), {"below": before, "above": after, "alpha": weight})["image"]
    assert not isinstance(found, str)
    return found


def _regions(truth: SceneTruth, mattes: tuple[Array, Array]) -> dict[str, Array]:
    """Where errors are taken: `wall` up to 6 pixels outside the old and the new head and neck, `rim` within 3 pixels of
    either outline, `neck` where a visible neck truly changes. Pixels are of a picture 128 high, and grow with it."""
    scale = truth.before.shape[0] / 128
    both = np.maximum(*mattes) > 0.02
    away = ndimage.distance_transform_edt(~both)
    outline = np.zeros_like(both)
    for one in mattes:
        solid = one > 0.5
        outline |= ndimage.distance_transform_edt(solid) + ndimage.distance_transform_edt(~solid) <= 3 * scale
    changes = np.abs(truth.picture - truth.before).max(-1) > 2 / 255
    head = truth.heads[truth.edited[0]] > 0.5
    return {
        "wall": (away > 0) & (away <= 6 * scale),
        "rim": outline,
        "neck": (np.maximum(*mattes) > 0.5) & ~head & changes,
    }


def figures_of(picture: Array, truth: SceneTruth, regions: Mapping[str, Array], *, whole: bool) -> dict[str, float]:
    """Figures of one composite, (H,W,3) in 0..1.

    `outside`, `head` and `picture` are PSNR in dB: what must be kept against the input, the head and the whole picture
    against the truth. `wall`, `rim` and `neck` are mean absolute errors to the truth, of 255. `seam` is as for samples.

    Args:
        whole: whether light, identity and expression are measured too.
    """
    everywhere = np.ones(picture.shape[:2])
    found = {
        "outside": psnr(picture, truth.before, truth.kept),
        "head": psnr(picture, truth.picture, truth.region),
        "picture": psnr(picture, truth.picture, everywhere),
    }
    with suppress(Undefined):
        found["seam"] = seam_visibility(picture, truth.before, truth.region)
    error = np.abs(picture - truth.picture).mean(-1) * 255
    fewest = 20 * (len(truth.before) / 128) ** 2
    found |= {name: float(error[where].mean()) for name, where in regions.items() if where.sum() >= fewest}
    if whole:
        taken = measure_edit(picture, truth.before, truth)
        found |= {name: taken[name] for name in MEASURED if name in taken}
    return {name: round(value, 4) for name, value in found.items()}


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: mean([row[name] for row in rows if name in row]) for name in names}


def _gains(rows: Sequence[Mapping[str, Mapping[str, float]]], rival: str) -> dict[str, Any]:
    pairs = [(row["joined"], row[rival]) for row in rows]
    names = [name for name in pairs[0][0] if any(name in one and name in other for one, other in pairs)]
    return {
        name: mean([one[name] - other[name] for one, other in pairs if name in one and name in other]) for name in names
    }
