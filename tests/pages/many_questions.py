"""Projects of any size, in memory: N questions, about 2 N papers and N / 5 models, as in a real catalog that grows."""

from __future__ import annotations

import random
from collections.abc import Mapping

SIGNATURES = ("ImgTxt2Img", "Txt2Img", "Img2Txt", "Aud2Txt", "Txt2Vid")
WORDS = ("light", "face", "scene", "diffusion", "attention", "latent", "shadow", "colour", "pose", "mask")


def many_questions(count: int) -> Mapping[str, str]:
    """Catalog files by path; the same `count` gives the same text. Nothing in them is real."""
    rng, files = random.Random(f"questions {count}"), {}
    papers, models = max(10, 2 * count), max(4, count // 5)
    for number in range(papers):
        files[f"catalog/papers/paper-{number}.yml"] = (
            f"title: Study {number} of {rng.choice(WORDS)}\narxiv: '20{number % 25:02d}.{10000 + number}'\n"
            f"summary: The {rng.choice(WORDS)} follows the {rng.choice(WORDS)}. So does the {rng.choice(WORDS)}.\n"
        )
    for number in range(models):
        files[f"catalog/models/model-{number}.yml"] = (
            f"block: {rng.choice(SIGNATURES)}-HuggingFace-lab-net-{number}\npapers: [paper-{rng.randrange(papers)}]\n"
        )
    for number in range(count):
        given = ", ".join(f"paper-{one}" for one in rng.sample(range(papers), 4))
        used = ", ".join(f"model-{one}" for one in rng.sample(range(models), 2))
        files[f"catalog/questions/question-{number}.md"] = (
            f"---\nasked: How does the {rng.choice(WORDS)} of case {number} match?\n"
            f"models: [{used}]\npapers: [{given}]\n---\n"
        )
    return files
