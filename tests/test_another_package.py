"""A package outside the tree adds a runner, an exhibit and a measure: each is in the command line, the schema, the docs
and on a page, and no line of Seamline was changed for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("imagehash", reason="running models needs the `draw` extra")

SCRIPTS = Path(__file__).parents[1] / "scripts"

PACKAGE = '''
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.exhibits.base import Exhibit
from seamline.measures.registry import measure
from seamline.runners.base import Output, Runner, Setting


class DimParameters(Parameters):
    """How much light is taken away."""

    keep: float = Field(default=0.5, ge=0, le=1, description="Share of the light that is kept.")


class Dim(Runner):
    name = "dimmer_of_ada"
    signature = "Img2Img"
    pipelines = frozenset({"AdaDimmer"})
    parameters = DimParameters
    provenance = "trained-composite"
    roles = {"image": "dimmed"}
    parts = ()
    code = (__file__,)
    native_size = (96, 64)

    def request(self, parameters, inputs):
        return inputs["image"], parameters.keep

    def batch_of(self, request, values):
        return request[1]

    def load(self, folder, device, dtype):
        return None

    def run(self, loaded, values, requests):
        return [Output({"image": (values[name] * keep).astype("uint8")}) for name, keep in requests]

    def facts(self, request):
        return {"keep": request[1]}

    def describe(self, parameters):
        return (Setting("keep", f"{parameters.keep}", "light kept", brief=f"keeps {parameters.keep:g} of the light"),)

    def as_python(self, parameters, call):
        return f"# dim {call.inputs['image']} by {parameters.keep}"


class InTheDark(Exhibit[bool]):
    name: ClassVar[str] = "in_the_dark"
    title: ClassVar[str] = "In the dark"
    order: ClassVar[int] = 15
    declaration: ClassVar[Any] = bool
    description: ClassVar[str] = "The picture, dimmed."
    example: ClassVar[str] = "in_the_dark: true"
    needs: ClassVar[tuple[str, ...]] = ("input", "dimmed")

    def prepare(self, view):
        return {"dimmed": view.one("dimmed", "The picture, dimmed")}


@measure(
    name="mean_brightness",
    label="Mean brightness",
    unit="%",
    low=0,
    high=1,
    better="neither",
    meaning="How bright the whole picture is, of the way from black to white.",
    formula="mean of all channels of all pixels",
    source="ours",
)
def mean_brightness(image):
    return float(image.mean())


RUNNER, EXHIBIT = Dim(), InTheDark()
'''
TEMPLATE = """{% extends "exhibit.html.j2" %}
{% block lead %}How much can be taken away?{% endblock %}
{% block body %}
<p class="ada-dark"><img src="{{ dimmed.url }}" alt="{{ dimmed.alt }}" width="{{ dimmed.width }}"
height="{{ dimmed.height }}"></p>
{% endblock %}
"""
ENTRY_POINTS = """[seamline.runners]
dimmer_of_ada = ada_dark:RUNNER

[seamline.exhibits]
in_the_dark = ada_dark:EXHIBIT

[seamline.measures]
mean_brightness = ada_dark:mean_brightness
"""
SAMPLE = """title: A face in the dark
model: dimmer
input:
  scene: {seed: 7, people: 2}
parameters: {keep: 0.25}
exhibits:
  in_the_dark: true
"""
DOCS = """# Home

{{ model_kinds_reference() }}

{{ measures_reference() }}

{{ exhibits_reference() }}

{{ measured("dark", "mean_brightness", "dimmed") }}
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package is installed as a distribution."""
    folder = tmp_path_factory.mktemp("site-packages")
    (folder / "ada_dark").mkdir()
    (folder / "ada_dark/__init__.py").write_text(PACKAGE, "utf-8")
    (folder / "ada_dark/template.html.j2").write_text(TEMPLATE, "utf-8")
    (folder / "ada_dark/docs.md").write_text("The picture with less light.\n", "utf-8")
    metadata = folder / "ada_dark-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: ada-dark\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS, "utf-8")
    return folder


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    for folder in ("models", "papers", "questions", "samples", "weights/dimmer"):
        (root / "catalog" / folder).mkdir(parents=True)
    entry = "block: Img2Img-Local-ada-dimmer\npipeline: AdaDimmer\nfolder: catalog/weights/dimmer\n"
    (root / "catalog/models/dimmer.yml").write_text(entry)
    (root / "catalog/weights/dimmer/config.json").write_text(json.dumps({"architectures": ["AdaDimmer"]}))
    (root / "catalog/samples/dark.yml").write_text(SAMPLE)
    (root / "mkdocs.yml").write_text("site_name: dark\ndocs_dir: generated\nsite_dir: site\n")
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text(DOCS)
    return root


def seamline(installed: Path | None, project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The program, with the package installed or without it."""
    path = os.pathsep.join(str(one) for one in (SCRIPTS, installed) if one)
    command = [sys.executable, "-m", "seamline", "--project", str(project), *arguments]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=300)


def test_the_command_line_lists_it_and_says_who_provides_it(installed: Path, project: Path) -> None:
    told = seamline(installed, project, "plugins", "--json")
    assert told.returncode == 0, told.stderr
    by_provider = {(one["kind"], one["name"]) for one in json.loads(told.stdout) if one["provider"] == "ada-dark"}
    assert by_provider == {
        ("runner", "dimmer_of_ada"),
        ("exhibit", "in_the_dark"),
        ("measure", "mean_brightness"),
    }


def test_without_the_package_nothing_is_impersonated(project: Path) -> None:
    file = project / "catalog/samples/dark.yml"
    file.write_text(SAMPLE.partition("exhibits:")[0])
    try:
        refused = seamline(None, project, "check")
    finally:
        file.write_text(SAMPLE)
    assert refused.returncode == 3
    said = "catalog/samples/dark.yml:2: model: `dimmer` is of kind `Img2Img`, for which there is no runner"
    assert said in refused.stderr


def test_from_the_recipe_to_the_page(installed: Path, project: Path) -> None:
    for arguments in (("samples", "--weights", "hub"), ("render",), ("check",), ("samples", "--status")):
        done = seamline(installed, project, *arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    assert "dark  fresh" in done.stdout
    runs = project / "generated/runs/dark/hub"
    [dimmed] = [image for image in json.loads((runs / "run.json").read_text())["images"] if image["role"] == "dimmed"]
    values = json.loads((runs / "measures.json").read_text())["images"][dimmed["file"]]
    assert 0 < values["mean_brightness"] < 0.25

    schema = json.loads((project / "catalog/schema/sample.json").read_text())
    assert "keep" in schema["definitions"]["DimParameters"]["properties"]
    assert "in_the_dark" in json.dumps(schema["properties"]["exhibits"])

    page = (project / "generated/samples/dark/index.md").read_text("utf-8")
    assert "In the dark" in page and "ada-dark" in page and dimmed["file"] in page
    assert "keep" in page and "# dim generated/runs/dark/hub/input-" in page
    home = (project / "generated/index.md").read_text("utf-8")
    for named in ("dimmer&#95;of&#95;ada", "Mean brightness", "in&#95;the&#95;dark", "ada-dark"):
        assert named in home, named
    assert f"{100 * values['mean_brightness']:.0f}\N{NO-BREAK SPACE}%" in home


def test_a_value_out_of_its_range_is_refused_with_its_line(installed: Path, project: Path) -> None:
    file = project / "catalog/samples/dark.yml"
    file.write_text(SAMPLE.replace("keep: 0.25", "keep: 3"))
    try:
        refused = seamline(installed, project, "check")
    finally:
        file.write_text(SAMPLE)
    assert refused.returncode == 3
    assert "catalog/samples/dark.yml:5: parameters.keep: " in refused.stderr
