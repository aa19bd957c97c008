"""An exhibit of another distribution: installed, it works everywhere without a line changed here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from exhibits.fake_run import RECIPE, SAMPLE, sample_of

from seamline.catalog.io import json_schema
from seamline.catalog.io.loading import catalog_of
from seamline.errors import CatalogError, PluginError
from seamline.exhibits.fragments import available, exhibit
from seamline.exhibits.style import whole_sheet
from seamline.exhibits.view import ExhibitView
from seamline.pages.exhibit_guide import exhibit_guide
from seamline.plugins import EXHIBITS, RUNNERS
from seamline.runners.request_planning import planned

MODULE = """
from dataclasses import replace
from typing import Annotated

from pydantic import Field

from seamline.exhibits.base import Exhibit, Objection
from seamline.runners.base import PlannedRequest


class Mood(Exhibit[int]):
    name, title, order = "mood", "How it feels", 75
    declaration, description = Annotated[int, Field(ge=1, le=9)], "Show the mood, from 1 to 9."
    example = "mood: 3"
    runner, needs = "instruct_pix2pix", ("edited",)

    def check(self, declared, sample):
        if declared == 7:
            yield Objection(("exhibits", "mood"), "is taken", "feel otherwise")

    def requests(self, declared, request):
        yield PlannedRequest("mood", f"mood-{declared}", replace(request, seed=declared))

    def prepare(self, view):
        return {"level": view.sample.exhibits["mood"]}


EXHIBIT = Mood()
"""
FILES = {
    "mood_exhibit/__init__.py": MODULE,
    "mood_exhibit/template.html.j2": (
        '{% extends "exhibit.html.j2" %}\n{% block body %}<p>Mood {{ level }}</p>{% endblock %}\n'
    ),
    "mood_exhibit/docs.md": "How the picture **feels**.\n",
    "mood_exhibit/style.css": ".sl-mood {\n  color: teal;\n}\n",
    "mood-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: mood\nVersion: 1.0\n",
    "mood-1.0.dist-info/entry_points.txt": "[seamline.exhibits]\nmood = mood_exhibit:EXHIBIT\n",
}

PROJECT: dict[str, bytes] = {
    "catalog/models/engine.yml": b"block: ImgTxt2Img-HuggingFace-ada-engine\n"
    b"pipeline: StableDiffusionInstructPix2PixPipeline\n",
    "catalog/samples/one.yml": b"title: A wave\nmodel: engine\ninput:\n  scene: {seed: 7, people: 2}\n"
    b"instruction: give the left person grey hair\nexhibits:\n  attention: true\n",
}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    EXHIBITS.forget()
    json_schema.schema_of.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    sys.modules.pop("mood_exhibit", None)
    EXHIBITS.forget()
    json_schema.schema_of.cache_clear()


def with_mood(mood: object) -> dict[str, bytes]:
    return PROJECT | {"catalog/samples/one.yml": PROJECT["catalog/samples/one.yml"] + f"  mood: {mood}\n".encode()}


def refused(files: dict[str, bytes]) -> str:
    with pytest.raises(CatalogError) as caught:
        catalog_of(Path("nowhere"), files)
    return str(caught.value)


def test_without_it_the_name_is_unknown() -> None:
    assert "exhibits.mood: no such field" in refused(with_mood(3))


@pytest.mark.usefixtures("installed")
def test_a_sample_declares_it() -> None:
    assert catalog_of(Path("nowhere"), with_mood(3)).samples["one"].exhibits["mood"] == 3
    assert sample_of(exhibits={"mood": 3, "attention": True}).exhibits.declared == ("attention", "mood")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("mood", "said"), [(12, "9"), ("blue", "'blue'"), (7, "is taken\n  -> feel otherwise")])
def test_a_wrong_declaration_is_refused_where_it_stands(mood: object, said: str) -> None:
    line = with_mood(mood)["catalog/samples/one.yml"].count(b"\n")
    message = refused(with_mood(mood))
    assert message.startswith(f"catalog/samples/one.yml:{line}: exhibits.mood: ") and said in message


def test_editors_and_the_guide_know_it(installed: Path) -> None:
    fields = json.loads(json_schema.schemas()["sample.json"])["properties"]["exhibits"]["properties"]
    assert fields["mood"]["description"] == "Show the mood, from 1 to 9."
    before = json_schema._sources()
    module = installed / "mood_exhibit/__init__.py"
    module.write_text(MODULE.replace("le=9", "le=8"), encoding="utf-8")
    assert json_schema._sources() != before, "kept schemas are made again"
    guide = str(exhibit_guide())
    assert "### How it feels" in guide and "How the picture **feels**." in guide
    assert guide.index("### Draw again") < guide.index("### How it feels") < guide.index("### What changed")


@pytest.mark.usefixtures("installed")
def test_pages_show_it_with_its_style(view: ExhibitView) -> None:
    shown = ExhibitView(sample_of(**RECIPE | {"exhibits": {"mood": 3}}), view.record)
    assert available(shown) == ("before_after", "mood", "difference")
    fragment = exhibit("mood", shown)
    assert "<p>Mood 3</p>" in fragment and "How it feels" in fragment
    sheet = whole_sheet(b".sl-exhibit {}\n").decode()
    assert sheet.startswith(".sl-exhibit {}\n") and ".sl-mood {\n  color: teal;\n}\n" in sheet


@pytest.mark.usefixtures("installed")
def test_its_requests_are_planned() -> None:
    sample = sample_of(exhibits={"mood": 3})
    plain = RUNNERS.all["instruct_pix2pix"].request(SAMPLE.parameters, {"image": "one/input", "text": "smile"})
    assert [(one.stem, one.request.seed) for one in planned(sample, plain, "instruct_pix2pix")] == [
        ("edited", 0),
        ("mood-3", 3),
    ]


def test_a_folder_that_lacks_a_file_is_named(installed: Path, view: ExhibitView) -> None:
    (installed / "mood_exhibit/docs.md").unlink()
    with pytest.raises(PluginError, match=r"`mood` has no readable `docs\.md`"):
        exhibit_guide()


def test_a_declaration_that_nothing_can_validate_is_the_plugins_fault(installed: Path) -> None:
    module = installed / "mood_exhibit/__init__.py"
    module.write_text(MODULE.replace("Annotated[int, Field(ge=1, le=9)]", "Exhibit"), encoding="utf-8")
    with pytest.raises(PluginError, match="an exhibit's declaration is of a type that cannot be validated"):
        catalog_of(Path("nowhere"), with_mood(3))
