"""catalog/live.yml: what a reader can edit in the page. Needs neither torch nor numpy."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from seamline.catalog.entries.base import Entry, Id
from seamline.catalog.reading.validation import validate
from seamline.catalog.reading.yaml_reader import Unreadable, read_text, read_yaml
from seamline.errors import CatalogError, FilesError
from seamline.live.schedules import MOST_STEPS

FILE = "catalog/live.yml"


class LiveScene(Entry):
    """A synthetic group photo that a reader can choose."""

    seed: int = Field(ge=0, lt=1_000_000, description="Seed of the scene; below 1,000,000, which training never saw.")
    people: int = Field(ge=2, le=3, description="How many people it shows.")
    light_of: int | None = Field(
        default=None, ge=0, description="Seed of the scene whose light falls on it instead of its own."
    )
    instruction: str = Field(min_length=1, max_length=300, description="What the instruction's field holds at first.")

    @property
    def id(self) -> str:
        """Name of the scene, and of its pictures."""
        return f"scene-{self.seed}-{self.people}" + (f"-light-{self.light_of}" if self.light_of is not None else "")


class LiveEditor(Entry):
    """The editor that runs in the page."""

    model: Id = Field(description="Catalog model whose weights run: those that stand in for it, if there are such.")
    matting: Id | None = Field(
        default=None, description="Catalog model of the mini matting network that composites an edit over the photo."
    )
    steps: int = Field(
        default=4, ge=1, le=MOST_STEPS, description="Steps of an edit until the reader chooses another number."
    )
    scenes: tuple[LiveScene, ...] = Field(min_length=1, max_length=24, description="What a reader can choose from.")


def read(root: Path) -> LiveEditor | None:
    """What `catalog/live.yml` of a project says; None where there is no such file.

    Raises:
        CatalogError: it is not as it should be; the error tells of every problem.
        FilesError: it cannot be read.
    """
    path = root / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FilesError(f"cannot read: {error.strerror}", where=FILE, hint="make it readable") from error
    try:
        located = read_yaml(read_text(data))
    except Unreadable as error:
        raise CatalogError.of([error.problem(FILE)]) from error
    entry, problems = validate(LiveEditor, located, FILE)
    if entry is None:
        raise CatalogError.of(problems)
    names = [scene.id for scene in entry.scenes]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise CatalogError(f"names {repeated[0]} twice", where=FILE, hint="leave one of the two out")
    return entry
