"""Every picture says what made it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="pictures need the `draw` extra")

from PIL import Image
from projects import FakeEngine, project, sample_of, scene_sample

from seamline.runs.execute.scheduler import run_due
from seamline.runs.store.encoding import SOURCE_TYPES, decode, encode, packet
from seamline.runs.store.run_folder import folder_of, read_record

PICTURE = np.zeros((16, 24, 3), np.uint8)
EVERYTHING = {
    "denoising": {"snapshots": 8},
    "seeds": [1],
    "attention": True,
    "baseline_comparison": True,
    "word_ablation": {"instruction": "smile"},
    "guidance_grid": {"guidance_scale": [2, 3], "image_guidance_scale": [1, 1.5]},
}


def mark_of(folder: Path, file: str) -> str:
    with Image.open(folder / file) as image:
        return str(image.info["xmp"].decode())


def test_each_picture_of_a_run_says_how_it_came_about(tmp_path: Path) -> None:
    samples = {"photo": sample_of(), "scene": scene_sample(exhibits=EVERYTHING)}
    run_due(project(tmp_path, samples), weights="mini", engine=FakeEngine(), say=lambda line: None)
    marks: dict[str, dict[str, str]] = {}
    for name in samples:
        folder = folder_of(tmp_path, name, "mini")
        record = read_record(folder)
        assert record is not None
        marks[name] = {image.role: mark_of(folder, image.file) for image in record.images}
        for image in record.images:
            kind = SOURCE_TYPES[image.provenance] if image.provenance else "none"
            assert (kind in mark_of(folder, image.file)) == (image.provenance is not None)
    generated = {"edited", "seed", "unconditioned", "noisy", "predicted-x0", "guidance-grid", "word-ablation"}
    computed = {"input", "paste", "truth", "region", "attention"}
    assert marks["scene"].keys() == generated | computed
    for role, mark in marks["scene"].items():
        assert (SOURCE_TYPES["trained-composite"] in mark) == (role in generated), role
        assert (SOURCE_TYPES["computed"] in mark) == (role in computed), role
        assert ("AISystemUsed>Seamline mini editor<" in mark) == (role in generated), role
    assert "DigitalSourceType" not in marks["photo"]["input"], "what a photo is, is not ours to say"
    assert "swap the face on the left" in marks["photo"]["edited"]


def test_the_mark_is_in_the_file() -> None:
    mark = packet("trained-composite", sample="one", made_by="Mini <editor>", instruction="swap A & B")
    with Image.open(io.BytesIO(encode(PICTURE, "Img", mark).data)) as image:
        text = image.info["xmp"].decode()
    assert "compositeWithTrainedAlgorithmicMedia" in text
    assert "Mini &lt;editor&gt;" in text
    assert "swap A &amp; B" in text


@pytest.mark.skipif(
    shutil.which("exiftool") is None and os.environ.get("CI") != "true", reason="exiftool is not installed"
)
@pytest.mark.parametrize("type_code", ["Img", "Msk", "Alpha", "Dep"])
def test_exiftool_reads_the_mark(tmp_path: Path, type_code: str) -> None:
    value = PICTURE if type_code == "Img" else PICTURE[..., 0]
    mark = packet("trained-composite", sample="one", made_by="Mini <editor>", instruction="A & B")
    encoded = encode(value, type_code, mark)
    path = tmp_path / f"one{encoded.suffix}"
    path.write_bytes(encoded.data)
    printed = subprocess.run(["exiftool", "-json", "-XMP:all", str(path)], capture_output=True, text=True, check=True)
    tags = json.loads(printed.stdout)[0]
    assert tags["DigitalSourceType"] == SOURCE_TYPES["trained-composite"]
    assert tags["Identifier"] == "one"
    assert tags["CreatorTool"] == "Seamline"
    assert tags["AISystemUsed"] == "Mini <editor>"


@pytest.mark.parametrize("type_code", ["Msk", "Alpha"])
def test_masks_and_mattes_lose_nothing(type_code: str) -> None:
    mask = (np.indices((16, 24)).sum(0) * 6 % 256).astype(np.uint8)
    assert np.array_equal(decode(encode(mask, type_code, b"").data, type_code), mask)


def test_an_image_that_another_step_reads_loses_nothing() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (16, 24, 3), dtype=np.uint8)
    assert np.array_equal(decode(encode(noise, "Img", b"", lossless=True).data, "Img"), noise)
    assert not np.array_equal(decode(encode(noise, "Img", b"").data, "Img"), noise)


def test_same_pixels_same_bytes() -> None:
    mark = packet("trained-composite", sample="one", made_by="w", instruction="i")
    assert encode(PICTURE, "Img", mark) == encode(PICTURE, "Img", mark)


def test_noise_weighs_less() -> None:
    """Of all a page shows, snapshots of noise would weigh most, and a reader gains nothing from their every grain."""
    noise = np.random.default_rng(1).integers(0, 256, (128, 192, 3), dtype=np.uint8)
    assert len(encode(noise, "Img", b"", low_fidelity=True).data) < 0.8 * len(encode(noise, "Img", b"").data)
