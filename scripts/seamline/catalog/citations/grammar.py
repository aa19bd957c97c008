"""Citations in Markdown, in Pandoc's forms, and what looks like one and is none.

    [@brooks2023, §3.2.1; see @brooks2023-code]    keys in a bracket, each with a prefix and a locator of its own
    [-@brooks2023]                                 as Pandoc's: without the authors' names, which a marker never has
    @brooks2023 [§3.2.1]                           the authors' names in the sentence, then the marker
    [@{brooks2023}, Table 1 [left]]                a key in braces; brackets inside a locator are balanced

This is the only reader of citations: `check`, pages and claims ask it. What holds an at sign and was not read is
`Unread`, so that no raw key reaches a page without a word. The grammar is that of the Pandoc User's Guide,
"Citation syntax", without bare keys in running text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from seamline.catalog.citations.brackets import AT_SIGNS, Bracket, Token, brackets_of, parents, tokens_of
from seamline.catalog.citations.markdown_code import Span, blanked, code_spans

_OUTSIDE = re.compile(
    r"\{\{(?:(?!\{\{).)*?\}\}|\{%(?:(?!\{%).)*?%\}"  # macros
    r"|(?<=\]\()[^()\n]*(?:\([^()\n]*\)[^()\n]*)*(?=\))"  # targets of links
    r"|^[ ]{0,3}\[(?![\^@＠﹫-])[^\]\n]+\]:[ \t]+\S+"  # definitions of links
    r"|\b(?:[a-z][a-z0-9+.-]*://|mailto:)[^\s<>\[\]]*",  # addresses
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_HTML = re.compile(r"<(style|script|pre|code|kbd|textarea)\b.*?</\1\s*>|</?[a-z][^<>]*>", re.DOTALL | re.IGNORECASE)
_DEFINED = re.compile(r"^[ ]{0,3}\[([^\]\n]+)\]:", re.MULTILINE)
_SEPARATOR = re.compile("[;；؛]")
_GAP = re.compile(r"[ \t]*\n?[ \t]*(?=\[(?!\^))")


@dataclass(frozen=True, slots=True)
class Citation:
    """One key of one group.

    Attributes:
        key: citation key as written; empty when a part of the bracket names none.
        locator: where in the source, `§3.2.1`; empty when not said.
        line: 1-based line of the group within the Markdown.
        start, end: span of the whole group, which several citations may share.
        prefix: words before the key, `see also`; empty when there are none.
        in_text: whether the authors' names stand in the sentence, `@brooks2023 [§3.2.1]`.
    """

    key: str
    locator: str
    line: int
    start: int
    end: int
    prefix: str = ""
    in_text: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that looks like a citation and was not read as one.

    Attributes:
        key: the key that it holds, if any.
        line: 1-based line within the Markdown.
        what, hint: what is wrong, and what to write instead.
        likely: false where it is a citation only if its key is a source's, as in a mail address.
    """

    key: str
    line: int
    what: str
    hint: str
    likely: bool = True


def find(markdown: str, html: bool = False) -> list[Citation]:
    """Citations in order; what stands in code, a comment, an address or the text of a link is none.

    Args:
        html: whether tags in the text are HTML, whose attributes and code are not prose.
    """
    return list(_read(markdown, html)[0])


def unread(markdown: str, html: bool = False) -> list[Unread]:
    """What looks like a citation and `find` does not return, in order of lines."""
    return list(_read(markdown, html)[1])


def unescaped(markdown: str) -> str:
    """`markdown` with `\\@` outside code as a plain at sign, which Markdown itself would not make of it."""
    if "\\@" not in markdown:
        return markdown
    outside = blanked(markdown, code_spans(markdown))
    for match in reversed(list(re.finditer(r"(?<!\\)\\@", outside))):
        markdown = f"{markdown[: match.start()]}&#64;{markdown[match.end() :]}"
    return markdown


@lru_cache(maxsize=64)
def _read(markdown: str, html: bool) -> tuple[tuple[Citation, ...], tuple[Unread, ...]]:
    if not any(sign in markdown for sign in AT_SIGNS):
        return (), ()
    reader = _Reader(markdown, html)
    return tuple(reader.citations), tuple(sorted(reader.unread, key=lambda one: one.line))


class _Reader:
    """One pass over one text: brackets as a tree, and each key in the innermost bracket around it."""

    def __init__(self, markdown: str, html: bool) -> None:
        self.text = markdown
        self.line_ends = [match.start() for match in re.finditer("\n", markdown)]
        spans = code_spans(markdown)
        self.prose = blanked(markdown, spans)
        self.labels = {label.casefold() for label in _DEFINED.findall(self.prose)}
        self.prose = _without(self.prose, _OUTSIDE)
        if html:
            self.prose = _without(self.prose, _HTML)
        self.brackets = list(brackets_of(self.prose))
        self.tokens = list(tokens_of(self.prose))
        self.starts = {bracket.start: bracket for bracket in self.brackets}
        self.parents = dict(parents(self.brackets, self.brackets))
        self.around = dict(parents(self.tokens, self.brackets))
        self.inner, self.owned = defaultdict[Bracket, list[Bracket]](list), defaultdict[Bracket, list[Token]](list)
        for bracket, parent in self.parents.items():
            if parent:
                self.inner[parent].append(bracket)
        for token, around in self.around.items():
            if around:
                self.owned[around].append(token)
        self.citations: list[Citation] = []
        self.unread: list[Unread] = []
        self._fences_without_end(spans)
        self._read_groups()
        self.citations.sort(key=lambda one: one.start)

    def _read_groups(self) -> None:
        taken: set[Bracket] = set()
        consumed: set[Token] = set()
        for token in self.tokens:
            suffix = self._suffix(token)
            if suffix and not any(one in taken for one in self._outwards(self.around[token])):
                taken.add(suffix)
                consumed.add(token)
                self._group(Bracket(token.start, suffix.end), suffix, token)
        for bracket in self.brackets:
            if bracket in taken or not any(token.likely for token in self.owned[bracket]) or self._is_link(bracket):
                continue
            if any(one in taken for one in self._outwards(self.parents[bracket])):
                self._miss(
                    self.owned[bracket][0], "is a citation inside another", "put both into one bracket, with a `;`"
                )
            else:
                self._group(bracket, bracket)
            taken.add(bracket)
        for token in self.tokens:
            if token not in consumed and not any(one in taken for one in self._outwards(self.around[token])):
                self._loose(token)

    def _outwards(self, bracket: Bracket | None) -> Iterator[Bracket]:
        """`bracket`, the one around it, and so on."""
        while bracket is not None:
            yield bracket
            bracket = self.parents[bracket]

    def _suffix(self, token: Token) -> Bracket | None:
        """The bracket right behind a key in running text, in which its locator stands."""
        gap = _GAP.match(self.prose, token.end)
        if not gap or not token.key or token.wide or not token.likely:
            return None
        if not all(self._is_link(one) for one in self._outwards(self.around[token])):
            return None
        bracket = self.starts.get(gap.end())
        return bracket if bracket and not self._is_link(bracket) else None

    def _group(self, whole: Bracket, bracket: Bracket, before: Token | None = None) -> None:
        """The citations of one bracket, and of the key `before` it, if any."""
        span = (self._line(whole.start), whole.start, whole.end)
        named = bool(before) and not self.prose.startswith("-", whole.start)
        parts = [
            (start, end, [token for token in self.owned[bracket] if start <= token.start < end])
            for start, end in self._parts(bracket)
        ]
        if before:
            own = "" if parts[0][2] else self._locator(*parts[0][:2])
            self.citations.append(Citation(before.key, own, *span, in_text=named))
            parts = parts if parts[0][2] else parts[1:]
        for start, end, tokens in parts:
            if not tokens:
                self.citations.append(Citation("", self._locator(start, end), *span))
            elif len(tokens) > 1:
                self._miss(tokens[1], "is the second key in one part of a citation", "put a `;` between two sources")
            elif tokens[0].wide:
                self._loose(tokens[0])
            else:
                prefix = " ".join(self.text[start : tokens[0].start].split())
                locator = self._locator(tokens[0].end, end)
                self.citations.append(Citation(tokens[0].key, locator, *span, prefix=prefix))

    def _parts(self, bracket: Bracket) -> Iterator[tuple[int, int]]:
        """Spans of what semicolons separate in a bracket; those in brackets inside it do not count."""
        inside = blanked(self.prose[: bracket.end - 1], [Span(*one, "code") for one in self.inner[bracket]])
        start = bracket.start + 1
        for mark in _SEPARATOR.finditer(inside, start):
            yield start, mark.start()
            start = mark.end()
        yield start, bracket.end - 1

    def _is_link(self, bracket: Bracket) -> bool:
        behind = self.prose[bracket.end : bracket.end + 1]
        if behind == "(" or self._label(bracket) in self.labels:
            return True
        return behind == "[" and bracket.end in self.starts and self._label(self.starts[bracket.end]) in self.labels

    def _label(self, bracket: Bracket) -> str:
        return self.prose[bracket.start + 1 : bracket.end - 1].casefold()

    def _loose(self, token: Token) -> None:
        """A key that no group took."""
        if not token.key:
            return
        around = next((one for one in self._outwards(self.around[token]) if self._is_link(one)), None)
        before = self.prose[max(0, token.start - 200) : token.start].rpartition("\n")[2]
        if around and self.prose.startswith(":", around.end) and not before.rpartition("[")[0].strip():
            self._miss(token, "stands where Markdown defines a link", "put words before the bracket")
        elif around:
            hint = f"write `[@{token.key}]` behind the link"
            self._miss(token, "stands in the text of a link and is not read as a citation", hint, likely=False)
        elif token.wide:
            self._miss(token, "has a full-width at sign and is not read", f"write `[@{token.key}]` with a plain `@`")
        elif "[" in before.rpartition("]")[2] and not self.around[token]:
            self._miss(token, "stands in a bracket that is not closed", f"write `[@{token.key}]`", token.likely)
        else:
            hint = (
                f"write `[@{token.key}]`, or `@{token.key} [§2]` to name its authors in the sentence; "
                "code goes in backticks, and `\\@` is an at sign that cites nothing"
            )
            self._miss(token, "stands outside square brackets and is not read as a citation", hint, token.likely)

    def _miss(self, token: Token, what: str, hint: str, likely: bool = True) -> None:
        self.unread.append(Unread(token.key, self._line(token.start), what, hint, likely))

    def _fences_without_end(self, spans: list[Span]) -> None:
        for span in spans:
            if not span.closed and any(sign in self.text[span.start : span.end] for sign in AT_SIGNS):
                hint = "close it with a line of the same signs; until then Markdown takes it for text"
                self.unread.append(Unread("", self._line(span.start), "a fence of code is never closed", hint))

    def _line(self, at: int) -> int:
        return bisect_left(self.line_ends, at) + 1

    def _locator(self, start: int, end: int) -> str:
        """Words behind a key: without the comma or colon before them, and the braces of Pandoc's explicit locators."""
        text = re.sub(r"^[,:，：、،]\s*", "", " ".join(self.text[start:end].split()))
        return re.sub(r"^\{([^{}]*)\}", r"\1", text).strip()


def _without(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), text)
