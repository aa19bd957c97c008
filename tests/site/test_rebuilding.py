"""What changed is built again and put into the site that is there, which is then what a full build gives."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from seamline.project import Project, building
from seamline.site.keeping import code_digest, kept_site, rebuilding
from seamline.site.searching import pagefind_index, settled_index

PAPER = (
    "title: {}\nauthors: [Ada Lovelace]\nyear: 2020\narxiv: '2020.0000{}'\nsummary: Faces match. The light does, too.\n"
)
ANSWERED = "status: written\nanswered: 2026-01-30\n---\n\n## In short\n\nThey are drawn together [@ada, §1].\n"
FILES: Mapping[str, str] = {
    "mkdocs.yml": "INHERIT: .seamline/mkdocs.yml\nsite_name: Small\nsite_url: https://example.org/small/\n",
    "docs/index.md": "# Home\n\n{{ questions() }}\n",
    "docs/about.md": "# About\n\nWho made this.\n",
    "catalog/papers/ada.yml": PAPER.format("Notes", 1),
    "catalog/papers/bob.yml": PAPER.format("More notes", 2),
    "catalog/models/engine.yml": "block: ImgTxt2Img-HuggingFace-ada-engine\npapers: [ada]\n",
    "catalog/questions/how.md": f"---\nasked: How do faces match?\nmodels: [engine]\npapers: [bob]\n{ANSWERED}",
    "catalog/questions/why.md": "---\nasked: Why do faces match?\nmodels: [engine]\npapers: [bob]\n---\n",
}
HOW, WHY = "catalog/questions/how.md", "catalog/questions/why.md"
CHANGES: Mapping[str, Mapping[str, str]] = {
    "an answer's text": {HOW: FILES[HOW] + "\nSo the light matches, too [@bob].\n"},
    "a question's title and a paper": {
        WHY: FILES[WHY].replace("asked:", "title: Why faces match\nasked:"),
        "catalog/papers/bob.yml": FILES["catalog/papers/bob.yml"].replace("Faces match", "Faces do match"),
    },
    "an answer that is a draft again, and one that is new": {
        HOW: FILES[HOW].replace("status: written\n", ""),
        WHY: FILES[WHY].removesuffix("---\n") + ANSWERED,
    },
}

pytestmark = pytest.mark.skipif(not pagefind_index.is_installed(), reason="Pagefind is not installed")


class Builds:
    """Builds of one project, each beside a full one of the same sources."""

    def __init__(self, root: Path, whole: Path) -> None:
        self.root, self._whole, self.full = root, whole, 0
        original = building._build_all

        def counted(*arguments: object, **named: object) -> object:
            self.full += 1
            return original(*arguments, **named)  # type: ignore[arg-type]

        building._build_all = counted  # type: ignore[assignment]
        self.undo = lambda: setattr(building, "_build_all", original)

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def build(self, *, reindex: bool = True) -> bool:
        """Build; whether pages of the last build were kept."""
        before = self.full
        Project(self.root).build(reindex=reindex)
        return self.full == before

    def differences(self) -> list[str]:
        """Paths at which the site is not what a full build gives."""
        shutil.rmtree(self._whole, ignore_errors=True)
        ignored = shutil.ignore_patterns("site", "pages.json", "site.json", "page-hashes.json")
        shutil.copytree(self.root, self._whole, ignore=ignored)
        shutil.rmtree(self._whole / "generated", ignore_errors=True)
        Project(self._whole).build(strict=False)
        one, other = (_files(root / "site") for root in (self.root, self._whole))
        return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builds]:
    """A project that was built."""
    made = Builds(tmp_path_factory.mktemp("part") / "project", tmp_path_factory.mktemp("whole") / "project")
    made.write(FILES)
    assert not made.build()
    yield made
    made.undo()


@pytest.mark.parametrize("change", CHANGES)
def test_a_site_that_was_built_in_part_is_one_that_was_built_whole(builds: Builds, change: str) -> None:
    builds.write(FILES)
    builds.build()
    builds.write(CHANGES[change])
    assert builds.build()
    assert builds.differences() == []
    feed = (builds.root / "site/feed.xml").read_text()
    assert feed.count("<entry>") == 1
    how = {path.name for path in (builds.root / "site/questions/how").iterdir()}
    assert ("cite.bib" in how) is ("a draft again" not in change), "citations go with the answer"


def test_only_what_may_differ_is_built(builds: Builds) -> None:
    builds.write(FILES)
    builds.build()
    builds.write(CHANGES["an answer's text"])
    assert builds.build()
    wanted = (builds.root / ".cache/site-part-wanted.txt").read_text().splitlines()
    assert wanted == ["papers/bob/index.md", "questions/how/index.md"]
    (builds.root / ".cache/site-part-wanted.txt").unlink()
    assert builds.build()
    assert not (builds.root / ".cache/site-part-wanted.txt").exists(), "MkDocs is not asked where nothing has changed"


def test_the_search_index_can_wait_and_is_not_forgotten(builds: Builds) -> None:
    builds.write(FILES)
    builds.build()
    before = _files(builds.root / "site/pagefind")
    builds.write({HOW: FILES[HOW] + "\nZebras match.\n"})
    assert builds.build(reindex=False)
    assert _files(builds.root / "site/pagefind") == before
    assert builds.build()
    assert _files(builds.root / "site/pagefind") != before
    assert builds.differences() == []


@pytest.mark.parametrize(
    ("what", "files"),
    [
        ("a title of the navigation", {"docs/about.md": "# About us\n\nWho made this.\n"}),
        ("a setting", {"mkdocs.yml": FILES["mkdocs.yml"] + "copyright: Ada\n"}),
        ("a new page", {"catalog/papers/new.yml": PAPER.format("New", 3)}),
        ("a style sheet", {"docs/assets/own.css": "p { color: red }\n"}),
        (
            "an extension that reads files",
            {"mkdocs.yml": FILES["mkdocs.yml"] + "markdown_extensions: [pymdownx.snippets]\n"},
        ),
    ],
)
def test_what_changes_all_pages_builds_all(builds: Builds, what: str, files: Mapping[str, str]) -> None:
    for name in files.keys() - FILES.keys():
        (builds.root / name).unlink(missing_ok=True)
    builds.write(FILES)
    builds.build()
    builds.write(files)
    assert not builds.build(), what
    for name in files.keys() - FILES.keys():
        (builds.root / name).unlink()


@pytest.mark.parametrize("damage", ["a page by hand", "a page away", "cache torn", "other code", "killed"])
def test_a_site_that_is_not_as_it_was_left_is_built_anew(
    builds: Builds, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds.write(FILES)
    builds.build()
    page, cache = builds.root / "site/papers/bob/index.html", builds.root / kept_site.CACHE
    if damage == "a page by hand":
        page.write_text(page.read_text().replace("Faces", "Hands"))
    elif damage == "a page away":
        page.unlink()
    elif damage == "cache torn":
        cache.write_bytes(cache.read_bytes()[:-30])
    elif damage == "other code":
        monkeypatch.setattr(code_digest, "_distributions", lambda: ["jinja2-4.0.dist-info"])
    else:
        builds.write({HOW: FILES[HOW] + "\nSo.\n"})
        with monkeypatch.context() as patch:
            patch.setattr(rebuilding, "_remove_leftovers", _killed)
            with pytest.raises(KeyboardInterrupt):
                builds.build()
    assert not builds.build()
    assert "Hands" not in page.read_text()


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_search_index_in_a_form_that_is_not_known_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pagefind-entry.json").write_text('{"languages": {"en": {"hash": "en_1"}}}')
    (tmp_path / "pagefind.en_1.pf_meta").write_bytes(b"something else")
    before = _files(tmp_path)
    assert not settled_index.settle(tmp_path)
    assert _files(tmp_path) == before
