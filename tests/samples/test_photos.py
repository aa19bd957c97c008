"""Photos of every awkward kind."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy", reason="drawing needs the `draw` extra")

from PIL import Image, ImageCms

from seamline.errors import PhotoError
from seamline.samples.photos import fitted, load, path_of

NATIVE = (192, 128)


def saved(folder: Path, image: Image.Image, name: str = "photo.png", **options: Any) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def halves(mode: str, left: Any, right: Any, size: tuple[int, int] = (192, 128)) -> Image.Image:
    image = Image.new(mode, size, right)
    image.paste(left, (0, 0, size[0] // 2, size[1]))
    return image


def test_plain_photo_is_used_as_it_is(tmp_path: Path) -> None:
    picture, note = load(saved(tmp_path, halves("RGB", "red", "blue")), NATIVE)
    assert picture.shape == (128, 192, 3)
    assert (picture[0, 0], picture[0, -1]) == (pytest.approx([255, 0, 0]), pytest.approx([0, 0, 255]))
    assert note == "192 x 128 pixels, used as it is"


def test_orientation_is_put_right(tmp_path: Path) -> None:
    image = halves("RGB", "red", "blue")
    exif = image.getexif()
    exif[0x0112] = 6
    picture, _ = load(saved(tmp_path, image, "photo.jpg", exif=exif, quality=100), NATIVE)
    assert picture.shape[0] > picture.shape[1], "lying on its side, it must be stood up"
    assert picture[5, 50, 0] > 200, "what was left is now on top"
    assert picture[-5, 50, 2] > 200


def test_what_is_transparent_becomes_white(tmp_path: Path) -> None:
    picture, _ = load(saved(tmp_path, halves("RGBA", (255, 0, 0, 255), (0, 0, 0, 0))), NATIVE)
    assert picture[0, 0].tolist() == [255, 0, 0]
    assert picture[0, -1].tolist() == [255, 255, 255]


def test_palette_with_a_transparent_entry(tmp_path: Path) -> None:
    image = Image.new("P", (192, 128), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(0, (0, 0, 96, 128))
    picture, _ = load(saved(tmp_path, image, transparency=1), NATIVE)
    assert picture[0, 0].tolist() == [255, 0, 0]
    assert picture[0, -1].tolist() == [255, 255, 255]


def test_cmyk(tmp_path: Path) -> None:
    picture, _ = load(saved(tmp_path, halves("CMYK", (0, 255, 255, 0), (0, 0, 0, 0)), "photo.tif"), NATIVE)
    assert picture[0, 0].tolist() == [255, 0, 0]
    assert picture[0, -1].tolist() == [255, 255, 255]


def test_sixteen_bits_keep_their_greys(tmp_path: Path) -> None:
    greys = np.linspace(0, 65535, 192).astype(np.uint16)[None].repeat(128, 0)
    picture, _ = load(saved(tmp_path, Image.fromarray(greys)), NATIVE)
    wanted = np.linspace(0, 255, 192)
    assert np.abs(picture[0, :, 0].astype(float) - wanted).max() <= 1


def test_colour_profile_of_no_use_is_passed_over(tmp_path: Path) -> None:
    useless = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    image = Image.new("RGB", (192, 128), (128, 64, 32))
    picture, _ = load(saved(tmp_path, image, icc_profile=useless.tobytes()), NATIVE)
    assert picture[0, 0].tolist() == [128, 64, 32]


@pytest.mark.parametrize("size", [(191, 127), (1023, 769), (769, 1023), (203, 200), (5000, 400)])
def test_odd_sizes_are_rounded_and_it_is_said(tmp_path: Path, size: tuple[int, int]) -> None:
    picture, note = load(saved(tmp_path, Image.new("RGB", size, "green")), (768, 512))
    height, width = picture.shape[:2]
    assert height % 8 == 0
    assert width % 8 == 0
    assert width * height <= 768 * 512
    assert abs(width / height - size[0] / size[1]) < 0.1 * size[0] / size[1]
    assert note == f"{size[0]} x {size[1]} pixels, scaled to {width} x {height}"


def test_photos_are_never_scaled_up() -> None:
    assert fitted((100, 90), (768, 512)) == (96, 88)


def png_header(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GIF89a but not really", "cannot be read|not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
        (b"", "not an image"),
        (png_header(60_000, 60_000), "unpacks to more than"),
        (png_header(9_500, 9_500), "unpacks to more than"),
    ],
)
def test_what_is_no_photo_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(data)
    with pytest.raises(PhotoError, match=why) as caught:
        load(path, NATIVE)
    assert "photo.png" in str(caught.value)


def test_truncated_photo_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 256, (128, 192, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    path = tmp_path / "photo.jpg"
    path.write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
    with pytest.raises(PhotoError, match="cannot be read"):
        load(path, NATIVE)


def test_too_small_a_photo_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PhotoError, match="leaves a side of 48"):
        load(saved(tmp_path, Image.new("RGB", (300, 50))), (768, 512))


def test_paths_stay_in_the_folder_of_photos(tmp_path: Path) -> None:
    assert path_of(tmp_path, "a/b.png") == (tmp_path / "catalog/photos/a/b.png").resolve()
    with pytest.raises(PhotoError, match="leaves the folder"):
        path_of(tmp_path, "../../secret.png")
