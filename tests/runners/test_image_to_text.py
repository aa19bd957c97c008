"""Image captioning with the real transformers classes and tiny random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="captioning needs the `draw` extra")
pytest.importorskip("transformers", reason="captioning needs the `draw` extra")

import numpy as np
from PIL import Image
from tiny_image_to_text import WORDS, save

from seamline.errors import WeightsError
from seamline.runners.base import Call
from seamline.runners.image_to_text import RUNNER
from seamline.runners.image_to_text.captioning import CaptionRequest
from seamline.runners.image_to_text.parameters import CaptionParameters


def image(seed: int, height: int = 24, width: int = 36) -> Any:
    """A picture of large blocks of colour, (H,W,3) uint8."""
    blocks = np.random.default_rng(seed).integers(0, 256, (height // 12, width // 12, 3), dtype=np.uint8)
    return blocks.repeat(12, axis=0).repeat(12, axis=1)


VALUES = {"a": image(1), "b": image(2, 48, 24), "c": image(3), "d": image(4)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    save(folder)
    return folder


@pytest.fixture(scope="module")
def loaded(folder: Path) -> Any:
    return RUNNER.load(folder, "cpu", "float32")


def captions(loaded: Any, *names: str, tokens: int = 6) -> list[Any]:
    outputs = RUNNER.run(loaded, VALUES, [CaptionRequest(name, tokens) for name in names])
    return [output.values["text"] for output in outputs]


def test_a_caption_does_not_depend_on_its_batch(loaded: Any) -> None:
    together = captions(loaded, *VALUES)
    assert together == [captions(loaded, name)[0] for name in VALUES]
    assert len(set(together)) > 1, "the model looks at the image"


def test_a_caption_is_made_of_words_of_the_vocabulary(loaded: Any) -> None:
    for text in captions(loaded, *VALUES):
        assert set(text.split()) <= {word for word in WORDS if not word.startswith("[")}


def test_a_caption_is_no_longer_than_asked(loaded: Any) -> None:
    long = captions(loaded, "a", tokens=6)[0].split()
    assert captions(loaded, "a", tokens=2)[0].split() == long[:2]
    assert len(long) > 2


def test_images_of_any_size_share_a_batch_but_not_lengths() -> None:
    assert RUNNER.batch_of(CaptionRequest("a", 6), VALUES) == RUNNER.batch_of(CaptionRequest("b", 6), VALUES)
    assert RUNNER.batch_of(CaptionRequest("a", 6), VALUES) != RUNNER.batch_of(CaptionRequest("a", 7), VALUES)


def test_a_tokenizer_without_its_vocabulary_is_refused(tmp_path: Path) -> None:
    save(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(WeightsError, match="no vocabulary"):
        RUNNER.load(tmp_path, "cpu", "float32")


def test_an_image_processor_that_is_not_there_is_refused(tmp_path: Path) -> None:
    save(tmp_path)
    (tmp_path / "preprocessor_config.json").unlink()
    with pytest.raises(WeightsError, match="cannot be loaded"):
        RUNNER.load(tmp_path, "cpu", "float32")


def test_the_program_for_plain_transformers_gives_the_same_caption(
    folder: Path, loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(VALUES["a"]).save(tmp_path / "input.png")
    call = Call(str(folder), "", {"image": "input.png"}, "caption.txt")
    code = RUNNER.as_python(CaptionParameters(max_new_tokens=6), call)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "program.py", "exec"), {})
    assert [(tmp_path / "caption.txt").read_text("utf-8")] == captions(loaded, "a")


def test_the_program_pins_the_weights() -> None:
    code = RUNNER.as_python(CaptionParameters(), Call("ada/engine", "0123456789" * 4, {"image": "x.png"}, "x.txt"))
    assert code.count(f"from_pretrained(weights, revision='{'0123456789' * 4}'") == 3
    assert "use_safetensors=True" in code
