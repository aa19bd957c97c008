"""The guide to exhibits is true, and what their folders hold for the site's pages arrives there."""

from __future__ import annotations

import re
from pathlib import Path

import yaml
from exhibits.fake_run import SAMPLE

from seamline.catalog.entries import KINDS, Sample
from seamline.exhibits.fragments import exhibits
from seamline.exhibits.style import SHEET
from seamline.pages.exhibit_guide import exhibit_guide
from seamline.site import theming

SHARED = Path(__file__).parents[2] / "scripts/seamline/site"
GUIDE = (Path(__file__).parents[2] / "docs/guides/declare-an-exhibit.md").read_text("utf-8")


def test_its_sample_declares_exhibits_that_are_there() -> None:
    (recipe,) = re.findall(r"(?ms)^```yaml\n(.*?)^```$", GUIDE)
    sample = Sample.model_validate(yaml.safe_load(recipe), context={KINDS: {"instruct-pix2pix": "instruct_pix2pix"}})
    # The guide's sample has one step; these compare several.
    assert {*sample.exhibits} == {*SAMPLE.exhibits} - {"two_upbringings", "mask_to_matte", "from_everywhere"}
    (shown,) = re.findall(r'exhibit\("my-sample", "(\w+)"\)', GUIDE)
    assert shown in sample.exhibits


def test_it_has_a_section_for_each_exhibit() -> None:
    assert "{{ exhibits_reference() }}" in GUIDE
    sections = re.findall(r"(?m)^### (.+)$", str(exhibit_guide()))
    assert sections == [kind.title for kind in exhibits()]
    declared = re.findall(r"(?m)^exhibits:\n  (.+)$", str(exhibit_guide()))
    assert declared == [kind.example for kind in exhibits() if kind.example]


def test_the_sites_sheet_has_the_rules_of_every_folder_behind_the_shared_ones() -> None:
    sheet = theming.assets({})[SHEET].decode()
    own = [kind.style.strip() for kind in exhibits() if kind.style]
    assert own and all(rules in sheet for rules in own)
    assert sheet.startswith((SHARED / SHEET).read_text("utf-8").rstrip()) and sheet.endswith("}\n")


def test_a_file_of_docs_takes_the_place_of_a_packaged_one() -> None:
    assert "assets/favicon.svg" in theming.assets({}) and "assets/favicon.svg" not in theming.assets(
        {"assets/favicon.svg": b""}
    )
