"""Links a catalog may hold: https only, and arXiv identifiers instead of arXiv addresses."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

_HTTPS = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?([/?#][A-Za-z0-9\-._~!$&()*+,;=:@%/?#]*)?")
"""An address without a user name, and without any character that means something to YAML, HTML or Jinja."""


def _https(url: str) -> str:
    if not _HTTPS.fullmatch(url):
        raise ValueError("should be a plain `https://` address")
    return url


HttpsUrl = Annotated[str, AfterValidator(_https), Field(max_length=500)]
ArxivId = Annotated[str, Field(pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")]


def arxiv_url(identifier: str) -> str:
    """Address of a paper's abstract page."""
    return f"https://arxiv.org/abs/{identifier}"
