"""The guide to exhibits is true, and what their folders hold for the site's pages arrives there."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from exhibits.fake_run import SAMPLE

from seamline.catalog.entries import KINDS, Sample
from seamline.exhibits.fragments import exhibits
from seamline.pages.exhibit_guide import exhibit_guide
from seamline.pages.kinds import docs_pages

GUIDE = (Path(__file__).parents[2] / "docs/guides/declare-an-exhibit.md").read_text("utf-8")


def test_its_sample_declares_exhibits_that_are_there() -> None:
    (recipe,) = re.findall(r"(?ms)^```yaml\n(.*?)^```$", GUIDE)
    sample = Sample.model_validate(yaml.safe_load(recipe), context={KINDS: {"instruct-pix2pix": "instruct_pix2pix"}})
    # The guide's sample has one step; this one compares two.
    assert {*sample.exhibits} == {*SAMPLE.exhibits} - {"two_upbringings"}
    (shown,) = re.findall(r'exhibit\("my-sample", "(\w+)"\)', GUIDE)
    assert shown in sample.exhibits


def test_it_has_a_section_for_each_exhibit() -> None:
    assert "{{ exhibits_reference() }}" in GUIDE
    sections = re.findall(r"(?m)^### (.+)$", str(exhibit_guide()))
    assert sections == [kind.title for kind in exhibits()]
    declared = re.findall(r"(?m)^exhibits:\n  (.+)$", str(exhibit_guide()))
    assert declared == [kind.example for kind in exhibits() if kind.example]


def test_the_sites_sheet_has_the_rules_of_every_folder_and_other_files_stay_as_they_are() -> None:
    docs = {"assets/exhibits.css": b".sl-exhibit {}\n", "assets/other.css": b"a {}\n"}
    project: Any = SimpleNamespace(docs=docs, uses=SimpleNamespace(given={}))
    tree = docs_pages.pages(project, {})
    assert tree["assets/other.css"] == docs["assets/other.css"]
    sheet = tree["assets/exhibits.css"]
    assert isinstance(sheet, bytes)
    text = sheet.decode()
    assert text.startswith(".sl-exhibit {}\n") and text.endswith("}\n")
    own = [kind.style.strip() for kind in exhibits() if kind.style]
    assert own and all(rules in text for rules in own)
