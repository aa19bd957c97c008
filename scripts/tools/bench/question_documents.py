"""Question documents of any number, to measure how a site grows: the same count gives the same bytes, nothing is real.

Each document asks one question, recommends 1 to 3 of about N / 5 models and relates 3 to 8 of about 2 N papers with
summaries of six sentences. Words are drawn by Zipf's law from a vocabulary that grows with N as in real text (Heaps'
law), so that an index of words grows as it would with real text.
"""

from __future__ import annotations

import bisect
import itertools
import random
from pathlib import Path

_ONSETS = "b c d f g h j k l m n p qu r s t v w z br cl cr dr fl gr pl pr sl sp st tr".split()  # noqa: SIM905
_NUCLEI = "a e i o u ai ea io ou".split()  # noqa: SIM905
_CODAS = ["", "", "n", "r", "l", "s", "t", "m", "x", "nd", "st", "ck"]
_GLUE = "the of and a to in for with on that is we our by as from which are can this it not into".split()  # noqa: SIM905
_SIGNATURES = "ImgTxt2Img Txt2Img Img2Img ImgMsk2Img Img2Msk Img2Dep Img2Txt Img2Vid Txt2Aud Aud2Txt".split()  # noqa: SIM905
_PREAMBLE = """You are an AI scientist.

A user has asked the following question:
"{asked}"

Use **only the provided models and papers**. Do not refer to outside sources.

### Recommended AI Models:
"""


def write_documents(folder: Path, count: int) -> list[Path]:
    """Write `count` documents into `folder`; their paths in order."""
    folder.mkdir(parents=True, exist_ok=True)
    words, paths = _Words(count), []
    for number in range(count):
        paths.append(folder / f"q-{number:05d}.txt")
        paths[-1].write_text(_document(words, number, count), encoding="utf-8")
    return paths


class _Words:
    """Made-up words by Zipf's law, exponent 1.05."""

    def __init__(self, count: int) -> None:
        rng = random.Random("words")
        wanted = int(1700 + 90 * count**0.6)
        kinds: dict[str, None] = {}
        while len(kinds) < wanted:
            syllables = rng.choices([2, 3, 4], [5, 4, 1])[0]
            kinds["".join(rng.choice(part) for _ in range(syllables) for part in (_ONSETS, _NUCLEI, _CODAS))] = None
        self._kinds = list(kinds)
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) ** 1.05 for rank in range(wanted)))

    def draw(self, rng: random.Random, how_many: int) -> list[str]:
        total = self._weights[-1]
        return [self._kinds[bisect.bisect(self._weights, rng.random() * total)] for _ in range(how_many)]

    def sentence(self, rng: random.Random) -> str:
        drawn = self.draw(rng, rng.randint(14, 26))
        return " ".join(rng.choice(_GLUE) if rng.random() < 0.4 else word for word in drawn).capitalize() + "."


def _document(words: _Words, number: int, count: int) -> str:
    rng = random.Random(f"question {number}")
    subject, detail = (" ".join(words.draw(rng, length)) for length in (5, 6))
    asked = f"I tried {subject} in case {number} and the {detail} looked right. How does AI manage that?"
    parts = [_PREAMBLE.format(asked=asked)]
    parts += [_model(one) for one in rng.sample(range(max(4, count // 5)), rng.randint(1, 3))]
    parts.append("### Related Papers:\n")
    parts += [_paper(words, one) for one in rng.sample(range(max(10, 2 * count)), rng.randint(3, 8))]
    return "".join(parts) + "\nAnswer:\n"


def _model(number: int) -> str:
    signature = random.Random(f"model {number}").choice(_SIGNATURES)
    paper = f"https://arxiv.org/pdf/{17 + number % 9:02d}{1 + number % 12:02d}.{50000 + number:05d}"
    name = f"lab{number % 53}-model-{number:05d}"
    code = f"https://github.com/lab-{number % 53}/model-{number:05d}"
    return f"Model: {signature}-HuggingFace-{name}\nPaper: {paper}\nGitHub: {code}\n\n"


def _paper(words: _Words, number: int) -> str:
    rng = random.Random(f"paper {number}")
    title = " ".join(words.draw(rng, rng.randint(6, 10))).title() + f" {number:05d}"
    address = f"http://arxiv.org/pdf/{15 + number % 11:02d}{1 + (number // 11) % 12:02d}.{10000 + number:05d}v1.pdf"
    code = f"GitHub: https://github.com/lab-{number % 97}/work-{number:05d}\n" if number % 3 == 0 else ""
    summary = " ".join(words.sentence(rng) for _ in range(6))
    return f"Model: {title}\nPaper: {address}\n{code}Summary: {summary}\n\n"
