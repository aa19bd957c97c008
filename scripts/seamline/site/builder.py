"""Call the site builder: MkDocs with the Material theme, or Zensical."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Literal

import click

from seamline.errors import FilesError, SiteError
from seamline.site.csp import seal
from seamline.site.joining import join

Builder = Literal["mkdocs", "zensical"]

SITE = "site"
_BUILDING = ".cache/site"
_REPLACED = ".cache/site-replaced"


def build(root: Path, *, builder: Builder = "mkdocs", strict: bool = False) -> Path:
    """Build generated/ into site/; give each page one stylesheet to wait for, and its Content-Security-Policy.

    MkDocs builds in a folder of its own which replaces site/ only once it is complete,
    so that an interrupted or refused build leaves the last good site in place.

    Returns:
        The site's folder.

    Raises:
        SiteError: the builder is missing or refused.
        FilesError: the site could not be moved into place.
    """
    if importlib.util.find_spec(builder) is None:
        raise SiteError(f"the site builder {builder} is not installed", hint=f"pip install {builder}")
    site = root / SITE
    if builder == "zensical":
        shutil.rmtree(site, ignore_errors=True)
        said = _call(root, [builder, "build"], strict)
        if not (site / "index.html").is_file():  # Zensical 0.0.60 can crash and still exit with 0.
            raise SiteError(f"zensical built nothing:\n{said}", where=str(root / "mkdocs.yml"))
        finish(site)
        return site
    building = root / _BUILDING
    _call(root, [builder, "build", "--site-dir", str(building)], strict)
    finish(building)
    _swap(building, site, root / _REPLACED)
    return site


def serve(root: Path, address: str, *, open_browser: bool = False) -> int:
    """Serve the site, rebuilding and reloading when a file under docs/ or catalog/ is saved, until interrupted.

    Raises:
        SiteError: `address` is not HOST:PORT, or something else answers there.
    """
    _require_free(address)
    command = ["serve", "--dev-addr", address, *(["--open"] if open_browser else [])]
    with subprocess.Popen([sys.executable, "-m", "mkdocs", *command], cwd=root, env=_environment()) as server:
        try:
            return server.wait()
        except KeyboardInterrupt:  # the way to stop it; MkDocs was told as well, and says goodbye
            server.wait()
            return 0


def _require_free(address: str) -> None:
    """MkDocs would build the whole site first, and then fail with a traceback."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise SiteError("not an address to serve at", where=address, hint="HOST:PORT, 127.0.0.1:8001")
    try:
        (family, *_, place), *_ = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        socket.create_server(place, family=family).close()
    except OSError as error:
        hint = "stop what answers there, or give another: seamline serve --address 127.0.0.1:8001"
        raise SiteError(f"cannot serve here: {error.strerror}", where=address, hint=hint) from error


def _call(root: Path, command: list[str], strict: bool) -> str:
    # Not --quiet: MkDocs would then not notice the warnings that --strict is to fail on.
    line = [sys.executable, "-m", *command, *(["--strict"] if strict else [])]
    done = subprocess.run(line, cwd=root, env=_environment(), capture_output=True, text=True, check=False)
    said, _, _traceback = click.unstyle(done.stdout + done.stderr).strip().partition("Traceback (most recent call")
    if done.returncode:
        raise SiteError(
            f"{command[0]} refused:\n{said}",
            where=str(root / "mkdocs.yml"),
            hint="each line above names a page; mend it in docs/ or catalog/, then `seamline render`",
        )
    return said


def finish(site: Path) -> None:
    """What a builder leaves to us: one stylesheet for each page to wait for, and a Content-Security-Policy."""
    join(site)
    seal(site)


def _swap(new: Path, place: Path, old: Path) -> None:
    try:
        shutil.rmtree(old, ignore_errors=True)
        if place.exists():
            place.rename(old)
        new.rename(place)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise FilesError(
            f"the built site could not be moved into place: {error.strerror}",
            where=str(place),
            hint="check that the folder is writable; the finished site is in " + str(new),
        ) from error


def _environment() -> dict[str, str]:
    return os.environ | {"NO_MKDOCS_2_WARNING": "1"}
