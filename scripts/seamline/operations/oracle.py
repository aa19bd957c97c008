"""`oracle`: what a matte of a scene's person should be, known because the scene is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters, Position
from seamline.catalog.entries.input_image import People
from seamline.errors import RunError
from seamline.operations.base import Operation, array_at
from seamline.runners.base import Value


class OracleParameters(Parameters):
    """Which scene, and whose head."""

    seed: int = Field(ge=0, description="Seed of the scene, as the sample's `input` gives it.")
    people: People | None = Field(default=None, description="How many people, likewise.")
    person: Position = Field(description="Whose head, hair and neck.")
    to: dict[str, str] = Field(
        default_factory=dict,
        description="Attributes of a new identity, as a `swap` names them: the matte is then of the true picture after "
        "that swap.",
    )


class Oracle(Operation[OracleParameters]):
    """The true alpha of one person's head, hair and neck, from the scene itself: a bound for what estimates it."""

    name: ClassVar[str] = "oracle"
    summary: ClassVar[str] = "Draws the true alpha matte of one person of the scene that `image` shows."
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"alpha": "Alpha"}
    parameters = OracleParameters
    code: ClassVar[tuple[str, ...]] = (
        "operations/oracle.py",
        *(
            f"scenes/{name}.py"
            for name in (
                "canvas", "edits", "hair", "head_mattes", "palette", "people", "rasterizer", "sampling", "state",
                "traits",
            )
        ),
    )  # fmt: skip

    def apply(self, parameters: OracleParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (H,W) float32 `alpha`.

        Raises:
            RunError: `image` is not that scene, nobody stands there, or an attribute has no such value.
        """
        import numpy as np

        from seamline.scenes.edits import Swap, apply
        from seamline.scenes.head_mattes import rasterize_mattes
        from seamline.scenes.sampling import scene_from_seed

        image = array_at(self.name, "image", values)
        try:
            scene = scene_from_seed(parameters.seed, parameters.people)
            place = scene.index(parameters.person)
            wanted = apply(Swap(parameters.person, parameters.to), scene) if parameters.to else scene
        except ValueError as error:
            raise RunError(str(error), where=self.name, hint="name what the sample's scene has") from error
        height, width = image.shape[:2]
        drawn = rasterize_mattes([scene, wanted], width, height)
        picture = np.rint(drawn.picture[0].permute(1, 2, 0).numpy() * 255)
        if np.abs(picture - image.astype(np.float64)).max() > 1:
            raise RunError(
                "the image is not the scene of that seed",
                where=f"{self.name}.image",
                hint="feed it `scene`, and repeat the `seed` and `people` of the sample's input",
            )
        return {"alpha": drawn.mattes[1, place].numpy()}


OPERATION = Oracle()
