"""Prose with macros and citations -> Markdown ready for the site builder.

Prose is a Jinja2 template in a sandbox. It can call the macros of its page and nothing else:
no attribute of an object, no file, no Python. What a macro returns never meets the template
engine or the citation reader again, so text from the catalog stays text.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from seamline.catalog.reading.validation import nearest
from seamline.catalog.sources import Source
from seamline.errors import CatalogError
from seamline.pages.html import markdown
from seamline.pages.prose.citation_marks import Claim, Ledger
from seamline.pages.prose.markdown_links import relinked, without_html
from seamline.pages.prose.own_ids import OwnIds

Macro = Callable[..., object]

_SENTINEL = re.compile("\ue000(\\d+)\ue001")


@dataclass(frozen=True, slots=True)
class Prose:
    """Prose as a page shows it.

    Attributes:
        text: Markdown with markers and everything the macros drew.
        claims: the sentences that cite something, in order.
        references: the list of the page's sources; empty if it has none.
        lists_references: whether the prose put that list somewhere itself.
    """

    text: Markup
    claims: tuple[Claim, ...]
    references: Markup
    lists_references: bool


def render_prose(
    text: str,
    *,
    page: str,
    source: str,
    where: str,
    macros: Mapping[str, Macro],
    sources: Mapping[str, Source],
    first_line: int = 1,
    html: bool = False,
    lists_uncited: bool = True,
    own_marks: Mapping[str, str] | None = None,
) -> Prose:
    """Expand the macros and citations of one text.

    Args:
        page: page it will stand on, for links.
        source: path below `docs/` as seen from which its own links are written: `guides/publish.md`.
        where: file it was written in, for errors.
        macros: what it may call; `references` is added.
        sources: what it may cite, by key.
        first_line: line of `where` on which `text` begins.
        html: whether HTML tags in the text are the author's own and kept.
        lists_uncited: whether the references also name the sources that the text does not cite.
        own_marks: attributes of citation marks and references, where the text is not in the page's language.

    Raises:
        CatalogError: a macro is unknown or was called wrongly, or a key may not be cited.
    """
    drawn: list[Markup] = []
    ids = OwnIds()
    ledger = Ledger(sources, page, where, first_line, html, lists_uncited, own_marks or {})
    listed = False

    def hold(value: object) -> str:
        drawn.append(ids.give(markdown(value)))
        return f"\ue000{len(drawn) - 1}\ue001"

    def references() -> Markup:
        nonlocal listed
        listed = True
        return Markup("\ue002")

    written = text.translate({0xE000: None, 0xE001: None, 0xE002: None})
    expanded = _expand(written, {**macros, "references": references}, hold, where, first_line)
    guarded = expanded if html else without_html(expanded)
    cited = ledger.cite(relinked(guarded, source, page))
    filled = _SENTINEL.sub(lambda found: drawn[int(found[1])], cited)
    claims = tuple(replace(claim, sentence=_in_words(claim.sentence, drawn)) for claim in ledger.claims)
    list_of_references = ledger.references()
    whole = re.sub("\ue002", lambda _: ids.give(list_of_references), filled)
    return Prose(Markup(whole), claims, list_of_references, listed)


def _expand(text: str, macros: Mapping[str, Macro], hold: Callable[[object], str], where: str, first_line: int) -> str:
    environment = ImmutableSandboxedEnvironment(
        finalize=hold,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
        # `{#` begins an attribute list in Markdown, not a comment.
        comment_start_string="{##",
        comment_end_string="##}",
    )
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    try:
        return environment.from_string(text).render(macros)
    except TemplateSyntaxError as error:
        if opened := _never_closed(text):
            hint = "close it with `}}`, or write `{% raw %}` around braces that are text"
            raise CatalogError("`{{` is never closed", where=f"{where}:{first_line + opened - 1}", hint=hint) from error
        raise _prose_error(str(error.message), where, first_line + error.lineno - 1, macros) from error
    except CatalogError as error:
        line = first_line + _template_line(error) - 1
        raise CatalogError(error.what, where=f"{where}:{line}", hint=error.hint) from error
    except (TemplateError, SecurityError, TypeError) as error:
        raise _prose_error(str(error), where, first_line + _template_line(error) - 1, macros) from error


def _prose_error(what: str, where: str, line: int, macros: Mapping[str, Macro]) -> CatalogError:
    names = ", ".join(sorted(macros))
    unknown = re.fullmatch(r"'(\w+)' is undefined", what)
    close = nearest(unknown[1], macros) if unknown else ""
    hint = f"did you mean `{close}`? macros here: {names}" if close else f"macros here: {names}"
    return CatalogError(f"this macro cannot be expanded: {what}", where=f"{where}:{line}", hint=hint)


def _never_closed(text: str) -> int:
    """Line of the first `{{` behind which another one, a blank line or the end comes before a `}}`; 0 without one."""
    for match in re.finditer(r"\{\{", text):
        closing = re.compile(r"\}\}|\{\{|\n[ \t]*\n|\Z").search(text, match.end())
        if closing is None or closing[0] != "}}":
            return text.count("\n", 0, match.start()) + 1
    return 0


def _template_line(error: Exception) -> int:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return lines[-1] or 1 if lines else 1


def _in_words(sentence: str, drawn: Sequence[Markup]) -> str:
    """A sentence with what its macros drew; nothing in place of what is more than words."""

    def words(found: re.Match[str]) -> str:
        text = drawn[int(found[1])]
        return "" if "<" in text or "\n" in text else unescape(text)

    return _SENTINEL.sub(words, sentence)
