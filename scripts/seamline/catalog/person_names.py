"""Names of authors as a curator writes them -> given name, family name and suffix, or one name that is not split.

Ada Lovelace                    given, then family; `Ludwig van Beethoven` and `Vincent Van Gogh` keep their particles
van der Berg, Jan               family, then given: for names that the rule above would split wrongly
King, Jr., Martin Luther        a suffix between commas, as in BibTeX; `Martin Luther King Jr.` is read alike
"{The LAION Team}"              an organisation, or any name that is not to be split
Plato                           one word is one name
\u5c71\u7530 \u592a\u90ce                       Chinese, Japanese and Korean script: family name first
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_PARTICLE_WORDS = """
aan aas abu af al ap av aw ben bin bint d d' da dal dall dalla dalle das de degli dei del dela della delle dello den der
des di do dos du e el fitz ibn in la las le les li lo los mac op os san st 't te ten ter tot 't und van ver vom von y
ze zu zum zur z\u2019 \u2019t
"""
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_CAPITAL_WORDS = """
al abu bin ibn da dal dalla das de degli dei del dela della den der des di do dos du el la las le les lo los ten ter van
vom von zu zum zur
"""
_CAPITAL_PARTICLES = frozenset(_CAPITAL_WORDS.split())
"""Particles that stay particles when they begin with a capital."""

_SUFFIX = re.compile(r"(?:jr|sr|junior|senior|ph\.?d|m\.?d|esq)\.?|I{2,3}|IV|VI{1,3}|2nd|3rd|4th", re.IGNORECASE)
_SUFFIX_CASED = re.compile(r"(?:[Jj][Rr]|[Ss][Rr])\.?|I{2,3}|IV|VI{1,3}|2nd|3rd|4th")
_ORGANISATION = re.compile(
    r"(?:.*\s)?(?:team|group|consortium|collaboration|initiative|university|institute|institut|laborator(?:y|ies)|labs?"
    r"|inc\.?|ltd\.?|llc|gmbh|corp(?:oration|\.)?|foundation|committee|association|society|department|ministry|agency"
    r"|community|contributors|developers|project|deepmind|openai|research|organi[sz]ation)(?:\s.*)?",
    re.IGNORECASE,
)
_FAMILY_FIRST = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u3005\u30fb\\s]+")
_JOINT = re.compile(r"[;&|、；，\n]|\s/\s|\s(?:and|et|en|och|oraz|ve|и|with)\s|(?<!\bvon)\sund\s", re.IGNORECASE)
_TWO_WITH_INITIALS = re.compile(r"(?:[^\W\d_]\.[ -]?)+\s*[^\W\d_.]{2}[^,]*,\s*(?:[^\W\d_]\.[ -]?)+\s*[^\W\d_.]{2}.*")
"""`J. Smith, K. Jones`: initials before a family name on both sides of the comma."""
_AND_OTHERS = re.compile(r"\bet\.? al\b|\band others\b|\bu\. ?a\.$|\bи др\b", re.IGNORECASE)
_NO_NAMES = frozenset(["unknown", "n/a", "tbd", "tba", "none", "null", "others", "various"])
_VIETNAMESE_WORDS = "bui dang do duong ho hoang huynh le ly ngo nguyen pham phan tran vo vu"
_VIETNAMESE = frozenset(_VIETNAMESE_WORDS.split())
"""Behind these, `Van` is a middle name and no particle."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in its parts.

    Attributes:
        family: family name with its particles; the whole name where it is not split.
        given: given names; empty for an organisation or a single name.
        suffix: `Jr.`, `III`; empty for most.
        family_first: whether the script puts the family name first, without a comma.
    """

    family: str
    given: str = ""
    suffix: str = ""
    family_first: bool = False


@lru_cache(maxsize=4096)
def name_of(author: str) -> Name:
    """The parts of one author's name; see the forms above."""
    author = " ".join(author.split())
    if author.startswith("{") and author.endswith("}"):
        return Name(author[1:-1].strip())
    parts = [part.strip() for part in author.split(",")]
    suffixes = [part for part in parts[1:] if _SUFFIX.fullmatch(part)]
    rest = [part for part in parts if part and part not in suffixes] or [author]
    suffix = suffixes[0] if suffixes else ""
    if len(rest) > 1:
        return Name(rest[0], " ".join(rest[1:]), suffix)
    return _split(rest[0], suffix)


def display_name(author: str) -> str:
    """The name as it is printed: `Jan van der Berg` for `van der Berg, Jan`; without braces."""
    name = name_of(author)
    if not name.given:
        return f"{name.family} {name.suffix}".rstrip()
    if "," not in author and not author.startswith("{"):
        return " ".join(author.split())
    if _FAMILY_FIRST.fullmatch(name.family + name.given):
        return f"{name.family}{name.given}"
    return f"{name.given} {name.family} {name.suffix}".rstrip()


def checked_name(author: str) -> str:
    """`author` itself.

    Raises:
        ValueError: it cannot be the name of one author.
    """
    if problem := _problem(author.strip()):
        raise ValueError(problem)
    return author


def _problem(author: str) -> str:
    """Why this is no name of one author; empty when it is one."""
    whole = author[1:-1] if author.startswith("{") and author.endswith("}") else ""
    return _no_name(whole or author) or ("" if whole else _no_single_name(author))


def _no_name(name: str) -> str:
    """Why not even an organisation is called this."""
    refused = (
        (not any(character.isalpha() for character in name), "which has no letter and is no name"),
        ("{" in name or "}" in name, "whose braces do not enclose the whole name"),
        (bool(_AND_OTHERS.search(name)), "which stands for people it does not name; list them all"),
        (any(sign in name for sign in ("@", "＠", "://")), "which is an address and no name"),
        (name.lower().strip(". ") in _NO_NAMES, "which names nobody; leave `authors` out when they are not known"),
    )
    return next((why for applies, why in refused if applies), "")


def _no_single_name(author: str) -> str:
    parts = sum(not _SUFFIX.fullmatch(part.strip()) for part in author.split(","))
    if _JOINT.search(author) or _TWO_WITH_INITIALS.fullmatch(author) or parts > 2:
        return "which seems to hold several authors"
    marks = "*†‡§¶#"
    if any(character.isdigit() or character in marks for character in _SUFFIX_CASED.sub("", author)):
        return "which holds digits or signs; leave marks of affiliation out"
    return "" if name_of(author).family else "which has no family name"


def _split(name: str, suffix: str) -> Name:
    words = name.split()
    if len(words) > 2 and not suffix and _SUFFIX_CASED.fullmatch(words[-1]):
        words, suffix = words[:-1], words[-1]
    if len(words) == 1 or words[0].lower() in ("the", "{the") or _is_organisation(name):
        return Name(" ".join(words), suffix=suffix)
    if _FAMILY_FIRST.fullmatch(name):
        return Name(words[0], " ".join(words[1:]), suffix, family_first=True)
    if _is_particle(words[0]) and words[0][0].islower():
        return Name(" ".join(words), suffix=suffix)
    start = len(words) - 1
    while start > 1:
        if words[start - 1] in ("y", "e", "i") and start > 2:
            start -= 2  # `Ortega y Gasset`
        elif _is_particle(words[start - 1]) and not (words[start - 1] == "Van" and words[-1].lower() in _VIETNAMESE):
            start -= 1
        else:
            break
    return Name(" ".join(words[start:]), " ".join(words[:start]), suffix)


def _is_organisation(name: str) -> bool:
    return bool(_ORGANISATION.fullmatch(name)) or (name.endswith(" AI") and not name.isupper())


def _is_particle(word: str) -> bool:
    if word[0].islower() or not word[0].isalpha():
        return word.lower() in _PARTICLES
    return word.lower() in _CAPITAL_PARTICLES
