"""Call the site builder: MkDocs with the Material theme, or Zensical."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import click

from seamline.errors import FilesError, SiteError
from seamline.files import refusal, write_if_changed
from seamline.site.builder_report import REPORT, WANTED
from seamline.site.csp import seal
from seamline.site.css_bundle import join
from seamline.site.refusals import refusal_of
from seamline.site.settings import require_settings

Builder = Literal["mkdocs", "zensical"]

SITE = "site"
_BUILDING = ".cache/site"
_REPLACED = ".cache/site-replaced"
_ZENSICAL_SETTINGS = ".zensical.yml"
_LAST_WORDS = 10.0
"""Seconds for a server to end by itself after a signal."""


def build(
    root: Path,
    *,
    builder: Builder = "mkdocs",
    strict: bool = False,
    leave_out: Collection[str] = (),
    add: Callable[[Path], None] = lambda _: None,
    told: Path | None = None,
    make: Callable[[Path], None] | None = None,
) -> Path:
    """Build generated/ into site/; give each page one stylesheet to wait for, and its Content-Security-Policy.

    Either builder builds in a folder of its own which replaces site/ only once it is complete,
    so that an interrupted or refused build leaves the last good site in place. Hold the project's lock.

    Args:
        leave_out: folders below the site, as relative POSIX paths, that are not to be published.
        add: puts files into the folder of the site, before it takes the place of the last one.
        told: file that MkDocs is to write, as `site.builder_report` has it.
        make: builds finished pages into the folder that it is given, in place of the builder.

    Returns:
        The site's folder.

    Raises:
        SiteError: the builder is missing or refused, or there is no home page.
        FilesError: the disk is full or read-only, or the site could not be moved into place.
    """
    if importlib.util.find_spec(builder) is None:
        raise SiteError(f"the site builder {builder} is not installed", hint=f"pip install {builder}")
    require_settings(root)
    site, replaced = root / SITE, root / _REPLACED
    if replaced.is_dir() and not site.exists():  # killed between the two steps of the exchange
        replaced.rename(site)
    building = root / _BUILDING
    if make:
        make(building)
    elif builder == "zensical":
        _with_zensical(root, building, strict)
    else:
        _call(root, ["mkdocs", "build", "--site-dir", str(building)], strict, _told(told))
    if not (building / "index.html").is_file():
        raise SiteError("the site has no home page", where=str(root / "docs"), hint="write docs/index.md")
    for folder in leave_out:
        _leave_out(building / folder)
    add(building)
    if make is None:
        finish(building)
    _swap(building, site, replaced)
    return site


def build_part(root: Path, part: Path, wanted: Collection[str], told: Path, *, strict: bool = False) -> None:
    """Build these files of generated/ into the folder `part`, and beside them all that other pages may depend on.

    Links are resolved as in the whole site. Hold the project's lock. Parts may be built at the same time.

    Args:
        part: which lies in a folder that exists; a list of what is wanted is put beside it.
        wanted: paths below generated/.
        told: file that MkDocs writes, as `site.builder_report` has it.

    Raises:
        SiteError: the builder refused.
        FilesError: the disk is full or read-only.
    """
    shutil.rmtree(part, ignore_errors=True)
    listed = part.with_name(f"{part.name}-wanted.txt")
    write_if_changed(listed, "\n".join(wanted))
    _call(root, ["mkdocs", "build", "--dirty", "--site-dir", str(part)], strict, _told(told) | {WANTED: str(listed)})


def _told(file: Path | None) -> dict[str, str]:
    return {REPORT: str(file)} if file else {}


def _with_zensical(root: Path, building: Path, strict: bool) -> None:
    """Build with settings that differ from `mkdocs.yml` in the folder alone: Zensical takes it from there only."""
    settings = root / _ZENSICAL_SETTINGS  # beside mkdocs.yml, as paths in it count from there
    shutil.rmtree(building, ignore_errors=True)  # Zensical would publish what a killed build left
    write_if_changed(settings, f"INHERIT: mkdocs.yml\nsite_dir: {_BUILDING}\n")
    try:
        said = _call(root, ["zensical", "build", "--config-file", _ZENSICAL_SETTINGS], strict)
    finally:
        with suppress(OSError):
            settings.unlink()
    if not (building / "index.html").is_file():  # Zensical 0.0.60 can crash and still exit with 0.
        raise SiteError(f"zensical built nothing:\n{said}", where=str(root / "mkdocs.yml"))


def _leave_out(folder: Path) -> None:
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        raise refusal(folder, error, "remove") from error


def serve(root: Path, address: str, *, open_browser: bool = False) -> int:
    """Serve the site, rebuilding and reloading when a file under docs/ or catalog/ is saved, until interrupted.

    SIGTERM and SIGHUP end it as an interrupt does; the server ends too if this process is killed.

    Returns:
        Exit code: 0 after an interrupt, 128 and the signal's number after another signal, else the server's own.

    Raises:
        SiteError: `address` is not HOST:PORT, something else answers there, or the settings are not Seamline's.
    """
    _require_free(address)
    require_settings(root)
    command = ["mkdocs", "serve", "--dev-addr", address, *(["--open"] if open_browser else [])]
    with _attached(root, command) as server, _ended_by_signals(server) as received:
        try:
            code = server.wait()
        except KeyboardInterrupt:  # the way to stop it; MkDocs was told as well, and says goodbye
            server.wait()
            return 0
        return 128 + received[0] if received else code


def _attached(
    root: Path, command: list[str], settings: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[str]:
    """A builder that ends when this process does."""
    line = [sys.executable, "-m", "seamline.site.attached", *command]
    environment = {name: value for name, value in _environment().items() if name not in (WANTED, REPORT)}
    environment |= settings or {}
    return subprocess.Popen(line, cwd=root, env=environment, stdin=subprocess.PIPE, text=True, **options)


@contextmanager
def _ended_by_signals(server: subprocess.Popen[str]) -> Iterator[list[int]]:
    """Let SIGTERM and SIGHUP end the server; what came is put into the list."""
    received: list[int] = []

    def end(number: int, _frame: object) -> None:
        received.append(number)
        server.send_signal(signal.SIGINT)  # which MkDocs knows: it removes its temporary site
        threading.Timer(_LAST_WORDS, server.kill).start()

    before = {}
    if threading.current_thread() is threading.main_thread():
        before = {one: signal.signal(one, end) for one in (signal.SIGTERM, getattr(signal, "SIGHUP", None)) if one}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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


def _call(root: Path, command: list[str], strict: bool, settings: Mapping[str, str] | None = None) -> str:
    # Not --quiet: MkDocs would then not notice the warnings that --strict is to fail on.
    line = [*command, *(["--strict"] if strict else [])]
    with _attached(root, line, settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as builder:
        assert builder.stdout
        written = click.unstyle(builder.stdout.read()).strip()
    if builder.returncode:
        raise refusal_of(command[0], written, root)
    return written


def finish(site: Path) -> None:
    """What a builder leaves to us: one stylesheet for each page to wait for, and a Content-Security-Policy.

    Raises:
        SiteError: the pages link style sheets, or the theme words them, in a form that is not known.
        FilesError: the file system refused.
    """
    try:
        join(site)
        seal(site)
    except OSError as error:
        raise refusal(Path(error.filename or site), error) from error


def _swap(new: Path, place: Path, old: Path) -> None:
    try:
        if old.exists():
            shutil.rmtree(old)
        if place.exists():
            place.rename(old)
        try:
            new.rename(place)
        except OSError:
            if old.exists():
                old.rename(place)
            raise
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise FilesError(
            f"the built site could not be moved into place: {error.strerror}",
            where=str(place),
            hint="check that the folder is writable; the finished site is in " + str(new),
        ) from error


def _environment() -> dict[str, str]:
    return os.environ | {"NO_MKDOCS_2_WARNING": "1"}
