"""The reader computes what transformers computes, and says plainly what it lacks."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from transformers import BertConfig, BertModel, BertTokenizer

from seamline.catalog.entries import Question
from seamline.errors import WeightsError
from seamline.reader.choosing import chosen_by
from seamline.reader.encoder import Encoder
from seamline.reader.few_bits import Bits, packed, unpacked
from seamline.reader.language_model import Reader, windows_of
from seamline.reader.place import FOLDER, WEIGHTS
from seamline.reader.word_pieces import WordPieces

ROOT = Path(__file__).parents[2]
PIECES = (ROOT / FOLDER / "vocab.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    "text",
    [
        "How does it know what's far-away, and can it tell me in metres?",
        "Café naïve ÀÉÎ — “quotes” 3.5% (v2.0) U-Net/GAN $x_i$",
        "antidisestablishmentarianism pneumonoultramicroscopic " + "a" * 101,
        "tab\tline\nzero\u200bwidth \u00a0 blank",
        "深度 estimation 한국어 🙂",
        "",
    ],
)
def test_text_is_cut_into_the_pieces_that_berts_own_tokenizer_cuts_it_into(tmp_path: Path, text: str) -> None:
    shutil.copy(ROOT / FOLDER / "vocab.txt", tmp_path / "vocab.txt")
    theirs = BertTokenizer(vocab={piece: number for number, piece in enumerate(PIECES)}, do_lower_case=True)
    assert WordPieces(PIECES).of(text) == theirs(text, add_special_tokens=False)["input_ids"]


def test_a_vocabulary_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[SEP\]"):
        WordPieces(["[CLS]", "[UNK]", "word"])


@pytest.fixture(scope="module")
def bert() -> BertModel:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64,
        max_position_embeddings=20, initializer_range=0.5,
    )  # fmt: skip
    return BertModel(config).eval()


def test_the_forward_pass_is_that_of_transformers(bert: BertModel) -> None:
    ours = Encoder({name: one.numpy() for name, one in bert.state_dict().items()}, heads=4)
    numbers = [3, 14, 15, 9, 2, 6, 49, 0]
    with torch.no_grad():
        theirs = bert(input_ids=torch.tensor([numbers])).last_hidden_state[0].numpy()
    np.testing.assert_allclose(ours(numbers), theirs, atol=2e-5)
    assert ours(list(range(30))).shape == (20, 32)


@pytest.mark.parametrize(("bits", "most"), [(4, 0.06), (8, 0.003)])
def test_few_bits_give_back_nearly_what_was_stored(bits: Bits, most: float) -> None:
    given = np.random.default_rng(0).uniform(-1, 1, (6, 64)).astype(np.float32)
    given[2] = 0
    found = unpacked(packed("a", given, bits, 16) | {"b": np.ones(3, np.float16)})
    assert float(np.abs(found["a"] - given).mean()) < most
    assert not found["a"][2].any()
    assert found["b"].dtype == np.float32


class ByLength:
    """Takes longer sentences for nearer."""

    def closeness(self, question: str, summary: Sequence[str]) -> NDArray[np.float32]:
        """Length of each sentence."""
        return np.array([len(one) for one in summary], np.float32)


def test_no_source_has_more_than_two_sentences_before_another_speaks() -> None:
    sentences = {"long": ["word " * (20 + place) for place in range(4)], "short": ["word", "words"], "none": []}
    chosen = chosen_by(ByLength(), Question(asked="How?", models=("m",)), (), sentences)
    keys = [one.key for one in chosen]
    assert keys == ["long", "long", "short", "short", "long", "long"]
    assert chosen[0].position == 4


def test_the_committed_reader_finds_an_answer_that_shares_no_word_with_its_question() -> None:
    sentences = ["Prices rose by a tenth.", "The hound was let out of its kennel at dawn.", "Nobody voted."]
    near = Reader(ROOT).closeness("When did they free the dog?", sentences)
    assert near.argmax() == 1
    assert np.all(np.abs(near) <= 1.001)


def test_each_sentence_of_a_long_text_is_read() -> None:
    answer = "The hound was let out of its kennel at dawn."
    near = Reader(ROOT).closeness("When did they free the dog?", ["many words " * 300, *["Prices rose."] * 200, answer])
    assert np.all(near != 0)
    assert near.argmax() == len(near) - 1


@pytest.mark.parametrize(
    ("lengths", "windows"),
    [
        ([5, 5, 2], [(0, 0, 3)]),
        ([0], [(0, 0, 1)]),
        ([4, 4, 4, 4, 4], [(0, 0, 3), (2, 3, 5)]),
        ([4, 4, 3, 1, 1, 1, 1], [(0, 0, 4), (3, 4, 7)]),
        ([30, 2, 11, 2], [(0, 0, 1), (1, 1, 2), (2, 2, 3), (3, 3, 4)]),
        ([6, 6, 1, 1, 6], [(0, 0, 2), (1, 2, 4), (2, 4, 5)]),
    ],
)
def test_windows_cover_each_sentence_once_and_begin_with_what_was_said_before(
    lengths: list[int], windows: list[tuple[int, int, int]]
) -> None:
    assert windows_of(lengths, 12) == windows


def test_a_reader_that_is_not_here_or_damaged_is_one_clear_message(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"not here: no model.safetensors, vocab.txt, config.json"):
        Reader(tmp_path)
    shutil.copytree(ROOT / FOLDER, tmp_path / FOLDER)
    (tmp_path / FOLDER / WEIGHTS).write_bytes(b"\xff" * 100)
    with pytest.raises(WeightsError, match="cannot be loaded"):
        Reader(tmp_path).closeness("Why?", ["So."])
    (tmp_path / FOLDER / WEIGHTS).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    with pytest.raises(WeightsError, match=r"cannot be loaded: .* pointer\n.*git lfs pull"):
        Reader(tmp_path)
