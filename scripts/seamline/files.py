"""The one writer: files appear whole or not at all, and only when their bytes changed."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path, PurePosixPath

from seamline.errors import FilesError

_CURES = {
    ENOSPC: "free some space on that disk and run the command again",
    EDQUOT: "your quota there is used up: free some space and run the command again",
    EROFS: "that file system is read-only: work on a copy of the project elsewhere",
    EACCES: "give yourself the right to write there (`chmod u+w`), or work on a copy of the project",
    EPERM: "give yourself the right to write there (`chmod u+w`), or work on a copy of the project",
}


def refusal(path: Path, error: OSError, what: str = "write") -> FilesError:
    """What to tell whoever wanted to do `what` with `path` when the file system refused with `error`."""
    reason = (error.strerror or str(error)).lower()
    cure = _CURES.get(error.errno or 0, "see that the path exists and is a plain file or folder, then run it again")
    return FilesError(f"cannot {what}: {reason}", where=str(path), hint=cure)


_POINTER = b"version https://git-lfs"
_PARTIAL = re.compile(r"\..+\.[0-9a-f]+\.partial")
FULL = frozenset({ENOSPC, EDQUOT, EROFS})
"""Refusals that any write may meet with, wherever it is: nobody need expect them in each place."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What `write_tree` did: relative POSIX paths, sorted."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def write_if_changed(path: Path, data: bytes | str) -> bool:
    """Make `path` hold `data` (text as UTF-8, newlines as given); tell whether it had to be written.

    A reader, and whoever comes back after a crash, finds either the old bytes or the new ones:
    they go to a temporary file in the same folder, reach the disk, and then take the name.

    Raises:
        FilesError: the file system refused; nothing of `data` is left behind.
    """
    content = data.encode() if isinstance(data, str) else data
    try:
        if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content)
    except OSError as error:
        raise refusal(path, error) from error
    return True


def write_tree(
    root: Path,
    files: Mapping[str, bytes | str],
    *,
    keep: Iterable[str] = (),
    aside: Path | None = None,
    as_wanted: Collection[str] = (),
) -> Changes:
    """Make the folder `root` hold exactly `files`, beside whatever lies below the `keep` prefixes.

    Everything is written before anything is removed, but for what has a folder's name where a file is wanted or a
    file's where a folder is: whoever stops on the way leaves a tree that still holds each old file or its new content.

    Args:
        files: content by relative POSIX path.
        keep: relative POSIX paths of files and folders that are nobody's business here.
        aside: folder on the same disk to which files that are not wanted are moved, in place of what was moved there
            before under the same path; None removes them for good. What a killed process left half written is removed.
        as_wanted: paths that hold what they should, as the caller knows: they are neither read nor removed.

    Raises:
        FilesError: a path leaves `root`, or the file system refused. What was written until then is whole.
    """
    kept = tuple(PurePosixPath(prefix) for prefix in keep)
    for name in files:
        _refuse_escape(root, name)
    wanted = {*files, *as_wanted}
    folders = _folders_of(wanted)
    try:
        found, has_empty = _files_below(root, kept)
        obsolete = sorted(found - wanted)
        in_the_way = [name for name in obsolete if name in folders or _lies_below_one_of(name, wanted)]
        for name in in_the_way:
            _remove(root, name, aside)
        if in_the_way:
            _drop_empty_folders(root, kept)
        written = [name for name in sorted(files) if write_if_changed(root / name, files[name])]
        for name in obsolete:
            if name not in in_the_way:
                _remove(root, name, aside)
        if obsolete or has_empty:
            _drop_empty_folders(root, kept)
    except OSError as error:
        raise refusal(Path(error.filename or root), error) from error
    return Changes(tuple(written), tuple(sorted(wanted - set(written))), tuple(obsolete))


def _lies_below_one_of(name: str, files: Collection[str]) -> bool:
    return any(parent.as_posix() in files for parent in PurePosixPath(name).parents)


def _remove(root: Path, name: str, aside: Path | None) -> None:
    if aside is None or _PARTIAL.fullmatch(PurePosixPath(name).name):
        (root / name).unlink()
        return
    place = aside / name
    for folder in reversed(place.relative_to(aside).parents):
        if (aside / folder).is_file() or (aside / folder).is_symlink():
            (aside / folder).unlink()
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    (root / name).replace(place)


def remove(path: Path) -> None:
    """Remove a file if it is there.

    Raises:
        FilesError: the file system refused.
    """
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise refusal(path, error) from error


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name[:80]}.{secrets.token_hex(6)}.partial")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _refuse_escape(root: Path, name: str) -> None:
    pure = PurePosixPath(name)
    inside = name and not pure.is_absolute() and ".." not in pure.parts and "\\" not in name and "\0" not in name
    if not inside or not (root / name).parent.resolve().is_relative_to(root.resolve()):
        raise FilesError(
            f"refusing to write {name!r} outside the folder", where=str(root), hint="use a plain file name"
        )


def _folders_of(files: Iterable[str]) -> set[str]:
    """Every folder that the files lie in, `.` included."""
    found = {"."}
    for name in files:
        folder = name.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _files_below(root: Path, kept: tuple[PurePosixPath, ...]) -> tuple[set[str], bool]:
    """Files below `root` that are not kept, and whether there is a folder with nothing in it."""
    found: set[str] = set()
    has_empty = False
    for folder, folders, names in _walk(root, kept):
        here = f"{root}{os.sep}{folder}{os.sep}"
        links = [name for name in folders if os.path.islink(here + name)]  # noqa: PTH114  # as in `_walk`
        found.update(f"{folder}/{name}" if folder else name for name in (*names, *links))
        has_empty = has_empty or not (names or folders)
    return found.difference(map(str, kept)), has_empty


def _walk(root: Path, kept: tuple[PurePosixPath, ...]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Folders below `root` that are not kept, as relative POSIX paths, with names of folders and files in them."""
    prefixes = frozenset(map(str, kept))
    # Plain text: paths of ten thousand pages as objects take longer than reading their folders.
    for folder, folders, names in os.walk(root):
        here = folder[len(str(root)) :].strip(os.sep).replace(os.sep, "/")
        folders[:] = [name for name in folders if (f"{here}/{name}" if here else name) not in prefixes]
        yield here, folders, names


def _drop_empty_folders(root: Path, kept: tuple[PurePosixPath, ...]) -> None:
    for folder, folders, names in reversed([*_walk(root, kept)]):
        if folder and not names and not any((root / folder / name).is_dir() for name in folders):
            with suppress(OSError):
                (root / folder).rmdir()


def is_lfs_pointer(path: Path) -> bool:
    """Whether a file holds only the note that Git LFS leaves in place of a file it has not fetched.

    False where it cannot be read. Source: Git LFS specification, "The Pointer": the first line begins with
    `version https://git-lfs`.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_POINTER)) == _POINTER
    except OSError:
        return False
