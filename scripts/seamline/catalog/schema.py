"""JSON Schemas of the catalog's files, for editors, and the table of fields, for the docs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pydantic

from seamline.catalog.entries import Entry
from seamline.catalog.patterns import PATTERNS
from seamline.catalog.writing import KINDS
from seamline.errors import SeamlineError
from seamline.files import write_if_changed

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a file.

    Attributes:
        name: dotted path, `input.scene.seed`; `[]` stands for each entry of a list.
        type: in words, with its bounds.
        default: what holds when the field is left out; `required` when it may not be.
    """

    name: str
    type: str
    default: str
    description: str


def schemas() -> dict[str, str]:
    """Text of each schema by file name: `question.json`, `model.json`, `paper.json`, `sample.json`."""
    return {f"{kind}.json": _text(schema_of(entry)) for entry, kind in KINDS.items()}


def write_schemas(root: Path) -> tuple[str, ...]:
    """Write the schemas to `catalog/schema/` of the project in `root`; tell which files changed."""
    texts = {f"catalog/schema/{name}": text for name, text in _remembered(root).items()}
    return tuple(name for name, text in texts.items() if write_if_changed(root / name, text))


def drifted_schemas(root: Path) -> tuple[str, ...]:
    """Names of schemas in `catalog/schema/` that are missing or not what `schemas` says; none where no folder is."""
    folder = root / "catalog" / "schema"
    if not folder.is_dir():
        return ()
    return tuple(name for name, text in _remembered(root).items() if _read(folder / name) != text)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _remembered(root: Path) -> dict[str, str]:
    """What `schemas` gives, kept in `.cache/schemas.json` with a digest of the sources it was generated from.

    The cache is a convenience: without it, or with a damaged one, the schemas are generated anew.
    """
    file, sources = root / ".cache" / "schemas.json", _sources()
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(file.read_bytes())
        if kept["sources"] == sources:
            return dict(kept["schemas"])
    texts = schemas()
    with suppress(OSError, SeamlineError):
        file.parent.mkdir(exist_ok=True)
        write_if_changed(file, json.dumps({"sources": sources, "schemas": texts}))
    return texts


def _sources() -> str:
    """sha256 over everything that decides the schemas: this room, block names, what a scene can be, and pydantic."""
    digest = hashlib.sha256(pydantic.VERSION.encode())
    rooms = (*sorted((_PACKAGE / "catalog").glob("*.py")), *sorted((_PACKAGE / "blocks").glob("*.py")))
    for path in (*rooms, _PACKAGE / "scenes" / "state.py"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def schema_of(entry: type[Entry]) -> dict[str, Any]:
    """JSON Schema of a class of entries; truth values are those that a scene can take."""
    from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **entry.model_json_schema()}
    parts = schema.get("$defs", {})
    if "SwapTruth" in parts:
        values = {name: {"enum": list(row)} for name, row in IDENTITY_GRID.items()}
        parts["SwapTruth"]["properties"]["to"] |= {"properties": values, "additionalProperties": False}
        parts["AttributeTruth"]["properties"]["attribute"]["enum"] = list(IDENTITY_GRID)
        parts["ExpressionTruth"]["properties"]["expression"]["enum"] = list(EXPRESSIONS)
    seven: dict[str, Any] = _seven(schema)
    return seven


def field_table(kind: str) -> tuple[FieldRow, ...]:
    """Every field of the files of `kind` (`question`, `model`, `paper`, `sample`), nested ones after their parent."""
    entry = next(entry for entry, name in KINDS.items() if name == kind)
    schema = schema_of(entry)
    return tuple(_rows(schema, schema.get("definitions", {}), ""))


def _rows(schema: dict[str, Any], parts: dict[str, Any], prefix: str) -> Iterator[FieldRow]:
    for name, field in schema.get("properties", {}).items():
        required = name in schema.get("required", ())
        yield FieldRow(f"{prefix}{name}", _words(field, parts), _default(field, required), field.get("description", ""))
        inner = _part(field, parts)
        if inner:
            yield from _rows(inner, parts, f"{prefix}{name}.")
        elif item := _part(_alternative(field).get("items", {}), parts):
            yield from _rows(item, parts, f"{prefix}{name}[].")


def _words(field: dict[str, Any], parts: dict[str, Any]) -> str:
    field = _alternative(field)
    if _part(field, parts):
        return "fields below"
    if "enum" in field:
        return "one of " + ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_words(field.get('items', {}), parts)}" + _bounds(field, "minItems", "maxItems", " entries")
    if field.get("type") == "string":
        return PATTERNS.get(field.get("pattern", ""), "text")
    return _TYPES[field["type"]] + _bounds(field, "minimum", "maximum", "")


_TYPES = {
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "object": "`name: value` lines",
}


def _bounds(field: dict[str, Any], low: str, high: str, unit: str) -> str:
    said = [
        f"{words} {field[bound]}{unit}"
        for bound, words in (
            (low, "at least"),
            ("exclusiveMinimum", "over"),
            (high, "at most"),
            ("exclusiveMaximum", "below"),
        )
        if bound in field
    ]
    return f", {', '.join(said)}" if said else ""


def _default(field: dict[str, Any], required: bool) -> str:
    default = field.get("default")
    if required:
        return "required"
    if default in (None, "", [], {}) or isinstance(default, dict):
        return "none" if not isinstance(default, dict) else "as below"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _alternative(field: dict[str, Any]) -> dict[str, Any]:
    """The field without the choice of being left out."""
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    return choices[0] if choices else field


def _part(field: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any] | None:
    reference = _alternative(field).get("$ref", "")
    found: dict[str, Any] | None = parts.get(reference.rpartition("/")[2])
    return found


def _seven(node: Any) -> Any:
    """The schema in the dialect of draft 7, which every editor knows: `definitions` for `$defs`."""
    if isinstance(node, dict):
        return {"definitions" if name == "$defs" else name: _seven(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_seven(value) for value in node]
    return node.replace("#/$defs/", "#/definitions/") if isinstance(node, str) else node


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
