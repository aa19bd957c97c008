"""The wheel holds what a curator uses, and works without what it leaves out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOTE = "evaluation.json: not fully checked: the code that evaluates the mini editor is not part of this installation"
ALONE = """
import importlib.abc, sys

class Absent(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "tools":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import seamline
from seamline.cli import main
print(seamline.__file__)
main(sys.argv[1:])
"""
"""The program, with no `tools` to import wherever the environment may have them."""

DOCUMENTS = {
    "depth.txt": """A user has asked the following question:
"How can AI tell from one photo how far away each thing is?"

### Recommended AI Models:
Model: Img2Depth-HuggingFace-LiheYoung-depth-anything-small-hf
Paper: https://arxiv.org/abs/2401.10891

### Related Papers:
Model: Towards Robust Monocular Depth Estimation
Paper: https://arxiv.org/abs/1907.01341
Summary: Depth from one image is known up to scale and shift. The loss does not change with either.
""",
    "speech.txt": """A user has asked the following question:
"How does AI write down what is said in a recording?"

### Recommended AI Models:
Model: Audio2Txt-HuggingFace-openai-whisper-large-v3
Paper: https://arxiv.org/abs/2212.04356
""",
    "picture.txt": """A user has asked the following question:
"How does AI paint a picture from a sentence?"

### Recommended AI Models:
Model: Txt2Img-HuggingFace-stabilityai-stable-diffusion-xl-base-1.0
Paper: https://arxiv.org/abs/2307.01952
""",
}
"""Question documents of three tasks, as they come."""


def build(folder: Path, into: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", str(into), *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def install(into: Path, wheel: Path) -> None:
    """As pip does, with the dependencies that are here already."""
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--no-compile", "--target", str(into)]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distributions, as they are built where no forge runs it."""
    folder = tmp_path_factory.mktemp("dist")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY"):
            patch.delenv(name, raising=False)
        build(ROOT, folder)
    build(ROOT / "packaging/mini-editor", folder, "--target", "wheel")
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what pip makes of the wheel, and nothing else."""
    folder = tmp_path_factory.mktemp("site-packages")
    (wheel,) = built.glob("seamline-*.whl")
    install(folder, wheel)
    return folder


def test_the_tools_are_left_out(installed: Path) -> None:
    assert sorted(path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")) == [
        "bin",
        "seamline",
    ]
    assert (installed / "seamline/py.typed").is_file()


def test_what_an_index_shows_of_it_is_complete(installed: Path) -> None:
    facts = about(installed, "seamline").metadata
    assert facts["Description-Content-Type"] == "text/markdown"
    text = str(facts.get_payload())
    assert "Answer your own question" in text
    assert re.findall(r"\]\((?!https?:)[^)]*\)", text) == [], "there is nothing beside that page to link to"
    assert facts["License-Expression"] == "Apache-2.0" and len(facts.get_all("License-File") or []) == 2
    assert "Typing :: Typed" in (facts.get_all("Classifier") or []) and facts["Keywords"] and facts["Author"]


def test_a_release_names_its_repository_and_a_build_elsewhere_none(tmp_path: Path, installed: Path) -> None:
    assert about(installed, "seamline").metadata.get_all("Project-URL") is None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GITHUB_SERVER_URL", "https://forge.example")
        patch.setenv("GITHUB_REPOSITORY", "someone/seamline")
        build(ROOT, tmp_path, "--target", "wheel")
    (wheel,) = tmp_path.glob("*.whl")
    install(tmp_path / "there", wheel)
    urls = about(tmp_path / "there", "seamline").metadata.get_all("Project-URL") or []
    assert "Source, https://forge.example/someone/seamline" in urls and len(urls) == 3


def test_the_source_distribution_builds_the_same_wheel(built: Path, tmp_path: Path) -> None:
    (archive,) = built.glob("seamline-*.tar.gz")
    shutil.unpack_archive(archive, tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert not (source / "generated").exists() and not (source / "catalog").exists()
    build(source, tmp_path / "again", "--target", "wheel")
    (again,), (wheel,) = (tmp_path / "again").glob("*.whl"), built.glob("seamline-*.whl")
    assert again.read_bytes() == wheel.read_bytes()


def about(folder: Path, name: str) -> Distribution:
    (found,) = (one for one in distributions(path=[str(folder)]) if one.metadata["Name"] == name)
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with every record, and none of the repository's programs."""
    folder = tmp_path_factory.mktemp("project")
    for part in ("catalog", "docs", "generated"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "mkdocs.yml", folder)
    return folder


def run(installed: Path, *words: str, here: Path | None = None, path: Sequence[Path] = ()) -> tuple[str, str]:
    """What a command that must succeed says on standard output and standard error."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *words],
        cwd=here or installed,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (installed, *path)))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith(str(installed)), done.stderr
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.mark.slow
def test_the_program_works_without_them_and_says_what_it_cannot_check(installed: Path, project: Path) -> None:
    assert NOTE in run(installed, "--project", str(project), "check")[1]
    assert NOTE in run(installed, "--project", str(project), "samples", "--status")[1]
    run(installed, "--project", str(project), "render")
    assert (project / "generated/mini-editor/index.md").is_file()


@pytest.mark.slow
def test_in_a_clone_it_checks_everything(installed: Path) -> None:
    assert "not fully checked" not in run(installed, "--project", str(ROOT), "check")[1]


@pytest.mark.slow
def test_a_stranger_has_a_site_of_his_own(installed: Path, tmp_path: Path) -> None:
    """From the wheel, in an empty folder: two commands to a site, three documents to answers of his own."""
    run(installed, "init", "my-site", "--name", "How did it do that?", here=tmp_path)
    mine = tmp_path / "my-site"
    run(installed, "build", "--strict", here=mine)
    run(installed, "audit", here=mine)
    assert (mine / "site/questions/example/index.html").is_file()

    for path in ("questions/example.md", "models/swin2sr.yml", "papers/conde2022.yml", "papers/liang2021.yml"):
        (mine / "catalog" / path).unlink()
    run(installed, "build", "--strict", here=mine)
    assert "There is nothing here yet" in (mine / "site/questions/index.html").read_text("utf-8")

    for name, text in DOCUMENTS.items():
        (mine / name).write_text(text, encoding="utf-8")
    run(installed, "import", *DOCUMENTS, here=mine)
    assert "3 questions" in run(installed, "check", here=mine)[0]
    run(installed, "build", "--strict", here=mine)
    run(installed, "render", "--check", here=mine)
    assert "no findings" in run(installed, "audit", here=mine)[0]

    pages = {path.parent.relative_to(mine / "site").as_posix(): path.read_text("utf-8")
             for path in (mine / "site").rglob("index.html")}  # fmt: skip
    assert {"questions/depth", "questions/speech", "questions/picture", "about"} <= pages.keys()
    for text in pages.values():
        assert "How did it do that?" in text
        assert not re.search(r"seamless-face-swap|swapped faces|Apache License", text), "that is Seamline's own"


@pytest.mark.slow
def test_the_mini_editor_comes_by_one_command(built: Path, installed: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("seamline_mini_editor-*.whl")
    install(tmp_path / "packages", wheel)
    run(installed, "init", "mine", "--bare", here=tmp_path)
    mine = tmp_path / "mine"
    said, _ = run(installed, "weights", here=mine, path=[tmp_path / "packages"])
    assert "files written" in said
    ours = ROOT / "catalog/weights/mini"
    for path in ours.rglob("*"):
        if path.is_file():
            assert (mine / path.relative_to(ROOT)).read_bytes() == path.read_bytes()
    assert "the weights are here" in run(installed, "weights", here=mine, path=[tmp_path / "packages"])[0]
    assert re.search(r"mini editor +.*safetensors files", run(installed, "doctor", here=mine)[0])
