"""What a curator sets in `:root` holds in both schemes, also where no script runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser.serving import served
from playwright.sync_api import Browser

from seamline import cli

OWN = ":root { --sl-accent: light-dark(rgb(1, 2, 3), rgb(4, 5, 6)); --sl-serif: monospace; }\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("own") / "mine"
    assert cli.run(["init", str(project)]) == 0
    (project / "docs/assets/site.css").write_text(OWN)
    assert cli.run(["--project", str(project), "build", "--strict"]) == 0
    return project / "site"


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("scheme", "colour"), [("light", "rgb(1, 2, 3)"), ("dark", "rgb(4, 5, 6)")])
def test_links_and_headings_follow(site: Path, browser: Browser, scheme: str, colour: str, scripts: bool) -> None:
    with served(site) as address:
        context = browser.new_context(color_scheme=scheme, java_script_enabled=scripts)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{address}questions/")
        link = page.locator(".sl-card-title").first
        assert link.evaluate("one => getComputedStyle(one).color") == colour
        assert page.locator("article h1").evaluate("one => getComputedStyle(one).fontFamily") == "monospace"
        context.close()
