"""Chromium, a bare page with every exhibit, and the built site."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.harness import ROOT, write_harness
from browser.serving import served
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from seamline.live.site_files import add_to
from seamline.site.builder import finish

ARTIFACTS = ROOT / ".artifacts"
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1440, "height": 900}
PATIENCE_MS = 90_000
"""A busy machine is slow, not wrong."""
Open = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS / 3)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


def give_up(reason: str) -> None:
    """Skip on a person's machine; fail where these tests are the gate."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = os.environ.get("CHROME_PATH") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
        except Error as error:
            give_up(
                f"no Chromium: set CHROME_PATH or run `playwright install chromium` ({error.message.splitlines()[0]})"
            )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("harness")
    write_harness(folder)
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / "generated/index.md").is_file():
        give_up("nothing to build a site from: run `seamline render` first")
    site = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    if done.returncode:
        pytest.fail(f"mkdocs build failed:\n{done.stderr[-2000:]}")
    assert add_to(site, ROOT) == ""
    finish(site)
    return site


@pytest.fixture(scope="session")
def site(built_site: Path) -> Iterator[str]:
    """The built site below a sub-path, as a project page on a forge serves it."""
    with served(built_site, "/some/project/") as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens a page in a fresh context; the test fails if anything on it went wrong."""
    contexts, complaints = [], []

    def open_it(address: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESK, **options})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda asked: complaints.append(f"failed: {asked.url}"))
        host = "/".join(address.split("/")[:3])
        page.on(
            "request", lambda asked: None if asked.url.startswith((host, "data:")) else complaints.append(asked.url)
        )
        page.goto(address)
        return page

    yield open_it
    for context in contexts:
        for page in context.pages:
            ARTIFACTS.mkdir(exist_ok=True)
            name = "".join(c if c.isalnum() else "-" for c in request.node.name)
            page.screenshot(path=ARTIFACTS / f"{name}.png", full_page="portrait" in name)
        context.close()
    assert not complaints
