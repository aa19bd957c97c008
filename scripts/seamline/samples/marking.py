"""Pixels -> WebP that says, wherever the file goes, what made it.

The mark is XMP: `Iptc4xmpExt:DigitalSourceType` from the IPTC vocabulary, and for what
a model drew `AISystemUsed` (the weights) and `AIPromptInformation` (the instruction).

| picture | digital source type |
|---|---|
| drawn by a model from a picture | `compositeWithTrainedAlgorithmicMedia` |
| computed: a scene, the truth, a paste, a mask, an attention map | `algorithmicMedia` |
| a photo | none of ours to give |
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from seamline.samples.records import DRAWN_BY_MODEL, Role

if TYPE_CHECKING:
    from seamline.samples.cells import Picture

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
EDITED_BY_AI = _VOCABULARY + "compositeWithTrainedAlgorithmicMedia"
COMPUTED = _VOCABULARY + "algorithmicMedia"

_LOSSLESS: frozenset[Role] = frozenset({"region", "attention"})
_QUALITY = 86
_QUALITY_OF_NOISE = 60
"""Noise takes the most bytes of all, and nobody can tell one grain of it from another."""
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
{properties}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def source_type(role: Role, *, of_photo: bool) -> str | None:
    """IPTC digital source type of a picture, or None where it is not ours to say."""
    if role in DRAWN_BY_MODEL:
        return EDITED_BY_AI
    return None if of_photo and role == "input" else COMPUTED


def packet(role: Role, *, sample: str, weights: str, instruction: str | None, of_photo: bool = False) -> bytes:
    """The XMP packet of a picture of a run; `weights` is their label."""
    properties = {"dc:identifier": sample, "xmp:CreatorTool": "Seamline"}
    kind = source_type(role, of_photo=of_photo)
    if kind:
        properties["Iptc4xmpExt:DigitalSourceType"] = kind
    if role in DRAWN_BY_MODEL:
        properties["Iptc4xmpExt:AISystemUsed"] = weights
        properties["Iptc4xmpExt:AIPromptInformation"] = instruction or ""
    lines = (f"<{name}>{escape(value)}</{name}>" for name, value in properties.items())
    return _PACKET.format(properties="\n".join(lines)).encode()


def webp(picture: Picture, role: Role, xmp: bytes) -> bytes:
    """A picture, (H,W,3) or (H,W) uint8, as the bytes of a WebP file that carries `xmp`."""
    from PIL import Image

    buffer = io.BytesIO()
    image = Image.fromarray(picture).convert("RGB")
    quality = _QUALITY_OF_NOISE if role == "noisy" else _QUALITY
    image.save(buffer, "WEBP", lossless=role in _LOSSLESS, quality=quality, method=6, xmp=xmp)
    return buffer.getvalue()


def perceptual_hash(picture: Picture) -> str:
    """64 bit perceptual hash (imagehash's `phash`), in hex."""
    import imagehash
    from PIL import Image

    return str(imagehash.phash(Image.fromarray(picture)))
