"""A picture that is no picture is noticed: by a build, in what it publishes, and by the audit, in what is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from seamline import cli
from seamline.catalog import load
from seamline.pages import load_site_data
from seamline.runs.store.intact import damaged_pictures
from seamline.site.audit.picture_files import not_pictures
from seamline.site.audit.report import audit_site

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>'
KINDS = ("webp", "png", "jpg", "jpeg", "gif")


def picture(path: Path) -> Path:
    """Not of one colour, so that there are bytes to tear off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.effect_noise((64, 48), 80).convert("RGB").save(path)
    return path


def why(site: Path) -> list[str]:
    found = list(not_pictures(site))
    assert all(one.rule == "not-a-picture" for one in found)
    return [f"{one.page}: {one.message}" for one in found]


def test_whole_pictures_have_no_findings(tmp_path: Path) -> None:
    for kind in (*KINDS, "PNG"):
        picture(tmp_path / f"a/whole.{kind}")
    (tmp_path / "drawn.svg").write_bytes(SVG)
    (tmp_path / "plain.svg").write_bytes(b"<svg/>")
    (tmp_path / "page.html").write_bytes(POINTER)
    assert why(tmp_path) == []


@pytest.mark.parametrize("kind", [*KINDS, "svg"])
@pytest.mark.parametrize("content", [POINTER, b"", b"<!doctype html><p>404</p>", b"\0" * 200])
def test_what_is_no_picture_is_found(kind: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / f"edited.{kind}").write_bytes(content)
    (found,) = why(tmp_path)
    assert found.startswith(f"edited.{kind}: ")
    assert ("git lfs pull" in found) == (content == POINTER)
    assert str(tmp_path) not in found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_torn_picture_is_found(kind: str, share: float, tmp_path: Path) -> None:
    path = picture(tmp_path / f"edited.{kind}")
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert len(why(tmp_path)) == 1


def test_a_picture_under_another_kinds_name_is_found(tmp_path: Path) -> None:
    picture(tmp_path / "edited.png").rename(tmp_path / "edited.webp")
    (tmp_path / "drawn.png").write_bytes(SVG)
    (tmp_path / "torn.svg").write_bytes(SVG[:-6])
    assert [line.split(":")[0] for line in why(tmp_path)] == ["drawn.png", "edited.webp", "torn.svg"]


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "pointer": (lambda path: path.write_bytes(POINTER), "a Git LFS pointer"),
    "torn": (lambda path: path.write_bytes(path.read_bytes()[:-40]), "was altered"),
    "another picture": (lambda path: Image.new("RGB", (192, 128)).save(path), "was altered"),
    "gone": (lambda path: path.unlink(), "is missing"),
}


@pytest.mark.parametrize("role", ["edited", "region", "input"])
@pytest.mark.parametrize(("harm", "said"), HARMS.values(), ids=HARMS.keys())
def test_a_harmed_picture_of_a_run_is_named_and_pages_are_rendered_all_the_same(
    role: str, harm: Callable[[Path], object], said: str, own_copy: Path
) -> None:
    catalog = load(own_copy)
    assert damaged_pictures(catalog) == ()
    (path,) = (own_copy / "generated/runs/swap-right/mini").glob(f"{role}-*.webp")
    harm(path)
    (line,) = damaged_pictures(catalog)
    assert line.startswith(f"generated/runs/swap-right/mini/{path.name}") and said in line
    load_site_data(own_copy)


def test_a_build_says_so_a_strict_one_refuses_and_the_audit_finds_it(
    own_copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harmed = sorted((own_copy / "generated/runs").glob("swap-*/mini/*.webp"))
    for path in harmed:
        path.write_bytes(POINTER)
    assert cli.run(["--project", str(own_copy), "build"]) == 0
    said = capsys.readouterr().err
    assert f"warning: {len(harmed)} files of runs" in said
    assert said.count("a Git LFS pointer") == 10 and f"and {len(harmed) - 10} more" in said
    report = audit_site(own_copy / "site", own_copy)
    assert [one.page for one in report.findings if one.rule == "not-a-picture"] == sorted(
        path.relative_to(own_copy / "generated").as_posix() for path in harmed
    )
    assert cli.run(["--project", str(own_copy), "build", "--strict"]) != 0


def test_a_strict_build_refuses_a_harmed_run_that_is_not_shown_first(
    own_copy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seamline.project.building.require_publishable", lambda root, read: None)
    next((own_copy / "generated/runs/grey-hair/mini").glob("edited-*.webp")).write_bytes(POINTER)
    assert cli.run(["--project", str(own_copy), "build", "--strict"]) != 0
    assert "a Git LFS pointer" in capsys.readouterr().err
    assert not (own_copy / "site").exists()
