"""A curator's own photo, made ready for a model: upright, RGB, of a size the model takes; or refused with a reason."""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import PhotoError

if TYPE_CHECKING:
    from seamline.runners.base import Picture

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
    try:
        path = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a name that no file can have
        raise PhotoError(f"cannot be found: {error}", where=name, hint=f"put it below {FOLDER}") from error
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

    note = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as opened:
                if opened.width * opened.height > LARGEST_PIXELS:
                    raise Image.DecompressionBombError
                stored = _stored(opened)
                opened.load()
                upright, note = _upright(opened)
                image = _plain(upright, stored, path)
    except (ImportError, PhotoError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PhotoError(
            f"unpacks to more than {LARGEST_PIXELS:,} pixels", where=str(path), hint="scale it down first"
        ) from error
    except UnidentifiedImageError as error:
        raise PhotoError(
            "is not an image that Seamline reads", where=str(path), hint=f"use one of {', '.join(_FORMATS)}"
        ) from error
    except Exception as error:  # Pillow's readers of odd files raise of every kind, and no other sample is to blame
        what = str(error) if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        raise PhotoError(
            f"cannot be read: {what}", where=str(path), hint="replace it with an intact copy, or save it anew as PNG"
        ) from error
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
    return np.asarray(image, dtype=np.uint8), f"{before[0]} x {before[1]} pixels, {how}{note}"


def fitted(size: tuple[int, int], native: tuple[int, int]) -> tuple[int, int]:
    """Width and height for a photo of `size`: at most the native number of pixels, multiples of eight."""
    width, height = size
    scale = min(1.0, (native[0] * native[1] / (width * height)) ** 0.5)
    return int(width * scale) // SIDE * SIDE, int(height * scale) // SIDE * SIDE


def _stored(image: Any) -> str:
    """How Pillow names the numbers in the file, `RGB;16B`, before it has turned them into a mode of its own."""
    for tile in getattr(image, "tile", ()):
        given = tile[3] if len(tile) > 3 else ""
        found = given[0] if isinstance(given, tuple) and given else given
        if isinstance(found, str):
            return found
    return ""


def _upright(image: Any) -> tuple[Any, str]:
    """The image turned as its EXIF says, and a word where that cannot be read; the EXIF itself is not written again."""
    from PIL import Image

    turns = Image.Transpose
    by_orientation = {
        2: turns.FLIP_LEFT_RIGHT,
        3: turns.ROTATE_180,
        4: turns.FLIP_TOP_BOTTOM,
        5: turns.TRANSPOSE,
        6: turns.ROTATE_270,
        7: turns.TRANSVERSE,
        8: turns.ROTATE_90,
    }
    try:
        orientation = image.getexif().get(0x0112)
        turn = by_orientation.get(orientation) if isinstance(orientation, int) else None
    except Exception:  # tags that are garbage are garbage of any kind
        return image, ", its EXIF cannot be read, so it lies as it is stored"
    return (image.transpose(turn), "") if turn is not None else (image, "")


def _plain(image: Any, stored: str, path: Path) -> Any:
    """8 bit RGB, whatever the mode.

    Raises:
        PhotoError: its numbers have no known range, or use so little of it that the picture would be nearly black.
    """
    from PIL import Image

    if image.mode == "F":
        raise PhotoError("holds floating point numbers of unknown range", where=str(path), hint="save it as 8 bit")
    signed = stored.startswith("I;16") and "S" in stored
    if signed or (image.mode == "I" and not stored.startswith(("I;16", "I;12"))):
        raise PhotoError("holds whole numbers of unknown range", where=str(path), hint="save it as 8 bit")
    full = 4095 if stored == "I;12" else 65535
    if image.mode.startswith("I"):
        image = image.convert("I")
        _require_range(image.getextrema()[1], full, path)
        image = image.point(lambda value: value * (255 / full)).convert("L")
    elif ";16" in stored:
        extrema = image.getextrema()
        bands = (extrema,) if isinstance(extrema[0], int | float) else extrema
        colours = [high for band, (_, high) in zip(image.getbands(), bands, strict=True) if band not in "Aa"]
        _require_range(max(colours), 255, path)
    image = _srgb(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _require_range(brightest: float, full: int, path: Path) -> None:
    """12 and 14 bit numbers are often stored in 16 bits, and nothing in the file says so."""
    if 0 < brightest < full / 4:
        raise PhotoError(
            f"uses {100 * brightest / full:.1f} % of the range of its 16 bits: it would come out nearly black",
            where=str(path),
            hint="scale its brightness to the whole range, or save it as 8 bit",
        )


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
