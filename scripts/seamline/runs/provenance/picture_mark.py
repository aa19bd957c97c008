"""The mark in a picture's file, which says that Seamline wrote it, of which sample, and what drew it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_NAMES = {
    "creator": "{http://ns.adobe.com/xap/1.0/}CreatorTool",
    "sample": "{http://purl.org/dc/elements/1.1/}identifier",
    "source_type": "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType",
    "made_by": "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}AISystemUsed",
    "instruction": "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}AIPromptInformation",
}
_LONGEST = 65_536
"""Bytes of a packet; ours have a thousandth of it, and nothing longer is worth parsing."""

CREATOR = "Seamline"
LIVE = "live"
"""What stands for the sample in a picture that was edited in a reader's page."""
RECIPE = "Seamline recipe"
"""Name of the text in such a picture's file that holds its recipe."""


@dataclass(frozen=True)
class PictureMark:
    """What a picture says of itself.

    Attributes:
        sample: id of the sample; `live` for a picture that was edited in a reader's page.
        source_type: IPTC's digital source type; empty for a photo.
        made_by, instruction: label of the weights and the text, of what a model made.
        recipe: a sample as YAML, of a picture that was edited in a reader's page.
    """

    sample: str
    source_type: str = ""
    made_by: str = ""
    instruction: str = ""
    recipe: str = ""


def read_mark(path: Path) -> PictureMark | None:
    """The mark of a picture; None where the file is no picture, has no mark, or that of another program.

    Raises:
        OSError: the file cannot be read.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            info = dict(picture.info)
    except (UnidentifiedImageError, Image.DecompressionBombError, ValueError, SyntaxError):
        return None
    facts = _facts(info.get("xmp") or info.get("XML:com.adobe.xmp") or b"")
    if facts.pop("creator", "") != CREATOR or not facts.get("sample"):
        return None
    recipe = info.get(RECIPE)
    return PictureMark(**facts, recipe=recipe if isinstance(recipe, str) else "")


def _facts(packet: Any) -> dict[str, str]:
    data = packet.encode() if isinstance(packet, str) else packet
    # A document type can make a small file expand to gigabytes, and no packet has one.
    if not isinstance(data, bytes) or len(data) > _LONGEST or b"<!" in data:
        return {}
    try:
        tree = ElementTree.fromstring(data.strip(b"\0 \n"))
    except ElementTree.ParseError:
        return {}
    found = {name: tree.find(f".//{tag}") for name, tag in _NAMES.items()}
    return {name: (element.text or "").strip() for name, element in found.items() if element is not None}
