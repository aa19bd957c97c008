"""The same project gives the same bytes, whatever the machine's settings."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from page_projects import REPOSITORY

_SCRIPT = """
import hashlib
from pathlib import Path
from seamline.pages import render
from seamline.site.tree import site_data
tree = render(site_data(Path(".")))
digest = hashlib.sha256()
for path, content in tree.items():
    digest.update(path.encode() + b"\\0" + (content.encode() if isinstance(content, str) else content) + b"\\0")
import sys
heavy = {"torch", "diffusers", "transformers"} & set(sys.modules)
print(digest.hexdigest(), len(tree), sorted(heavy))
"""


def rendered(**settings: str) -> str:
    environment = {**os.environ, "PYTHONPATH": "scripts", **settings}
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_bytes_do_not_depend_on_hash_seed_locale_or_time_zone() -> None:
    first = rendered(PYTHONHASHSEED="0", LC_ALL="C", TZ="UTC", PYTHONUTF8="0")
    second = rendered(PYTHONHASHSEED="4711", LC_ALL="tr_TR.UTF-8", TZ="Pacific/Chatham")
    assert first == second
    digest, pages, heavy = first.split(" ", 2)
    assert digest != hashlib.sha256().hexdigest()
    assert int(pages) > 20
    assert heavy == "[]"
