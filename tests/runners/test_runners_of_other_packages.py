"""A runner of an installed distribution is found by its entry point, with no line changed here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.errors import PluginError
from seamline.plugins import RUNNERS
from seamline.runners.base import Runner
from seamline.runners.registry import runner_named, runners

SOURCE = '''
from pydantic import Field

from seamline.catalog.entries.base import Parameters
from seamline.runners.base import Output, Runner


class BlurParameters(Parameters):
    """How a picture is blurred."""

    radius: int = Field(default=2, ge=1, description="Radius in pixels.")


class Blur(Runner):
    name = "blur_of_ada"
    signature = "Img2Img"
    pipelines = frozenset({"AdaBlur"})
    parameters = BlurParameters
    provenance = "trained-composite"
    roles = {"image": "blurred"}
    parts = (".",)
    code = (__file__,)
    native_size = (64, 64)

    def request(self, parameters, inputs):
        return inputs["image"], parameters.radius

    def batch_of(self, request, values):
        return request[1]

    def load(self, folder, device, dtype):
        return None

    def run(self, loaded, values, requests):
        return [Output({"image": values[name]}) for name, _ in requests]

    def facts(self, request):
        return {"radius": request[1]}

    def describe(self, parameters):
        return ()

    def as_python(self, parameters, call):
        return ""


RUNNER = Blur()
'''


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which distributions are installed, for the length of a test."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("ada_blur", None)
    RUNNERS.forget()


def install(site_packages: Path, source: str, name: str = "blur_of_ada") -> None:
    (site_packages / "ada_blur.py").write_text(source, "utf-8")
    metadata = site_packages / "ada_blur-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: ada-blur\nVersion: 1.0\n", "utf-8")
    (metadata / "entry_points.txt").write_text(f"[seamline.runners]\n{name} = ada_blur:RUNNER\n", "utf-8")
    importlib.invalidate_caches()
    RUNNERS.forget()


def test_a_runner_of_another_package_is_found(site_packages: Path) -> None:
    built_in = set(runners())
    install(site_packages, SOURCE)
    assert set(runners()) == built_in | {"blur_of_ada"}
    found = runner_named("blur_of_ada")
    assert isinstance(found, Runner)
    assert found.request(found.parameters(radius=3), {"image": "scene"}) == ("scene", 3)
    assert found.key(found.parameters()) == {"radius": 2}


def test_its_code_has_a_fingerprint(site_packages: Path) -> None:
    from seamline.fingerprints import source_of, statements

    install(site_packages, SOURCE)
    [module] = runner_named("blur_of_ada").code
    assert source_of(module) == site_packages / "ada_blur.py"
    assert statements(source_of(module).read_bytes())


def test_it_is_gone_with_its_package(site_packages: Path) -> None:
    install(site_packages, SOURCE)
    assert "blur_of_ada" in runners()
    (site_packages / "ada_blur-1.0.dist-info" / "entry_points.txt").unlink()
    importlib.invalidate_caches()
    RUNNERS.forget()
    assert "blur_of_ada" not in runners()


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("import a_library_that_is_not_there\n", "cannot be loaded: ModuleNotFoundError"),
        ("RUNNER = object()\n", "it has no name"),
        ("class Double:\n    name = 'text_to_image'\nRUNNER = Double()\n", "two runners are called `text_to_image`"),
    ],
)
def test_one_that_does_not_work_is_named_with_its_package(site_packages: Path, source: str, what: str) -> None:
    install(site_packages, source)
    with pytest.raises(PluginError, match=what) as refused:
        runners()
    assert "uninstall" in refused.value.hint
