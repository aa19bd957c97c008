"""Begin a project: a site of one's own in an empty folder, and the weights of the project's own models in it."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from seamline.errors import FilesError, ProjectError, WeightsError
from seamline.files import refusal, write_if_changed
from seamline.reader import place
from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR

MINI = MINI_EDITOR.folder
"""Where runs look for the mini editor, below the project."""
WEIGHTS_PACKAGE = "seamline_mini_editor"
"""The distribution `seamline-mini-editor` puts the weights into this package, in the folder `weights`."""

READER, READER_PACKAGE = place.FOLDER, "seamline_reader"
"""The same of the reader, which the distribution `seamline-reader` brings."""
_WHICH_FOLDER = (
    "--from takes a checkout of Seamline, its catalog/weights, or the folder of one of the two in there: mini, reader"
)
_EDITOR_FILE, _READER_FILE = "model_index.json", place.VOCABULARY
"""By which a folder of weights tells which of the two it holds."""
_MARKERS = {MINI: _EDITOR_FILE, READER: _READER_FILE}

_FILLED = {"mkdocs.yml", "README.md", "requirements.txt", "docs/index.md"}
"""Files of the template in which names stand for values."""
_LONGEST = 80
_HIDDEN = "dot-"
"""What a packaged name begins with where the project's begins with a dot, so that git leaves the package alone."""


def write_site(folder: Path, name: str, *, example: bool, version: str) -> None:
    """Write the files of a new project.

    Args:
        folder: is made if it is not there.
        name: of the site.
        example: whether the project gets a question, answered, with a model and two papers.
        version: of Seamline, for `requirements.txt`.

    Raises:
        ProjectError: the folder holds more than a new git repository does, or the name is empty; nothing was written.
        FilesError: the file system refused.
    """
    if not 0 < len(name.strip()) <= _LONGEST or not name.isprintable() or set(name) & set("{}<>"):
        raise ProjectError(
            f"a site's name is one line of at most {_LONGEST} characters, without braces and angle brackets",
            where=name,
            hint='seamline init my-site --name "My site"',
        )
    if folder.exists() and (not folder.is_dir() or any(_kept(folder))):
        raise ProjectError("is not an empty folder", where=str(folder), hint="name a new folder, or empty this one")
    values = {
        "quoted": json.dumps(name, ensure_ascii=False),  # a JSON string is a YAML scalar, whatever it holds
        "title": re.sub(r"([\\`*_\[\]#|])", r"\\\1", name),
        "version": version,
    }
    for path, text in _below(files("seamline.project") / "template", ""):
        if example or not path.startswith("catalog/"):
            write_if_changed(folder / path, _filled(text, path, values))
    if not example:
        try:
            (folder / "catalog/questions").mkdir(parents=True)
        except OSError as error:
            raise refusal(folder, error) from error


def _kept(folder: Path) -> list[str]:
    """What lies in a folder, but for what `git init` or a clone of an empty repository puts there."""
    try:
        return sorted(one.name for one in folder.iterdir() if one.name != ".git")
    except OSError as error:
        raise refusal(folder, error) from error


def install_weights(root: Path, given: Path | None = None) -> tuple[str, ...]:
    """Put weights of the project's own models into `catalog/weights/` of a project. Hold the project's lock.

    Args:
        root: project folder.
        given: folder that holds the mini editor's or the reader's, a folder that holds these folders by the names that
            they have in a project, or a checkout of Seamline; by default those of the distributions
            `seamline-mini-editor` and `seamline-reader` that are installed.

    Returns:
        Paths of the files that were written, below the folder of their model; empty where all were there.

    Raises:
        WeightsError: there are no weights to take, or other ones lie there.
        FilesError: the file system refused.
    """
    if given is None:
        packages = ((WEIGHTS_PACKAGE, MINI), (READER_PACKAGE, READER))
        sources = [(found, into) for package, into in packages if (found := _packaged(package))]
        if not sources:
            raise WeightsError(
                "neither the mini editor's weights nor the reader's are installed",
                hint="pip install seamline-mini-editor seamline-reader, each as you need it; or name a folder that "
                f"holds them: seamline weights --from FOLDER\n  -> {_WHICH_FOLDER}",
            )
    else:
        sources = _weights_below(given)
    return tuple(name for source, into in sources for name in _installed(source, root / into))


def _weights_below(given: Path) -> list[tuple[Path, str]]:
    """Folders of weights in the folder that was named, each with its place in a project."""
    if (given / _EDITOR_FILE).is_file():
        return [(given, MINI)]
    if (given / _READER_FILE).is_file():
        return [(given, READER)]
    for folder in (given, given / Path(MINI).parent):
        here = ((folder / Path(into).name, into, marker) for into, marker in _MARKERS.items())
        if found := [(source, into) for source, into, marker in here if (source / marker).is_file()]:
            return found
    raise WeightsError(
        f"no weights of an editor or a reader: there is no {_EDITOR_FILE} and no {_READER_FILE}",
        where=str(given),
        hint=_WHICH_FOLDER,
    )


def _installed(source: Path, into: Path) -> tuple[str, ...]:
    wanted = {path.relative_to(source).as_posix(): path for path in sorted(source.rglob("*")) if path.is_file()}
    try:
        others = [name for name in wanted if (into / name).is_file() and not _same(into / name, wanted[name])]
    except OSError as error:
        raise FilesError(f"cannot read the weights: {error.strerror}", where=str(into)) from error
    if others:
        raise WeightsError(
            f"other weights lie there: {', '.join(others[:3])} {'differs' if len(others) == 1 else 'differ'}",
            where=str(into),
            hint="move that folder away first; what was generated with it would be stale",
        )
    try:
        return tuple(name for name, path in wanted.items() if write_if_changed(into / name, path.read_bytes()))
    except OSError as error:
        raise FilesError(f"cannot read the weights: {error.strerror}", where=str(source)) from error


def _packaged(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.submodule_search_locations[0]) / "weights" if spec and spec.submodule_search_locations else None


def _same(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()


def _filled(text: str, path: str, values: dict[str, str]) -> str:
    if path not in _FILLED:  # others hold braces of their own
        return text
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    return environment.from_string(text).render(values)


def _below(folder: Traversable, prefix: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for one in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = one.name.replace(_HIDDEN, ".", 1) if one.name.startswith(_HIDDEN) else one.name
        if one.is_dir():
            found += _below(one, f"{prefix}{name}/")
        else:
            found.append((prefix + name, one.read_text(encoding="utf-8")))
    return found
