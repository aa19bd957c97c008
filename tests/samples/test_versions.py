"""Pictures may only change together with the version of the code that makes them.

When one of these fails and the change is meant, raise the version in
`seamline.samples.versions` and run `python tests/samples/test_versions.py`.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="drawing needs the `draw` extra")
np = pytest.importorskip("numpy")

from PIL import Image
from tiny import INSTRUCTION, tiny_pipeline

from seamline.samples import versions
from seamline.samples.cells import Cell, Schedule
from seamline.samples.loop import denoise
from seamline.samples.marking import webp
from seamline.samples.photos import load

KEPT = Path(__file__).with_name("fingerprints.json")
TOLERANCE = 3.0
"""In 255ths, for means over blocks: room for another processor's last bits, none for another algorithm."""


def coarse(picture: Any) -> list[float]:
    """Means over a 4 x 4 grid of blocks, per channel."""
    rows = np.array_split(picture.astype(float), 4, axis=0)
    return [
        round(float(value), 1) for row in rows for block in np.array_split(row, 4, 1) for value in block.mean((0, 1))
    ]


def noise(height: int, width: int) -> Any:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)


def sampler(folder: Path) -> list[float]:
    cell = Cell("a", INSTRUCTION, 3.0, 1.5, seed=1)
    return coarse(denoise(tiny_pipeline(), {"a": noise(16, 24)}, [cell], Schedule(4))[0].picture)


def inputs(folder: Path) -> list[float]:
    Image.fromarray(noise(200, 203)).save(folder / "photo.png")
    return coarse(load(folder / "photo.png", (192, 128))[0])


def encoding(folder: Path) -> list[float]:
    with Image.open(io.BytesIO(webp(noise(16, 16), "edited", b""))) as image:
        return coarse(np.asarray(image))


CODE = {"SAMPLER": sampler, "INPUTS": inputs, "ENCODING": encoding}


@pytest.mark.parametrize("name", CODE)
def test_pictures_change_only_with_their_version(name: str, tmp_path: Path) -> None:
    kept = json.loads(KEPT.read_text())[name]
    assert kept["version"] == getattr(versions, name), "run this file to keep the new version's fingerprint"
    assert np.abs(np.array(CODE[name](tmp_path)) - kept["means"]).max() <= TOLERANCE, f"raise versions.{name}"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        found = {
            name: {"version": getattr(versions, name), "means": make(Path(temporary))} for name, make in CODE.items()
        }
    KEPT.write_text(json.dumps(found, indent=1) + "\n")
