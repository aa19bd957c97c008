"""What pages may depend on without asking the project's data for it: the code that makes them, and what it imports."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from seamline.errors import SeamlineError
from seamline.fingerprints import PACKAGE
from seamline.hashing import Hashes
from seamline.pages import SiteData
from seamline.pages.watching.value_digests import Digests
from seamline.plugins import REGISTRIES, is_offered

_MEASURES = "seamline.measures"


def code_digest(site: SiteData, hashes: Hashes) -> str:
    """Digest of Seamline's files, of the names and versions of what is installed, and of data that no read names.

    Returns:
        "" where that cannot be told: another distribution adds plug-ins, and its code may be edited in its place.
    """
    if any(is_offered(registry.group) for registry in REGISTRIES) or is_offered(_MEASURES):
        return ""
    try:
        code = {path: hashes.sha256(PACKAGE / path) for path in sources(PACKAGE)}
        return Digests().of((sys.version, code, _distributions(), site.evaluation, site.live))
    except (OSError, SeamlineError, TypeError):
        return ""


def sources(package: Path) -> list[str]:
    """Every file of a package but what Python itself left there, by path."""
    return sorted(
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if "__pycache__" not in path.parts and path.is_file()
    )


def _distributions() -> list[str]:
    """Names and versions of what is installed, as its folders have them."""
    found: set[str] = set()
    for place in sys.path:
        with suppress(OSError):
            found.update(one.name for one in Path(place).iterdir() if one.suffix in (".dist-info", ".egg-info"))
    return sorted(found)
