"""A scene as a row of cameras sees it: pixels, and the truth about them.

The people of each view are painted as `rasterizer` paints them, at their own depth, so near ones move further and hide
what is behind. The wall and the shadows on it are painted once: shadows lie on the wall and do not follow the
camera. Light on the people is directional and does not change with the camera either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from seamline.scenes.cameras import Camera, moved
from seamline.scenes.rasterizer import _layers, _wall
from seamline.scenes.state import PICTURE_SIZE, Scene


@dataclass(frozen=True)
class Views:
    """One scene from N cameras; people are in the order of `Scene.people`.

    Attributes:
        pictures: (N,3,H,W) float32, RGB in 0..1.
        face_masks: (N,P,H,W), how much of each pixel is each person's visible head, with hair and headwear.
    """

    pictures: Tensor
    face_masks: Tensor


def views_of(
    scene: Scene,
    cameras: Sequence[Camera],
    width: int = PICTURE_SIZE[0],
    height: int = PICTURE_SIZE[1],
    device: str | torch.device = "cpu",
) -> Views:
    """`scene` from each of `cameras`, at `width` x `height` pixels.

    The camera at the origin sees, pixel by pixel, what `rasterize` draws.
    """
    device = torch.device(device)
    seen = [moved(scene, camera) for camera in cameras]
    layers = _layers([scene, *seen], width, height, device)
    wall = _wall(scene, width, height, device)
    for person in scene.people:
        wall = wall * layers[person, scene.light].shadow
    pictures, face_masks = [], []
    for one in seen:
        picture, masks = wall, torch.zeros(len(one.people), height, width, device=device)
        for place, person in enumerate(one.people):
            layer = layers[person, one.light]
            picture = picture * (1 - layer.alpha) + layer.colour
            masks = masks * (1 - layer.alpha)
            masks[place] = layer.alpha * layer.head
        pictures.append(picture.clamp(0, 1))
        face_masks.append(masks)
    return Views(torch.stack(pictures), torch.stack(face_masks))
