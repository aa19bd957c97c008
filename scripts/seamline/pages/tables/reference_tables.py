"""Reference pages that are generated from the program itself, so that they cannot fall behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from seamline.catalog.io.json_schema import field_table
from seamline.measures.registry import MEASURES, Measure
from seamline.pages.commands import CommandReference
from seamline.pages.html import code, element, fence, markdown, one_line, table

_FILES: Mapping[str, str] = {
    "question": "catalog/questions/<id>.md",
    "model": "catalog/models/<id>.yml",
    "paper": "catalog/papers/<id>.yml",
    "sample": "catalog/samples/<id>.yml",
}


# --- command line ------------------------------------------------------------------------


def describe_commands(commands: Sequence[CommandReference]) -> Markup:
    """Each command with its usage, help, arguments and options, as Markdown sections."""
    if not commands:
        return Markup("The command line is described where the program renders this page itself.")
    return Markup("\n\n" + "\n\n".join(map(_command, commands)) + "\n\n")


def _command(command: CommandReference) -> str:
    parts = [f"## {markdown(command.name)}", fence(f"{command.name} {command.usage}".strip(), "text")]
    parts += (fence(one.text, "text") if one.verbatim else markdown(one_line(one.text)) for one in command.help)
    if command.options:
        rows = ((code(option.name), option.help) for option in command.options)
        parts.append(table(("Option or argument", "What it does"), rows))
    return "\n\n".join(parts)


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
    """Every measure: what it says, then how it is computed and who proposed it."""
    said = [
        (measure.label, _name(measure.name), measure.unit or "–", _range(measure), _BETTER[measure.better],
         measure.meaning)
        for measure in MEASURES.values()
    ]  # fmt: skip
    computed = [(measure.label, measure.formula, _source(measure)) for measure in MEASURES.values()]
    return Markup(
        "\n\n"
        + table(("Measure", "Name", "Unit", "Range", "Better", "Meaning"), said)
        + "\n\n"
        + table(("Measure", "Formula", "Source"), computed)
        + "\n\n"
    )


def _range(measure: Measure) -> str:
    """`0 to 60`, `0 and up`; a share from 0 to 1 is `0 to 100`, as its unit is per cent."""
    low, high = (_end(measure, end) for end in (measure.low, measure.high))
    if low and high:
        return "yes, no" if measure.unit == "yes or no" else f"{low} to {high}"
    return f"{low} and up" if low else f"{high} and down" if high else "no limits"


def _end(measure: Measure, end: float | None) -> str:
    if end is None:
        return ""
    return f"{100 * end if measure.unit == '%' else end:g}".replace("-", "−")


def _source(measure: Measure) -> str:
    """Who proposed it, and the package that computes it where that is not this one."""
    return measure.source if measure.package == "seamline" else f"{measure.source}; computed by {measure.package}"
