"""generated/ is written once, healed when edited by hand, and never touched where it belongs to others."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline import cli
from seamline.project import building
from seamline.site import tree
from seamline.site.searching import pagefind_index


def test_rendering_heals_what_was_edited_by_hand(own_copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = ["--project", str(own_copy)]
    assert cli.run([*project, "render"]) == 0
    assert cli.run([*project, "render", "--check"]) == 0
    assert tree.write(own_copy).written == (), "a second rendering writes nothing"

    home = own_copy / "generated" / "index.md"
    rendered = home.read_bytes()
    home.write_text("# Edited by hand\n")
    (own_copy / "generated" / "papers" / "brooks2023" / "index.md").unlink()
    (own_copy / "generated" / "left-over.md").write_text("# Left over\n")
    mine = own_copy / "generated" / "runs" / "some-sample" / "mini" / "run.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}")

    capsys.readouterr()
    assert cli.run([*project, "render", "--check"]) == 1
    said = capsys.readouterr().err
    for path in ("index.md", "papers/brooks2023/index.md", "left-over.md"):
        assert path in said
    assert home.read_text() == "# Edited by hand\n", "--check writes nothing"
    mine.unlink()

    changes = tree.write(own_copy)
    assert changes.written == ("index.md", "papers/brooks2023/index.md")
    assert changes.removed == ("left-over.md",)
    assert home.read_bytes() == rendered
    assert mine.parent.is_dir(), "runs belong to another stage"
    assert (own_copy / tree.REMOVED / "left-over.md").read_text() == "# Left over\n", "somebody may have written it"


@pytest.mark.parametrize("verb", ["render", "build"])
def test_what_is_moved_out_of_the_way_is_named(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\ntheme: {name: material}\n")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Home\n")
    (tmp_path / "generated").mkdir()
    (tmp_path / "generated/my-notes.md").write_text("# Mine\n")
    assert cli.run(["--project", str(tmp_path), verb]) == 0
    assert "generated/ to .cache/removed/: my-notes.md" in capsys.readouterr().err
    assert (tmp_path / ".cache/removed/my-notes.md").read_text() == "# Mine\n"


def test_what_python_compiled_beside_the_hook_is_nobodys_business(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    assert cli.run(["init", str(tmp_path / "site"), "--bare"]) == 0
    project = ["--project", str(tmp_path / "site")]
    assert cli.run([*project, "build"]) == 0
    assert list((tmp_path / "site/.seamline/__pycache__").glob("*.pyc")), "MkDocs compiles the hook"
    capsys.readouterr()
    assert cli.run([*project, "render"]) == 0
    assert "moved" not in capsys.readouterr().err
    assert cli.run([*project, "render", "--check"]) == 0
    if pagefind_index.is_installed():
        monkeypatch.setattr(building, "_build_all", lambda *_, **__: pytest.fail("all was built again"))
        assert cli.run([*project, "build"]) == 0
