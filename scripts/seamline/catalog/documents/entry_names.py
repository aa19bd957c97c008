"""Names for new entries, made from what is known of them; the same document always gives the same names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

from seamline.blocks.names import parse_block
from seamline.catalog.entry_identity import RESERVED, digest
from seamline.catalog.links import Reference
from seamline.catalog.origins import name_in

_SMALL_WORDS = "a an and as at by for from in into is of on or over the to towards under using via with without"
_SMALL = frozenset(_SMALL_WORDS.split())
_SPELT = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})


def slug(text: str, limit: int = 60) -> str:
    """Lower-case ASCII words joined by hyphens, whole words up to `limit` characters.

    Empty where that would lose more letters and digits than it keeps: a number in a Chinese title names nothing.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    letters = re.sub(r"['’ʼ\u00ad\u200b-\u200d\u2060\ufeff]", "", letters)
    counted = [c for c in letters if c.isalnum()]
    if sum(not c.isascii() for c in counted) * 2 > len(counted):
        return ""
    kept = ""
    for word in re.findall(r"[a-z0-9]+", letters):
        longer = f"{kept}-{word}" if kept else word[:limit]
        if len(longer) > limit:
            break
        kept = longer
    return kept


def paper_id(title: str, reference: Reference, taken: Container[str]) -> str:
    """Citation key of a paper: its short name or the first words of its title, and its year on arXiv.

    `SDFD: Building a …` of 2024 becomes `sdfd-2024`, `Enhancing Image Matting in …` becomes
    `enhancing-image-matting-2025`. Without such words it is the identifier, else a digest of what is known.
    """
    head, colon, _ = title.partition(":")
    words = slug(head if colon and len(head.split()) <= 2 else title, 200).split("-")
    telling = [word for word in words if word not in _SMALL][:3]
    year = re.match(r"(\d\d)\d\d\.", reference.arxiv)
    if any(telling):
        name = "-".join([slug("-".join(telling)), *([f"20{year[1]}"] if year else [])])
    elif reference.arxiv or reference.doi:
        name = slug(f"arxiv {reference.arxiv}" if reference.arxiv else f"doi {reference.doi}")
    else:
        name = f"paper-{digest(title or reference.url)}"
    return free(f"{name}-paper" if name.endswith("-code") or name in RESERVED else name, taken)


def model_id(block: str, repository: str, taken: Container[str]) -> str:
    """Id of a model: its name where its owner is known, else owner and name undivided.

    The owner stands in front when another model has that name.
    """
    parsed = parse_block(block)
    whole = slug(parsed.model) or f"model-{digest(block)}"
    name = slug(name_in(parsed, repository)) or whole
    return name if name not in taken and name not in RESERVED else free(whole, taken)


def question_id(stem: str, asked: str, taken: Container[str]) -> str:
    """Id of a question: its document's file name, else its first words, else a digest of what is asked."""
    names = (slug(stem), slug(asked, 40), f"question-{digest(asked)}")
    return free(next(name for name in names if name and name not in RESERVED), taken)


def free(name: str, taken: Container[str]) -> str:
    """`name`, or `name-2`, `name-3`, … when it is taken."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    return candidate
