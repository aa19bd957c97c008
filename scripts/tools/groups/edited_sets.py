"""The two sets of edits, made and measured; what is finished is kept, so that an interrupted run goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seamline.files import write_if_changed
from seamline.fingerprints import fingerprint
from seamline.formulation.declared_traits import TraitFile
from seamline.formulation.formulated_prompts import Prompt, combinations_of, held, prompt_of
from seamline.formulation.sample_recipes import scenes_for, swap_of
from seamline.hashing import Hashes, digest_of
from seamline.measures.edited_picture import measure_edit
from seamline.measures.ground_truth import scene_truth
from seamline.measures.standing import GROUPED_TRAITS
from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
from seamline.runners.registry import code_of_runner
from seamline.scenes.edits import apply
from tools.training.editing import BATCH, HEIGHT, STEPS, WIDTH, Picture, edit_pictures
from tools.training.evaluation import autoencoder_round_trip, rasterized
from tools.training.held_out import HeldOut

TRAITS = Path(GROUPED_TRAITS)
SYSTEMATIC, DEMOGRAPHIC = "systematic", "demographic"
SETS = (SYSTEMATIC, DEMOGRAPHIC)
KEPT = ("identity", "expression", "light_angle", "psnr_face")
"""Measures that rows hold, besides `attribute_<name>`."""


@dataclass(frozen=True, slots=True)
class GroupEdit:
    """One edit of a set.

    Attributes:
        place: number in its set, from 0; the same number in the other set is the same person of the same scene, lit
            and looking alike, asked to become somebody of the same demographics.
    """

    place: int
    prompt: Prompt
    held_out: HeldOut


def edits_of(declared: TraitFile, count: int) -> dict[str, list[GroupEdit]]:
    """The edits of both sets: the grid's, and the same with all but demographics at the usual value.

    Args:
        count: of each, at least; more where the pairs of the grid need more.
    """
    rows = combinations_of(declared, count=count)
    prompts = {
        SYSTEMATIC: [prompt_of(declared, row) for row in rows],
        DEMOGRAPHIC: [prompt_of(declared, held(declared, row, ["demographic"])) for row in rows],
    }
    chosen = scenes_for(declared, prompts[SYSTEMATIC])
    return {
        name: [
            GroupEdit(place, prompt, _held_out(declared, prompt, choice.seed, choice.scene))
            for place, (prompt, choice) in enumerate(zip(some, chosen, strict=True))
        ]
        for name, some in prompts.items()
    }


def kept_under(root: Path, other: Any) -> str:
    """Name of the folder that keeps finished edits: another where code that decides them, or `other`, changed."""
    hashes = Hashes(root)
    code = [fingerprint(name, hashes, project=root) for name in ("measures", "scenes", "grouped edits")]
    code.append(code_of_runner(EDITOR.name, hashes))
    hashes.save()
    return digest_of([code, other])[:16]


def made_and_measured(pipe: Any, edits: Sequence[GroupEdit], folder: Path) -> Iterator[dict[str, Any]]:
    """The row of each edit, in their order; edited images lie in `folder` as PNG, named by place.

    Args:
        folder: keeps rows and pictures of what was finished, for the next call with the same arguments.
    """
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    for at in range(0, len(edits), BATCH):
        some = edits[at : at + BATCH]
        path = folder / f"{at:04}.json"
        if not path.is_file():
            inputs = {edit.held_out.seed: rasterized(edit.held_out.scene) for edit in some}
            pictures = edit_pictures(pipe, [edit.held_out for edit in some], inputs, steps=STEPS)
            rows = [_row(pipe, edit, picture) for edit, picture in zip(some, pictures, strict=True)]
            for edit, picture in zip(some, pictures, strict=True):
                Image.fromarray(picture).save(picture_file(folder, edit.place))
            write_if_changed(path, json.dumps(rows))
        yield from json.loads(path.read_text(encoding="utf-8"))


def picture_file(folder: Path, place: int) -> Path:
    """Where the edited image of one edit lies."""
    return folder / f"{place:04}.png"


def _held_out(declared: TraitFile, prompt: Prompt, seed: int, scene: Any) -> HeldOut:
    return HeldOut(seed, scene, "swap", swap_of(declared, prompt), prompt.text)


def _row(pipe: Any, edit: GroupEdit, picture: Picture) -> dict[str, Any]:
    one = edit.held_out
    truth = scene_truth(one.scene, one.edit, WIDTH, HEIGHT)
    ceiling = autoencoder_round_trip(pipe, rasterized(apply(one.edit, one.scene)))
    pictures = {
        "edit": picture.astype(np.float64) / 255,
        "no_edit": truth.before,
        "ceiling": ceiling.astype(np.float64) / 255,
    }
    measured = {way: measure_edit(one, truth.before, truth) for way, one in pictures.items()}
    return {
        "place": edit.place,
        "seed": one.seed,
        "instruction": one.instruction,
        "traits": dict(edit.prompt.row),
        "told": list(edit.prompt.told),
        "ways": {way: _kept(values) for way, values in measured.items()},
    }


def _kept(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if name in KEPT or name.startswith("attribute_")}
