"""What was found in a file, short enough for a message."""

from __future__ import annotations

_MOST = 80
"""Characters of a text that a message quotes."""


def found_value(value: object) -> str:
    """A value as a message quotes it: a text or a number between quotes and cut, anything else by what it is."""
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, dict):
        return "`name: value` lines"
    text = str(value)
    return repr(text if len(text) <= _MOST else f"{text[: _MOST - 3]}…")
