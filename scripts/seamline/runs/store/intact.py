"""Are the pictures that pages show those that were drawn? A look at the files of runs before they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.files import is_lfs_pointer
from seamline.hashing import Hashes
from seamline.runs.store.run_folder import damage, folder_of, read_runs

if TYPE_CHECKING:
    from seamline.catalog import Catalog


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
