"""A figure that was changed, or that belongs to other weights or code, is noticed: by whom, and in what words."""

from __future__ import annotations

import hashlib
import json
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from seamline import fingerprints
from seamline.cli import program
from seamline.errors import RecordError
from seamline.measures import standing
from seamline.seals import read_sealed, sealed

ROOT = Path(__file__).parents[2]
RECORDS = ("catalog/records/evaluation.json", "catalog/records/bench.json", "catalog/records/web.json")
MEASURES = "generated/runs/swap-left/mini/measures.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copytree(ROOT / "generated/runs", tmp_path / "generated/runs")
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def run(project: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(program, ["--project", str(project), *words])
    return (done.exit_code or int(done.exception is not None)), done.output + str(done.exception or "")


def alter(path: Path) -> None:
    """One digit of one figure."""
    text = path.read_text("utf-8")
    at = max(place for place, letter in enumerate(text[:-20]) if letter.isdigit())
    path.write_text(text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :], "utf-8")


@pytest.mark.parametrize("name", [*RECORDS, MEASURES])
def test_a_changed_figure_is_noticed(name: str, project: Path) -> None:
    alter(project / name)
    for words in (["check"], ["render"], ["build", "--strict"]):
        code, output = run(project, *words)
        assert code != 0, words
        assert "torn or altered" in output, words
        assert Path(name).name in output, words
    assert "torn or altered" in run(project, "samples", "--status")[1]


def test_a_torn_record_of_a_run_is_noticed(project: Path) -> None:
    record = project / MEASURES.replace("measures.json", "run.json")
    record.write_bytes(record.read_bytes()[:5000])
    code, output = run(project, "check")
    assert code != 0 and "run.json" in output and "torn or altered" in output


@pytest.mark.parametrize(
    ("name", "changes"), [(MEASURES, {"images": {"a": {"change": "x"}}}), ("run.json", {"steps": {}})]
)
def test_a_seal_alone_makes_no_record(name: str, changes: dict[str, object], project: Path) -> None:
    """Sealed by whoever wrote it, and still not what the pages need."""
    path = project / MEASURES.replace("measures.json", Path(name).name)
    reseal(path, **changes)
    code, output = run(project, "check")
    assert code != 0 and Path(name).name in output


@pytest.mark.parametrize(
    ("name", "changes", "lacking"),
    [
        ("web", {"pages": None}, "pages"),
        ("web", {"pages": {"home": {"scores": {"seo": "high"}}}}, "pages.home.scores.seo"),
        ("web", {"pages": {"home": 3}}, "pages.home"),
        ("web", {"quiet": None}, "quiet"),
        ("web", {"tools": []}, "tools"),
        ("evaluation", {"rows": None}, "rows"),
        ("bench", [], "record"),
        ("web", 3, "record"),
    ],
)
def test_a_record_without_a_part_is_an_error_and_no_traceback(
    name: str, changes: Any, lacking: str, project: Path
) -> None:
    path = project / f"catalog/records/{name}.json"
    if isinstance(changes, dict):
        reseal(path, **changes)
    else:
        body = f"{json.dumps(changes)}\n".encode()
        path.write_bytes(b'{"sha256": "%s",\n' % hashlib.sha256(body).hexdigest().encode() + body)
    for words in (["check"], ["render"]):
        code, output = run(project, *words)
        assert code, output
        assert path.name in output and ("not JSON" in output or f"holds no sound `{lacking}`" in output), output


def reseal(path: Path, **changes: object) -> None:
    data = json.loads(path.read_bytes()) | changes
    del data["sha256"]
    path.write_bytes(sealed(json.dumps(data, indent=1)))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"weights": {"unet/x.safetensors": "00"}}, "other weights than those in catalog/weights/mini"),
        ({"code": {"measures": "00"}}, "the code that measures pictures has changed since"),
    ],
)
def test_an_evaluation_of_something_else_is_marked(changes: dict[str, object], words: str, project: Path) -> None:
    reseal(project / RECORDS[0], **changes)
    code, output = run(project, "check")
    assert code == 0 and words in output
    code, output = run(project, "build", "--strict")
    assert code != 0 and words in output
    assert run(project, "render")[0] == 0
    for page in ("how-it-is-measured", "mini-editor", "questions/seamless-face-swap"):
        text = (project / "generated" / page / "index.md").read_text("utf-8")
        assert "Figures of evaluation.json" in text and words in text, page
        assert "<div" in text, page


def test_without_the_tools_an_evaluation_is_compared_as_far_as_it_can_be(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As installed from the wheel, which has no `tools` beside it."""
    source_of = fingerprints.source_of

    def installed(module: str, package: Path = fingerprints.PACKAGE, project: Path | None = None) -> Path:
        apart = tmp_path / "site-packages/seamline" if module.startswith("tools/") else package
        return source_of(module, apart, project)

    monkeypatch.setattr(fingerprints, "source_of", installed)
    reseal(project / RECORDS[0], code=standing.code_of(project, ("measures",)) | {"evaluation": "00"})
    found = standing.standing(project)
    assert found.outdated == {}
    apart = "is not part of this installation"
    assert found.unchecked == {
        RECORDS[0]: f"the code that evaluates the mini editor {apart}",
        standing.CAUSES.as_posix(): f"the code that looks for the causes of a match {apart}",
        standing.CANONICAL.as_posix(): f"the code that learns and edits canonical images {apart}",
        standing.GROUPS.as_posix(): (
            "the code that makes and measures the edits of a grid of traits "
            f"and that computes figures of groups {apart}"
        ),
        standing.MATTING_RECORD.as_posix(): (
            f"the code that evaluates mattes and composites and that computes errors of mattes {apart}"
        ),
        standing.STEPS_RECORD.as_posix(): f"the code that sweeps numbers of steps {apart}",
    }
    for words in (["check"], ["samples", "--status"]):
        code, output = run(project, *words)
        assert code == 0 and f"{RECORDS[0]}: not fully checked: the code that evaluates" in output, words
    reseal(project / RECORDS[0], code={"evaluation": "00", "measures": "00"})
    assert "the code that measures pictures has changed since" in standing.standing(project).outdated[RECORDS[0]]
    shutil.copytree(ROOT / "scripts/tools", project / "scripts/tools")
    found = standing.standing(project)
    assert found.unchecked == {}, "a clone has them"
    assert "evaluates the mini editor and that measures pictures" in found.outdated[RECORDS[0]]


def test_the_page_of_benchmarks_marks_what_belongs_to_something_else(project: Path) -> None:
    page = project / "generated/benchmarks/index.md"
    unknown = {"weights": standing.NOT_RECORDED, "code": {}}
    here = standing.made_with(project)
    older = {"made_with": {"code": {"instruct_pix2pix": "00"}}}
    reseal(project / RECORDS[1], engine={"made_with": unknown}, workers=older, live={"made_with": here})
    reseal(project / RECORDS[2], made_with={"weights": {"unet/x.safetensors": "00"}})
    assert run(project, "render")[0] == 0
    text = unescape(page.read_text("utf-8"))
    assert "of engine, which weights it belongs to was not recorded" in text
    assert "of workers, the code that runs instruct_pix2pix has changed since" in text
    assert "Figures of web.json" in text and "it belongs to other weights than those in catalog/weights/mini" in text
    assert "made with" not in text and "made_with" not in text
    reseal(project / RECORDS[1], engine={"made_with": here}, workers={"made_with": here})
    reseal(project / RECORDS[2], made_with=here)
    assert run(project, "render")[0] == 0
    assert "Figures of" not in page.read_text("utf-8")


@pytest.mark.parametrize("macro", ["benchmarks()", "benchmark_aims()", "bench('engine.speed_up')", "web_audit()"])
def test_each_macro_that_prints_a_record_brings_its_note(macro: str, project: Path) -> None:
    made = {"weights": standing.NOT_RECORDED, "code": {}}
    reseal(project / RECORDS[1], engine={"speed_up": 1.5, "made_with": made}, workers={})
    reseal(project / RECORDS[2], made_with=made)
    (project / "docs/benchmarks.md").write_text(f"# Speed\n\n{{{{ {macro} }}}}\n\n## The built pages\n", "utf-8")
    code, output = run(project, "render")
    assert code == 0, output
    text = (project / "generated/benchmarks/index.md").read_text("utf-8")
    assert f"Figures of {'web' if 'web' in macro else 'bench'}.json" in text and "was not recorded" in text


def test_the_committed_records_stand() -> None:
    found = standing.standing(ROOT)
    assert found.broken == ()
    assert found.outdated == {}


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"sha256": "00",\n}', b'{\n"a": 1}\n'])
def test_what_has_no_seal_is_not_trusted(raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    assert read_sealed(path, "restore it") is None
    path.write_bytes(raw)
    with pytest.raises(RecordError, match="torn or altered"):
        read_sealed(path, "restore it")
    path.write_bytes(sealed('{\n"a": 1\n}'))
    assert json.loads(read_sealed(path, "restore it") or b"") == {"a": 1}
