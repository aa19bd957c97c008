"""The scenes that a reader can choose: pictures, and the truth about every chip of every person in them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seamline.live.declaration import LiveScene
from seamline.live.scene_chips import CHIPS, Chip, words
from seamline.live.scene_light import packed_normals, true_angles
from seamline.scenes.sampling import scene_from_seed
from seamline.scenes.state import Position, Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

_QUALITY, _QUALITY_OF_THUMBNAILS = 90, 75


@dataclass(frozen=True)
class Truths:
    """What is true of every chip that changes one person: pictures below one another, cut to where any of them differs.

    Attributes:
        box: left, top, width and height of that part of the scene, in pixels.
        chips: indices into `CHIPS`, in the order of the pictures.
        pictures: the true pictures there, one below the other.
        kept: grey, white where the edit must change nothing, in the same order.
        normals: of the skin that the light is read from, in the same order; see `scene_light.packed_normals`.
        light_angles: error of the light's direction on each true picture, in degrees; None with too little skin.
    """

    box: tuple[int, int, int, int]
    chips: tuple[int, ...]
    pictures: bytes
    kept: bytes
    normals: bytes
    light_angles: tuple[float | None, ...]


@dataclass(frozen=True)
class ScenePictures:
    """One scene's files.

    Attributes:
        picture: lossless WebP: what the model is shown.
        thumbnail: a lossy one, half as wide.
        light: unit vector towards the lamp: x right, y down, z to the camera.
        truths: by position of the person.
    """

    picture: bytes
    thumbnail: bytes
    alt: str
    light: tuple[float, float, float]
    truths: Mapping[Position, Truths]


def scene_of(declared: LiveScene) -> Scene:
    """The scene that a declaration describes."""
    from dataclasses import replace

    scene = scene_from_seed(declared.seed, declared.people)
    if declared.light_of is None:
        return scene
    return replace(scene, light=scene_from_seed(declared.light_of).light)


def pictures_of(scene: Scene, size: tuple[int, int]) -> ScenePictures:
    """Rasterize a scene of `size` (width, height), and every edit of it that chips can ask for. Needs torch."""
    from PIL import Image

    from seamline.scenes.rasterizer import light_vector, rasterize

    pixels = _pixels(rasterize([scene], *size).picture[0])
    whole = Image.fromarray(pixels)
    small = whole.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS)
    return ScenePictures(
        picture=_webp(whole, lossless=True),
        thumbnail=_webp(small, quality=_QUALITY_OF_THUMBNAILS),
        alt=words(scene),
        light=light_vector(scene.light),
        truths={position: truths_of(scene, position, size) for position in scene.positions},
    )


def changing(scene: Scene, position: Position) -> Iterator[tuple[int, Chip]]:
    """The chips that change anything about whoever stands at `position`, with their places among all chips."""
    from seamline.scenes.edits import apply

    for at, chip in enumerate(CHIPS):
        if apply(chip.edit(position), scene) != scene:
            yield at, chip


def truths_of(scene: Scene, position: Position, size: tuple[int, int]) -> Truths:
    """What is true of every chip that changes whoever stands at `position`. Needs torch."""
    import numpy as np
    from PIL import Image

    from seamline.measures.ground_truth import ALIKE
    from seamline.scenes.edits import apply
    from seamline.scenes.rasterizer import light_vector, rasterize

    chips = list(changing(scene, position))
    drawn = rasterize([scene, *(apply(chip.edit(position), scene) for _, chip in chips)], *size)
    whole = np.moveaxis(drawn.picture.numpy(), 1, -1)
    normals = np.moveaxis(drawn.normals.numpy(), 1, -1)
    heads, skins = (masks[:, scene.index(position)].numpy() for masks in (drawn.face_masks, drawn.skin_masks))
    # What `measures.ground_truth` calls kept: outside the edited head, and alike in the true picture and the input.
    alike = np.abs(whole[1:] - whole[:1]).max(axis=-1) <= ALIKE
    keeping = (1 - np.maximum(heads[1:], heads[:1])) * alike
    touched = (keeping < 1).any(axis=0)
    rows, columns = np.flatnonzero(touched.any(axis=1)), np.flatnonzero(touched.any(axis=0))
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    part = (slice(top, bottom), slice(left, right))
    pictures = np.concatenate(whole[1:, part[0], part[1]])
    kept = np.concatenate(keeping[:, part[0], part[1]])
    surfaces = [packed_normals(one, skin)[part] for one, skin in zip(normals[1:], skins[1:], strict=True)]
    return Truths(
        box=(int(left), int(top), int(right - left), int(bottom - top)),
        chips=tuple(at for at, _ in chips),
        pictures=_webp(Image.fromarray((pictures * 255).round().astype(np.uint8)), quality=_QUALITY),
        kept=_webp(Image.fromarray((kept * 255).round().astype(np.uint8)).convert("RGB"), lossless=True),
        normals=_webp(Image.fromarray(np.concatenate(surfaces)), lossless=True),
        light_angles=tuple(true_angles(whole[1:], normals[1:], skins[1:], light_vector(scene.light))),
    )


def _pixels(picture: Any) -> Pixels:
    """(3,H,W) in 0..1 -> (H,W,3) uint8, rounded as a sample's input is."""
    pixels: Pixels = picture.clamp(0, 1).mul(255).round().byte().permute(1, 2, 0).contiguous().numpy()
    return pixels


def _webp(image: Any, *, quality: int = 100, lossless: bool = False) -> bytes:
    from seamline.runs.store.encoding import packet

    buffer = io.BytesIO()
    xmp = packet("computed", sample="live")
    image.save(buffer, "WEBP", lossless=lossless, quality=quality, method=6, xmp=xmp)
    return buffer.getvalue()
