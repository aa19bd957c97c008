"""Permissions that bind, also where the tests run as root, who may otherwise write anywhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


def given_away(folder: Path) -> None:
    """Root hands `folder` and what is in it to somebody without privileges; anybody else owns it already."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)


@contextmanager
def unprivileged() -> Iterator[None]:
    """While it lasts, root is somebody without privileges."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
