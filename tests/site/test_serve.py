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


def test_saving_a_docs_or_catalog_file_shows_on_the_page(served: tuple[Path, str]) -> None:
    project, url = served
    assert wait_for(url, "</html>")

    home = project / "docs" / "index.md"
    home.write_text(home.read_text(encoding="utf-8") + "\nWords just saved.\n", encoding="utf-8")
    assert wait_for(url, "Words just saved.")

    paper = project / "catalog" / "papers" / "brooks2023.yml"
    paper.write_text(re.sub(r"(?m)^year: \d+$", "year: 2021", paper.read_text(encoding="utf-8")), encoding="utf-8")
    assert wait_for(url + "papers/brooks2023/", "2021")

    # A mistake does not end the session: the last good pages stay, and mending it goes on from there.
    paper.write_text(paper.read_text(encoding="utf-8").replace("year: 2021", "yaer: 2021"), encoding="utf-8")
    home.write_text(home.read_text(encoding="utf-8").replace("just saved", "saved beside a mistake"), encoding="utf-8")
    log = project.parent / "serve.log"
    assert any("yaer" in log.read_text() or time.sleep(PAUSE) for _ in range(TRIES))
    assert wait_for(url, "Words just saved.")
    paper.write_text(paper.read_text(encoding="utf-8").replace("yaer: 2021", "year: 2022"), encoding="utf-8")
    assert wait_for(url, "saved beside a mistake")
