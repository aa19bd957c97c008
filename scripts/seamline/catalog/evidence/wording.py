"""How people who ask and people who publish word the same things, in English; and what kind of sentence answers `how`.

A small thesaurus by hand, written from what such questions and abstracts sound like. It adds words to a search and
never removes one. `tools.judged_evidence` measures what it is worth, on topics that had no part in writing it, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

_GROUPS = """
photo photograph picture image scan print snapshot portrait
video clip film footage movie frame flicker
speak speaker speech said say voice talk utterance
notes minutes summary summarize summarization gist recap
pick part select relevant query span
teach taught learn train supervision label annotation annotate data example
same consistent consistency stay keep preserve identity
dog cat pet subject character hedgehog
edge border boundary outline smear blur
fine detail precise hair high-quality sharp
far near distance depth order metre
unit metric scale shift laser
shape scribble mask region free-form
gap hole missing large area pattern
word type write prompt text expression instruction language name
follow closely balance control amount faithfulness fidelity guide sketch invent
second quick fast speed forward
real realistic natural photo-realistic
accent dialect multilingual robust generalize
unseen new zero-shot unlabelled recognize rare
move motion walk animate animation dynamic
tune melody melodic music song hum
announcer person human opinion mean score
enlarge larger super-resolution resolution upscale
copy clone personalize personalized mimic
few three several five reference
remove wipe erase inpainting inpaint
cut crop cropping cropped head
damage damaged repair restore degradation degraded old
look see vision visual encoder
nonsense noisy noise filter
decide decided decision conclusion
follow track memory stay through
background foreground matte alpha
translate translation
"""

_EXPLAINS = re.compile(
    r"\b(?:by|through|via|using|trained (?:on|to|by)|inject\w*|insert\w*|fus(?:e|ed|es)|align\w*|link\w*|map(?:s|ped)|"
    r"replac\w*|condition\w*|cop(?:y|ies)|lets?|so that|bridg\w*|bind\w*|assign\w*|propose\w*|introduce\w*|learn\w*|"
    r"select\w*|suffic\w*|filters?|removes?|pushes|detects?|is cut|without)\b",
    re.IGNORECASE,
)
_REPORTS = re.compile(
    r"\b(?:outperform\w*|state[- ]of[- ]the[- ]art|percent|benchmarks?|baselines?|evaluat\w*|ablations?|competitive|"
    r"superior|beats?|compar\w*|released?|surpass\w*|points?|accuracy of|times (?:faster|fewer)|experiments)\b"
    r"|\b\d+(?:\.\d+)? ?(?:%|dB|AP)",
    re.IGNORECASE,
)
_COMPLAINS = re.compile(
    r"\b(?:challeng\w*|struggle\w*|hard to|ill-posed|long-standing|limited|expensive|cannot|unclear|inaccurate|"
    r"most .* either|the task|is a new task|key component|aims? at)\b",
    re.IGNORECASE,
)
_ASKS_HOW_WELL = re.compile(
    r"\bhow (?:well|good|near|close|accurate|much better|fast)\b|\bbetter than\b", re.IGNORECASE
)


def near_words(words: Iterable[str]) -> Iterator[str]:
    """Words of the field, or of everyday speech, that stand for the same as one of `words`; lower case."""
    asked = {_singular(word) for word in words}
    for group in _groups():
        if asked & group:
            yield from sorted(group - asked)


def kind_of_sentence(sentence: str, question: str) -> float:
    """How much a sentence is of the kind that answers: above 0 where it says how, below where it reports or complains.

    Where the question asks how well something works, a report is what answers.
    """
    reports = bool(_REPORTS.search(sentence))
    if _ASKS_HOW_WELL.search(question):
        return 1.0 if reports or re.search(r"\d", sentence) else 0.0
    return float(bool(_EXPLAINS.search(sentence))) - reports - float(bool(_COMPLAINS.search(sentence)))


@cache
def _groups() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(map(_singular, line.split())) for line in _GROUPS.strip().splitlines())


def _singular(word: str) -> str:
    word = word.lower()
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word
