"""MkDocs and Zensical build the same site from the same file, and nothing in it needs the hook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import html
from mkdocs.utils import yaml as yaml_util

from seamline.errors import SiteError
from seamline.runs.store.run_folder import load_runs
from seamline.site.audit.report import audit_site
from seamline.site.builder import build

ROOT = Path(__file__).parents[2]
MARKED_AS = {"trained": "trainedAlgorithmicMedia", "trained-composite": "compositeWithTrainedAlgorithmicMedia"}
"""IPTC's term for a picture by how it came about; all others are computed."""


@dataclass(frozen=True)
class Outline:
    """What a reader can be pointed to on a page."""

    headings: list[tuple[str, str | None, str]]
    anchors: frozenset[str]
    addresses: frozenset[str]


def outline(path: Path) -> Outline:
    article = html.fromstring(path.read_bytes()).xpath("//article")[0]
    headings = article.xpath(".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]")
    return Outline(
        headings=[(one.tag, one.get("id"), " ".join(one.text_content().split())) for one in headings],
        anchors=frozenset(article.xpath(".//@id")),
        addresses=frozenset(address.removeprefix("./") for address in article.xpath(".//@href | .//@src")),
    )


def crawl(site: Path) -> dict[str, Outline]:
    return {path.relative_to(site).as_posix(): outline(path) for path in sorted(site.rglob("*.html"))}


@pytest.fixture(scope="session")
def by_mkdocs(project_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the plain command that a stranger would type."""
    site = tmp_path_factory.mktemp("mkdocs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=project_copy, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return site


@pytest.fixture(scope="session")
def by_zensical(project_copy: Path) -> Path:
    return build(project_copy, builder="zensical", strict=True)


def test_both_builders_make_the_same_pages(by_mkdocs: Path, by_zensical: Path) -> None:
    assert crawl(by_mkdocs).keys() == crawl(by_zensical).keys()


def test_both_builders_make_the_same_headings_and_anchors(by_mkdocs: Path, by_zensical: Path) -> None:
    ours, theirs = crawl(by_mkdocs), crawl(by_zensical)
    for path in ours:
        assert ours[path].headings == theirs[path].headings, path
        assert ours[path].anchors == theirs[path].anchors, path


def test_both_builders_make_the_same_links_and_pictures(by_mkdocs: Path, by_zensical: Path) -> None:
    ours, theirs = crawl(by_mkdocs), crawl(by_zensical)
    for path in ours:
        assert ours[path].addresses == theirs[path].addresses, path


def test_every_source_page_is_built(project_copy: Path, by_mkdocs: Path) -> None:
    generated = project_copy / "generated"
    pages = {path.relative_to(generated).parent for path in generated.rglob("*.md")}
    built = {path.relative_to(by_mkdocs).parent for path in by_mkdocs.rglob("index.html")}
    assert built == pages


def test_what_mkdocs_built_has_no_findings(by_mkdocs: Path) -> None:
    assert audit_site(by_mkdocs, ROOT).findings == ()


def test_what_zensical_built_has_no_findings(by_zensical: Path) -> None:
    assert audit_site(by_zensical, ROOT).findings == ()


def test_a_refused_build_leaves_the_last_good_site(own_copy: Path) -> None:
    site = own_copy / "site"
    site.mkdir()
    (site / "index.html").write_text("the last good site")
    (own_copy / "generated" / "index.md").write_text("# Home\n\n[nowhere](nowhere.md)\n")
    with pytest.raises(SiteError, match=r"nowhere\.md"):
        build(own_copy, strict=True)
    assert (site / "index.html").read_text() == "the last good site"


def test_a_builder_that_is_not_installed_is_named(own_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SiteError, match="zensical is not installed"):
        build(own_copy, builder="zensical")


def test_the_configuration_names_no_other_host() -> None:

    text = (ROOT / ".seamline/mkdocs.yml").read_text(encoding="utf-8")
    settings = yaml_util.yaml_load(text)
    assert settings["theme"]["font"] is False, "the theme's default fonts come from another host"
    assert settings["extra"]["generator"] is False
    assert "://" not in text


@pytest.mark.skipif(
    shutil.which("exiftool") is None and os.environ.get("CI") != "true", reason="exiftool is not installed"
)
def test_what_the_site_serves_says_what_drew_it(by_mkdocs: Path) -> None:
    """Exiftool, which shares no code with Seamline, reads the mark of every picture of every run."""
    command = ["exiftool", "-json", "-recurse", "-ext", "webp", "-XMP:all", str(by_mkdocs / "runs")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    tags = {Path(one["SourceFile"]): one for one in json.loads(told)}
    runs = load_runs(ROOT)
    assert runs
    for sample, by_weights in runs.items():
        for weights, record in by_weights.items():
            for image in record.images:
                read = tags[by_mkdocs / "runs" / sample / weights / image.file]
                drawn = image.by_model
                kind = MARKED_AS.get(image.provenance, "algorithmicMedia")
                assert read["Identifier"] == sample
                if drawn or not record.input_rights.get("note"):
                    assert read["DigitalSourceType"].rpartition("/")[2] == kind, image.file
                labels = {step.weights.label for step in record.steps.values() if step.weights} | {record.weights.label}
                named = set((read.get("AISystemUsed") or "").split("; ")) - {""}
                assert named <= labels and bool(named) == bool(drawn), image.file
