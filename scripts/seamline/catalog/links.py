"""Links a catalog may hold: https only, and arXiv identifiers instead of arXiv addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import unquote

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


_ARXIV_ID = r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(?P<version>[1-9]\d?))?"
_HOSTS = (
    r"(?:[a-z-]+\.)*arxiv\.org/(?:abs|pdf|html|format|ps|src|e-print)/",
    r"(?:www\.)?ar5iv\.org/(?:abs|html|pdf)/",
    r"ar5iv\.labs\.arxiv\.org/(?:abs|html|pdf)/",
    r"(?:www\.)?alphaxiv\.org/(?:[a-z]+/)*",
    r"(?:www\.)?(?:huggingface\.co|hf\.co)/papers/",
    r"(?:www\.)?scholar\.archive\.org/arxiv/",
)
_ARXIV = re.compile(
    rf"(?:(?:https?://)?(?:{'|'.join(_HOSTS)})|(?:arxiv preprint\s+)?arxiv\s*[: ]\s*|(?=\d{{4}}\.))"
    rf"{_ARXIV_ID}(?:\.pdf)?/?(?:[?#]\S*|\s*\[[A-Za-z., -]+\].*)?",
    re.IGNORECASE,
)
_ON_ARXIV = re.compile(r"(?:https?://)?(?:[a-z-]+\.)*(?:arxiv|ar5iv|alphaxiv)\.org\b", re.IGNORECASE)
_DOI = re.compile(
    r"(?:(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s*:?\s*|(?=10\.))"
    r"(?P<doi>10\.\d{4,9}/[A-Za-z0-9._;()/:-]+)(?:[?#]\S*)?",
    re.IGNORECASE,
)
_ARXIV_DOI = re.compile(rf"10\.48550/arxiv\.{_ARXIV_ID}", re.IGNORECASE)
_GITHUB = re.compile(
    r"(?:(?:https?|ssh|git)://(?:git@)?(?:www\.)?github\.com/|(?:www\.)?github\.com/|git@github\.com:)"
    r"(?P<path>[\w.-]+/[\w.-]+?)(?:\.git)?(?:/(?:tree|blob|raw|releases|issues|wiki)(?:/\S*)?)?/?(?:[?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_WRAPPED = re.compile(r"<(?P<bare>[^>]*)>|\[[^\]]*\]\((?P<target>[^)]*)\)")


def read_reference(text: str) -> Reference | None:
    """The paper that an address, `arXiv:…` or `doi:…` means; `None` when it means none.

    Forms with `abs`, `pdf` or `html`, with or without version, scheme `http` or `https`, all mean the same paper. So do
    arXiv's own DOI (`10.48550/arXiv.…`), the line that arXiv prints in the margin (`arXiv:2211.09800v2 [cs.CV]`), and
    the pages of ar5iv, alphaXiv and Hugging Face about a paper on arXiv.
    """
    address = _unwrapped(text).rstrip(".,;")
    if match := _ARXIV.fullmatch(address):
        return _on_arxiv(match)
    if _ON_ARXIV.match(address):
        return None
    if match := _DOI.fullmatch(unquote(address) if "%2f" in address.lower() else address):
        return read_doi(match["doi"])
    secure = re.sub(r"^http://", "https://", address)
    return Reference(url=secure) if _HTTPS.fullmatch(secure) else None


def read_doi(doi: str) -> Reference:
    """The paper that a DOI means: on arXiv for `10.48550/arXiv.…`."""
    match = _ARXIV_DOI.fullmatch(doi)
    return _on_arxiv(match) if match else Reference(doi=doi)


def read_repository(text: str) -> str | None:
    """The `https://github.com/<owner>/<name>` that an address means; `None` when it means none.

    A folder, file or list in a repository means the repository.
    """
    match = _GITHUB.fullmatch(_unwrapped(text).rstrip(".,;"))
    return f"https://github.com/{match['path']}" if match else None


def _on_arxiv(match: re.Match[str]) -> Reference:
    identifier = match["id"]
    if "/" in identifier:  # `math.GT/9901001`: archives are lower-case, their subjects upper-case
        archive, _, number = identifier.partition("/")
        name, dot, subject = archive.partition(".")
        identifier = f"{name.lower()}{dot}{subject.upper()}/{number}"
    return Reference(arxiv=identifier, version=int(match["version"] or 0))


def _unwrapped(text: str) -> str:
    match = _WRAPPED.fullmatch(text.strip())
    return (match["bare"] or match["target"] or "").strip() if match else text.strip()
