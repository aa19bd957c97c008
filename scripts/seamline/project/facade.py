"""A project, and everything that can be done with it."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seamline.errors import ProjectError, SiteError
from seamline.project import building, checking, sample_runs
from seamline.project.open_folder import OpenFolder, Say
from seamline.project.results import BuildReport, CheckReport, LiveReport, RunReport, StatusReport, VerifyReport
from seamline.project.root_folder import MARKER, find_project

if TYPE_CHECKING:
    from seamline.catalog import Catalog
    from seamline.catalog.documents.importer import ImportReport
    from seamline.files import Changes
    from seamline.pages import Drift
    from seamline.project.results import Choice, Shard
    from seamline.runs.engines.making import EngineName
    from seamline.runs.execute.carry_over import CarriedOver
    from seamline.runs.provenance.origin import Origin
    from seamline.runs.store.orphans import Orphan
    from seamline.site.audit.report import Report
    from seamline.site.builder import Builder
    from seamline.site.doctor import Part
    from seamline.site.sharding.pools import Workers
    from seamline.weights.locate import WeightsName


class Project(OpenFolder):
    """A folder that holds `mkdocs.yml`, `docs/` and `catalog/`.

    Each method reads what is on disk when it is called, so that a project may stay open while its files are edited.
    What writes holds the project's lock meanwhile, and waits a moment for another process that does; it raises
    `LockedError` where that one needs longer, and `FilesError` where the file system refuses; what was done is kept.

    Attributes:
        root: absolute path of the folder.
    """

    @classmethod
    def open(cls, path: str | os.PathLike[str] = ".", *, say: Say | None = None) -> Project:
        """The project that `path` lies in. Only its place is looked for; nothing is read yet.

        Args:
            path: the folder that holds `mkdocs.yml`, or any folder below it.
            say: takes lines while a method works: whom it waits for, which files it moved, which pictures are damaged.

        Raises:
            ProjectError: no folder from `path` upward holds `mkdocs.yml`.
        """
        if root := find_project(Path(path)):
            return cls(root, say=say)
        raise ProjectError(
            f"no {MARKER} here or in any folder above", where=str(Path(path).resolve()), hint="name a Seamline project"
        )

    @cached_property
    def catalog(self) -> Catalog:
        """The catalog as it was last read: now if no method has read it yet.

        Raises:
            CatalogError: an entry is not as it should be; the error holds every problem.
        """
        from seamline.catalog import load

        return load(self.root)

    def import_documents(
        self, paths: Sequence[str | os.PathLike[str]], *, dry_run: bool = False, **reading: Any
    ) -> ImportReport:
        """Read documents, files or folders of them, into the catalog; with `dry_run` write nothing.

        Raises:
            CatalogError: a document is not understood, or the catalog is not sound; no file was written.
        """
        from seamline.catalog.documents.importer import import_documents
        from seamline.site.keeping.garbage import seldom_collected

        with self._writing("importing documents"), seldom_collected():
            report = import_documents(self.root, [Path(path) for path in paths], dry_run=dry_run, **reading)
        self._forget()
        return report

    def check(self, *, strict: bool = False) -> CheckReport:
        """Check the catalog, answers and docs/, mkdocs.yml, the schemas, and the seals of figures.

        Raises:
            CatalogError: an entry, a citation, a macro or a link is wrong; with `strict`, a claim cites nothing.
            SiteError: mkdocs.yml reads or writes other folders than Seamline does.
            DriftError: catalog/schema/ is not what the entries say.
            RecordError: a record of figures was torn or altered.
        """
        return checking.check(self._read(), strict=strict)

    def status(
        self, *, only: Collection[str] | None = None, weights: Choice = "auto", shard: Shard | None = None
    ) -> StatusReport:
        """How each sample's run stands, and why. Loads no model. `only` and `shard` are those of `run`.

        Args:
            weights: of which run; `auto` for the one that pages show.

        Raises:
            CatalogError: the catalog is not as it should be.
            RunError: `only` or `shard` makes no sense.
            WeightsError: the mini editor's weights are here, but unsafe or incomplete.
        """
        return sample_runs.status(self._read(), only or None, weights, shard)

    def run(
        self,
        *,
        only: Collection[str] | None = None,
        weights: Choice = "auto",
        force: bool = False,
        retry: bool = False,
        shard: Shard | None = None,
        engine: EngineName = "local",
        address: str | None = None,
        dtype: str | None = None,
        progress: Say | None = None,
    ) -> RunReport:
        """Run every sample that is missing or stale, then measure what came out.

        A sample that fails keeps no other from being run.

        Args:
            only: sample ids; all by default.
            weights: `auto` decides for each model by itself.
            force: run what is fresh, too.
            retry: try again what failed, though nothing changed.
            shard: (i, n) for the i-th of n parts of all samples, counted from 1.
            engine: `local`, or `ray` for a cluster at `address`.
            dtype: number format; by default the device's own.
            progress: takes a line for each sample; by default a bar on a terminal, lines elsewhere.

        Raises:
            CatalogError: the catalog is not as it should be.
            WeightsError: the weights of no sample that is due are here or can be had.
            EngineError: the engine gave up; samples finished before are safe.
            RunError: `only` or `shard` makes no sense.
        """
        selection = sample_runs.Selection(only or None, weights, force, retry, shard)
        return sample_runs.run(self._read(), selection, engine, address, dtype, progress)

    def carry_over(
        self, *, only: Collection[str] | None = None, weights: WeightsName = "mini", progress: Say | None = None
    ) -> CarriedOver:
        """Keep runs of the samples `only` that are stale for code alone, where running them gives the same pictures.

        Raises:
            CatalogError: the catalog is not as it should be.
            RunError: `only` names a sample that does not exist.
            WeightsError: the weights are not here.
        """
        return sample_runs.carry_over(self._read(), only or None, weights, progress)

    def verify(
        self, *, only: Collection[str] | None = None, weights: WeightsName = "mini", sample: int | None = None
    ) -> VerifyReport:
        """Generate committed pictures again, here, and compare; measure them again, and compare.

        Takes all samples that are fresh, or `only` some; at most `sample` of them, evenly spread over the ids.

        Raises:
            CatalogError: the catalog is not as it should be.
            RecordError: there is no fresh run, or one is damaged or was never measured.
            RunError: `only` names a sample that does not exist.
            WeightsError: the weights are not here.
            EngineError: the engine gave up.
        """
        return sample_runs.verify(self._read(), only or None, weights, sample)

    def inspect(self, file: str | os.PathLike[str]) -> Origin:
        """How an artifact of a run was made, a picture or a text, and a sample that makes it again.

        Raises:
            FilesError: the file cannot be read.
            OriginError: no run here left it.
            CatalogError: the catalog is not as it should be.
        """
        from seamline.runs.provenance.origin import origin_of

        return origin_of(self._read(), Path(file))

    def orphans(self) -> tuple[Orphan, ...]:
        """Folders of generated/runs/ that hold runs of no sample, by name.

        Raises:
            CatalogError: the catalog is not as it should be.
        """
        return sample_runs.orphans(self._read())

    def prune(self) -> tuple[Orphan, ...]:
        """Remove the runs of no sample; what else lies in their folders stays. Returns what `orphans` would have.

        Raises:
            CatalogError: the catalog is not as it should be.
        """
        return sample_runs.prune(self._read())

    def render(self, *, workers: Workers | None = None) -> Changes:
        """Write catalog/schema/, and render docs/, the catalog and the run records into generated/.

        Args:
            workers: processes that render; this one alone by default.

        Raises:
            EngineError: the workers gave up; pages written before are safe.
            CatalogError: the catalog, an answer or a page of docs/ is not as it should be.
            WorkflowError: a question's models do not form a workflow.
            RecordError: a record of figures was torn or altered.
        """
        from seamline.catalog.io.json_schema import write_schemas
        from seamline.site import tree
        from seamline.site.sharding.pools import pool_of

        with self._writing("rendering"), pool_of(workers) as pool:
            write_schemas(self.root)
            changes = tree.write(self.root, pool if pool.workers > 1 else None)
        self._forget()
        if self._say and changes.removed:
            self._say(tree.removed_words(changes))
        return changes

    def drift(self) -> tuple[Drift, ...]:
        """How generated/ differs from what `render` would write. Writes nothing.

        Raises:
            CatalogError: the catalog, an answer or a page of docs/ is not as it should be.
            WorkflowError: a question's models do not form a workflow.
            RecordError: a record of figures was torn or altered.
        """
        from seamline.site import tree

        return tuple(tree.differences(self.root))

    def build(
        self, *, strict: bool = False, builder: Builder = "mkdocs", reindex: bool = True, workers: Workers | None = None
    ) -> BuildReport:
        """Render, then build the site into site/, without runs of no sample; pages that need not be built anew stay.

        Args:
            strict: refuse pictures that are not fresh, described and whole, other figures, and warnings of the builder.
            reindex: make the search index anew if its pages have changed; else the next build does.
            workers: processes that render and build; one at a time by default. Several need Pagefind and MkDocs.

        Raises:
            EngineError: the workers gave up; the last good site stays.
            CatalogError: the catalog, an answer or a page of docs/ is not as it should be.
            WorkflowError: a question's models do not form a workflow.
            RecordError: a record of figures was torn or altered; with `strict`, also one that is outdated.
            RunError: with `strict`, a shown run is not fresh, or a file of a run is damaged.
            SiteError: the builder is missing or refused.
        """
        from seamline.site.sharding.pools import pool_of

        if strict:
            building.require_publishable(self.root, self._read)
        with self._writing("building the site"), pool_of(workers) as pool:
            return building.build(self.root, builder, self._say, strict=strict, reindex=reindex, pool=pool)

    def serve(self, address: str = "127.0.0.1:8000", *, open_browser: bool = False) -> int:
        """Serve the site until interrupted, rebuilding when a file under docs/ or catalog/ is saved.

        Returns 0 after an interrupt, 128 and the signal's number after another signal, else the server's exit code.

        Raises:
            SiteError: `address` is not HOST:PORT, something else answers there, or mkdocs.yml is not as it should be.
        """
        from seamline.site.builder import serve

        return serve(self.root, address, open_browser=open_browser)

    def export_live(self) -> LiveReport:
        """Export the editor that `catalog/live.yml` declares to what a page loads, and check it against torch.

        Raises:
            CatalogError: the catalog or the declaration is not as it should be, or there is none.
            WeightsError: the weights are not here, do not fit a page, or are exported wrongly.
        """
        with self._writing("exporting the editor"):
            return building.export_live(self.root, self._read(), self._say)

    def audit(self, site: str | os.PathLike[str] | None = None) -> Report:
        """Read a built `site`, the project's by default, as a browser would; report what a reader must not meet.

        Raises:
            SiteError: there is no built site.
            CatalogError: the catalog is invalid, so that nobody can say what is in it.
        """
        from seamline.site.audit.report import audit

        folder = Path(site) if site is not None else self.root / "site"
        if not (folder / "index.html").is_file():
            raise SiteError("there is no built site here", where=str(folder), hint="seamline build")
        return audit(folder, self._read())

    def doctor(self) -> tuple[Part, ...]:
        """What this machine has of what Seamline can use, and what to do about the rest.

        Raises:
            CatalogError: the catalog is not as it should be.
        """
        from seamline.site.doctor import examine

        return tuple(examine(self.root))

    def _read(self) -> Catalog:
        self._forget()
        return self.catalog

    def _forget(self) -> None:
        self.__dict__.pop("catalog", None)
