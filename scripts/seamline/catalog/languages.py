"""Which language a question is asked in: enough to mark it up, and to choose a stemmer."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_LISTS = {
    "en": "the and of to in is how does what why a it this that with for are do can my i looked",
    "de": "der die das und ist wie warum ein eine nicht mit auf ich im den von wird kann so dem zu es doch nur wenn",
    "fr": "le la les et est comment pourquoi un une des dans avec que qui ce pas je sur du au si soit même",
    "es": "el la los las y es cómo por qué un una en con que se del de al mi lo tan",
    "pt": "o a os as e é como por que um uma em com não se do da no na meu tão",
    "it": "il lo la gli e è come perché un una in con che non si di del della mi così",
    "nl": "de het een en is hoe waarom niet met op van ik dat die zijn wordt kan zo",
    "sv": "och är hur varför en ett det som med på inte jag av den till kan så",
    "pl": "i jest jak dlaczego nie na w z się to że do tak od",
    "tr": "ve bir bu nasıl neden için ile mi değil çok gibi da",
}
FUNCTION_WORDS = {language: frozenset(words.split()) for language, words in _LISTS.items()}
"""Words that every text in a language has."""
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru", "ARABIC": "ar",
    "HEBREW": "he", "GREEK": "el", "THAI": "th", "DEVANAGARI": "hi",
}  # fmt: skip


def language_of(text: str) -> str:
    """ISO 639 code of the language of `text`, by its script, else by its function words; `en` when in doubt."""
    scripts = Counter(unicodedata.name(letter, "?").split()[0] for letter in text if letter.isalpha())
    foreign = [name for name in _SCRIPTS if scripts[name]]
    if foreign and sum(scripts[name] for name in foreign) * 2 > scripts.total():
        return _SCRIPTS[foreign[0]]
    words = re.findall(r"\w+", text.lower())
    hits = {language: sum(word in known for word in words) for language, known in FUNCTION_WORDS.items()}
    best = max(hits, key=lambda language: (hits[language], language == "en"))
    return best if hits[best] >= 2 else "en"
