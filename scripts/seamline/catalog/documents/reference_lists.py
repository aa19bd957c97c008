"""Lists of papers, as reference managers export them: BibTeX, RIS and CSL-JSON -> papers, in this catalog.

BibTeX is read by pybtex and RIS by rispy; CSL-JSON is JSON. A paper that the catalog knows gains the facts it lacked.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from seamline.catalog.documents.merging import Merge
from seamline.catalog.links import Reference, read_doi, read_reference, read_repository
from seamline.catalog.reading.yaml_reader import Unreadable

_EPRINT = re.compile(r"\barXiv\s*[:.]?\s*(?:preprint\s*)?(?:arXiv:)?(?P<id>[\w.-]+(?:/\d+)?(?:v\d+)?)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_SUFFIX = re.compile(r"(?i)(?:jr|sr)\.?|I{2,3}|IV")


class Bibtex:
    """A `.bib` file."""

    prose = True

    def recognizes(self, path: Path, head: bytes) -> bool:
        """By its suffix, or by an entry at its beginning."""
        return path.suffix.lower() == ".bib" or bool(re.match(rb"(?:\xef\xbb\xbf)?\s*@[A-Za-z]+\s*\{", head))

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in every paper of the list.

        Raises:
            Unreadable: it is no BibTeX, or a fact is none that a paper can have.
        """
        from pybtex.database import parse_string
        from pybtex.exceptions import PybtexError

        try:
            entries = parse_string(text, "bibtex").entries
        except PybtexError as error:
            line = getattr(error, "lineno", 0) or 0
            raise Unreadable(
                line, f"is not BibTeX: {_first_line(error)}", "export the list again, or mend it"
            ) from None
        for key, entry in entries.items():
            line = _line_of(text, rf"@\w+\s*[{{(]\s*{re.escape(key)}\s*,")
            fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
            people = [_bibtex_name(person) for person in entry.persons.get("author", ())]
            kind = entry.type.lower() if entry.type.lower() in ("article", "inproceedings") else ""
            eprint = fields.get("eprint", "") if "arxiv" in fields.get("archiveprefix", "arxiv").lower() else ""
            _add(merge, path, line, key, fields, people, eprint, kind)


class Ris:
    """A `.ris` file."""

    prose = True

    def recognizes(self, path: Path, head: bytes) -> bool:
        """By its suffix, or by the tag that every entry begins with."""
        return path.suffix.lower() == ".ris" or bool(re.match(rb"(?:\xef\xbb\xbf)?\s*TY  - ", head))

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in every paper of the list.

        Raises:
            Unreadable: it is no RIS, or a fact is none that a paper can have.
        """
        import rispy

        starts = [number for number, line in enumerate(text.split("\n"), start=1) if line.startswith("TY  -")]
        try:
            entries = rispy.loads(text)
        except (OSError, ValueError, KeyError, IndexError) as error:
            raise Unreadable(1, f"is not RIS: {_first_line(error)}", "export the list again, or mend it") from None
        if not entries or len(entries) != len(starts):
            what = f"{len(starts)} entries begin and {len(entries)} end"
            raise Unreadable(1, f"is not RIS: {what}", "each entry begins with `TY  - ` and ends with `ER  - `")
        for line, entry in zip(starts, entries, strict=True):
            first, last = entry.get("start_page", ""), entry.get("end_page", "")
            fields = {
                "title": entry.get("primary_title") or entry.get("title", ""),
                "year": entry.get("year") or entry.get("publication_year", ""),
                "journal": entry.get("secondary_title") or entry.get("journal_name", ""),
                "pages": f"{first}-{last}" if first and last else first,
                "abstract": entry.get("abstract") or entry.get("notes_abstract", ""),
                "doi": entry.get("doi", ""),
                "url": next(iter(entry.get("urls", ())), ""),
            }
            people = entry.get("authors") or entry.get("first_authors") or []
            kind = {"JOUR": "article", "CONF": "inproceedings", "CPAPER": "inproceedings"}.get(
                entry["type_of_reference"]
            )
            _add(merge, path, line, entry.get("id", ""), fields, people, "", kind or "")


class CslJson:
    """A list of papers in CSL-JSON: a JSON list of mappings."""

    prose = False

    def recognizes(self, path: Path, head: bytes) -> bool:
        """By the bracket that the list begins with."""
        return head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["

    def add(self, merge: Merge, path: Path, text: str) -> None:
        """Take in every paper of the list.

        Raises:
            Unreadable: it is no CSL-JSON, or a fact is none that a paper can have.
        """
        try:
            entries = json.loads(text)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 0)
            raise Unreadable(line, f"is not JSON: {error}", "export the list again, or mend it") from None
        for number, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict) or "type" not in entry:
                raise Unreadable(1, f"entry {number} of the list is no item of CSL-JSON", "each item has a `type`")
            line = _line_of(text, rf'"id"\s*:\s*"{re.escape(str(entry.get("id", "")))}"')
            try:
                dates = (entry.get("issued") or {}).get("date-parts") or [[""]]
                fields = {
                    "title": entry.get("title", ""),
                    "year": str(dates[0][0]),
                    "journal": entry.get("container-title", ""),
                    "pages": entry.get("page", ""),
                    "abstract": entry.get("abstract", ""),
                    "doi": entry.get("DOI", ""),
                    "url": entry.get("URL", ""),
                    "eprint": entry.get("number", ""),
                }
                people = [_csl_name(one) for one in entry.get("author", ())]
            except (AttributeError, IndexError, KeyError, TypeError) as error:
                raise Unreadable(
                    line, f"entry {number} is no item of CSL-JSON: {error}", "see the CSL-JSON schema"
                ) from None
            kind = {"article-journal": "article", "paper-conference": "inproceedings"}.get(str(entry["type"]), "")
            eprint = fields["eprint"] if "arxiv" in fields["eprint"].lower() else ""
            _add(merge, path, line, str(entry.get("id", "")), fields, people, eprint, kind)


LISTS = (Bibtex(), Ris(), CslJson())


def _add(
    merge: Merge,
    path: Path,
    line: int,
    key: str,
    fields: Mapping[str, str],
    people: Sequence[str],
    eprint: str,
    kind: str,
) -> None:
    """Take in one paper: identifiers first, from whichever field holds them."""
    title = _plain(fields.get("title", ""))
    if not title:
        raise Unreadable(line, f"`{key}` has no title", "give it one, or take it out of the list", "title")
    venue = _plain(fields.get("journal") or fields.get("booktitle") or "")
    reference = _reference(eprint, fields, venue)
    year = _YEAR.search(fields.get("year", "") or fields.get("date", ""))
    facts: dict[str, Any] = {
        "authors": list(people),
        "year": int(year[0]) if year else None,
        "venue": "" if reference.arxiv and "arxiv" in venue.lower() else venue,
        "pages": _pages(fields.get("pages", "")),
        "bibtex_type": kind if venue and kind else "",
    }
    repository = read_repository(fields.get("url", "")) or ""
    merge.add_paper(path, line, reference, key, title, repository, _plain(fields.get("abstract", "")), facts)


def _reference(eprint: str, fields: Mapping[str, str], venue: str) -> Reference:
    arxiv = _EPRINT.search(venue) or _EPRINT.search(fields.get("note", ""))
    candidates: Iterator[Reference | None] = (
        read_reference(f"arXiv:{eprint.partition(':')[2] or eprint}") if eprint else None,
        read_doi(fields["doi"].removeprefix("https://doi.org/")) if fields.get("doi") else None,
        read_reference(f"arXiv:{arxiv['id']}") if arxiv else None,
        read_reference(fields["url"]) if fields.get("url") and not read_repository(fields["url"]) else None,
    ).__iter__()
    return next((one for one in candidates if one), Reference())


def _pages(text: str) -> str:
    pages = re.sub(r"\s*[-–—]+\s*", "-", text.strip())
    return pages if re.fullmatch(r"[A-Za-z]?\d+[A-Za-z]?(?:-[A-Za-z]?\d+[A-Za-z]?)?", pages) else ""


def _bibtex_name(person: Any) -> str:
    family = " ".join(_plain(str(one)) for one in (*person.prelast_names, *person.last_names))
    given = " ".join(_plain(str(one)) for one in (*person.first_names, *person.middle_names))
    suffix = " ".join(_plain(str(one)) for one in person.lineage_names)
    whole = any(str(one).startswith("{") for one in person.last_names)
    return _name(family, given, suffix, whole=whole)


def _csl_name(name: Mapping[str, str]) -> str:
    if literal := name.get("literal"):
        return _name(literal, "", "", whole=True)
    particle = name.get("non-dropping-particle") or name.get("dropping-particle") or ""
    return _name(f"{particle} {name['family']}".strip(), name.get("given", ""), name.get("suffix", ""))


def _name(family: str, given: str, suffix: str, *, whole: bool = False) -> str:
    """A name as `seamline.catalog.person_names` reads it."""
    if not given:
        return f"{{{family}}}" if whole or " " in family else family
    return ", ".join(part for part in (family, suffix if _SUFFIX.fullmatch(suffix) else "", given) if part)


def _plain(text: str) -> str:
    """Text without TeX's commands and braces, on one line."""
    if "\\" in text:
        import latexcodec  # noqa: F401  registers the codec

        decode: Any = codecs.decode  # this codec decodes text, as typeshed knows of a few others alone
        text = decode(text, "ulatex", errors="replace")
    return " ".join(re.sub(r"[{}]", "", text).split())


def _line_of(text: str, pattern: str) -> int:
    match = re.search(pattern, text)
    return text.count("\n", 0, match.start()) + 1 if match else 1


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
