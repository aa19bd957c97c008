"""Naive cut-and-paste: what a face swap looks like when nothing is matched.

The new face is drawn as if photographed elsewhere, under another light and with
another expression, then cut out along its true outline and laid over the old one.
It is the baseline every edit is measured against.
"""

from __future__ import annotations

import random
from dataclasses import replace

import torch
from torch import Tensor

from seamline.scenes.edits import Edit, apply, edited_people
from seamline.scenes.rasterizer import rasterize
from seamline.scenes.state import EXPRESSIONS, PICTURE_SIZE, Light, Scene


def elsewhere(scene: Scene, seed: int) -> Scene:
    """`scene` as another photo would have caught it: light from the other side, other expressions."""
    rng = random.Random(seed)
    azimuth = -scene.light.azimuth if abs(scene.light.azimuth) > 30 else rng.choice((-60.0, 60.0))
    light = Light(azimuth, rng.uniform(12.0, 55.0), -scene.light.warmth, scene.light.strength)
    people = tuple(
        replace(person, expression=rng.choice([other for other in EXPRESSIONS if other != person.expression]))
        for person in scene.people
    )
    return replace(scene, people=people, light=light)


def naive_paste(
    scene: Scene, edit: Edit, width: int = PICTURE_SIZE[0], height: int = PICTURE_SIZE[1], seed: int = 0
) -> Tensor:
    """(3,H,W) picture in 0..1 of `edit` done by pasting faces cut from another drawing.

    Raises:
        ValueError: the edit does not fit the scene.
    """
    return paste_from(elsewhere(apply(edit, scene), seed), scene, edit, width, height)


def paste_from(
    donor: Scene, scene: Scene, edit: Edit, width: int = PICTURE_SIZE[0], height: int = PICTURE_SIZE[1]
) -> Tensor:
    """(3,H,W) picture in 0..1 of `scene` with the faces that `edit` means cut from `donor`.

    Args:
        donor: a scene in which the new faces stand where the old ones do.
    """
    drawn = rasterize([scene, donor], width, height)
    cut = torch.stack([drawn.face_masks[1, at] for at in edited_people(edit, scene)]).amax(0)
    return drawn.picture[0] * (1 - cut) + drawn.picture[1] * cut
