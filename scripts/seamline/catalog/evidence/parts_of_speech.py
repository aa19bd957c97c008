"""Which words of an English question name things, by rules: no dictionary of the language and no model is needed.

A word is taken for a verb behind a pronoun, a modal or `to`, by its ending, or as one of the irregular forms that
people tell what happened with; for a modifier by its ending or as one of the most common ones; for a noun otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Part = Literal["noun", "modifier", "verb"]

_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[.!?,;:]")
_BEFORE_VERB_WORDS = """
i you he she it we they who that which nobody somebody someone everyone anyone to can could will would shall should
may might must cannot can't couldn't won't wouldn't don't doesn't didn't not never even still just also am
"""
_BEFORE_VERB = frozenset(_BEFORE_VERB_WORDS.split())
_DETERMINER_WORDS = """
a an the my your his her its our their this these those some any no each every another such same one two three four
five six ten in on at of from with without for by into over under behind between
"""
_DETERMINER = frozenset(_DETERMINER_WORDS.split())
_VERBS_WORDS = """
held hold sang sing become became begin began begun bring brought build built buy bought catch caught choose chose cut
draw drew drawn drive drove eat ate fall fell feel felt fly flew forget forgot get got give gave given go went grow
grew grown hear heard hide hid keep kept lay leave left lend lose lost made make mean meant meet met pay paid put ran
read ride rode rose run seen see sell sold send sent set shake shook shot show shown sit sat sleep slept speak spoke
spend spent stand stood steal stole swim swam take took taken teach taught tell told think thought threw throw
understand understood wear wore worn win won write wrote written find found match matches matter matters listen work
works happen happens figure handle manage
"""
_VERBS = frozenset(_VERBS_WORDS.split())
_MODIFIERS_WORDS = """
silent old new little big small large great good bad best better last first next whole real right wrong sure nice free
full empty long short high low fast slow quick hard easy early late young dark bright clean sharp loud quiet red blue
green white black natural perfect perfectly fine tiny huge rich poor strong weak cheap own few many several together
away far near again already suddenly really only
"""
_MODIFIERS = frozenset(_MODIFIERS_WORDS.split())
_ASKS_WORDS = "do does did can could will would shall should may might must is are was were has have had"
_ASKS = frozenset(_ASKS_WORDS.split())
_BEHIND_WORDS = """
. ! ? , ; : in on at of from with without for by into over under behind between through and or but as than that which
who when while where so too because if is are was were has have had can could will would does did
"""
_BEHIND = frozenset(_BEHIND_WORDS.split())
"""What may stand behind the last noun of a name."""
_NO_PART_OF_NAMES_WORDS = """
out off up down there here then now afterwards quite rather anywhere somewhere everywhere nowhere else longer more most
less least him them me us you her it this that one two rare solid crowded single certain exact
"""
_NO_PART_OF_NAMES = frozenset(_NO_PART_OF_NAMES_WORDS.split())
_ARTICLES = frozenset(["a", "an", "the", "my", "your", "his", "her", "its", "our", "their", "this", "these", "those"])
_THINGS_TOO = frozenset(("figure", "match", "work"))
_LIKE_THINGS = re.compile(
    r".{3,}(?:[ts]ion|ment|ness|ity|ance|ence|ure)|map|mask|image|photo|picture|video|voice|face|pose|model"
)
_THINGS_IN_ING_WORDS = """
morning evening building painting ceiling string wedding meeting drawing recording lighting spring ring king wing
reading writing clothing ending beginning setting warning
"""
_THINGS_IN_ING = frozenset(_THINGS_IN_ING_WORDS.split())
_LIKE_MODIFIERS = re.compile(r".{3,}(?:ly|ous|ful|ive|less|able|ible|ish)")


_LIKE_VERBS = re.compile(r".{2,}(?:(?<!e)ed|ing)")


def parts_of(text: str) -> Iterator[tuple[str, Part]]:
    """Each word of `text`, lower-case, with what it is; of a word with hyphens the last part, which names it."""
    before = ""
    for token in _TOKEN.findall(text):
        word = re.split(r"[-'’]", token.lower())[0 if re.search(r"['’]", token) else -1]
        if word[:1].isalpha():
            yield word, _part(word, before)
        before = token.lower()


def names_of_two(text: str) -> Iterator[str]:
    """Two nouns that make one name, lower-case: `stick figure`, `depth map`.

    Only where both edges of the name can be seen: an article or a preposition before it, and behind it a sign, a
    preposition, a conjunction or an auxiliary. What may be a verb, `the phone moves` and `can a painting learn`, makes
    no name; so one is missed rather than made up.
    """
    tokens = [token.lower() for token in _TOKEN.findall(text)]
    for at in range(1, len(tokens) - 1):
        before, first, second = tokens[at - 1 : at + 2]
        after = tokens[at + 2] if at + 2 < len(tokens) else "."
        asks = before in _ASKS or (at > 1 and tokens[at - 2] in _ASKS)
        if asks:
            is_name = bool(_LIKE_THINGS.fullmatch(second)) and after not in _ARTICLES
        else:
            is_name = before in _DETERMINER and after in _BEHIND
        if is_name and _is_noun(first) and _is_noun(second) and not first.endswith("s") and not second.endswith("s"):
            yield f"{first} {second}"


def _is_noun(word: str) -> bool:
    other = _DETERMINER | _BEFORE_VERB | _BEHIND | _ASKS | _NO_PART_OF_NAMES
    return len(word) > 2 and word.isalpha() and word not in other and (word in _THINGS_TOO or _part(word, "") == "noun")


def _part(word: str, before: str) -> Part:
    if word in _MODIFIERS or _LIKE_MODIFIERS.fullmatch(word):
        return "modifier"
    if before in _DETERMINER and not word.endswith("ed"):
        return "noun"
    if word in _VERBS or before in _BEFORE_VERB:
        return "verb"
    if (
        re.fullmatch(r".{2,}(?:ed|ing)", word)
        and word not in _THINGS_IN_ING
        and not re.fullmatch(r".*[^aeiou]?eed", word)
    ):
        return "verb"
    return "noun"
