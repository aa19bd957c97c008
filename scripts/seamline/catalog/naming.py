"""Names for new entries, made from what is known of them; the same document always gives the same names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_SMALL_WORDS = "a an and as at by for from in into is of on or over the to towards under using via with without"
_SMALL = frozenset(_SMALL_WORDS.split())


def slug(text: str, limit: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens, whole words up to `limit` characters; empty for other scripts."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", ascii_only.lower().replace("'", ""))
    while words and len("-".join(words)) > limit:
        words = words[:-1] if len(words) > 1 else [words[0][:limit]]
    return "-".join(words)


def paper_id(title: str, arxiv: str, taken: Collection[str]) -> str:
    """Citation key of a paper: its short name or the first words of its title, and its year on arXiv.

    `SDFD: Building a …` of 2024 becomes `sdfd-2024`, `Enhancing Image Matting in …` becomes
    `enhancing-image-matting-2025`.
    """
    head, colon, _ = title.partition(":")
    words = slug(head if colon and len(head.split()) <= 2 else title, 200).split("-")
    telling = [word for word in words if word not in _SMALL][:3]
    year = re.match(r"(\d\d)\d\d\.", arxiv)
    if any(telling):
        return free("-".join([slug("-".join(telling)), *([f"20{year[1]}"] if year else [])]), taken)
    return free(slug(f"arxiv {arxiv}") if arxiv else "paper", taken)


def model_id(block: str, taken: Collection[str]) -> str:
    """Id of a model: the name in its block; with the owner in front when another model has that name."""
    _, _, owner, name = block.split("-", 3)
    plain = slug(name) or "model"
    return plain if plain not in taken else free(slug(f"{owner} {name}") or "model", taken)


def question_id(stem: str, asked: str) -> str:
    """Id of a question: its document's file name, else its first words."""
    return slug(stem) or slug(asked, 40) or "question"


def free(name: str, taken: Collection[str]) -> str:
    """`name`, or `name-2`, `name-3`, … when it is taken; never one that ends like a repository's key."""
    name = f"{name}-paper" if name.endswith("-code") else name
    candidates = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    return next(candidate for candidate in candidates if candidate not in taken)
