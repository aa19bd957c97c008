"""What the audit of a built page needs: Chromium on this machine, Lighthouse and axe-core from the npm registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from seamline.errors import SiteError

TOOLS: Mapping[str, str] = {"lighthouse": "12.8.2", "axe-core": "4.10.3"}
"""Packages of the npm registry and their pinned versions."""


def find_chromium() -> str:
    """Chromium or Chrome on this machine: `CHROME_PATH`, or what PATH finds.

    Raises:
        SiteError: there is none.
    """
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    chromium = os.environ.get("CHROME_PATH") or next(filter(None, map(shutil.which, names)), None)
    if not chromium:
        raise SiteError("there is no Chromium on this machine", hint="install one, or point CHROME_PATH to it")
    return chromium


def install_tools(folder: Path = Path(".cache/web-audit")) -> Path:
    """Folder of node modules that holds `TOOLS`, installed if they are not there at these versions.

    Raises:
        SiteError: node or npm is missing, or the registry cannot be reached.
    """
    modules = folder / "node_modules"
    if not shutil.which("node") or not shutil.which("npm"):
        raise SiteError("node is not installed", hint="Lighthouse and axe run on node 20 or newer: https://nodejs.org")
    if all(_version(modules / name) == version for name, version in TOOLS.items()):
        return modules
    wanted = [f"{name}@{version}" for name, version in TOOLS.items()]
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(folder), *wanted],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SiteError(
            f"npm could not install {' and '.join(wanted)}: {done.stderr.strip()[-300:]}",
            hint="check the network, or leave Lighthouse out on this machine",
        )
    return modules


def _version(package: Path) -> str:
    try:
        return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""
