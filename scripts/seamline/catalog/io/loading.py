"""Files -> one frozen `Catalog`, or one error that tells of every problem in all of them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, TypeVar

from seamline.catalog.closed_catalog import Catalog, Read, WrittenQuestion
from seamline.catalog.cross_checks import problems_between
from seamline.catalog.entries import KINDS, Entry, Model, Paper, Question, Sample
from seamline.catalog.entry_identity import RESERVED
from seamline.catalog.reading.validation import validate
from seamline.catalog.reading.yaml_reader import MAX_BYTES, Unreadable, read_text, read_yaml
from seamline.catalog.runnable import kinds_of
from seamline.errors import CatalogError, FilesError, Problem

FOLDERS: Mapping[str, type[Entry]] = {"questions": Question, "models": Model, "papers": Paper, "samples": Sample}
"""Class of the entries in each folder of `catalog/`."""

_NOBODYS = re.compile(
    r"[.].*|.*~|~[$].*|#.*#|.*[.](?:orig|rej|bak|old|save|tmp|part|partial|sw[a-p]|lock|lnk|crdownload)"
    r"|(?:thumbs|ehthumbs|ehthumbs_vista)[.]db|desktop[.]ini|icon\r|\$recycle[.]bin|__macosx|@eadir",
    re.IGNORECASE,
)
"""Files that editors, merges, downloads and operating systems leave behind; hidden ones too."""

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_AnyEntry = TypeVar("_AnyEntry", bound=Entry)


def load(root: Path) -> Catalog:
    """Read and check the catalog of the project in `root`; a folder that is missing counts as empty.

    Raises:
        CatalogError: something is wrong; it tells of all problems of all files.
        FilesError: a file is there and cannot be read.
    """
    return catalog_of(root, read_files(root))


def read_files(root: Path) -> dict[str, bytes]:
    """Bytes of the catalog's files by path relative to `root`, sorted.

    Raises:
        CatalogError: a link leads out of the project.
        FilesError: a file is there and cannot be read.
    """
    files: dict[str, bytes] = {}
    for folder in FOLDERS:
        for entry in _listed(root / "catalog" / folder):
            name = f"catalog/{folder}/{entry.name}"
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(root.resolve()):
                raise CatalogError("is a link out of the project", where=name, hint="put the file itself here")
            if entry.is_file():
                files[name] = _head(Path(entry.path))
            elif entry.is_dir() and (inside := _listed(Path(entry.path))):
                raise CatalogError(
                    f"is a folder, and what it holds is not read, `{inside[0].name}` first",
                    where=name,
                    hint=f"move its entries up, into catalog/{folder}/",
                )
    return files


def catalog_of(root: Path, files: Mapping[str, bytes]) -> Catalog:
    """The catalog that `files` describe: `load` without the reading.

    Args:
        root: folder of the project, for paths of questions and photos.
        files: bytes by path relative to `root`, `catalog/papers/brooks2023.yml`.

    Raises:
        CatalogError: something is wrong; it tells of all problems of all files.
    """
    entries: dict[str, dict[str, Read]] = {folder: {} for folder in FOLDERS}
    problems: list[Problem] = []
    kinds: dict[str, str] | None = None
    for file, data in sorted(files.items(), key=lambda item: _folder(item[0]) == "samples"):
        folder = _folder(file)
        if folder == "samples" and kinds is None:  # Models are read by now; they decide what parameters may say.
            kinds = kinds_of(_entries(Model, entries["models"]))
        read, found = _read(folder, file, data, {KINDS: kinds})
        problems.extend(found)
        if read:
            entries[folder][read.id] = read
    known = {
        folder: frozenset(PurePosixPath(file).stem for file in files if f"/{folder}/" in file) for folder in FOLDERS
    }
    problems.extend(problems_between(root, entries, known))
    if problems:
        raise CatalogError.of(problems)
    return Catalog(
        root=root,
        questions=_sorted(
            {
                read.id: WrittenQuestion(read.id, read.entry, read.body, root / read.file, read.body_line)
                for read in entries["questions"].values()
                if isinstance(read.entry, Question)
            }
        ),
        models=_entries(Model, entries["models"]),
        papers=_entries(Paper, entries["papers"]),
        samples=_entries(Sample, entries["samples"]),
    )


def split_front_matter(text: str) -> tuple[str, str, int]:
    """Front matter of a Markdown file, the body below it, and the 1-based line the body begins on.

    Raises:
        Unreadable: the file does not begin with a line `---`, or no second one closes the front matter.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        raise Unreadable(1, "has no front matter", "begin the file with a line `---`, the fields, and a line `---`")
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]) + "\n", "\n".join(lines[number + 1 :]), number + 2
    raise Unreadable(1, "front matter has no end", "close it with a line `---` before the answer")


def _folder(file: str) -> str:
    return file.rpartition("/")[0].rpartition("/")[2]


def _read(folder: str, file: str, data: bytes, context: Mapping[str, Any]) -> tuple[Read | None, tuple[Problem, ...]]:
    path = PurePosixPath(file)
    wanted = ".md" if folder == "questions" else ".yml"
    if path.suffix != wanted:
        return None, (Problem(file, 0, "", f"is not a `{wanted}` file", f"call it `{path.stem}{wanted}`, or move it"),)
    if not _ID.fullmatch(path.stem) or len(path.stem) > 80:
        hint = "use lower-case letters, digits and single hyphens: the name of the file is the entry's id"
        return None, (Problem(file, 0, "", "is not named like an entry", hint),)
    if path.stem in RESERVED:
        hint = f"give the file another name, `the-{path.name}`, and write that name where the entry is used"
        return None, (Problem(file, 0, "", f"no entry may be called `{path.stem}`: {RESERVED[path.stem]}", hint),)
    body, body_line, first_line = "", 0, 1
    try:
        text = read_text(data)
        if folder == "questions":
            text, body, body_line = split_front_matter(text)
            first_line = 2
        located = read_yaml(text, first_line)
    except Unreadable as error:
        return None, (error.problem(file),)
    entry, problems = validate(FOLDERS[folder], located, file, context)
    return (Read(file, path.stem, entry, located, body, body_line) if entry else None), problems


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder, by name, without what is nobody's; nothing if there is no such folder."""
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:  # which knows files from folders without asking about each again
        return sorted((entry for entry in entries if not _NOBODYS.fullmatch(entry.name)), key=lambda entry: entry.name)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FilesError(f"cannot read: {error.strerror}", where=str(path), hint="make it readable") from error


def _entries(kind: type[_AnyEntry], read: Mapping[str, Read]) -> Mapping[str, _AnyEntry]:
    return _sorted({name: one.entry for name, one in read.items() if isinstance(one.entry, kind)})


_Value = TypeVar("_Value")


def _sorted(entries: Mapping[str, _Value]) -> Mapping[str, _Value]:
    return MappingProxyType(dict(sorted(entries.items())))
