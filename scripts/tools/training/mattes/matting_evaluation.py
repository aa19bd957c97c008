"""The mini matting network and its rivals on held-out scenes, kind by kind of rough mask."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seamline.measures.evaluation_record import Figure
from seamline.measures.statistics import mean, share
from seamline.operations.altered import largest_change
from seamline.runners.matting.estimation import is_too_small
from seamline.runners.matting.passes import matte
from seamline.scenes.head_mattes import without_headwear
from seamline.scenes.sampling import scene_from_seed
from tools.training.autoencoder import Autoencoder
from tools.training.held_out import FIRST_SEED
from tools.training.mattes.matte_errors import band_around, matte_errors
from tools.training.mattes.matting_data import LARGE, SMALL, Pair, pair_of
from tools.training.mattes.matting_rivals import CHOICES, Case, scaled, tuned
from tools.training.mattes.rough_masks import rough_mask
from tools.training.pairs import swap_for

Say = Callable[[str], None]

KINDS = ("blocks", "blob", "changed")
NETWORK = "network"
TUNED_ON = 10
CLOSED_FORM_TUNED_ON = 3
_TUNING_SEED = FIRST_SEED + 100_000


@dataclass(frozen=True)
class Setting:
    """A set of held-out scenes.

    Attributes:
        scenes: how many.
        solved: how many of them, the first ones, closed form is run on too; it is slow.
        strands: whether heads are bare and hair has loose strands.
    """

    name: str
    size: tuple[int, int]
    scenes: int
    solved: int
    strands: bool = False


def settings(scenes: int, solved: int) -> tuple[Setting, ...]:
    """The three sets: small pictures, large ones, and large ones with loose strands of hair."""
    solved = min(solved, scenes)
    few = max(4, scenes // 8, solved)
    return (
        Setting("small", SMALL, scenes, solved),
        Setting("large", LARGE, few, solved),
        Setting("strands", LARGE, few, solved, strands=True),
    )


def evaluate_mattes(network: Any, autoencoder: Autoencoder, which: Setting, say: Say) -> dict[str, Any]:
    """Figures of one set.

    Args:
        autoencoder: the editor's, which the picture after an edit goes through, as a real edit does; None leaves it
            out.

    Returns:
        `kinds`: by kind of mask and way, each figure of `matte_errors` over all scenes, under `solved` over those that
        closed form was run on, and under `ahead_of_closed_form` by how much the network's is smaller there; `refused`
        is the share of the masks that are too small for the network, and those are in no other figure; `tuned`:
        settings of the rivals; `passes`: share of the pixels that each detail pass recomputed, and what it left unsure;
        `rows`: the sum of absolute differences, scene by scene.
    """
    chosen = {kind: _tuned(which, kind, autoencoder) for kind in KINDS}
    rows: dict[str, list[dict[str, dict[str, float]]]] = {kind: [] for kind in KINDS}
    refused: dict[str, list[float]] = {kind: [] for kind in KINDS}
    passes: list[list[dict[str, float]]] = []
    for place, (pair, kind, case) in enumerate(_cases(which, FIRST_SEED, which.scenes, autoencoder, KINDS)):
        refused[kind].append(is_too_small(case.mask))
        if refused[kind][-1]:
            continue
        solved = place < which.solved * len(KINDS)
        ways = _rivals(case, chosen[kind], solved=solved)
        found = matte(network, case.picture, case.mask)
        passes.append([{"share": one.share, "unsure": one.unsure} for one in found if one.kind == "detail"])
        ways[NETWORK] = found[-1].alpha
        for number, one in enumerate((one for one in found if one.kind == "semantic"), start=1):
            ways[f"semantic_{number}"] = _enlarged(one.alpha, case.truth.shape)
        band = band_around(case.truth, round(4 * len(case.mask) / 128))
        measured = {way: matte_errors(alpha, case.truth, band) for way, alpha in ways.items()}
        others = pair.mattes_before[1:].max(0) / 255
        measured[NETWORK]["wrong_person"] = float((ways[NETWORK] * others).sum() > (ways[NETWORK] * case.truth).sum())
        rows[kind].append(measured)
        if (place + 1) % (10 * len(KINDS)) == 0:
            say(f"{which.name}: {(place + 1) // len(KINDS)} of {which.scenes} scenes")
    return {
        "width": which.size[0],
        "height": which.size[1],
        "tuned": chosen,
        "kinds": {kind: {"refused": share(refused[kind])} | _figures(some) for kind, some in rows.items()},
        "passes": _passes(passes),
        "rows": {kind: [{way: round(one["sad"], 1) for way, one in row.items()} for row in some]
                 for kind, some in rows.items()},
    }  # fmt: skip


def _cases(
    which: Setting, first: int, count: int, autoencoder: Autoencoder, kinds: Sequence[str]
) -> Iterator[tuple[Pair, str, Case]]:
    for seed in range(first, first + count):
        rng = random.Random(seed)
        scene = scene_from_seed(seed)
        scene = without_headwear(scene) if which.strands else scene
        position = rng.choice(scene.positions)
        edit, place = swap_for(scene, position, rng), scene.index(position)
        pair = pair_of(scene, edit, place, which.size, strands=which.strands, autoencoder=autoencoder)
        truth = pair.mattes_before[0]
        for kind in kinds:
            mask = largest_change(pair.difference, 24) if kind == "changed" else None
            if mask is None or not mask.any():
                mask = rough_mask(kind, truth, pair.difference, rng)
            yield pair, kind, Case(pair.before.transpose(1, 2, 0), mask, truth / 255)


def _tuned(which: Setting, kind: str, autoencoder: Autoencoder) -> dict[str, dict[str, Any]]:
    cases = [case for *_, case in _cases(which, _TUNING_SEED, TUNED_ON, autoencoder, (kind,))]
    return {
        name: tuned(name, cases[:CLOSED_FORM_TUNED_ON] if name == "closed_form" else cases)
        for name in CHOICES
        if which.solved or name != "closed_form"
    }


def _rivals(case: Case, chosen: Mapping[str, Mapping[str, Any]], *, solved: bool) -> dict[str, NDArray[Any]]:
    return {
        name: function(case.picture, case.mask, **scaled(chosen[name], len(case.mask)))
        for name, (function, _) in CHOICES.items()
        if solved or name != "closed_form"
    }


def _figures(rows: Sequence[Mapping[str, Mapping[str, float]]]) -> dict[str, Any]:
    ways = list(dict.fromkeys(way for row in rows for way in row))
    found: dict[str, Any] = {way: _means([row[way] for row in rows]) for way in ways if all(way in row for row in rows)}
    found[NETWORK]["wrong_person"] = share([row[NETWORK]["wrong_person"] for row in rows])
    if solved := [row for row in rows if "closed_form" in row]:
        found["solved"] = {way: _means([row[way] for row in solved]) for way in ways}
        found["ahead_of_closed_form"] = {
            name: mean([row["closed_form"][name] - row[NETWORK][name] for row in solved])
            for name in found["solved"]["closed_form"]
        }
    best = min((way for way in CHOICES if way in found), key=lambda way: found[way]["sad"].value)
    found["best_rival"] = best
    found["margin_to_60_percent"] = mean([row[NETWORK]["sad"] - 0.6 * row[best]["sad"] for row in rows])
    found["ratio_to_best_rival"] = round(found[NETWORK]["sad"].value / found[best]["sad"].value, 4)
    return found


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, Figure]:
    return {name: mean([row[name] for row in rows]) for name in rows[0] if name != "wrong_person"}


def _passes(passes: Sequence[Sequence[Mapping[str, float]]]) -> list[dict[str, Figure]]:
    return [
        {name: mean([one[level][name] for one in passes]) for name in ("share", "unsure")}
        for level in range(len(passes[0]))
    ]


def _enlarged(alpha: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    from PIL import Image

    sized = Image.fromarray(alpha).resize((shape[1], shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(sized)
