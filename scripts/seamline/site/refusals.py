"""What a site builder's last words mean: whether a page, the settings, a plug-in or the disk is at fault."""

from __future__ import annotations

import re
from errno import EACCES, EDQUOT, ENOSPC, EPERM, EROFS
from pathlib import Path

from seamline.errors import FilesError, SeamlineError, SiteError
from seamline.files import refusal

_TRACEBACK = "Traceback (most recent call last):"
_FRAME = '  File "'
_SYSTEM = re.compile(r"\[Errno (?P<number>\d+)\] (?P<words>[^:\n]+)(?:: '(?P<path>[^'\n]+)')?")
_REFUSED = {ENOSPC, EDQUOT, EROFS, EACCES, EPERM}
_SETTINGS = ("Config value", "configuration file", "not installed", "mkdocs.yml")
_LONGEST = 800


def refusal_of(builder: str, written: str, root: Path) -> SeamlineError:
    """The error for a builder that failed after it had `written` this, on the project at `root`.

    Returns:
        A FilesError when the file system refused, else a SiteError; of a crash the reason is kept, not the traceback.
    """
    said, traceback, _ = written.partition(_TRACEBACK)
    said = said.strip()
    crash = exception_of(written) if traceback else ""
    system = _SYSTEM.search(crash or said)
    if system and int(system["number"]) in _REFUSED:
        cause = OSError(int(system["number"]), system["words"].strip())
        error: FilesError = refusal(Path(system["path"] or root), cause)
        return error
    settings = str(root / "mkdocs.yml")
    if crash:
        return SiteError(
            "\n".join(part for part in (f"{builder} crashed:", said, crash) if part),
            where=settings,
            hint="see the theme's settings, plugins and hooks in mkdocs.yml; "
            f"`python -m {builder} build` shows all of the traceback",
        )
    if any(word in said for word in _SETTINGS):
        hint = "mend mkdocs.yml, or install what it asks for"
    else:
        hint = "each line above names a page; mend it in docs/ or catalog/, then `seamline render`"
    return SiteError(f"{builder} refused:\n{said}", where=settings, hint=hint)


def exception_of(written: str) -> str:
    """The exception that a traceback ends with: what stands below its last frame, shortened."""
    lines = written.rpartition(_TRACEBACK)[2].splitlines()
    last = max((place for place, line in enumerate(lines) if line.startswith(_FRAME)), default=-1)
    below = [line for line in lines[last + 1 :] if not line.startswith("    ")]
    text = "\n".join(below).strip()
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
