"""What a page needs to read the light on an edited face as `light_angle` does: normals of its bare skin.

The x and y of a normal take 12 bits each; eight bits moved the angle by more than a degree. All normals face the
camera, so z follows from them, though not quite where a square of pixels was averaged: the angle is within a degree
(tested).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from seamline.measures.arrays import Array

_HIGHEST = 4095


def packed_normals(normals: Array, skin: Array) -> NDArray[np.uint8]:
    """Normals where the light is read from, as pixels: the upper eight bits of x, those of y, the lower four of both.

    Args:
        normals: (H, W, 3) unit vectors, x right, y down, z to the camera.
        skin: (H, W) mask of a face's bare skin, 0 to 1.

    Returns:
        (H, W, 3); black where the light is not read from, which is everywhere if there is too little skin. Where the
        measure averages squares of pixels, the upper left one of each holds the square's normal.
    """
    import numpy as np

    from seamline.measures.arrays import Undefined
    from seamline.measures.builtin import light

    packed = np.zeros(normals.shape, np.uint8)
    times = max(1, len(skin) // light.ROWS)
    try:
        # The measure's own squares and its own choice of them: others would be another measure.
        surface, bare = (light._averaged(values, times) for values in (normals, skin))
        chosen = light._core(bare)
    except Undefined:
        return packed
    x, y = np.moveaxis(np.rint((surface[..., :2] * 0.5 + 0.5) * _HIGHEST).astype(int), -1, 0)
    pixels = np.stack([x >> 4, y >> 4, (x & 15) << 4 | (y & 15)], axis=-1)
    height, width = chosen.shape
    packed[: height * times : times, : width * times : times] = np.where(chosen[..., None], pixels, 0)
    return packed


def true_angles(pictures: Array, normals: Array, skins: Array, light: Sequence[float]) -> list[float | None]:
    """What `light_angle` reads on true pictures, in degrees to one decimal: its own error, where an edit is perfect.

    Args:
        pictures, normals: (N, H, W, 3).
        skins: (N, H, W).
        light: unit vector towards the scene's light, in the frame of the normals.

    Returns:
        A number for each picture; None where there is too little skin to tell.
    """
    import numpy as np

    from seamline.measures.arrays import Undefined
    from seamline.measures.builtin.light import light_angle

    found: list[float | None] = []
    for picture, surface, skin in zip(pictures, normals, skins, strict=True):
        try:
            found.append(round(light_angle(picture, surface, skin, np.asarray(light)), 1))
        except Undefined:
            found.append(None)
    return found
