"""Verbs that begin a project: init, weights."""

from __future__ import annotations

from pathlib import Path

import click

from seamline import __version__
from seamline.cli.common import echo_json, json_option, project_of, say, writing
from seamline.project import Project

_NEXT = """Next:
  cd {folder}
  seamline serve                     look at it
  seamline import my-question.txt    your own question becomes a drafted answer
Your name, colours and licence: mkdocs.yml and docs/assets/site.css."""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--name", metavar="NAME", help="Name of the site; made from the folder's name by default.")
@click.option("--bare", is_flag=True, help="Without the example question.")
def init(folder: Path, name: str | None, bare: bool) -> None:
    """Begin a site of your own in FOLDER, which must be empty or not there yet.

    You get mkdocs.yml with what is yours, a home page, an example question that you may delete, a workflow for GitHub
    Pages and .gitattributes. Theme and settings come with Seamline: `seamline render` writes them to .seamline/, anew
    with each release.

    \b
    Examples:
      seamline init my-site
      seamline init my-site --name "How did it do that?" --bare
    """
    from seamline.project.new_site import write_site

    write_site(folder, name or _name_of(folder), example=not bare, version=__version__)
    project = Project.open(folder, say=say)
    project.render()
    click.echo(f"wrote {folder}: a site with {len(project.catalog.questions) or 'no'} question{'s' if bare else ''}")
    click.echo(_NEXT.format(folder=folder))


@click.command()
@click.option(
    "--from",
    "source",
    metavar="FOLDER",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take them from here; default: what `pip install seamline-mini-editor seamline-reader` installed.",
)
@json_option
@click.pass_context
def weights(context: click.Context, source: Path | None, as_json: bool) -> None:
    """Put the mini editor's weights, 16 MB, into catalog/weights/mini/, and the reader's, 14 MB, into .../reader/.

    They come with the distributions `seamline-mini-editor` and `seamline-reader`, each if it is installed; no model hub
    is asked. Exit code 4 if there are none.

    \b
    Examples:
      seamline weights
      seamline weights --from ../seamline                         both, from a checkout
      seamline weights --from ../seamline/catalog/weights/reader
    """
    from seamline.project.new_site import install_weights

    root = project_of(context).root
    with writing(root, "installing weights"):
        written = install_weights(root, source)
    if as_json:
        echo_json({"written": written})
    else:
        click.echo(f"weights: {len(written)} files written" if written else "the weights are here")


def _name_of(folder: Path) -> str:
    words = folder.absolute().name.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]
