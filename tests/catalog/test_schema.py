"""Schemas and the table of fields say what the typed entries say; no field goes undescribed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from seamline.catalog.entries import Sample
from seamline.catalog.io import json_schema
from seamline.catalog.io.json_schema import drifted_schemas, field_table, schemas, write_schemas
from seamline.catalog.io.writing import KINDS
from seamline.catalog.reading.patterns import PATTERNS
from seamline.catalog.reading.validation import entry_classes
from seamline.scenes.state import IDENTITY_GRID

from .conftest import REPOSITORY


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_field_is_described(kind: str) -> None:
    table = field_table(kind)
    assert len(table) > 4
    for row in table:
        assert row.description.endswith((".", "…")), f"{kind}: {row.name} has no description"
        assert row.type and row.default


def test_the_table_lists_every_field_of_every_class() -> None:
    for entry, kind in KINDS.items():
        listed = {row.name.rpartition(".")[2].removesuffix("[]") for row in field_table(kind)}
        waiting = [entry]
        while waiting:
            current = waiting.pop()
            assert set(current.model_fields) <= listed
            waiting += [part for field in current.model_fields.values() for part in entry_classes(field.annotation)]


def test_every_pattern_is_said_in_words() -> None:
    found = re.findall(r'"pattern": "(.*)",?\n|"patternProperties": \{\n\s+"(.*)": ', "".join(schemas().values()))
    assert {one or other for one, other in found} == {json.dumps(pattern)[1:-1] for pattern in PATTERNS}


def test_schemas_in_the_repository_are_up_to_date() -> None:
    folder = REPOSITORY / "catalog" / "schema"
    assert {path.name: path.read_text("utf-8") for path in folder.glob("*.json")} == schemas()


def test_writing_schemas_twice_changes_nothing(tmp_path: Path) -> None:
    assert len(write_schemas(tmp_path)) == 4
    assert write_schemas(tmp_path) == ()


def test_schemas_are_generated_once_and_again_when_their_sources_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(json_schema, "schemas", lambda: written.append("once") or {"model.json": f"{len(written)}"})
    for sources, texts in (("a", "1"), ("a", "1"), ("b", "2"), ("a", "3")):
        monkeypatch.setattr(json_schema, "_sources", lambda sources=sources: sources)
        write_schemas(tmp_path)
        assert (tmp_path / "catalog/schema/model.json").read_text() == texts
        assert drifted_schemas(tmp_path) == ()
    (tmp_path / ".cache/schemas.json").write_text('{"sources": "a"}')
    assert drifted_schemas(tmp_path) == ("model.json",)


def test_whatever_decides_a_schema_counts_as_its_source() -> None:
    """Modules of the package that are loaded to generate schemas, beside the writing of files and errors."""
    code = "import sys; from seamline.catalog.io import json_schema as made; made.schemas();print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.split() if name.startswith("seamline.")}
    rooms = tuple(f"seamline.{room}" for room in json_schema._SOURCES)
    outside = {name for name in loaded if not name.startswith(rooms)}
    files = {"seamline.errors", "seamline.files"}
    assert outside == files | {"seamline.plugins", "seamline.scenes", "seamline.scenes.state"} | {
        "seamline.scenes.variants"  # what exhibits ask for of a scene: no field is made of it
    }


def test_editors_learn_what_a_truth_may_say() -> None:
    schema = json.loads(schemas()["sample.json"])
    to = schema["definitions"]["SwapTruth"]["properties"]["to"]["properties"]
    assert to["hair_colour"]["enum"] == list(IDENTITY_GRID["hair_colour"])
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == {name for name, field in Sample.model_fields.items() if field.is_required()}
    assert "$defs" not in schemas()["sample.json"]


def test_a_schema_that_is_edited_or_lost_is_named(tmp_path: Path) -> None:
    assert drifted_schemas(tmp_path) == ()
    write_schemas(tmp_path)
    assert drifted_schemas(tmp_path) == ()
    folder = tmp_path / "catalog" / "schema"
    (folder / "paper.json").write_text("{}", encoding="utf-8")
    (folder / "model.json").unlink()
    assert set(drifted_schemas(tmp_path)) == {"paper.json", "model.json"}
