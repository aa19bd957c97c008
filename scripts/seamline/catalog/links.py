"""Links a catalog may hold: https only, and arXiv identifiers instead of arXiv addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

_HTTPS = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d{1,5})?([/?#][A-Za-z0-9\-._~!$&()*+,;=:@%/?#]*)?")
"""An address without a user name, and without any character that means something to YAML, HTML or Jinja."""


def _https(url: str) -> str:
    if not _HTTPS.fullmatch(url):
        raise ValueError("should be a plain `https://` address")
    return url


HttpsUrl = Annotated[str, AfterValidator(_https), Field(max_length=500, json_schema_extra={"pattern": "^https://"})]
ArxivId = Annotated[str, Field(pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")]
Doi = Annotated[str, Field(pattern=r"^(10\.\d{4,9}/[A-Za-z0-9._;()/:-]+)?$", max_length=200)]


def arxiv_url(identifier: str) -> str:
    """Address of a paper's abstract page."""
    return f"https://arxiv.org/abs/{identifier}"


@dataclass(frozen=True, slots=True)
class Reference:
    """Which paper an address means.

    Attributes:
        arxiv: arXiv identifier without version; empty for a paper elsewhere.
        version: arXiv version the address names; 0 when it names none.
        doi: DOI; empty when the address names none.
        url: the address itself, for a paper that is neither on arXiv nor behind a DOI.
    """

    arxiv: str = ""
    version: int = 0
    doi: str = ""
    url: str = ""


_ARXIV = re.compile(
    r"(?:https?://(?:[a-z]+\.)?arxiv\.org/(?:abs|pdf|html)/|arxiv:\s*)"
    r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>[1-9]\d?))?(?:\.pdf)?/?(?:[?#]\S*)?",
    re.IGNORECASE,
)
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(?P<doi>10\.\d{4,9}/[A-Za-z0-9._;()/:-]+)", re.IGNORECASE)
_GITHUB = re.compile(r"https?://(?:www\.)?github\.com/(?P<path>[\w.-]+/[\w.-]+?)(?:\.git)?/?(?:[?#]\S*)?", re.ASCII)
_WRAPPED = re.compile(r"<(?P<bare>[^>]*)>|\[[^\]]*\]\((?P<target>[^)]*)\)")


def read_reference(text: str) -> Reference | None:
    """The paper that an address, `arXiv:…` or `doi:…` means; `None` when it means none.

    Forms with `abs`, `pdf` or `html`, with or without version, scheme `http` or `https`, all mean the same paper.
    """
    address = _unwrapped(text)
    if match := _ARXIV.fullmatch(address):
        return Reference(arxiv=match["id"], version=int(match["version"] or 0))
    if re.match(r"https?://([a-z]+\.)?arxiv\.org\b", address, re.IGNORECASE):
        return None
    if match := _DOI.fullmatch(address):
        return Reference(doi=match["doi"])
    secure = re.sub(r"^http://", "https://", address)
    return Reference(url=secure) if _HTTPS.fullmatch(secure) else None


def read_repository(text: str) -> str | None:
    """The `https://github.com/<owner>/<name>` that an address means; `None` when it means none."""
    match = _GITHUB.fullmatch(_unwrapped(text))
    return f"https://github.com/{match['path']}" if match else None


def _unwrapped(text: str) -> str:
    match = _WRAPPED.fullmatch(text.strip())
    return (match["bare"] or match["target"] or "").strip() if match else text.strip()
