"""The public API is what docs/reference says it is, in both directions; and it does what the command line does."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe
import pytest

import seamline
from seamline import Project, errors
from seamline.errors import CatalogError, ProjectError, RunError, SeamlineError, SiteError

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "docs/reference"
PAGE = (REFERENCE / "python-project.md").read_text("utf-8")


def public(owner: type) -> dict[str, object]:
    return {name: member for name, member in vars(owner).items() if not name.startswith("_")}


def rows(heading: str) -> dict[str, list[str]]:
    """A table of the page by its first column's name, cell by cell without backticks."""
    _, _, below = PAGE.partition(f"| {heading} |")
    table = re.split(r"\n\n", below, maxsplit=1)[0].split("\n")[2:]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]
    return {first: rest for first, *rest in cells}


ERRORS = {
    name: one for name, one in vars(errors).items() if inspect.isclass(one) and issubclass(one, errors.SeamlineError)
}

# --- the inventory ------------------------------------------------------------------------


def test_the_package_exports_what_it_says_and_nothing_is_loaded_for_it() -> None:
    assert seamline.__all__ == ["Project", "__version__"]
    assert set(seamline.__all__) <= set(dir(seamline))
    assert seamline.Project is Project
    with pytest.raises(AttributeError, match="has no attribute 'project_of'"):
        seamline.project_of  # noqa: B018
    script = "import sys; before = set(sys.modules); import seamline; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['seamline']"


def test_the_table_of_members_is_the_class() -> None:
    members = rows("Member")
    assert set(members) == {*public(Project), "root"}


def test_the_table_of_errors_is_the_tree_with_its_exit_codes() -> None:
    assert {name: int(code) for name, (code, _) in rows("Error").items()} == {
        name: one.exit_code for name, one in ERRORS.items()
    }


@pytest.mark.parametrize("name", sorted(public(Project)))
def test_each_member_is_documented_and_typed_and_raises_errors_that_exist(name: str) -> None:
    member = inspect.getattr_static(Project, name)
    function = getattr(member, "func", None) or getattr(member, "__func__", None) or member
    doc = inspect.getdoc(function) or ""
    assert doc
    signature = inspect.signature(function)
    assert signature.return_annotation is not inspect.Signature.empty
    named = re.findall(r"(?m)^    (\w+Error):", doc)
    assert named, "what can go wrong is said"
    assert set(named) <= ERRORS.keys()


# --- the pages of the reference -----------------------------------------------------------

DOCUMENTED = {
    identifier: page.name
    for page in sorted(REFERENCE.glob("python-*.md"))
    for identifier in re.findall(r"(?m)^::: (\S+)$", page.read_text("utf-8"))
}


@pytest.fixture(scope="module")
def package() -> griffe.Module:
    found = griffe.load("seamline", search_paths=[str(ROOT / "scripts")])
    assert isinstance(found, griffe.Module)
    return found


def resolved(package: griffe.Module, path: str) -> griffe.Object:
    found = package[path.removeprefix("seamline.")]
    target = found.final_target if found.is_alias else found
    assert isinstance(target, griffe.Object)
    return target


def names_in(member: griffe.Object) -> Iterator[str]:
    """Canonical paths of the types that a function or an attribute names."""
    if isinstance(member, griffe.Function):
        annotations = [member.returns, *(one.annotation for one in member.parameters)]
    else:
        annotations = [getattr(member, "annotation", None)]
    for annotation in annotations:
        if isinstance(annotation, griffe.Expr):
            yield from (one.canonical_path for one in annotation.iterate() if isinstance(one, griffe.ExprName))


def reachable(package: griffe.Module) -> set[str]:
    """Classes that a caller of `Project` meets: what its members take and return, and what that is made of."""
    waiting, found = ["seamline.Project"], set[str]()
    while waiting:
        thing = resolved(package, waiting.pop())
        if thing.path in found or not thing.is_class:
            continue
        found.add(thing.path)
        for member in thing.members.values():
            if not member.name.startswith("_") and not member.is_alias:
                waiting += [path for path in names_in(member) if path.startswith("seamline.")]  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("identifier", DOCUMENTED)
def test_what_the_reference_documents_exists_and_says_what_it_is(identifier: str, package: griffe.Module) -> None:
    thing = package if identifier == "seamline" else resolved(package, identifier)
    assert thing.docstring and thing.docstring.value


def test_every_class_that_a_caller_meets_is_in_the_reference(package: griffe.Module) -> None:
    covered = {resolved(package, identifier).path for identifier in DOCUMENTED}
    met = reachable(package)
    assert {"seamline.project.facade.Project", "seamline.runs.plan.states.SampleState"} <= met and len(met) > 20
    assert sorted(path for path in met if path not in covered and path.rpartition(".")[0] not in covered) == []


# --- what it does -------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\ntheme: {name: material}\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n")
    return Project.open(tmp_path)


def test_a_project_is_found_from_any_folder_below_it(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Project.open(str(project.root / "docs")).root == project.root.resolve()
    monkeypatch.chdir(project.root / "docs")
    assert Project.open().root == project.root.resolve()
    assert repr(project) == f"Project({str(project.root)!r})"


def test_no_project_is_an_error_that_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=re.escape(f"{tmp_path}: no mkdocs.yml")) as caught:
        Project.open(tmp_path)
    assert caught.value.exit_code == 2 and isinstance(caught.value, SeamlineError)


def test_an_edited_catalog_is_read_anew_by_each_method(project: Project) -> None:
    assert project.check().counts == {"questions": 0, "models": 0, "papers": 0, "samples": 0}
    assert not project.catalog.papers and project.catalog is project.catalog
    paper = project.root / "catalog/papers/ada1843.yml"
    paper.parent.mkdir(parents=True)
    paper.write_text("title: Notes\nauthors: [Ada Lovelace]\nyear: 1943\n")
    assert project.check().papers == 1 and "ada1843" in project.catalog.papers
    paper.write_text("yaer: 1943\n")
    with pytest.raises(CatalogError, match=r"ada1843\.yml:1"):
        project.status()


def test_importing_and_rendering_change_what_is_asked_for_next(project: Project) -> None:
    document = project.root / "question.txt"
    document.write_text('"Why?"\n### Recommended AI Models:\nModel: Img2Img-Hub-owner-name\n')
    assert not project.catalog.models
    report = project.import_documents([document])
    assert "catalog/models/owner-name.yml" in report.written or len(report.written) == 2
    assert len(project.catalog.models) == len(project.catalog.questions) == 1
    assert {one.path for one in project.drift()} >= {"index.md", "models/index.md"}
    assert "index.md" in project.render().written
    assert project.drift() == ()
    (project.root / "generated/index.md").write_text("# By hand\n")
    (found,) = project.drift()
    assert (found.path, found.line) == ("index.md", 1)


def test_a_site_is_built_and_audited(project: Project) -> None:
    said: list[str] = []
    project = Project.open(project.root, say=said.append)
    with pytest.raises(SiteError, match="no built site here"):
        project.audit()
    (project.root / "generated").mkdir()
    (project.root / "generated/notes.md").write_text("# Mine\n")
    report = project.build()
    assert report.site == project.root / "site" and report.pages > 5
    assert report.damaged == () and report.rendered.removed == ("notes.md",)
    assert [line for line in said if "notes.md" in line]
    assert project.audit().pages == report.pages
    assert project.audit(report.site) == project.audit()


def test_a_sample_that_does_not_exist_is_refused(project: Project) -> None:
    for method in (project.status, project.verify):
        with pytest.raises(RunError, match="no sample 'swap'"):
            method(only=["swap"])
    assert project.status(only=[]).states == () and project.orphans() == project.prune() == ()


def test_this_projects_status_names_each_sample_once() -> None:
    project = Project.open(ROOT)
    report = project.status()
    assert [state.id for state in report.states] == sorted(project.catalog.samples)
    assert report.broken == () and report.orphans == ()
    parts = {part.part: part for part in project.doctor()}
    assert parts["python"].present and parts["mkdocs.yml"].present
