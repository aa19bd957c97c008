"""The picture that stands for a page where its address is shared: what the model was given beside what it made of it.

A card says in the picture and in its metadata that a model made what it shows, as it is passed on without the page.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.runs.store.encoding import packet
from seamline.site.sharing.page_facts import Picture

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)
"""Width and height in pixels: 1.91 to 1, which the services that show cards ask for."""
SUFFIX = ".jpg"
"""All of them read JPEG; some do not read WebP."""

_MARGIN, _GAP = 48, 24
_PAPER, _INK, _FAINT, _ACCENT = "#fffdf9", "#1f1d2b", "#5d5a6b", "#5b4bd6"
_TITLE, _SMALL, _PLAIN_TITLE, _WORDS = 46, 24, 84, 36
_QUALITY = 82
_FONT = "assets/fonts/newsreader-560.woff2"


@dataclass(frozen=True, slots=True)
class CardText:
    """The words of a card: the page's title, the name of the site, and, where there is no picture, a sentence."""

    title: str
    site: str
    words: str = ""


def card(text: CardText, picture: Picture | None, folder: Path) -> bytes:
    """A card as a JPEG file of `SIZE`.

    A title in a script that the font lacks is left out: boxes in place of letters say nothing, and whoever shows
    the card writes the title beside it.

    Args:
        picture: what the page shows; without one the card is of words alone.
        folder: of the site, in which the picture's path is looked up.

    Raises:
        OSError: the picture cannot be read.
    """
    from PIL import Image, ImageDraw

    canvas = Image.new("RGB", SIZE, _PAPER)
    pen = ImageDraw.Draw(canvas)
    pen.rectangle((0, 0, SIZE[0], 10), fill=_ACCENT)
    if picture is None:
        _words_alone(pen, text)
        return _jpeg(canvas, packet(None, sample=text.title))
    top = _MARGIN
    for line in _lines(text.title, _TITLE, SIZE[0] - 2 * _MARGIN, most=2):
        pen.text((_MARGIN, top), line, font=_font(_TITLE), fill=_INK)
        top += round(_TITLE * 1.2)
    bottom = SIZE[1] - _MARGIN - _SMALL
    shown = [(picture.before, "Input image")] if picture.before else []
    shown.append((picture.path, f"{picture.noun}"))
    pieces = _side_by_side(len(shown), picture, top + _GAP, bottom - _GAP - round(_SMALL * 1.6))
    for (path, words), (left, upper, width, height) in zip(shown, pieces, strict=True):
        with Image.open(folder / path) as opened:
            canvas.paste(opened.convert("RGB").resize((width, height), Image.Resampling.LANCZOS), (left, upper))
        pen.text((left, upper + height + 8), words, font=_font(_SMALL), fill=_INK)
    room = SIZE[0] - 2 * _MARGIN - _at_right(pen, text.site, bottom)
    pen.text((_MARGIN, bottom), _fitting(picture.credit, _SMALL, room), font=_font(_SMALL), fill=_FAINT)
    mark = packet(picture.provenance, sample=picture.sample, made_by=picture.made_by, instruction=picture.instruction)
    return _jpeg(canvas, mark)


def can_be_read(folder: Path, picture: Picture) -> bool:
    """Whether the picture, and the one before it, are there and whole."""
    from PIL import Image

    try:
        for path in filter(None, (picture.path, picture.before)):
            with Image.open(folder / path) as opened:
                opened.load()
    except (OSError, SyntaxError, ValueError):
        return False
    return True


def _side_by_side(count: int, picture: Picture, top: int, bottom: int) -> Iterator[tuple[int, int, int, int]]:
    """Left, top, width and height of each picture: as large as the room allows, in its own proportions."""
    room = (SIZE[0] - 2 * _MARGIN - (count - 1) * _GAP) // count
    scale = min(room / picture.width, (bottom - top) / picture.height)
    width, height = round(picture.width * scale), round(picture.height * scale)
    for place in range(count):
        yield _MARGIN + place * (width + _GAP), top, width, height


def _words_alone(pen: Any, text: CardText) -> None:
    width = SIZE[0] - 4 * _MARGIN
    lines = [(line, _PLAIN_TITLE, _INK) for line in _lines(text.title, _PLAIN_TITLE, width, most=3)]
    lines += [(line, _WORDS, _FAINT) for line in _lines(text.words, _WORDS, width, most=4)]
    top = (SIZE[1] - sum(round(size * 1.3) for _, size, _ in lines)) // 2
    for line, size, colour in lines:
        pen.text((2 * _MARGIN, top), line, font=_font(size), fill=colour)
        top += round(size * 1.3)


def _at_right(pen: Any, words: str, top: int) -> int:
    """Write the words at the right; the width that they take, with a gap."""
    if not _has_letters(words):
        return 0
    name = _fitting(words, _SMALL, 300)
    width = round(_font(_SMALL).getlength(name))
    pen.text((SIZE[0] - _MARGIN - width, top), name, font=_font(_SMALL), fill=_ACCENT)
    return width + _GAP


def _lines(words: str, size: int, width: int, most: int) -> Sequence[str]:
    """The words in lines no wider than `width` pixels, at most `most`, the last cut short if need be."""
    if not _has_letters(words):
        return ()
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or _font(size).getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [_fitting(line, size, width) for line in lines]


def _fitting(words: str, size: int, width: int) -> str:
    """The words, cut short with an ellipsis where they are wider than `width` pixels."""
    if _font(size).getlength(words) <= width:
        return words
    while words and _font(size).getlength(f"{words}…") > width:
        words = words[:-1]
    return f"{words.rstrip()}…"


def _has_letters(words: str) -> bool:
    """Whether the font has each letter; where it lacks one it would draw nothing or a box."""
    return all(letter.isspace() or _has(letter) for letter in words)


@cache
def _has(letter: str) -> bool:
    font = _font(_SMALL)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))


@cache
def _font(size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(io.BytesIO((files("seamline.site") / _FONT).read_bytes()), size)


def _jpeg(canvas: Any, xmp: bytes) -> bytes:
    buffer = io.BytesIO()
    canvas.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True, xmp=xmp)
    return buffer.getvalue()
