"""How much room words need, and text broken into lines.

Drawings are made where no font can be measured, and read in fonts nobody chose: widths here are those of DejaVu Sans,
the widest of the usual sans-serif faces, rounded up. Text laid out by them fits in narrower faces too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from seamline.diagrams.svg import clean, element, joined

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


def text_lines(lines: Sequence[str], x: float, y: float, face: Face, class_: str, anchor: str | None = None) -> Markup:
    """Lines of text, the first one's baseline at `y`."""
    return joined(
        *(
            element("text", line, x=x, y=y + place * face.leading, class_=class_, text_anchor=anchor)
            for place, line in enumerate(lines)
        )
    )
