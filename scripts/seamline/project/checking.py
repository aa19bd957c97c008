"""Everything about a project that can be wrong before anything is run or rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seamline.errors import CatalogError, DriftError, RecordError
from seamline.project import sample_runs
from seamline.project.results import CheckReport

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.errors import Problem


def check(catalog: Catalog, *, strict: bool = False) -> CheckReport:
    """What `Project.check` does with a catalog that could be read; raises what it raises."""
    from seamline.catalog.citations.checks import problems_in_docs
    from seamline.catalog.io.json_schema import drifted_schemas
    from seamline.measures.standing import standing
    from seamline.project.summary_reading import stale_readings
    from seamline.site.settings import require_home, require_settings

    if problems := list(problems_in_docs(catalog)):
        raise CatalogError.of(problems)
    require_settings(catalog.root)
    require_home(catalog.root)
    if drifted := drifted_schemas(catalog.root):
        raise DriftError(
            f"not what the entries say: {', '.join(drifted)}",
            where="catalog/schema",
            hint="run `seamline render`, which writes the schemas anew",
        )
    records = standing(catalog.root, catalog.samples)
    if records.broken:
        first, *others = records.broken
        more = "".join(f"\n{other}" for other in others)
        raise RecordError(first.what, where=first.where, hint=f"{first.hint}{more}")
    bare = _prose(catalog)
    if strict and bare:
        raise CatalogError.of(bare)
    return CheckReport(
        questions=len(catalog.questions),
        models=len(catalog.models),
        papers=len(catalog.papers),
        samples=len(catalog.samples),
        outdated=dict(records.outdated),
        unchecked=dict(records.unchecked),
        orphans=sample_runs.orphans(catalog),
        uncited=bare,
        stale_readings=stale_readings(catalog),
    )


def _prose(catalog: Catalog) -> tuple[Problem, ...]:
    """Sentences that cite nothing, after seeing that every page can be rendered and every link leads somewhere.

    Raises:
        CatalogError: a macro, an exhibit, a measure or a link is wrong.
    """
    if not catalog.questions and not any((catalog.root / "docs").rglob("*")):
        return ()
    from seamline.pages.prose_checks import prose_problems, uncited
    from seamline.site import tree

    site = tree.site_data(catalog.root)
    if problems := prose_problems(site, tree.other_files(site)):
        raise CatalogError.of(problems)
    return uncited(site)
