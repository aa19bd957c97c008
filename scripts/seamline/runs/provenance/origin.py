"""A file -> the run that left it, and the recipe by which it can be made again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from seamline.catalog import Catalog
from seamline.catalog.io.writing import entry_fields, fields_text
from seamline.errors import FilesError, OriginError
from seamline.hashing import Hashes
from seamline.runs.provenance.picture_mark import LIVE, PictureMark, read_mark
from seamline.runs.provenance.recorded_recipe import recipe_for
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import load_runs


@dataclass(frozen=True)
class Origin:
    """How a file came about.

    Attributes:
        file: the file that was looked at.
        mark: what a picture says of itself; None for a text.
        steps: names of the steps that it depends on, in the order they ran.
        record, artifact: the run that left it, and what it is there; None for a picture edited in a reader's page.
        recipe: a sample as YAML that leaves it again.
        gives: role of the artifact among what that sample leaves; empty where it is the sample's own result.
    """

    file: Path
    mark: PictureMark | None
    record: RunRecord | None
    artifact: ArtifactRecord | None
    recipe: str
    steps: tuple[str, ...] = ()
    gives: str = ""


def origin_of(catalog: Catalog, file: Path) -> Origin:
    """Tell how a file was made.

    The file is known by its sha256, which the record of its run holds: a picture that was saved again is another one.

    Raises:
        FilesError: it cannot be read.
        OriginError: no run here left it; says whether it carries a mark, and which.
    """
    try:
        mark, digest = read_mark(file), Hashes(catalog.root).sha256(file)
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}"
        raise FilesError(what, where=str(file), hint="name a picture that is there") from error
    if mark and mark.sample == LIVE and mark.recipe:
        return Origin(file, mark, None, None, mark.recipe)
    for record in (one for runs in load_runs(catalog.root).values() for one in runs.values()):
        image = next((one for one in record.images if one.sha256 == digest), None)
        if image:
            sample = catalog.samples.get(record.sample)
            found = recipe_for(record, image, catalog.models, sample.title if sample else record.sample)
            text = fields_text(entry_fields(found.sample))
            return Origin(file, mark, record, image, text, found.steps, found.gives)
    raise _unknown(catalog, file, mark)


def _unknown(catalog: Catalog, file: Path, mark: PictureMark | None) -> OriginError:
    if mark is None:
        what = "carries no mark of Seamline, and no run here left a file with these bytes"
        hint = (
            "programs and services that save pictures anew often drop marks: inspect the file as it came off the site"
        )
        return OriginError(what, where=str(file), hint=hint)
    told = f", told “{mark.instruction}”" if mark.instruction else ""
    said = f"by {mark.made_by}{told}" if mark.made_by else "without a model"
    what = f"its mark names the sample `{mark.sample}`, made {said}, but no run here left a file with these bytes"
    if mark.sample == LIVE:
        hint = "it was edited in a reader's page, and its recipe was taken out of the file"
    elif mark.sample in catalog.samples:
        hint = f"it was saved anew, or is of an earlier run: compare it with generated/runs/{mark.sample}/"
    else:
        hint = "inspect it in the project that holds this sample and its runs"
    return OriginError(what, where=str(file), hint=hint)
