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
            line = getattr(error, "lineno", 0) or _second_line_of(text, str(error).rpartition(": ")[2])
            raise Unreadable(
                line, f"is not BibTeX: {_first_line(error)}", "export the list again, or mend it"
            ) from None
        _refuse_unread(text, len(entries))
        for key, entry in entries.items():
            line = _line_of(text, rf"@\w+\s*[{{(]\s*{re.escape(key)}\s*,")
            fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
            people = [_bibtex_name(person) for person in entry.persons.get("author", ())]
            shortened = people[-1:] == ["others"]
            people = people[:-1] if shortened else people
            kind = entry.type.lower() if entry.type.lower() in ("article", "inproceedings") else ""
            eprint = fields.get("eprint", "") if "arxiv" in fields.get("archiveprefix", "arxiv").lower() else ""
            name = _add(merge, path, line, key, fields, people, eprint, kind)
            if shortened:
                merge.note(name, "authors", "the list ends with `and others`", "add the authors that it leaves out")


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
        """By the bracket that the list begins with, and the brace of its first item."""
        start = re.match(rb"(?:\xef\xbb\xbf)?\s*\[", head)
        return bool(start and (path.suffix.lower() == ".json" or re.match(rb"\s*[\[{\]]", head[start.end() :])))

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
        if not entries:
            raise Unreadable(1, "holds no paper", _NO_PAPER)
        for number, entry in enumerate(entries, start=1):
            if not isinstance(entry, dict) or "type" not in entry:
                raise Unreadable(1, f"entry {number} of the list is no item of CSL-JSON", "each item has a `type`")
            line = _line_of(text, rf'"id"\s*:\s*"{re.escape(str(entry.get("id", "")))}"')
            fields = {name: _csl_text(entry, key, line) for name, key in _CSL.items()}
            fields["year"] = _csl_year(entry.get("issued"))
            people = [_csl_name(one, line) for one in _csl_list(entry, "author", line)]
            kind = {"article-journal": "article", "paper-conference": "inproceedings"}.get(str(entry["type"]), "")
            eprint = fields["eprint"] if "arxiv" in fields["eprint"].lower() else ""
            _add(merge, path, line, str(entry.get("id", "")), fields, people, eprint, kind)


LISTS = (Bibtex(), Ris(), CslJson())

_NO_PAPER = "export the list again, with the papers in it"
_CSL = {
    "title": "title", "journal": "container-title", "pages": "page", "abstract": "abstract", "doi": "DOI",
    "url": "URL", "eprint": "number",
}  # fmt: skip


def _refuse_unread(text: str, count: int) -> None:
    """See that nothing that looks like an entry was passed over: BibTeX takes all between entries for a comment."""
    starts = [
        match
        for match in re.finditer(r"(?m)^[ \t]*@?(?P<kind>[A-Za-z]+)[ \t]*[{(][ \t]*[^\s,={}()]+[ \t]*,", text)
        if match["kind"].lower() not in ("comment", "string", "preamble")
    ]
    if not count and not starts:
        raise Unreadable(1, "holds no paper", _NO_PAPER)
    if len(starts) > count:
        lost = next((one for one in starts if "@" not in one[0]), starts[-1])
        line = text.count("\n", 0, lost.start()) + 1
        what = f"of {len(starts)} entries, {len(starts) - count} cannot be read: {lost[0].strip()[:40]!r}"
        raise Unreadable(line, what, "begin each entry with `@article{key,` and close its braces")


def _csl_text(entry: Mapping[str, Any], key: str, line: int) -> str:
    value = entry.get(key)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, int | float) and not isinstance(value, bool) and key != "title":
        return str(value)
    raise Unreadable(line, f"`{key}` is not text", "see the CSL-JSON schema", key)


def _csl_list(entry: Mapping[str, Any], key: str, line: int) -> list[Any]:
    value = entry.get(key) or []
    if not isinstance(value, list):
        raise Unreadable(line, f"`{key}` is no list", "see the CSL-JSON schema", key)
    return value


def _csl_year(issued: Any) -> str:
    """Year in any of the forms in which a date is given; empty when in none."""
    if not isinstance(issued, dict):
        return str(issued or "")
    parts = issued.get("date-parts")
    if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
        return str(parts[0][0])
    return str(issued.get("raw") or issued.get("literal") or "")


def _add(
    merge: Merge,
    path: Path,
    line: int,
    key: str,
    fields: Mapping[str, str],
    people: Sequence[str],
    eprint: str,
    kind: str,
) -> str:
    """Take in one paper: identifiers first, from whichever field holds them. Gives its id in this catalog."""
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
    name = merge.add_paper(path, line, reference, key, title, repository, _plain(fields.get("abstract", "")), facts)
    for field, given in (("pages", fields.get("pages", "")), ("year", fields.get("year") or fields.get("date", ""))):
        if given and not facts[field]:
            merge.note(name, field, f"{_plain(given)[:40]!r} cannot be read, and was left out", "fill in this line")
    return name


def _reference(eprint: str, fields: Mapping[str, str], venue: str) -> Reference:
    arxiv = _EPRINT.search(venue) or _EPRINT.search(fields.get("note", ""))
    candidates: Iterator[Reference | None] = (
        read_reference(f"arXiv:{eprint.partition(':')[2] or eprint}") if eprint else None,
        _doi(fields["doi"]) if fields.get("doi") else None,
        read_reference(f"arXiv:{arxiv['id']}") if arxiv else None,
        read_reference(fields["url"]) if fields.get("url") and not read_repository(fields["url"]) else None,
    ).__iter__()
    return next((one for one in candidates if one), Reference())


def _doi(text: str) -> Reference:
    """A DOI with or without the address or the `doi:` before it."""
    meant = read_reference(text) or read_reference(f"doi:{text}")
    return meant if meant and not meant.url else read_doi(text)


def _pages(text: str) -> str:
    pages = re.sub(r"\s*[-–—]+\s*", "-", text.strip())
    return pages if re.fullmatch(r"[A-Za-z]?\d+[A-Za-z]?(?:-[A-Za-z]?\d+[A-Za-z]?)?", pages) else ""


def _bibtex_name(person: Any) -> str:
    family = " ".join(_plain(str(one)) for one in (*person.prelast_names, *person.last_names))
    given = " ".join(_plain(str(one)) for one in (*person.first_names, *person.middle_names))
    suffix = " ".join(_plain(str(one)) for one in person.lineage_names)
    whole = any(str(one).startswith("{") for one in person.last_names)
    return _name(family, given, suffix, whole=whole)


def _csl_name(name: Any, line: int) -> str:
    if not isinstance(name, dict) or not all(isinstance(one, str | bool | None) for one in name.values()):
        raise Unreadable(line, "an author is no mapping of texts", "see the CSL-JSON schema", "author")
    if literal := name.get("literal"):
        return _name(literal, "", "", whole=True)
    particle = name.get("non-dropping-particle") or name.get("dropping-particle") or ""
    if not name.get("family"):
        raise Unreadable(line, "an author has neither `family` nor `literal`", "see the CSL-JSON schema", "author")
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


def _second_line_of(text: str, key: str) -> int:
    """Line on which a key is given again; 0 when it is not."""
    found = list(re.finditer(rf"(?i)@\w+\s*[{{(]\s*{re.escape(key)}\s*,", text))
    return text.count("\n", 0, found[1].start()) + 1 if len(found) > 1 else 0


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
