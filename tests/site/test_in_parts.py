"""A site that several processes rendered and built is the one that a single process gives."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages.many_questions import many_questions

from seamline.cli import run
from seamline.errors import CatalogError, EngineError, ProjectError, SeamlineError, SiteError
from seamline.project import Project, building
from seamline.site import builder
from seamline.site.searching import pagefind_index
from seamline.site.sharding import page_parts, site_parts
from seamline.site.sharding.pools import LocalPool, Workers, pool_of

FILES = {
    "mkdocs.yml": "INHERIT: .seamline/mkdocs.yml\nsite_name: Small\nsite_url: https://example.org/small/\n",
    "docs/index.md": "# Home\n\n{{ questions() }}\n\n![One pixel](pixel.png)\n",
    "docs/about.md": "# About\n\nWho made [this](index.md).\n",
    **many_questions(12),
}
ANSWERED = "status: written\nanswered: 2026-01-30\n---\n\n## In short\n\nThey are drawn together [@paper-1, §1].\n"
QUESTION = "catalog/questions/question-0.md"

pytestmark = pytest.mark.skipif(not pagefind_index.is_installed(), reason="Pagefind is not installed")


def make(root: Path) -> Path:
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    (root / "docs/pixel.png").write_bytes(b"no picture, but a file that is no page")
    first = (root / QUESTION).read_text("utf-8")
    given = first[first.index("papers: [") + len("papers: [") :].split(",")[0]
    (root / QUESTION).write_text(first.removesuffix("---\n") + ANSWERED.replace("paper-1", given), encoding="utf-8")
    return root


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def differences(one: Path, other: Path) -> list[str]:
    left, right = files(one), files(other)
    return sorted(path for path in left.keys() | right.keys() if left.get(path) != right.get(path))


def caches(root: Path) -> dict[str, object]:
    """What the next build goes on from, but for where the project lies and when the site's files were written."""
    kept = json.loads((root / ".cache/site.json").read_text())
    return {
        "pages": json.loads((root / ".cache/pages.json").read_text()),
        "site": kept | {"lie": None, "context": None},
    }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that one process built."""
    root = make(tmp_path_factory.mktemp("whole") / "project")
    Project(root).build()
    return root


@pytest.fixture
def fresh(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same project, never built, whose units are few enough for several parts."""
    monkeypatch.setattr(page_parts, "_AT_LEAST", 7)
    return make(tmp_path / "project")


def test_two_processes_give_what_one_gives(whole: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finished: list[Path] = []
    monkeypatch.setattr(builder, "finish", finished.append)
    report = Project(fresh).build(workers=Workers(2))
    assert finished == [], "each part's pages were finished by the process that built them"
    assert len(report.rendered.written) > 60
    assert differences(whole / "generated", fresh / "generated") == []
    assert differences(whole / "site", fresh / "site") == []
    assert (fresh / "site/feed.xml").read_text().count("<entry>") == 1
    assert (fresh / "site/pixel.png").is_file()
    assert caches(whole) == caches(fresh)
    left = [path.name for path in (fresh / ".cache").iterdir()]
    assert not [name for name in left if name.startswith("site-part")], left
    # A single process goes on from what several left.
    monkeypatch.setattr(building, "_build_all", lambda *_, **__: pytest.fail("all was built again"))
    assert Project(fresh).build().rendered.written == ()


def test_one_process_at_a_time_builds_many_pages_in_parts(
    whole: Path, fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_parts, "PAGES_A_PART", 30)
    jobs: list[int] = []
    monkeypatch.setattr(LocalPool, "map", _counting(LocalPool.map, jobs))
    Project(fresh).build()
    assert jobs[-1] > 2
    assert differences(whole / "site", fresh / "site") == []


def _counting(original: object, jobs: list[int]) -> object:
    def counted(pool: LocalPool, work: object, given: object) -> object:
        asked = list(given)  # type: ignore[call-overload]
        jobs.append(len(asked))
        return original(pool, work, asked)  # type: ignore[operator]

    return counted


@pytest.fixture
def cluster() -> Iterator[Workers]:
    pytest.importorskip("ray", reason="needs the `ray` extra")
    yield Workers(2, "ray")


@pytest.mark.slow
def test_a_ray_cluster_gives_what_one_process_gives(whole: Path, fresh: Path, cluster: Workers) -> None:
    import ray

    Project(fresh).build(workers=cluster)
    assert differences(whole / "site", fresh / "site") == []
    assert not ray.is_initialized(), "a cluster of our own is dismissed"
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0", "nobody is told how Ray is used"
    # What a job refuses is what the caller is told, in its own words.
    with pool_of(cluster) as pool, pytest.raises(ProjectError, match=r"no mkdocs\.yml here"):
        pool.map(Project.open, ["/", "/"])


@pytest.mark.slow
def test_a_part_that_a_cluster_lost_is_done_again_and_not_for_ever(cluster: Workers, tmp_path: Path) -> None:
    def die_once(folder: str) -> str:
        tried = Path(folder, "tried")
        if not tried.exists():
            tried.touch()
            os._exit(1)
        return "done"

    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    with pool_of(cluster) as pool:
        assert pool.map(die_once, [str(tmp_path / "one"), str(tmp_path / "other")]) == ["done", "done"]
        with pytest.raises(EngineError, match="could not be done in 3 tries"):
            pool.map(os._exit, [1])


def test_what_a_process_refuses_is_what_one_alone_refuses(whole: Path, fresh: Path) -> None:
    Project(fresh).build(workers=Workers(2))
    before = files(fresh / "site")
    (fresh / "docs/about.md").write_text("# About\n\n{{ no_such_macro() }}\n")
    said = []
    for workers in (Workers(1), Workers(2)):
        with pytest.raises(CatalogError) as refused:
            Project(fresh).build(workers=workers)
        said.append(str(refused.value))
    assert said[0] == said[1]
    assert "no_such_macro" in said[0]
    assert files(fresh / "site") == before


def test_a_process_that_is_killed_is_told_and_nothing_is_lost(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EngineError, match=r"ended with 7: .*\n.*fewer --workers"):
        LocalPool(2).map(os._exit, [7, 7])
    assert LocalPool(2).map(abs, [1, -2, 3]) == [1, 2, 3]
    Project(fresh).build()
    before = files(fresh / "site")
    (fresh / "docs/about.md").write_text("# About us\n\nWho made this.\n")
    monkeypatch.setattr(site_parts, "_build_part", sys.exit)
    with pytest.raises(EngineError):
        Project(fresh).build(workers=Workers(2))
    assert files(fresh / "site") == before
    monkeypatch.undo()
    Project(fresh).build(workers=Workers(2))
    assert b"About us" in (fresh / "site/about/index.html").read_bytes()


def test_a_builder_that_builds_whole_sites_is_left_to_it(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many pages there are: MkDocs does not take the place of the builder that was asked for."""
    pytest.importorskip("zensical", reason="needs the `dev` extra")
    monkeypatch.setattr(site_parts, "PAGES_A_PART", 30)
    monkeypatch.setattr(site_parts, "build_in_parts", lambda *_, **__: pytest.fail("MkDocs built it"))
    assert Project(fresh).build(builder="zensical").pages > 60


def test_who_cannot_build_in_parts_says_so(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SiteError, match="zensical builds a whole site at once"):
        Project(fresh).build(builder="zensical", workers=Workers(2))
    monkeypatch.setattr(pagefind_index, "is_installed", lambda: False)
    with pytest.raises(SiteError, match=r"only with Pagefind.*\n.*seamline\[search\]"):
        Project(fresh).build(workers=Workers(2))


def test_the_command_line_takes_workers(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(fresh)
    given: list[Workers] = []

    def remember(self: Project, *, workers: Workers, **_: object) -> object:
        given.append(workers)
        raise SeamlineError("enough")

    monkeypatch.setattr(Project, "build", remember)
    monkeypatch.setattr(Project, "render", remember)
    for line in ("build", "build --workers 3", "render --engine ray --address auto"):
        assert run(line.split()) == 1
    assert given == [Workers(1), Workers(3), Workers(None, "ray", "auto")]
    capsys.readouterr()
    assert run(["build", "--address", "auto"]) == 2
    assert "add --engine ray" in capsys.readouterr().err
    assert run(["build", "--workers", "0"]) == 2


def test_a_large_site_has_several_indexes(whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    shutil.copytree(whole / "site", site)
    assert json.loads((site / "pagefind/more.json").read_text()) == []
    pages = len(list(site.rglob("*.html")))
    monkeypatch.setattr(pagefind_index, "PAGES_AN_INDEX", pages // 3 + 1)
    counted = []
    for folder in ("pagefind", "again"):
        shutil.rmtree(site / folder, ignore_errors=True)
        pagefind_index.index(site, site / folder)
        assert json.loads((site / folder / "more.json").read_text()) == ["2", "3"]
        entries = [json.loads((site / folder / name / "pagefind-entry.json").read_text()) for name in ("", "2", "3")]
        counted.append([one["languages"]["en"]["page_count"] for one in entries])
    assert files(site / "pagefind") == files(site / "again")
    whole_count = json.loads((whole / "site/pagefind/pagefind-entry.json").read_text())["languages"]["en"]["page_count"]
    assert sum(counted[0]) == whole_count
    assert not list(tmp_path.glob(".pagefind-*"))
