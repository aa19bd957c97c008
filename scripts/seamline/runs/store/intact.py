"""Are the pictures that pages show those that were drawn? A look at the files of runs before they are published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seamline.hashing import Hashes
from seamline.runs.store.run_folder import damage, folder_of, read_runs

if TYPE_CHECKING:
    from seamline.catalog import Catalog

_POINTER = b"version https://git-lfs"


def is_lfs_pointer(path: Path) -> bool:
    """Whether a file holds only the note that Git LFS leaves in place of a file it has not fetched.

    Source: Git LFS specification, "The Pointer": the first line begins with `version https://git-lfs`.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_POINTER)) == _POINTER
    except OSError:
        return False


def damaged_pictures(catalog: Catalog) -> tuple[str, ...]:
    """What is wrong with the runs of the catalog's samples, one line for each file; empty when all is as recorded.

    Runs of every weights count, shown first or not, fresh or stale: all of them are published.
    """
    hashes = Hashes(catalog.root)
    runs, torn = read_runs(catalog.root, catalog.samples)
    found = [str(error) for error in torn]
    for sample, by_weights in runs.items():
        for weights, record in by_weights.items():
            folder = folder_of(catalog.root, sample, weights)
            place = folder.relative_to(catalog.root).as_posix()
            pointers = {image.file for image in record.images if is_lfs_pointer(folder / image.file)}
            found += [
                f"{place}/{file}: a Git LFS pointer, not the picture (`git lfs pull`)" for file in sorted(pointers)
            ]
            harm = damage(folder, record, hashes)
            found += [f"{place}/{line}" for line in harm if line.split(" ")[0] not in pointers]
    hashes.save()
    return tuple(found)
