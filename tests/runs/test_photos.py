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
from seamline.runs.inputs.photos import fitted, load, path_of

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


# --- odd files: they work, or are refused with a reason --------------------------------------


def with_tags(tags: list[tuple[int, int, int, bytes]]) -> bytes:
    """EXIF of raw tags: number, type, count, and 4 bytes of value; the rational -1/0 follows, to be pointed at."""
    entries = b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in tags)
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + struct.pack("<I", 0)
    return b"Exif\0\0" + head + struct.pack("<ii", -1, 0)


SIDEWAYS = (0x0112, 3, 1, struct.pack("<HH", 6, 0))
AFTER_TWO = struct.pack("<I", 8 + 2 + 2 * 12 + 4)


@pytest.mark.parametrize(
    "odd",
    [
        (0x011A, 10, 1, AFTER_TWO),
        (0x011A, 5, 1, AFTER_TWO),
        (0x011A, 5, 1, struct.pack("<I", 60_000)),
        (0x011A, 99, 1, AFTER_TWO),
        (0x8769, 4, 1, struct.pack("<I", 8)),
        (0x8825, 4, 1, struct.pack("<I", 60_000)),
        (0x9286, 7, 4_000_000, AFTER_TWO),
    ],
    ids=["signed -1/0", "huge/0", "beyond the end", "no such type", "itself", "gps beyond", "endless"],
)
def test_odd_tags_beside_the_orientation_keep_no_photo_from_being_turned(
    tmp_path: Path, odd: tuple[int, int, int, bytes]
) -> None:
    """Turning a photo does not write its EXIF again, so that what cannot be written does not matter."""
    path = saved(tmp_path, halves("RGB", "red", "blue"), "photo.jpg", exif=with_tags([SIDEWAYS, odd]), quality=100)
    picture, _ = load(path, NATIVE)
    assert picture.shape[0] > picture.shape[1]
    assert picture[5, 50, 0] > 200


@pytest.mark.parametrize(
    "error", [struct.error("x"), TypeError("x"), KeyError("x"), OverflowError("x"), MemoryError("x"), IndexError("x")]
)
@pytest.mark.parametrize("where", ["load", "getexif"])
def test_whatever_pillow_raises_is_that_photos_own_affair(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, where: str
) -> None:
    from PIL import PngImagePlugin

    path = saved(tmp_path, halves("RGB", "red", "blue"))

    def stumble(*_: Any) -> None:
        raise error

    monkeypatch.setattr(PngImagePlugin.PngImageFile, where, stumble)
    if where == "getexif":
        assert "EXIF cannot be read" in load(path, NATIVE)[1]
        return
    with pytest.raises(PhotoError, match=type(error).__name__):
        load(path, NATIVE)


def sixteen(folder: Path, brightest: int, name: str) -> Path:
    greys = np.linspace(0, brightest, 192).astype(np.uint16)[None].repeat(128, 0)
    return saved(folder, Image.fromarray(greys), name)


@pytest.mark.parametrize("name", ["photo.png", "photo.tif"])
@pytest.mark.parametrize("bits", [10, 12, 14])
def test_fewer_bits_in_a_file_of_sixteen_are_refused_and_not_drawn_black(tmp_path: Path, bits: int, name: str) -> None:
    with pytest.raises(PhotoError, match="nearly black") as caught:
        load(sixteen(tmp_path, 2**bits - 1, name), NATIVE)
    assert "save it as 8 bit" in caught.value.hint
    assert load(sixteen(tmp_path, 40_000, name), NATIVE)[0].max() == pytest.approx(40_000 / 257, abs=1)


def test_whole_numbers_of_32_bits_are_refused_and_not_drawn_white(tmp_path: Path) -> None:
    numbers = np.linspace(0, 2**31 - 1, 192).astype(np.int32)[None].repeat(128, 0)
    with pytest.raises(PhotoError, match="unknown range"):
        load(saved(tmp_path, Image.fromarray(numbers), "photo.tif"), NATIVE)
    with pytest.raises(PhotoError, match="unknown range"):
        load(saved(tmp_path, Image.fromarray(numbers.astype(np.float32)), "photo.tif"), NATIVE)


def png16(width: int, height: int, value: int) -> bytes:
    """An RGB PNG of 16 bits, all of one value, which Pillow cannot write."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + struct.pack(">H", value) * 3 * width) * height
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_colours_of_fewer_bits_than_sixteen_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "photo.png"
    path.write_bytes(png16(192, 128, 4095))
    with pytest.raises(PhotoError, match="nearly black"):
        load(path, NATIVE)
    path.write_bytes(png16(192, 128, 50_000))
    assert load(path, NATIVE)[0].max() == 195


def test_one_odd_photo_or_a_fault_of_ours_keeps_no_other_from_being_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")
    from projects import FakeEngine, project, sample_of

    from seamline.runs.execute import job
    from seamline.runs.execute.scheduler import run_due
    from seamline.runs.plan.states import plan

    photo = {"path": "odd.tif", "licence": "CC0-1.0", "credit": "nobody", "consent": "nobody is shown"}
    catalog = project(tmp_path, {"a": sample_of(), "odd": sample_of(input={"photo": photo}), "z": sample_of()})
    saved(tmp_path / "catalog/photos", Image.new("F", (192, 128)), "odd.tif")
    honest, lines = job.input_of, []

    def stumble(root: Any, sample: Any, *others: Any) -> Any:
        if sample is catalog.samples["z"]:
            raise KeyError("a fault of ours")
        return honest(root, sample, *others)

    monkeypatch.setattr(job, "input_of", stumble)
    done = run_due(catalog, weights="mini", engine=FakeEngine(), say=lines.append)
    assert done.drawn == ("a",)
    assert "unknown range" in done.failed["odd"] and "unexpected KeyError" in done.failed["z"]
    assert any("Traceback" in line and line.startswith("z: ") for line in lines), "told in full, by name"
    assert [state.state for state in plan(catalog)] == ["fresh", "failed", "failed"]
