"""Records of measured figures as JSON that reads well in a diff."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def plain(value: Any) -> Any:
    """Figures, in dictionaries and lists of any depth, as JSON data."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value.model_dump(mode="json", exclude_none=True) if hasattr(value, "model_dump") else value


def text_of(record: Mapping[str, Any]) -> str:
    """A record as JSON, its `rows`, lists by name, with one row a line."""
    head = json.dumps({name: part for name, part in record.items() if name != "rows"}, indent=1)[:-2]
    listed = {name: ",\n   ".join(json.dumps(row) for row in some) for name, some in record["rows"].items()}
    groups = ",\n".join(f"  {json.dumps(name)}: [\n   {lines}\n  ]" for name, lines in listed.items())
    return f'{head},\n "rows": {{\n{groups}\n }}\n}}\n'


def compact_text_of(record: Mapping[str, Any]) -> str:
    """A record of many figures as JSON of which every line holds one part of the third level, or one row of a list."""
    return _lines(record, 0) + "\n"


def _lines(value: Any, depth: int) -> str:
    pad = " " * (depth + 1)
    if isinstance(value, Mapping) and value and depth < 3:
        inside = (f"{pad}{json.dumps(name)}: {_lines(one, depth + 1)}" for name, one in value.items())
        return "{\n" + ",\n".join(inside) + f"\n{pad[1:]}}}"
    if isinstance(value, list) and value and isinstance(value[0], dict) and depth < 3:
        return "[\n" + ",\n".join(pad + _compact(one) for one in value) + f"\n{pad[1:]}]"
    return _compact(value)


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
