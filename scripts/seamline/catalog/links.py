"""Links a catalog may hold: https only, and arXiv identifiers instead of arXiv addresses."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field


def _https(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or any(c in url for c in " \"'<>`\\") or parts.username:
        raise ValueError(f"not a plain https address: {url!r}")
    return url


HttpsUrl = Annotated[str, AfterValidator(_https), Field(max_length=500)]
ArxivId = Annotated[str, Field(pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")]


def arxiv_url(identifier: str) -> str:
    """Address of a paper's abstract page."""
    return f"https://arxiv.org/abs/{identifier}"
