"""Every picture says what made it."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

np = pytest.importorskip("numpy", reason="drawing needs the `draw` extra")

from PIL import Image

from seamline.samples.marking import COMPUTED, EDITED_BY_AI, packet, source_type, webp
from seamline.samples.records import DRAWN_BY_MODEL

PICTURE = np.zeros((16, 24, 3), np.uint8)


def test_what_a_model_drew_is_marked_as_edited_by_ai() -> None:
    assert {source_type(role, of_photo=photo) for role in DRAWN_BY_MODEL for photo in (True, False)} == {EDITED_BY_AI}
    assert source_type("input", of_photo=False) == COMPUTED
    assert source_type("input", of_photo=True) is None


def test_the_mark_is_in_the_file() -> None:
    mark = packet("edited", sample="one", weights="Mini <editor>", instruction="swap A & B")
    with Image.open(io.BytesIO(webp(PICTURE, "edited", mark))) as image:
        text = image.info["xmp"].decode()
    assert "compositeWithTrainedAlgorithmicMedia" in text
    assert "Mini &lt;editor&gt;" in text
    assert "swap A &amp; B" in text


@pytest.mark.skipif(
    shutil.which("exiftool") is None and os.environ.get("CI") != "true", reason="exiftool is not installed"
)
def test_exiftool_reads_the_mark(tmp_path: Path) -> None:
    path = tmp_path / "edited.webp"
    path.write_bytes(
        webp(PICTURE, "edited", packet("edited", sample="one", weights="Mini <editor>", instruction="A & B"))
    )
    told = subprocess.run(["exiftool", "-json", "-XMP:all", str(path)], capture_output=True, text=True, check=True)
    tags = json.loads(told.stdout)[0]
    assert tags["DigitalSourceType"] == EDITED_BY_AI
    assert tags["Identifier"] == "one"
    assert tags["CreatorTool"] == "Seamline"
    assert tags["AISystemUsed"] == "Mini <editor>"


def test_masks_lose_nothing() -> None:
    mask = (np.indices((16, 24)).sum(0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, 2)
    with Image.open(io.BytesIO(webp(mask, "region", b""))) as image:
        assert np.array_equal(np.asarray(image), mask)


def test_same_pixels_same_bytes() -> None:
    mark = packet("edited", sample="one", weights="w", instruction="i")
    assert webp(PICTURE, "edited", mark) == webp(PICTURE, "edited", mark)


def test_noise_weighs_less() -> None:
    """Of all a page shows, moments of noise would weigh most, and a reader gains nothing from their every grain."""
    noise = np.random.default_rng(1).integers(0, 256, (128, 192, 3), dtype=np.uint8)
    assert len(webp(noise, "noisy", b"")) < 0.8 * len(webp(noise, "edited", b""))
