"""Artifacts -> files that say, wherever they go, what made them; and back.

How follows from the port type (`PortType.kept_as`):

| kept as | file |
|---|---|
| `picture` | WebP; lossless where another step reads it |
| `grey` | lossless WebP, grey |
| `alpha` | lossless WebP: white, with the matte as its alpha channel |
| `grey 16` | PNG of 16 bits, grey |
| `text` | UTF-8 |

Pictures carry an XMP packet with IPTC's digital source type: `trainedAlgorithmicMedia` for what a model made
altogether, `compositeWithTrainedAlgorithmicMedia` for a picture that it altered, `algorithmicMedia` for what was
computed; none for a photo, of which it is not ours to say.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from seamline.blocks.ports import port_type
from seamline.errors import RunError
from seamline.runners.base import Provenance, Value

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES: Mapping[Provenance, str] = {
    "trained": _VOCABULARY + "trainedAlgorithmicMedia",
    "trained-composite": _VOCABULARY + "compositeWithTrainedAlgorithmicMedia",
    "computed": _VOCABULARY + "algorithmicMedia",
}

_QUALITY = 86
_QUALITY_OF_NOISE = 60
"""Noise takes the most bytes of all, and nobody can tell one grain of it from another."""
_QUALITY_OF_VIEWS = 70
"""Many views lie in one file, and each is shown small and in motion."""
_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
{properties}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An artifact's file.

    Attributes:
        suffix: of its name, `.webp`.
        width, height: in pixels; 0 for what is no picture.
        phash: 64 bit perceptual hash (imagehash's `phash`) of a picture, in hex; else empty.
    """

    data: bytes
    suffix: str
    width: int = 0
    height: int = 0
    phash: str = ""


def packet(provenance: Provenance | None, *, sample: str, made_by: str = "", instruction: str = "") -> bytes:
    """The XMP packet of a picture of a run.

    Args:
        made_by: label of the weights, for what a model made.
        instruction: its text, likewise.
    """
    properties = {"dc:identifier": sample, "xmp:CreatorTool": "Seamline"}
    if provenance:
        properties["Iptc4xmpExt:DigitalSourceType"] = SOURCE_TYPES[provenance]
    if provenance and provenance != "computed":
        properties["Iptc4xmpExt:AISystemUsed"] = made_by
        properties["Iptc4xmpExt:AIPromptInformation"] = instruction
    lines = (f"<{name}>{escape(value)}</{name}>" for name, value in properties.items())
    return _PACKET.format(properties="\n".join(lines)).encode()


def encode(value: Value, type_code: str, xmp: bytes, *, lossless: bool = False, low_fidelity: bool = False) -> Encoded:
    """The file of an artifact.

    Args:
        value: as `seamline.runners.base.Value` says for its type.
        xmp: what pictures carry, from `packet`.
        lossless: whether every pixel must come back as it was.
        low_fidelity: whether a lower quality will do.

    Raises:
        RunError: nothing is known of how to keep such a type.
    """
    kept_as = port_type(type_code).kept_as
    if isinstance(value, str):
        return Encoded(value.encode(), ".txt")
    from PIL import Image

    buffer = io.BytesIO()
    if kept_as == "grey 16":
        _png_16_bit(value, xmp, buffer)
        picture, suffix = _grey(value), ".png"
    elif kept_as in ("picture", "grey", "alpha"):
        picture, suffix = _grey(value) if value.ndim == 2 else value, ".webp"
        image = _as_alpha(value) if kept_as == "alpha" else Image.fromarray(picture).convert("RGB")
        exact = lossless or kept_as != "picture"
        quality = _QUALITY_OF_NOISE if low_fidelity else _QUALITY_OF_VIEWS if type_code == "Views" else _QUALITY
        image.save(buffer, "WEBP", lossless=exact, exact=kept_as == "alpha", quality=quality, method=6, xmp=xmp)
    else:
        raise RunError(f"nothing is known of how to keep an output of type `{type_code}`", hint="see `blocks.ports`")
    height, width = picture.shape[:2]
    return Encoded(buffer.getvalue(), suffix, width, height, perceptual_hash(picture))


def decode(data: bytes, type_code: str) -> Value:
    """The value that an artifact's file holds: what a later step reads, whether it runs now or another day."""
    kept_as = port_type(type_code).kept_as
    if kept_as == "text":
        return data.decode()
    import numpy as np
    from PIL import Image

    image = Image.open(io.BytesIO(data))
    if kept_as == "grey 16":
        return np.asarray(image, dtype=np.float32) / np.float32(65535)
    if kept_as == "alpha":
        return np.asarray(image.convert("RGBA"))[..., 3]
    pixels = np.asarray(image.convert("RGB"))
    return pixels[..., 0] if kept_as == "grey" else pixels


def perceptual_hash(picture: NDArray[np.uint8]) -> str:
    """64 bit perceptual hash (imagehash's `phash`), in hex."""
    import imagehash
    from PIL import Image

    return str(imagehash.phash(Image.fromarray(picture)))


def _grey(value: NDArray[Any]) -> NDArray[np.uint8]:
    """A map (H,W), uint8 or in 0..1, as a grey picture (H,W,3) uint8."""
    import numpy as np

    grey = value if value.dtype == np.uint8 else (value * 255).round().astype("uint8")
    return np.repeat(grey[..., None], 3, axis=-1)


def _as_alpha(value: NDArray[Any]) -> Any:
    import numpy as np
    from PIL import Image

    pixels = np.full((*value.shape[:2], 4), 255, np.uint8)
    pixels[..., 3] = _grey(value)[..., 0]
    return Image.fromarray(pixels, "RGBA")


def _png_16_bit(value: NDArray[Any], xmp: bytes, buffer: io.BytesIO) -> None:
    import numpy as np
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", xmp.decode())
    steps = value.astype(np.float64) if value.dtype != np.uint8 else value / 255
    Image.fromarray((steps.clip(0, 1) * 65535).round().astype(np.uint16)).save(buffer, "PNG", pnginfo=info)
