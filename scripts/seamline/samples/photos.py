"""A curator's own photo, made ready for a model: upright, RGB, of a size the model takes; or refused with a reason."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import PhotoError

if TYPE_CHECKING:
    from seamline.samples.cells import Picture

FOLDER = Path("catalog/photos")
SIDE = 8
"""Sides are rounded down to a multiple of this, as diffusers' `VaeImageProcessor` does."""
SMALLEST_SIDE = 64
LARGEST_PIXELS = 89_478_485
"""Photos of more pixels are refused as decompression bombs; Pillow's own limit for a warning."""
_FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF")


def path_of(root: Path, name: str) -> Path:
    """The photo `name` below the catalog's photos.

    Raises:
        PhotoError: the name leads elsewhere.
    """
    folder = (root / FOLDER).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise PhotoError("the photo's path leaves the folder of photos", where=name, hint=f"put it below {FOLDER}")
    return path


def load(path: Path, size: tuple[int, int]) -> tuple[Picture, str]:
    """The photo as a model of native `size` (width, height) sees it, and what was done to it, in words.

    Its orientation is put right, its colours are brought to sRGB, what is transparent becomes white. It is
    scaled down, never up, to about as many pixels as the native size has, and its sides are rounded down to
    multiples of eight.

    Returns:
        (H,W,3) uint8 picture; a sentence such as `1023 x 769 pixels, scaled to 584 x 440`.

    Raises:
        PhotoError: it is not an image, or one that must not be opened, or too small.
    """
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise Image.DecompressionBombError
                opened.load()
                image = _plain(opened, path)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(
            f"unpacks to more than {LARGEST_PIXELS:,} pixels", where=str(path), hint="scale it down first"
        ) from error
    except UnidentifiedImageError as error:
        raise PhotoError(
            "is not an image that Seamline reads", where=str(path), hint=f"use one of {', '.join(_FORMATS)}"
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PhotoError(f"cannot be read: {error}", where=str(path), hint="replace it with an intact copy") from error
    before, after = image.size, fitted(image.size, size)
    if min(after) < SMALLEST_SIDE:
        raise PhotoError(
            f"is {before[0]} x {before[1]} pixels, which leaves a side of {min(after)}",
            where=str(path),
            hint=f"use a photo whose shorter side keeps at least {SMALLEST_SIDE} pixels",
        )
    if after != before:
        image = image.resize(after, Image.Resampling.LANCZOS)
    how = f"scaled to {after[0]} x {after[1]}" if after != before else "used as it is"
    return np.asarray(image, dtype=np.uint8), f"{before[0]} x {before[1]} pixels, {how}"


def fitted(size: tuple[int, int], native: tuple[int, int]) -> tuple[int, int]:
    """Width and height for a photo of `size`: at most the native number of pixels, multiples of eight."""
    width, height = size
    scale = min(1.0, (native[0] * native[1] / (width * height)) ** 0.5)
    return int(width * scale) // SIDE * SIDE, int(height * scale) // SIDE * SIDE


def _plain(image: Any, path: Path) -> Any:
    """Upright RGB, whatever the mode."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    if image.mode == "F":
        raise PhotoError("holds floating point numbers of unknown range", where=str(path), hint="save it as 8 bit")
    image = _srgb(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _srgb(image: Any) -> Any:
    """Colours brought to sRGB by the embedded profile; as they are, where that profile is of no use."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    mode = {"CMYK": "RGB", "L": "RGB"}.get(image.mode, image.mode)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
