"""Synthetic question documents in the format of the family, to count work on: the same count gives the same bytes."""

from __future__ import annotations

import random
from pathlib import Path

_WORDS = ("face", "light", "photo", "seam", "mask", "depth", "edit", "noise", "image", "model", "skin", "hair", "smile")
_SIGNATURES = ("ImgTxt2Img", "Txt2Img", "Img2Img", "ImgMsk2Img", "Img2Msk", "Img2Dep", "Img2Txt", "Txt2Aud", "Img23D")


def many_documents(folder: Path, count: int) -> list[Path]:
    """Write `count` documents into `folder`: 1-3 of about count/5 models each, and 3-8 of about 2 count papers."""
    folder.mkdir(parents=True)
    return [_written(folder / f"q-{number:05d}.txt", number, count) for number in range(count)]


def _written(path: Path, number: int, count: int) -> Path:
    rng = random.Random(f"question {number}")
    parts = [f'A user asks:\n"Why does {_words(rng, 5)} match in case {number}?"\n\n### Recommended AI Models:\n']
    parts += map(_model, rng.sample(range(max(4, count // 5)), rng.randint(1, 3)))
    parts.append("### Related Papers:\n")
    parts += map(_paper, rng.sample(range(max(10, 2 * count)), rng.randint(3, 8)))
    path.write_text("".join(parts) + "\nAnswer:\n", encoding="utf-8")
    return path


def _model(number: int) -> str:
    block = f"{_SIGNATURES[number % len(_SIGNATURES)]}-HuggingFace-lab{number % 53}-model-{number:05d}"
    links = f"Paper: https://arxiv.org/pdf/1801.{50000 + number:05d}\nGitHub: https://github.com/lab/model-{number:05d}"
    return f"Model: {block}\n{links}\n\n"


def _paper(number: int) -> str:
    rng = random.Random(f"paper {number}")
    title = f"{_words(rng, 7).capitalize()} {number:05d}"
    summary = " ".join(f"{_words(rng, 12).capitalize()}." for _ in range(3))
    return f"Model: {title}\nPaper: http://arxiv.org/pdf/2001.{10000 + number:05d}v2.pdf\nSummary: {summary}\n\n"


def _words(rng: random.Random, count: int) -> str:
    return " ".join(rng.choices(_WORDS, k=count))
