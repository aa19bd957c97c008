"""How to cite an answer: as BibTeX, as CSL-JSON, and in a sentence in the style of the APA.

A page does not know where it will be published. Rendering leaves the address to the reader; a build fills it in
where the site's settings name one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from seamline.catalog import WrittenQuestion
from seamline.catalog.bibliography import bibtex_name, csl_name, tex
from seamline.catalog.entries import Question
from seamline.catalog.evidence.text_direction import direction_of
from seamline.catalog.person_names import display_name, name_of
from seamline.pages.html import FOLD_END, element, fence, fold_start
from seamline.pages.kinds.answers import title_language

FOLD = "sl-cite-this"
"""Class of the fold that `cite_this` makes, and that a build fills with `as_html`."""
BIBTEX, CSL = "cite.bib", "cite.json"
"""Names of the files that a build puts beside an answer's page."""


@dataclass(frozen=True, slots=True)
class AnswerReference:
    """An answer as a bibliography lists it.

    Attributes:
        key: citation key.
        authors: as `seamline.catalog.person_names` reads them.
        issued: the day of its present text.
        language: ISO 639, of the answer.
        title_language: likewise of the title; "" where it is that of the page that shows the reference.
        site: name of the site; "" where it is not known.
        url: where it is read; "" likewise.
    """

    key: str
    title: str
    authors: tuple[str, ...]
    issued: date | None
    language: str = "en"
    site: str = ""
    url: str = ""
    title_language: str = ""

    @classmethod
    def of(cls, question: WrittenQuestion, *, language: str = "en", site: str = "", url: str = "") -> AnswerReference:
        """The reference of a question's answer; `language` is the page's."""
        entry = question.entry
        issued = entry.revised or entry.answered
        answered_in, titled_in = entry.answer_language or language, title_language(entry, language)
        return cls(question.id, entry.title or entry.asked, entry.authors, issued, answered_in, site, url, titled_in)

    def bibtex(self) -> str:
        """A BibTeX entry, UTF-8, the title's capitals kept; `url` is empty where the address is not known."""
        issued = self.issued
        fields = {
            "author": " and ".join(map(bibtex_name, self.authors)),
            "title": f"{{{tex(self.title)}}}",
            "year": str(issued.year) if issued else "",
            "howpublished": tex(self.site),
            "note": f"Answer from a closed catalog, {issued:%Y-%m-%d}" if issued else "",
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        lines += [f"  month = {_MONTHS[issued.month - 1][:3].lower()},"] if issued else []
        return "\n".join([f"@misc{{{self.key},", *lines, f"  url = {{{self.url}}}", "}"])

    def csl(self) -> dict[str, Any]:
        """A CSL-JSON item of the type `webpage`."""
        item: dict[str, Any] = {"id": self.key, "type": "webpage", "title": self.title, "language": self.language}
        if self.authors:
            item["author"] = [csl_name(author) for author in self.authors]
        if self.issued:
            item["issued"] = {"date-parts": [[self.issued.year, self.issued.month, self.issued.day]]}
        if self.site:
            item["container-title"] = self.site
        if self.url:
            item["URL"] = self.url
        return item

    def csl_json(self) -> str:
        """The item as a CSL-JSON file, which Zotero, Pandoc and citeproc read."""
        return json.dumps([self.csl()], ensure_ascii=False, indent=2) + "\n"

    def apa(self) -> Markup:
        """A sentence as HTML, as APA 7 lists a web page: authors, date, title in italics, site, address.

        The title moves to the front where there are no authors, and `n.d.` stands where there is no date.

        Source: Publication Manual of the American Psychological Association, 7th edition, §10.16.
        """
        issued = self.issued
        # Not strftime: %B follows the locale.
        when = f"({issued.year}, {_MONTHS[issued.month - 1]} {issued.day})." if issued else "(n.d.)."
        stop = "" if self.title.endswith(("?", "!", ".")) else "."
        marks = {"lang": self.title_language or None, "dir": direction_of(self.title) or None}
        title = Markup(f"{element('i', marks, Markup(escape(self.title)))}{stop}")
        names = _apa_names(self.authors)
        first = [f"{names}" if names.endswith(".") else f"{names}.", when, title] if names else [title, when]
        site = [f"{self.site}."] if self.site and self.site != names else []
        return Markup(" ").join(escape(part) for part in [*first, *site, *filter(None, [self.url])])

    def as_html(self, title: str = "Cite this answer") -> Markup:
        """What stands in the fold of a page that is published: the sentence, BibTeX, and files to download."""
        note = Markup("") if self.url else element("p", {}, _NO_ADDRESS)
        files = Markup('<p><a href="{}" download>BibTeX</a> · <a href="{}" download>CSL-JSON</a></p>').format(
            BIBTEX, CSL
        )
        code = Markup("<pre><code>{}</code></pre>").format(self.bibtex())
        return Markup("").join(
            [element("summary", {}, title), Markup("<p>{}</p>").format(self.apa()), note, code, files]
        )


_NO_ADDRESS = "Put the address at which you read it into url."
_MONTHS: Sequence[str] = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def cite_this(question: WrittenQuestion) -> Markup:
    """The answer's BibTeX entry, folded. Its address is the reader's to add, unless a build does."""
    bibtex = fence(AnswerReference.of(question).bibtex(), "bibtex")
    inside = f"Put the address at which you read it into `url`.\n\n{bibtex}"
    return Markup(f"{fold_start('Cite this answer', FOLD)}{inside}{FOLD_END}".strip())


def byline(entry: Question) -> Markup:
    """Who wrote an answer and when, as a line below its title; empty where the catalog says neither."""
    pieces: list[str] = []
    if names := [display_name(author) for author in entry.authors]:
        pieces.append(f"Answered by {' and '.join(filter(None, [', '.join(names[:-1]), names[-1]]))}")
    if entry.answered:
        pieces += [", " if names else "Answered ", _day(entry.answered)]
    if entry.revised:
        pieces += [", revised ", _day(entry.revised)]
    return element("p", {"class": "sl-byline"}, *pieces) if pieces else Markup("")


def _day(day: date) -> Markup:
    # Not strftime: %B follows the locale.
    return element("time", {"datetime": day.isoformat()}, f"{day.day} {_MONTHS[day.month - 1]} {day.year}")


def _apa_names(authors: Sequence[str]) -> str:
    """`Berg, J. van der, & Ho, K.`; of more than twenty, the first nineteen and the last."""
    names = [_apa_name(author) for author in authors]
    if len(names) > 20:
        return ", ".join(names[:19]) + f", … {names[-1]}"
    return ", ".join(names[:-1]) + f", & {names[-1]}" if len(names) > 1 else "".join(names)


def _apa_name(author: str) -> str:
    name = name_of(author)
    if not name.given:
        return display_name(author)
    initials = " ".join(
        "-".join(f"{piece[0]}." for piece in part.split("-") if piece) for part in name.given.split() if part.strip("-")
    )
    return ", ".join(part for part in (name.family, initials, name.suffix) if part)
