"""`oracle`: what a matte of a scene's person should be, known because the scene is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters, Position
from seamline.catalog.entries.input_image import People
from seamline.errors import RunError
from seamline.operations.base import Operation, array_at
from seamline.runners.base import Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from seamline.scenes.edits import Swap
    from seamline.scenes.state import Scene

SCENE_CODE = (
    "operations/oracle.py",
    *(
        f"scenes/{name}.py"
        for name in ("canvas", "edits", "hair", "palette", "people", "rasterizer", "sampling", "state", "traits")
    ),
)
"""Source files that decide what a scene looks like, and whether an image shows it."""


class SceneParameters(Parameters):
    """Which scene, and whose head."""

    seed: int = Field(ge=0, description="Seed of the scene, as the sample's `input` gives it.")
    people: People | None = Field(default=None, description="How many people, likewise.")
    person: Position = Field(description="Whose head, hair and neck.")
    to: dict[str, str] = Field(
        default_factory=dict,
        description="Attributes of a new identity, as a `swap` names them: of the true picture after that swap.",
    )


class Oracle(Operation[SceneParameters]):
    """The true alpha of one person's head, hair and neck, from the scene itself: a bound for what estimates it."""

    name: ClassVar[str] = "oracle"
    summary: ClassVar[str] = "Draws the true alpha matte of one person of the scene that `image` shows."
    inputs: ClassVar[Mapping[str, str]] = {"image": "Img"}
    outputs: ClassVar[Mapping[str, str]] = {"alpha": "Alpha"}
    parameters = SceneParameters
    code: ClassVar[tuple[str, ...]] = (*SCENE_CODE, "scenes/head_mattes.py")

    def apply(self, parameters: SceneParameters, values: Mapping[str, Value]) -> dict[str, Value]:
        """(H,W,3) `image` -> (H,W) float32 `alpha`.

        Raises:
            RunError: `image` is not that scene, nobody stands there, or an attribute has no such value.
        """
        from seamline.scenes.edits import apply
        from seamline.scenes.head_mattes import rasterize_mattes

        image = array_at(self.name, "image", values)
        scene, swap = scene_and_swap(self.name, parameters)
        wanted = apply(swap, scene) if parameters.to else scene
        height, width = image.shape[:2]
        drawn = rasterize_mattes([scene, wanted], width, height)
        refuse_another_scene(self.name, drawn.picture[0], image)
        return {"alpha": drawn.mattes[1, scene.index(parameters.person)].numpy()}


def scene_and_swap(operation: str, parameters: SceneParameters) -> tuple[Scene, Swap]:
    """The scene, and the swap of a person that `to` names.

    Raises:
        RunError: nobody stands there, or an attribute has no such value.
    """
    from seamline.scenes.edits import Swap, apply
    from seamline.scenes.sampling import scene_from_seed

    try:
        scene = scene_from_seed(parameters.seed, parameters.people)
        scene.index(parameters.person)
        swap = Swap(parameters.person, parameters.to)
        apply(swap, scene)
    except ValueError as error:
        raise RunError(str(error), where=operation, hint="name what the sample's scene has") from error
    return scene, swap


def refuse_another_scene(operation: str, drawn: Any, image: NDArray[np.generic]) -> None:
    """Refuse an image that is not the scene as drawn.

    Args:
        drawn: (3,H,W), 0..1.
        image: (H,W,3), uint8.

    Raises:
        RunError: a pixel differs by more than a rounding.
    """
    import numpy as np

    picture = np.rint(drawn.permute(1, 2, 0).numpy() * 255)
    if np.abs(picture - image.astype(np.float64)).max() > 1:
        raise RunError(
            "the image is not the scene of that seed",
            where=f"{operation}.image",
            hint="feed it `scene`, and repeat the `seed` and `people` of the sample's input",
        )


OPERATION = Oracle()
