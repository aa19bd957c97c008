"""Which language a text is in: by its script, else by its function words; or the honest answer that one cannot tell."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

from seamline.catalog.evidence.function_words import FUNCTION_WORDS

_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "ARABIC": "ar",
    "HEBREW": "he", "GREEK": "el", "THAI": "th", "DEVANAGARI": "hi", "KHMER": "km", "LAO": "lo", "MYANMAR": "my",
    "TIBETAN": "bo", "GEORGIAN": "ka", "ARMENIAN": "hy", "ETHIOPIC": "am", "BENGALI": "bn", "TAMIL": "ta",
    "TELUGU": "te", "GUJARATI": "gu", "GURMUKHI": "pa", "KANNADA": "kn", "MALAYALAM": "ml", "SINHALA": "si",
}  # fmt: skip
_LETTERS = (
    ("ARABIC", "ur", "ٹڈڑںےہ"), ("ARABIC", "fa", "پچژگکی"), ("CYRILLIC", "uk", "іїєґ"), ("CYRILLIC", "be", "ў"),
    ("CYRILLIC", "sr", "ђћџљњј"),
)  # fmt: skip
"""Letters that tell languages of one script apart, the most telling first."""
_TELLING = {
    "ß": "de",
    "ñ": "es",
    "¿": "es",
    "¡": "es",
    "ã": "pt",
    "õ": "pt",
    "ł": "pl",
    "ż": "pl",
    "ğ": "tr",
    "ı": "tr",
}
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CLEAR = 1.5
"""How many times as strong as the next language the first has to be, by which a text in two languages is neither."""

NAMES = {
    "en": "English", "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian",
    "nl": "Dutch", "sv": "Swedish", "pl": "Polish", "tr": "Turkish", "ru": "Russian",
}  # fmt: skip


def language_of(text: str) -> str:
    """ISO 639 code of the language of `text`; `en` when one cannot tell."""
    return detected(text) or "en"


@lru_cache(maxsize=4096)
def detected(text: str) -> str:
    """ISO 639 code of the language of `text`; empty when one cannot tell, as of a few names or of two languages mixed.

    A function word counts one, shared between the languages that have it; a language is told apart where its words
    count at least one, and half as many again as those of any other.
    """
    scripts = Counter(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    foreign = {name: scripts[name] for name in _SCRIPTS if scripts[name]}
    if foreign and sum(foreign.values()) * 2 > scripts.total():
        return _by_script(text, foreign)
    if sum(foreign.values()) * 5 > scripts.total():
        return ""
    scores: Counter[str] = Counter()
    for word in _WORD.findall(text.lower()):
        known = [language for language, words in FUNCTION_WORDS.items() if word in words]
        for language in known:
            scores[language] += 1 / len(known)  # type: ignore[assignment]
    for letter, language in _TELLING.items():
        scores[language] += letter in text.lower()
    ranked = [*scores.most_common(2), ("", 0), ("", 0)]
    (best, score), (_, second) = ranked[:2]
    return best if score >= 0.99 and score >= _CLEAR * second else ""


def _by_script(text: str, foreign: dict[str, int]) -> str:
    script = (
        next(iter(foreign))
        if "HIRAGANA" in foreign or "KATAKANA" in foreign
        else max(foreign, key=lambda name: foreign[name])
    )
    return next(
        (language for name, language, letters in _LETTERS if name == script and any(one in text for one in letters)),
        _SCRIPTS[script],
    )
