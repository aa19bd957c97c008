"""Entries -> the text of their files: YAML a person likes to read, which reads back as the same entry."""

from __future__ import annotations

from typing import Any

import yaml

from seamline.catalog.entries import Entry, Model, Paper, Question, Sample

KINDS: dict[type[Entry], str] = {Question: "question", Model: "model", Paper: "paper", Sample: "sample"}
"""What each class of entry is called, and its schema."""


def entry_text(entry: Entry) -> str:
    """The file of an entry; fields that hold their default are left out. A question comes without an answer."""
    kind = KINDS[type(entry)]
    comment = f"# yaml-language-server: $schema=../schema/{kind}.json\n"
    fields = entry_fields(entry)
    if isinstance(entry, Question):
        return f"---\n{comment}{fields_text({**fields, 'status': entry.status})}---\n"
    return comment + fields_text(fields)


def with_body(text: str, body: str) -> str:
    """A question's file with an answer below its front matter."""
    return f"{text.rstrip()}\n\n{body.strip()}\n"


def entry_fields(entry: Entry) -> dict[str, Any]:
    """The fields of an entry that do not hold their default, as JSON data."""
    fields = entry.model_dump(mode="json", exclude_defaults=True)
    for step in (fields, *fields.get("steps", {}).values()):
        if not step.get("parameters", True):  # Of their kind, all default; the field's own default has no kind.
            del step["parameters"]
    return fields


def fields_text(fields: dict[str, Any]) -> str:
    """YAML lines of some fields, in the given order."""
    return yaml.dump(fields, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Long text folded, text of many lines as it stands, lists indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None
    if not all(character.isprintable() or character == "\n" for character in text):
        style = '"'
    elif "\n" in text:
        style = "|"
    elif len(text) > 100:
        style = ">"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
