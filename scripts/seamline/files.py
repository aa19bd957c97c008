"""The one writer: files appear whole or not at all, and only when their bytes changed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
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


def write_tree(root: Path, files: Mapping[str, bytes | str], *, keep: Iterable[str] = ()) -> Changes:
    """Make the folder `root` hold exactly `files`, beside whatever lies below the `keep` prefixes.

    Args:
        files: content by relative POSIX path.
        keep: relative POSIX paths of files and folders that are nobody's business here.

    Raises:
        FilesError: a path leaves `root`, or the file system refused. What was written until then is whole.
    """
    kept = tuple(PurePosixPath(prefix) for prefix in keep)
    for name in files:
        _refuse_escape(root, name)
    try:
        present = _files_below(root, kept)
        obsolete = sorted(present - files.keys())
        for name in obsolete:
            (root / name).unlink()
        _drop_empty_folders(root, kept)
        written = [name for name in sorted(files) if write_if_changed(root / name, files[name])]
    except OSError as error:
        raise refusal(Path(error.filename or root), error) from error
    return Changes(tuple(written), tuple(sorted(files.keys() - set(written))), tuple(obsolete))


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


def _files_below(root: Path, kept: tuple[PurePosixPath, ...]) -> set[str]:
    found: set[str] = set()
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        links = [name for name in folders if (here / name).is_symlink()]
        found.update((here / name).relative_to(root).as_posix() for name in (*names, *links))
    return {name for name in found if not any(PurePosixPath(name).is_relative_to(prefix) for prefix in kept)}


def _drop_empty_folders(root: Path, kept: tuple[PurePosixPath, ...]) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        here = Path(folder)
        relative = PurePosixPath(here.relative_to(root).as_posix())
        if here != root and not any(relative.is_relative_to(prefix) for prefix in kept):
            with suppress(OSError):
                here.rmdir()
