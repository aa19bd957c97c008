"""The same search index from the same pages: Pagefind 1.5 lists the values of its filters in an order of chance.

Two files of an index depend on that order: those of filters, and the one that names them. They are written anew with
names and values sorted, under names that follow from their content. A reader's search finds files by the names in
`pagefind-entry.json`, and reads values in any order.

Source: RFC 8949 (CBOR), section 3, of which Pagefind writes whole numbers, texts and arrays of known length.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

_MARK = b"pagefind_dcd"
_NUMBER, _TEXT, _ARRAY = 0, 3, 4
_FILTERS = 3
"""Place of the filters in the file that names the parts of an index."""


def settle(index: Path) -> bool:
    """Sort what is in an order of chance; whether that could be done. An index in another form stays as it is."""
    try:
        entry = json.loads((index / "pagefind-entry.json").read_text("utf-8"))
        for language, one in entry["languages"].items():
            one["hash"] = _settled(index, language, one["hash"])
    except (OSError, ValueError, TypeError, LookupError):
        return False
    (index / "pagefind-entry.json").write_text(json.dumps(entry, ensure_ascii=False, separators=(",", ":")), "utf-8")
    return True


def _settled(index: Path, language: str, name: str) -> str:
    meta = index / f"pagefind.{name}.pf_meta"
    parts = _read(meta)
    for one in parts[_FILTERS]:
        file = index / "filter" / f"{one[1]}.pf_filter"
        heading, values = _read(file)
        written = _written([heading, sorted(values)])
        one[1] = f"{language}_{_digest(written, 7)}"
        _replace(file, file.with_name(f"{one[1]}.pf_filter"), written)
    parts[_FILTERS].sort()
    written = _written(parts)
    name = f"{language}_{_digest(written, 10)}"
    _replace(meta, index / f"pagefind.{name}.pf_meta", written)
    return name


def _digest(data: bytes, letters: int) -> str:
    return hashlib.sha256(data).hexdigest()[:letters]


def _replace(old: Path, new: Path, content: bytes) -> None:
    old.unlink()
    new.write_bytes(gzip.compress(_MARK + content, mtime=0))


def _read(file: Path) -> Any:
    data = gzip.decompress(file.read_bytes())
    if not data.startswith(_MARK):
        raise ValueError("not a file of a Pagefind index")
    value, end = _value(data, len(_MARK))
    if end != len(data):
        raise ValueError("more than one value")
    return value


def _value(data: bytes, at: int) -> tuple[Any, int]:
    kind, small = divmod(data[at], 32)
    size = {24: 1, 25: 2, 26: 4, 27: 8}.get(small, 0)
    if small > 27 or kind not in (_NUMBER, _TEXT, _ARRAY):
        raise ValueError(f"CBOR of another kind at byte {at}")
    at += 1
    number = int.from_bytes(data[at : at + size], "big") if size else small
    at += size
    if kind == _NUMBER:
        return number, at
    if kind == _TEXT:
        return data[at : at + number].decode(), at + number
    items = []
    for _ in range(number):
        item, at = _value(data, at)
        items.append(item)
    return items, at


def _written(value: Any) -> bytes:
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(map(_written, value))
    if isinstance(value, str):
        data = value.encode()
        return _head(_TEXT, len(data)) + data
    return _head(_NUMBER, value)


def _head(kind: int, number: int) -> bytes:
    if number < 24:
        return bytes([32 * kind + number])
    size = next(size for size in (1, 2, 4, 8) if number < 256**size)
    return bytes([32 * kind + {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + number.to_bytes(size, "big")
