"""Key concepts of a question: which words count as a mention, and which to look for when none are given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Literal

from seamline.catalog.entries import KeyConcept, Question
from seamline.catalog.evidence.function_words import FUNCTION_WORDS
from seamline.catalog.evidence.languages import detected
from seamline.catalog.evidence.parts_of_speech import names_of_two, parts_of
from seamline.catalog.evidence.sentences import sentences_of

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
turn turned turns old new little big every week weekly day year middle half find found got came put want wanted four
five six ten around first last next time show showed write wrote written
"""
_SAYS_NOTHING = frozenset(_SAYS_NOTHING_WORDS.split())
_NAMES_NOTHING_WORDS = """
someone somebody anyone anybody everyone everybody nobody front behind single nearly times bigger smaller apart app
program software reads sends right left
"""
_NAMES_NOTHING = frozenset(_NAMES_NOTHING_WORDS.split())
"""Words that evidence is ranked by, and that name nothing which a summary might be expected to mention."""
_ONE_THING = tuple(frozenset(line.split()) for line in ("photo photograph picture image", "video clip movie footage"))
"""Words of which people use one and papers another, for the very same thing."""
_FEW = 3
"""Key concepts below which verbs are looked for, too."""
_OF_MOST_TASKS_WORDS = "based guided conditioned generation conversion input output"
_OF_MOST_TASKS = frozenset(_OF_MOST_TASKS_WORDS.split())
_OF_PORTS = frozenset(("text", "image", "video", "audio"))
_IDIOMS = re.compile(r"\b(?:end[- ]to[- ]end|state[- ]of[- ]the[- ]art)\b")
"""Phrases whose words do not mean what they mean elsewhere."""
_BRITISH = (
    (re.compile(r"(?<=\w\w\w)our"), "or"),
    (re.compile(r"(?<=\w\w\w)is(?=ation|ing$|e[drs]?$)"), "iz"),
    (re.compile(r"(?<=\w\w)tre(?=s?$)"), "ter"),
    (re.compile(r"\bgrey"), "gray"),
    (re.compile(r"(?<=labe)ll|(?<=mode)ll"), "l"),
)
"""Spellings that are brought to one, so that `colour` and `colorization` share a stem. Of stems alone, never shown."""
_WORD = re.compile(r"[一-龥々]{2,}|[ァ-ヶー]{2,}|[가-힣]{2,}|(?:(?![一-龥々ぁ-ヶー가-힣])[^\W\d_]){2,}")


Comparison = Literal["same", "other", "unsure", "unmeasured"]
"""How the words of a question compare with a text: in its language, in another, in one that cannot be told, or in one
of which no words are looked up."""


@dataclass(frozen=True, slots=True)
class Sought:
    """A concept as it is looked up.

    Attributes:
        terms: beginnings of words where a curator gave them, whole stems where the question's own words are looked up;
            any of them is a mention, but for names of several words.
        language: of those stems; empty for beginnings of words.
        together: whether all terms must stand close to one another, in any order: `identity preservation` is what
            `preserves the identity` says.
    """

    name: str
    terms: tuple[str, ...]
    language: str = ""
    together: bool = False


def key_concepts_of(question: Question, limit: int = 10) -> tuple[Sought, ...]:
    """The question's own key concepts, else up to `limit` content words, one for each stem.

    People ask in their last sentence: its words come first, then those of the others in order. In English, words that
    name things come before those that say how they are, and verbs only where there are few others; of two nouns that
    make one name, `stick figure`, the name is looked up and not its parts.
    """
    if question.key_concepts:
        return tuple(Sought(concept.name, concept.terms) for concept in question.key_concepts)
    language = question_language(question) or question.language
    found: dict[frozenset[str], Sought] = {}
    last = (sentences_of(question.asked) or [""])[-1]
    words = [*content_words(last, language), *content_words(question.asked, language)]
    if language == "en":
        words = [word for word in words if word not in _NAMES_NOTHING]
    for name in _nouns_first(last, question.asked, words) if language == "en" else words:
        stems = tuple(stem_of(word, language) for word in name.split())
        together = len(stems) > 1
        if language == "en" and not together:
            stems = _stems_of_one_thing(stems[0])
        found.setdefault(frozenset(stems), Sought(name, stems, language, together))
    return tuple(found.values())[:limit]


def _stems_of_one_thing(stem: str) -> tuple[str, ...]:
    groups = ({stem_of(word, "en") for word in words} for words in _ONE_THING)
    return tuple(sorted(next((group for group in groups if stem in group), {stem})))


def task_concepts_of(question: Question, tasks: Sequence[str]) -> tuple[Sought, ...]:
    """What the work of the recommended models is called, to be looked up beside the words of an English question.

    Nothing where a curator said what to look for. Words that most tasks have, `generation`, need not be mentioned, nor
    what goes in and comes out, where a task has other words.
    """
    if question.key_concepts or question_language(question) != "en":
        return ()
    asked = {frozenset(concept.terms) for concept in key_concepts_of(question)}
    found: dict[frozenset[str], Sought] = {}
    for task in tasks:
        words = [word for word in _WORD.findall(task.lower()) if word not in _OF_MOST_TASKS | _stopwords("en")]
        telling = [word for word in words if word not in _OF_PORTS] or words
        stems = tuple(dict.fromkeys(stem_of(word, "en") for word in telling))
        if stems and frozenset(stems) not in asked:
            found.setdefault(frozenset(stems), Sought(task, stems, "en", together=len(stems) > 1))
    return tuple(found.values())


def parts_of_name(concept: Sought) -> tuple[Sought, ...]:
    """Each word of a name of two words as a concept of its own; nothing of others."""
    words = concept.name.split()
    if not concept.together or len(words) != len(concept.terms):
        return ()
    return tuple(Sought(word, (stem,), concept.language) for word, stem in zip(words, concept.terms, strict=True))


def _nouns_first(last: str, asked: str, words: list[str]) -> list[str]:
    names = [name for text in (last, asked) for name in names_of_two(text) if name.split()[0] in words]
    whole = {word: name for name in reversed(names) for word in name.split()}
    tagged = [(word, part) for text in (last, asked) for word, part in parts_of(text) if word in words]
    verbs = {word for word, part in tagged if part == "verb"} - {word for word, part in tagged if part == "noun"}
    nouns = [whole.get(word, word) for word, part in tagged if part == "noun" or word in whole]
    others = [word for word, part in tagged if part == "modifier" and word not in whole]
    few = len({*nouns, *others}) < _FEW
    return [*nouns, *others, *([word for word, _ in tagged if word in verbs] if few else [])]


def question_language(question: Question) -> str:
    """Language that the question declares, or seems to be in where it declares none; empty when one cannot tell."""
    return question.language if question.language != "en" else detected(question.asked)


def comparison(question: Question, text: str) -> Comparison:
    """Whether looking the question's key concepts up in `text` says anything; those that a curator gave always do.

    Words are looked up in languages that put blanks between words and of which stems and function words are known.
    """
    if question.key_concepts:
        return "same"
    language, other = question_language(question), detected(text)
    if language and language not in FUNCTION_WORDS:
        return "unmeasured"
    if not language or not other:
        return "unsure"
    return "same" if language == other else "other"


def content_words(text: str, language: str) -> list[str]:
    """Words of a question that say what it is about, lower-case, in order."""
    stop = _stopwords(language) | _SAYS_NOTHING
    return [word for word in _WORD.findall(text.lower()) if word not in stop]


def mentions(concept: KeyConcept | Sought, text: str) -> int:
    """How often `text` says the concept, in any case: by beginnings of words, whole stems, or stems close together."""
    if isinstance(concept, Sought) and concept.together:
        return _times_together(frozenset(concept.terms), text, concept.language)
    if isinstance(concept, Sought) and concept.language:
        stems = _stem_counts(text, concept.language)
        return sum(stems[term] for term in concept.terms)
    return sum(len(_begins(term).findall(text)) for term in concept.terms)


@lru_cache(maxsize=8192)
def _stem_counts(text: str, language: str) -> Counter[str]:
    return Counter(stem_of(word, language) for word in _WORD.findall(_IDIOMS.sub(" ", text.lower())))


_BETWEEN = 2
"""How many other words may stand among those of a name: `preserves the subject's identity`."""


@lru_cache(maxsize=8192)
def _times_together(terms: frozenset[str], text: str, language: str) -> int:
    """How often all of `terms` stand within one sentence, with few other words among them."""
    times = 0
    for sentence in sentences_of(text):
        stems = [stem_of(word, language) for word in _WORD.findall(_IDIOMS.sub(" ", sentence.lower()))]
        reach, start = len(terms) + _BETWEEN, 0
        while start < len(stems):
            if stems[start] in terms and terms <= {*stems[start : start + reach]}:
                times, start = times + 1, start + reach
            else:
                start += 1
    return times


def stems_of(text: str, language: str) -> list[str]:
    """Stems of the words of `text`, lower-case, without the words that every text has."""
    stop = _stopwords(language)
    return [stem_of(word, language) for word in _WORD.findall(_IDIOMS.sub(" ", text.lower())) if word not in stop]


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


@lru_cache(maxsize=1 << 16)
def stem_of(word: str, language: str) -> str:
    """Stem of one word, lower-case already. Sites say the same words over and over: they are remembered."""
    if language == "en":
        for spelling, other in _BRITISH:
            word = spelling.sub(other, word)
    stemmer = _stemmer(language)
    return str(stemmer.stemWord(word)) if stemmer else word
