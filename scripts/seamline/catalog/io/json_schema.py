"""JSON Schemas of the catalog's files, for editors, and the table of fields, for the docs."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pydantic

from seamline.catalog.entries import Entry
from seamline.catalog.entries.parameters import UNKNOWN, parameters_by_kind
from seamline.catalog.io.writing import KINDS
from seamline.catalog.reading.patterns import PATTERNS
from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.plugins import EXHIBITS, OPERATIONS, RUNNERS

_PACKAGE = Path(__file__).parents[2]
_SOURCES = ("catalog", "blocks", "runners", "operations", "exhibits")
"""Rooms whose modules decide the schemas, or hold the parameters and declarations that they list."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of a file.

    Attributes:
        name: dotted path, `input.scene.seed`; `[]` stands for each entry of a list, `<name>` for each name that the
            file chooses, and `parameters(crop)` for parameters of the kind `crop`.
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
    """sha256 over everything that decides the schemas: these rooms, what a scene can be, plug-ins, and pydantic."""
    digest = hashlib.sha256(pydantic.VERSION.encode())
    rooms = (path for room in _SOURCES for path in sorted((_PACKAGE / room).rglob("*.py")))
    own = (_PACKAGE / "scenes" / "state.py", _PACKAGE / "plugins.py")
    for path in (*rooms, *own, *_sources_of_plugins()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources_of_plugins() -> Iterator[Path]:
    """Modules outside the package that other distributions' plug-ins, and what samples may say of them, come from."""
    added = [plugin for registry in (RUNNERS, OPERATIONS, EXHIBITS) for plugin in registry.added.values()]
    classes = {parent for plugin in added for kind in _deciding(plugin) for parent in kind.__mro__}
    names = {
        one.__module__ for one in classes if one.__module__.split(".")[0] not in {"pydantic", *sys.stdlib_module_names}
    }
    packages = {name.rpartition(".")[0] for name in names} & sys.modules.keys()
    files = {Path(file) for name in names | packages if (file := getattr(sys.modules.get(name), "__file__", None))}
    yield from sorted(file for file in files if not file.is_relative_to(_PACKAGE))


def _deciding(plugin: Any) -> Iterator[type]:
    """Classes that decide what a sample may say of a plug-in: its own, of its parameters, of its declaration."""
    yield type(plugin)
    yield from (one for name in ("parameters", "declaration") if isinstance(one := getattr(plugin, name, None), type))


@cache
def schema_of(entry: type[Entry]) -> dict[str, Any]:
    """JSON Schema of a class of entries; truth values are those that a scene can take."""
    from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

    schema = {"$schema": "http://json-schema.org/draft-07/schema#", **entry.model_json_schema()}
    parts = schema.get("$defs", {})
    if "SwapTruth" in parts:
        values = {
            name: {"enum": list(row), "description": f"{name.replace('_', ' ').capitalize()} of the new face."}
            for name, row in IDENTITY_GRID.items()
        }
        parts["SwapTruth"]["properties"]["to"] |= {"properties": values, "additionalProperties": False}
        parts["AttributeTruth"]["properties"]["attribute"]["enum"] = list(IDENTITY_GRID)
        parts["ExpressionTruth"]["properties"]["expression"]["enum"] = list(EXPRESSIONS)
    if "Step" in parts:
        runners = [name for name in parameters_by_kind() if name in RUNNERS.all]
        schema["properties"]["parameters"] |= _choice(runners, parts)
        parts["Step"]["properties"]["parameters"] |= _choice([*runners, *OPERATIONS.all], parts)
        for field in (schema["properties"]["parameters"], parts["Step"]["properties"]["parameters"]):
            del field["oneOf"]
        del parts[_definition(UNKNOWN, parts)]
    seven: dict[str, Any] = _seven(schema)
    return seven


def _choice(kinds: Iterable[str], parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of any of `kinds`: which of them an entry needs, its model says and no schema can know."""
    names = dict.fromkeys(_definition(kind, parts) for kind in kinds)
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


def _definition(kind: str, parts: Mapping[str, Any]) -> str:
    """Name of the definition of a kind's parameters; pydantic puts the module in front where two share a name."""
    parameters = parameters_by_kind()[kind]
    name = parameters.__name__
    return name if name in parts else f"{parameters.__module__}.{name}".replace(".", "__")


def field_table(kind: str) -> tuple[FieldRow, ...]:
    """Every field of the files of `kind` (`question`, `model`, `paper`, `sample`), nested ones after their parent."""
    entry = next(entry for entry, name in KINDS.items() if name == kind)
    schema = schema_of(entry)
    return tuple(_rows(schema, schema.get("definitions", {}), "", {}))


def _rows(schema: dict[str, Any], parts: dict[str, Any], prefix: str, listed: dict[str, str]) -> Iterator[FieldRow]:
    """Rows of one object and of those inside it.

    Args:
        listed: where the fields of each definition are listed, by its name; none is listed twice.
    """
    for name, field in schema.get("properties", {}).items():
        path, required = f"{prefix}{name}", name in schema.get("required", ())
        known = listed.get(_reference(field)) if name != "parameters" else None
        words = f"fields as of `{known}`" if known else _words(field, parts)
        yield FieldRow(path, words, _default(field, required), field.get("description", ""))
        if name == "parameters":
            inside = [(f"{path}({kind}).", _definition(kind, parts)) for kind in _kinds_of(field, parts)]
        else:
            items = ((f"{path}.", field), (f"{path}.<name>.", _of_each(field)), (f"{path}[].", _items(field)))
            inside = [(start, _reference(one)) for start, one in items if one]
        if "properties" in (inline := _alternative(field)):
            yield from _rows(inline, parts, f"{path}.", listed)
        for start, definition in inside:
            if definition in parts and definition not in listed:
                listed[definition] = start.rstrip(".")
                yield from _rows(parts[definition], parts, start, listed)


def _kinds_of(field: dict[str, Any], parts: Mapping[str, Any]) -> Iterator[str]:
    """Kinds of parameters that a field may hold, in the order of the registries."""
    named = {choice["$ref"].rpartition("/")[2] for choice in field["anyOf"]}
    return (kind for kind in parameters_by_kind() if kind != UNKNOWN and _definition(kind, parts) in named)


def _words(field: dict[str, Any], parts: dict[str, Any]) -> str:
    if field.get("title") == "Parameters":
        return "fields of its kind, which this table lists once"
    field = _alternative(field)
    if _reference(field) in parts or "properties" in field:
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
    if isinstance(default, dict) and not _of_each(field):
        return "as below"
    if not default and default not in (0, False):
        return "none"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _of_each(field: dict[str, Any]) -> Any:
    """The field's entries, where it is a mapping of names that the file chooses."""
    return next(iter(field.get("patternProperties", {}).values()), field.get("additionalProperties"))


def _alternative(field: dict[str, Any]) -> dict[str, Any]:
    """The field without the choice of being left out."""
    choices = [choice for choice in field.get("anyOf", ()) if choice.get("type") != "null"]
    return choices[0] if choices else field


def _items(field: dict[str, Any]) -> Any:
    return _alternative(field).get("items")


def _reference(field: Any) -> str:
    """Name of the definition that a field is of; empty for a plain value."""
    found: str = _alternative(field).get("$ref", "").rpartition("/")[2] if isinstance(field, dict) else ""
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
