"""Reference pages that are generated from the program itself, so that they cannot fall behind it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

import click

from seamline.catalog.schema import field_table
from seamline.measures.registry import MEASURES
from seamline.pages.markup import Markup, code, element, fence, markdown, table

_FILES: Mapping[str, str] = {
    "question": "catalog/questions/<id>.md",
    "model": "catalog/models/<id>.yml",
    "paper": "catalog/papers/<id>.yml",
    "sample": "catalog/samples/<id>.yml",
}


# --- command line ------------------------------------------------------------------------


def describe_commands(program: click.Command | None) -> Markup:
    """Every command of the program with its arguments and options, as Markdown sections."""
    if program is None:
        return Markup("The command line is described where the program renders this page itself.")
    parts = [_command(program, program.name or "seamline", None)]
    if isinstance(program, click.Group):
        context = click.Context(program, info_name=program.name, **program.context_settings)
        for name in program.list_commands(context):
            command = program.get_command(context, name)
            if command is not None and not command.hidden:
                parts.append(_command(command, name, context))
    return Markup("\n\n" + "\n\n".join(parts) + "\n\n")


def _command(command: click.Command, name: str, parent: click.Context | None) -> str:
    context = click.Context(command, info_name=name, parent=parent, **command.context_settings)
    usage = " ".join(command.collect_usage_pieces(context))
    parts = [f"## {markdown(context.command_path)}", fence(f"{context.command_path} {usage}".strip(), "text")]
    parts += _help(command.help or command.short_help or "")
    options = list(_parameters(command, context))
    if options:
        parts.append(table(("Option or argument", "What it does"), options))
    return "\n\n".join(parts)


def _help(text: str) -> Iterator[str]:
    """Help text as Markdown; paragraphs that click leaves unwrapped (`\\b`) as code."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield fence(paragraph.removeprefix("\b").strip("\n"), "text")
        elif paragraph.strip():
            yield markdown(" ".join(paragraph.split()))


def _parameters(command: click.Command, context: click.Context) -> Iterator[tuple[Markup, str]]:
    for parameter in command.get_params(context):
        if isinstance(parameter, click.Option):
            if parameter.hidden or (record := parameter.get_help_record(context)) is None:
                continue
            yield code(record[0]), record[1]
        else:
            yield code(parameter.make_metavar(context)), "repeatable argument" if parameter.nargs == -1 else "argument"


# --- catalog -----------------------------------------------------------------------------


def field_tables() -> Markup:
    """Every field of every catalog file, with its type, default and meaning, as Markdown sections."""
    parts = [f"## {kind.capitalize()}\n\nOne file each: `{file}`\n\n{_fields(kind)}" for kind, file in _FILES.items()]
    return Markup("\n\n" + "\n\n".join(parts) + "\n\n")


def _fields(kind: str) -> Markup:
    rows = ((code(row.name), row.type, row.default, row.description) for row in field_table(kind))
    return table(("Field", "Type", "Default", "Meaning"), rows)


# --- measures ----------------------------------------------------------------------------


def _name(name: str) -> Markup:
    """A key that no line may part: it is one word to whoever looks for it in a record."""
    return element("code", {"class": "sl-unbroken"}, name)


_BETTER: Mapping[str, str] = {"nearest": "nearest to the true picture’s", "neither": "–"} | {
    word: word for word in ("higher", "lower")
}


def measure_table() -> Markup:
    """Every measure with its unit and meaning."""
    rows = [
        (measure.label, _name(measure.name), measure.unit or "–", _BETTER[measure.better], measure.meaning)
        for measure in MEASURES.values()
    ]
    return Markup("\n\n" + table(("Measure", "Name", "Unit", "Better", "Meaning"), rows) + "\n\n")
