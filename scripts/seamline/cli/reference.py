"""The program's commands as plain data, for the reference page."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from seamline.pages.commands import CommandReference, HelpBlock, OptionReference


def commands() -> tuple[CommandReference, ...]:
    """The program itself, then each of its verbs that is not hidden, in the order of `seamline --help`."""
    from seamline.cli import program

    return tuple(described(program))


def described(program: click.Group) -> Iterator[CommandReference]:
    """What `commands` gives, of any group of commands."""
    context = click.Context(program, info_name=program.name, **program.context_settings)
    yield _command(program, context)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        if command is not None and not command.hidden:
            yield _command(command, click.Context(command, info_name=name, parent=context, **command.context_settings))


def _command(command: click.Command, context: click.Context) -> CommandReference:
    return CommandReference(
        context.command_path,
        " ".join(command.collect_usage_pieces(context)),
        tuple(_help(command.help or command.short_help or "")),
        tuple(_options(command, context)),
    )


def _help(text: str) -> Iterator[HelpBlock]:
    """Paragraphs; those that click leaves unwrapped (`\\b`) are verbatim."""
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        if paragraph.startswith("\b"):
            yield HelpBlock(paragraph.removeprefix("\b").strip("\n"), verbatim=True)
        elif paragraph.strip():
            yield HelpBlock(paragraph)


def _options(command: click.Command, context: click.Context) -> Iterator[OptionReference]:
    for parameter in command.get_params(context):
        if not isinstance(parameter, click.Option):
            words = "repeatable argument" if parameter.nargs == -1 else "argument"
            yield OptionReference(parameter.make_metavar(context), words)
        elif not parameter.hidden and (record := parameter.get_help_record(context)):
            yield OptionReference(*record)
