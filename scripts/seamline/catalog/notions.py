"""Key notions of a question: which words count as a mention, and which notions to look for when none are given."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from seamline.catalog.entries import Notion, Question
from seamline.catalog.languages import FUNCTION_WORDS

_STEMMERS = {
    "en": "english", "de": "german", "fr": "french", "es": "spanish", "pt": "portuguese", "it": "italian",
    "nl": "dutch", "sv": "swedish", "pl": "polish", "tr": "turkish", "ru": "russian", "ar": "arabic", "el": "greek",
    "hi": "hindi",
}  # fmt: skip
_STOPWORDS = {
    "en": "EN_PLUS", "de": "GERMAN", "fr": "FRENCH", "es": "SPANISH", "pt": "PORTUGUESE", "it": "ITALIAN",
    "nl": "DUTCH", "sv": "SWEDISH", "tr": "TURKISH", "ru": "RUSSIAN",
}  # fmt: skip
_SAYS_NOTHING_WORDS = """
ai ki ia figure figures everything something anything look looks looked looking perfectly really work works make makes
made get gets using used use thing things way possible able know knows understand possibly
would could should may might still like one two three tell tells see fait geht zwei
"""
_SAYS_NOTHING = frozenset(_SAYS_NOTHING_WORDS.split())
_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヶー]{2,}|[가-힣]{2,}|(?:(?![一-龥々ぁ-ヶー가-힣])[^\W\d_]){2,}")


def notions_of(question: Question, limit: int = 8) -> tuple[Notion, ...]:
    """The question's own notions, else its first `limit` content words, one for each stem."""
    if question.notions:
        return question.notions
    found: dict[str, Notion] = {}
    for word in content_words(question.asked, question.language):
        stem = _stem(word, question.language)
        found.setdefault(stem, Notion(name=word, terms=(stem,)))
    return tuple(found.values())[:limit]


def content_words(text: str, language: str) -> list[str]:
    """Words of a question that say what it is about, lower-case, in order."""
    stop = _stopwords(language) | _SAYS_NOTHING
    return [word for word in _WORD.findall(text.lower()) if word not in stop]


def mentions(notion: Notion, text: str) -> int:
    """How many words of `text` begin with one of the notion's terms, in any case."""
    return sum(len(_begins(term).findall(text)) for term in notion.terms)


def stems_of(text: str, language: str) -> list[str]:
    """Stems of the words of `text`, lower-case, without the words that every text has."""
    stop = _stopwords(language)
    return [_stem(word, language) for word in _WORD.findall(text.lower()) if word not in stop]


@cache
def _begins(term: str) -> re.Pattern[str]:
    # Scripts without spaces have no beginnings of words to hold on to.
    boundary = "" if re.match(r"[一-龥々ぁ-ヶー가-힣]", term) else r"(?<!\w)"
    return re.compile(boundary + re.escape(term).replace(r"\ ", r"\s+"), re.IGNORECASE)


@cache
def _stopwords(language: str) -> frozenset[str]:
    from bm25s import stopwords

    listed = getattr(stopwords, f"STOPWORDS_{_STOPWORDS.get(language)}", ())
    return frozenset(listed) | FUNCTION_WORDS.get(language, frozenset())


@cache
def _stemmer(language: str) -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer(_STEMMERS[language]) if language in _STEMMERS else None


def _stem(word: str, language: str) -> str:
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer else word
