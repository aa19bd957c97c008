"""Running text -> sentences, without falling for `e.g.`, `et al.`, `Fig. 4`, initials, versions and addresses.

Full stops of scripts that write no blank after them end a sentence anywhere; those of Latin, Greek, Cyrillic, Arabic
and Hebrew text only before a blank and a word that can begin a sentence. Thai, Lao and Tibetan mark no ends that
could be told from other blanks: a paragraph of theirs is one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

_ALWAYS = """
e.g. i.e. e.g i.e cf. vs. viz. et al. al. etc. resp. approx. ca. incl. excl. ibid. op. cit. aka. fig. figs. eq. eqs.
eqn. eqns. sec. secs. sect. ref. refs. ch. chap. chaps. thm. lem. alg. algs. suppl. vol. vols. nos. pp. para. paras. ed.
eds. dr. prof. mr. mrs. ms. st. rev. hon. jr. sr. inc. ltd. corp. dept. univ. w.r.t. s.t. i.i.d. a.k.a.
z.b. d.h. u.a. u.ä. o.ä. o.g. s.o. s.u. bzw. usw. vgl. dt. bsp. abb. kap. nr. sog. ggf. evtl. inkl. bspw. hrsg. bd.
p.ex. c.-à-d. env. éd. chap. vs. mme. mm. mlle. sra. srta. dra. ej. p.ej. pág. págs. núm. cap. ecc. pag. bijv. blz.
d.w.z. o.a. m.a.w. enz. t.ex. bl.a. d.v.s. osv. jfr. np. tzn. itd. itp. tj. rys. tab. m.in. vb. örn. bkz. şek.
рис. табл. стр. см. др. гл. т.е. т.д. т.п. т.к. напр. проф. им. руб. π.χ. κ.λπ. εικ. σελ.
"""
_BEFORE_NUMBER = "no. p. art. app. def. prop. lemma. col. l. ll. v. ver. min. max. par. n. s. t. f. ff. г. с. п. ν."
_ABBREVIATIONS = frozenset(_ALWAYS.split())
_NUMBERED = frozenset(_BEFORE_NUMBER.split())
_MAY_END = frozenset({"etc.", "usw.", "inc.", "ltd.", "jr.", "sr."})
_SPACED = frozenset(
    {"z. b.", "d. h.", "u. a.", "o. ä.", "i. e.", "e. g.", "т. е.", "т. д.", "т. п.", "p. ex.", "п. ч."}
)
_STARTER_WORDS = """
the this that these those it its we our they their in on for then however but and so if when where here there as to by
with he she his her what why how an
"""
_STARTERS = frozenset(_STARTER_WORDS.split())
"""Words with which a sentence begins and no name does: behind an initial or `etc.` they settle it."""

_CLOSING = "\"'”’»›)\\]}」』）】》〉"
_STOPS = re.compile(
    r"\n[ \t]*\n\s*"
    rf"|(?:[。！？｡؟۔।॥።፧။។៕։]|．(?!\d))+[{_CLOSING}*_]*\s*(?!\Z)"
    rf"|(?:[.!?…\u037e]+|(?<=[\u0370-\u03ff\u1f00-\u1fff]);)[{_CLOSING}]*\s+(?!\Z)"
)
_OPENING = "\"'“‘«‹„([{¿¡*_"
_NAME_IN_LOWER_CASE = re.compile(r"[a-z]+\d+[a-z]|[a-z]{1,4}[A-Z]")
"""`wav2vec`, `pix2pix`, `mBART`: names that begin a sentence as they are."""
_QUOTE_GOES_ON = re.compile(r"[」』”’][\s]*\Z")


def sentences_of(text: str) -> list[str]:
    """The sentences of `text`, each on one line and trimmed, in order; joined by spaces they are all of it."""
    return [" ".join(text[start:end].split()) for start, end in spans_of(text)]


def spans_of(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of `text`; what lies between two of them is white space."""
    bounds = [0, *(match.end() for match in _STOPS.finditer(text) if _ends(text, match)), len(text)]
    return [trimmed for start, end in pairwise(bounds) for trimmed in _trimmed(text, start, end)]


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    part = text[start:end]
    if part.strip():
        yield start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at this stop."""
    mark = match[0].strip()
    if not mark:
        return True  # a blank line
    following = text[match.end() : match.end() + 40].lstrip(_OPENING)
    if mark[0] not in ".!?…;\u037e":
        return not (_QUOTE_GOES_ON.search(match[0]) and following.startswith(("と", "って", "との", "という")))
    if following[:1].islower() and not _NAME_IN_LOWER_CASE.match(following):
        return False
    if not following[:1].isalnum() and following[:1] not in ("§", "$", "\\", "\ue000"):
        return False
    return not (mark[0] == "." and "." not in mark[1:] and _is_abbreviated(text, match, following))


def _is_abbreviated(text: str, match: re.Match[str], following: str) -> bool:
    """Whether the full stop of `match` belongs to an abbreviation or an initial."""
    if match[0].rstrip()[1:]:
        return False  # closed by a quotation mark or bracket
    before = text[max(0, match.start() - 40) : match.start() + 1].split()
    last = before[-1].lstrip("([{\"'“‘«‹„*_") if before else ""
    word = re.match(r"\w+", following)
    if last.lower() in _NUMBERED:
        return bool(re.match(r"[\d§#]|[IVXLC]+\b|[A-Z]\b", following))
    may_end = bool(word and word[0].lower() in _STARTERS)
    if last.lower() in _ABBREVIATIONS:
        return not (may_end and last.lower() in _MAY_END)
    pair = f"{last} {following[:2]}", " ".join([*before[-2:-1], last])
    if any(two.lower().lstrip("(") in _SPACED for two in pair):
        return True
    return bool(re.fullmatch(r"(?:[^\W\d_]\.-?)+", last)) and last[0].isupper() and not may_end
