"""`elsewhere`: the new face as another photo would have caught it, to be cut out and pasted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.operations.base import Operation, array_at
from seamline.operations.oracle import SCENE_CODE, SceneParameters, refuse_another_scene, scene_and_swap
from seamline.runners.base import Value


class ElsewhereParameters(SceneParameters):
    """Which scene, who is another there, and in which other photo."""

    photo: int = Field(default=0, ge=0, description="Seed of the other photo's light and expressions.")


class Elsewhere(Operation[ElsewhereParameters]):
    """The scene with one person swapped, lit from another side and with other expressions: what a paste is cut from.

    It is the photo that the baseline cut and paste takes its face from, as a whole.
    """

    name: ClassVar[str] = "elsewhere"
    summary: ClassVar[str] = (
        "Draws the scene that `image` shows with another person, under another light and with other expressions: "
        "a photo to cut a face from."
    )
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    parameters = ElsewhereParameters
    edits_scene: ClassVar[bool] = True
    code: ClassVar[tuple[str, ...]] = ("operations/elsewhere.py", *SCENE_CODE, "scenes/paste.py")

    def apply(self, parameters: ElsewhereParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (H,W,3) uint8 `image`.

        Raises:
            RunError: `image` is not that scene, nobody stands there, or an attribute has no such value.
        """
        import numpy as np

        from seamline.scenes.edits import apply
        from seamline.scenes.paste import elsewhere
        from seamline.scenes.rasterizer import rasterize

        image = array_at(self.name, "image", values)
        scene, swap = scene_and_swap(self.name, parameters)
        height, width = image.shape[:2]
        drawn = rasterize([scene, elsewhere(apply(swap, scene), parameters.photo)], width, height).picture
        refuse_another_scene(self.name, drawn[0], image)
        return {"image": np.rint(drawn[1].permute(1, 2, 0).numpy() * 255).astype(np.uint8)}


OPERATION = Elsewhere()
