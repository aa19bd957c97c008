"""Records that notice a change: the first line of a sealed JSON file holds the sha256 of the rest.

    {"sha256": "…",
     "key": …
    }

The file stays JSON. One flipped bit, a figure changed by hand or half a file no longer
matches its seal. A seal keeps mistakes and wishes out; it is no signature.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from seamline.errors import RecordError

_SEAL = re.compile(rb'\{"sha256": "([0-9a-f]{64})",\n')


def sealed(text: str) -> bytes:
    """A JSON object, written as `{` and a newline and more, with its seal."""
    body = text.removeprefix("{\n").removesuffix("\n").encode() + b"\n"
    return b'{"sha256": "%s",\n' % hashlib.sha256(body).hexdigest().encode() + body


def read_sealed(path: Path, remedy: str) -> bytes | None:
    """The JSON object in a sealed file, without its seal; None where there is no file.

    Args:
        remedy: what mends a file that is not to be trusted.

    Raises:
        RecordError: it cannot be read, or was torn or altered.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordError(f"cannot be read: {error.strerror}", where=str(path), hint=remedy) from error
    seal = _SEAL.match(raw)
    if seal is None or hashlib.sha256(raw[seal.end() :]).hexdigest().encode() != seal[1]:
        raise RecordError("was torn or altered: it does not match its own sha256", where=str(path), hint=remedy)
    return b"{" + raw[seal.end() :]
