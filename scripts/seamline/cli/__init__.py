"""The `seamline` program: one verb per stage of the house.

A verb reads its options, calls one method of `seamline.Project`, and prints what that returned. Nothing but click is
loaded before a verb is called, so that `seamline --help`, `check`, `render`, `build` and `audit` never wait for torch.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click

from seamline import __version__
from seamline.cli.catalog import check, draft, enrich, import_documents
from seamline.cli.common import echo_json
from seamline.cli.diagnosis import doctor
from seamline.cli.formulating import prompts
from seamline.cli.inspection import inspect
from seamline.cli.installed import plugins
from seamline.cli.publishing import audit, build, live, render, serve
from seamline.cli.samples import samples, verify
from seamline.cli.starting import init, weights
from seamline.cli.summaries import read
from seamline.errors import CatalogError, FilesError, SeamlineError
from seamline.files import FULL, refusal

INTERRUPTED = 130
NO_ENGINE = 4

_DRAW = "pip install 'seamline[draw]'; committed runs can be rendered, built and audited without it"
OPTIONAL = dict.fromkeys(["torch", "diffusers", "transformers", "numpy", "skimage", "imagehash", "safetensors"], _DRAW)
OPTIONAL["arxiv"] = "pip install 'seamline[enrich]', or fill in what is lacking by hand"
_LIVE = "pip install 'seamline[live]'; an editor that was exported can be built without it"
OPTIONAL |= dict.fromkeys(["onnx", "onnxscript"], _LIVE)
OPTIONAL["ray"] = "pip install 'seamline[ray]', or use --engine local"

_HELP = """Answer a question about an AI model from a closed catalog, and show it with edits that are run and measured.

Works on the project that holds `mkdocs.yml`: the folder you are in, the nearest one above it, or the one that
`--project` names.

\b
Examples:
  seamline init my-site            begin a site of your own
  seamline import question.txt     read a question document into catalog/
  seamline samples --status        what would run, and why
  seamline serve                   look at the site while you write

\b
Exit codes:
  0    all is well
  1    findings: what an import could not take in, the audit's, a failed verification, a file of no run, or generated
       files that are not what the catalog says
  2    the command line was not understood, or there is no project here
  3    the catalog, a question document or a workflow is invalid
  4    weights or a device are missing or gave up
  5    a sample could not be run, or its record is damaged
  6    another Seamline is at work here, or the file system refused
  130  interrupted
"""


@click.group(name="seamline", help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Project to work on; default: the nearest folder upward that holds mkdocs.yml.",
)
@click.version_option(__version__, prog_name="seamline")
@click.pass_context
def program(context: click.Context, project: Path | None) -> None:
    context.obj = project


BEGIN = (init, import_documents, enrich, draft, prompts)
WORK = (check, read, samples, live, render, build, serve, audit, doctor, plugins, verify, inspect, weights)
for verb in (*BEGIN, *WORK):
    program.add_command(verb)


def run(arguments: Sequence[str] | None = None, *, command: click.Command = program, name: str = "seamline") -> int:
    """Run one command line and return its exit code; print errors without a traceback.

    Args:
        arguments: default: this process's.
        command: what runs; maintainers' tools hand in their own.
        name: how `command` is called, for usage messages.
    """
    try:
        outcome = command.main(args=arguments, prog_name=name, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SeamlineError as error:
        click.echo(f"seamline: {error}", err=True)
        if "--json" in (sys.argv[1:] if arguments is None else arguments):
            echo_json({"error": _as_data(error)})
        return error.exit_code
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL:
            raise
        click.echo(f"seamline: {error.name} is not installed\n  -> {OPTIONAL[error.name]}", err=True)
        return NO_ENGINE
    except OSError as error:
        if error.errno not in FULL:
            raise
        click.echo(f"seamline: {refusal(Path(error.filename or '.'), error)}", err=True)
        return FilesError.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("seamline: interrupted; what was finished is kept", err=True)
        return INTERRUPTED
    return outcome if isinstance(outcome, int) else 0


def _as_data(error: SeamlineError) -> dict[str, object]:
    problems = error.problems if isinstance(error, CatalogError) else ()
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "where": error.where,
        "hint": error.hint,
        "exit_code": error.exit_code,
        "problems": [asdict(one) for one in problems],
    }


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Entry point of `seamline` and `python -m seamline`."""
    # What a command builds first (modules, schemas, the catalog) stays until its end: with Python's own threshold of
    # 700 objects, looking through it for garbage again and again takes a tenth of `seamline check`.
    gc.set_threshold(10_000, 50, 50)
    # Else pydantic looks for plug-ins in every distribution that is installed. Seamline has none.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    sys.exit(run(arguments))
