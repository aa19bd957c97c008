"""While the plain `mkdocs serve` runs, saving a file under docs/ or catalog/ shows on the page."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from seamline.errors import SiteError
from seamline.site.builder import serve

HOME, PAPER = "docs/index.md", "catalog/papers/brooks2023.yml"
TRIES, PAUSE = 900, 0.2
"""How often and how long to look before giving up: a bound, not a measurement."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def served(own_copy: Path) -> Iterator[tuple[Path, str]]:
    address = f"127.0.0.1:{free_port()}"
    log = (own_copy.parent / "serve.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", address],
        cwd=own_copy,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        yield own_copy, f"http://{address}/"
    finally:
        server.terminate()
        server.wait(timeout=60)
        log.close()


def read(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return str(answer.read().decode())
    except OSError:  # not up yet, or busy building
        return ""


def wait_for(url: str, text: str) -> bool:
    for _ in range(TRIES):
        if text in read(url):
            return True
        time.sleep(PAUSE)
    return False


def change(project: Path, file: str, pattern: str, replacement: str) -> None:
    """Save a file as editors do, in one step."""
    path, saving = project / file, project.parent / "saving"
    text = re.sub(pattern, replacement, path.read_text(encoding="utf-8"))
    saving.write_text(text, encoding="utf-8")
    saving.replace(path)


def test_saving_a_docs_or_catalog_file_shows_on_the_page(served: tuple[Path, str]) -> None:
    project, url = served
    log = project.parent / "serve.log"
    assert wait_for(url, "</html>")

    change(project, HOME, r"\Z", "\nWords just saved.\n")
    assert wait_for(url, "Words just saved.")

    change(project, PAPER, r"(?m)^year: \d+$", "year: 2021")
    assert wait_for(url + "papers/brooks2023/", "2021")
    assert log.read_text().count("Building documentation") == 3, "one at the start, and one for each save"

    # A mistake does not end the session: the last good pages stay, and mending it goes on from there.
    change(project, PAPER, "year: 2021", "yaer: 2021")
    change(project, HOME, "just saved", "saved beside a mistake")
    assert any("yaer" in log.read_text() or time.sleep(PAUSE) for _ in range(TRIES))
    assert wait_for(url, "Words just saved.")
    change(project, PAPER, "yaer: 2021", "year: 2022")
    assert wait_for(url, "saved beside a mistake")


def test_an_address_where_something_answers_is_refused_at_once(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(SiteError, match=rf"{address}: .*in use.*\n.*--address"):
            serve(tmp_path, address)


@pytest.mark.parametrize("address", ["8000", "127.0.0.1:", "127.0.0.1:http2", "127.0.0.1:99999"])
def test_what_is_no_address_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="not an address to serve at"):
        serve(tmp_path, address)
