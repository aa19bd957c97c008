"""SVG text, element by element, and how much room words need.

Drawings are made where no font can be measured, and read in fonts nobody chose: widths here are those of DejaVu Sans,
the widest of the usual sans-serif faces, rounded up. Text laid out by them fits in narrower faces too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

from seamline.errors import WorkflowError

_WIDTHS = (
    ("ijlI.,:;'‘’|! ·", 0.35),
    ("()[]-/\\", 0.41),
    ('frt“”"', 0.52),
    ("mwMW@%…", 1.04),
    ("+<=>~#×−→∅&←", 0.88),
    ("ABCDEFGHJKLNOPQRSTUVXYZ", 0.79),
)
_WIDTH_OF = {character: width for characters, width in _WIDTHS for character in characters}
_BOLD, _MONO = 1.12, 0.62


@dataclass(frozen=True)
class Face:
    """A size of type, in user units."""

    size: float
    bold: bool = False
    mono: bool = False

    @property
    def leading(self) -> float:
        """Distance between two baselines."""
        return round(self.size * 1.4, 1)


def number(value: float) -> str:
    """A coordinate with at most one decimal, the same on every machine."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Text on one line without characters that XML forbids or that reorder what follows them."""
    if not text.isprintable():  # which nearly all text is, and then has nothing to leave out
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_printable(c))
    return " ".join(text.split())


def _is_printable(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cs", "Cn", "Co") and character not in _REORDERING


_REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def width_of(text: str, face: Face) -> float:
    """A width in user units that the text does not exceed in any usual face."""
    if face.mono:
        return sum(_MONO if c.isascii() else 1.1 for c in text) * face.size
    return sum(map(_em, text)) * face.size * (_BOLD if face.bold else 1)


@cache
def _em(character: str) -> float:
    if character in _WIDTH_OF:
        return _WIDTH_OF[character]
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if character.isascii() or ord(character) < 0x250:
        return 0.7
    return 1.2 if unicodedata.east_asian_width(character) in "WF" else 1.0


def wrap(text: str, width: float, face: Face, most: int = 99) -> list[str]:
    """Break text into lines that fit: at spaces, and inside a word only where it is too long for a line of its own.

    Args:
        text: cleaned here; may be empty, which gives no line.
        width: of the column, in user units.
        most: number of lines; where more are needed, the last one ends in an ellipsis.
    """
    lines: list[str] = []
    line = ""
    for word in clean(text).split():
        gap = " " if line else ""
        for piece in _pieces(word, width, face):
            if width_of(line + gap + piece, face) <= width:
                line += gap + piece
            else:
                lines += [line] if line else []
                line = piece
            gap = ""
    lines += [line] if line else []
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], _shortened(lines[most - 1], width, face)]


def _pieces(word: str, width: float, face: Face) -> list[str]:
    """A word whole if a line holds it; else cut after hyphens and slashes, and anywhere where that is not enough."""
    if width_of(word, face) <= width:
        return [word]
    pieces = []
    for part in re.findall(r"[^/-]*[/-]|[^/-]+", word):
        rest = part
        while width_of(rest, face) > width and len(rest) > 1:
            fitting = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or width_of(rest[:n], face) <= width)
            pieces.append(rest[:fitting])
            rest = rest[fitting:]
        pieces.append(rest)
    return pieces


def _shortened(line: str, width: float, face: Face) -> str:
    while line and width_of(line + "…", face) > width:
        line = line[:-1]
    return line.rstrip() + "…"


def element(name: str, *content: str, **attributes: str | float | None) -> str:
    """One element. Attribute names lose a trailing underscore and turn inner ones into hyphens; None leaves one out.

    Attribute values are escaped; content is taken as markup already made by this module.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inner = "".join(content)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return escape(clean(value)) if isinstance(value, str) else number(value)


def words(text: str) -> str:
    """Text as content of an element."""
    return escape(clean(text), quote=False)


def text_lines(lines: Sequence[str], x: float, y: float, face: Face, class_: str, anchor: str | None = None) -> str:
    """Lines of text, the first one's baseline at `y`."""
    return "".join(
        element("text", words(line), x=x, y=y + place * face.leading, class_=class_, text_anchor=anchor)
        for place, line in enumerate(lines)
    )


def safe_href(href: str) -> str:
    """The address, if following it can only open a page or a picture.

    Raises:
        WorkflowError: it is neither relative nor http(s) nor a picture given inline.
    """
    # Browsers drop white space and control characters before they look for a scheme.
    scheme = re.match(r"[^/?#:]*:", re.sub(r"[\x00-\x20]", "", href))
    if scheme and not re.match(r"https?://|data:image/(webp|png|jpeg);base64,", href):
        raise WorkflowError("an address that a drawing may not hold", where=href[:80], hint="give a relative path")
    return href
