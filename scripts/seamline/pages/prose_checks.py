"""What is wrong with what people wrote, before any page is written: macros, exhibits, measures, links, bare claims."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from seamline.catalog.citations.grammar import find
from seamline.catalog.citations.markdown_code import blanked, code_spans
from seamline.catalog.evidence.sentences import spans_of
from seamline.errors import CatalogError, Problem, WorkflowError
from seamline.pages import urls
from seamline.pages.kinds import docs_pages
from seamline.pages.kinds.answers import Answers
from seamline.pages.prose.own_words import is_declared, speaks_of_sources
from seamline.pages.rendering import render
from seamline.pages.site_data import SiteData

_LINK = re.compile(r"(?m)(?:(?<!\\)\]\([ \t]*|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]+)<?(?P<target>[^\s()<>]+)")
_OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_NOT_PROSE = re.compile(r"[ \t]*(?:#|>|\||!!!|\?\?\?|===|\{:|\[[^\]\n]+\]:|<|:?-{3,}|={3,})")
_ITEM = re.compile(r"(?:[-*+]|\d+[.)])[ \t]+")
_OWN_EVIDENCE = re.compile(r"\{\{|\]\((?!https?:)")
"""In a sentence: a macro, which prints what a run left, or a link to another page of the site."""


_GOES_ON = re.compile(
    r"(?:(?:And|But|Yet|So|Then|Thus|Hence|Also|Instead|However|Therefore|There|Here|Next|Besides|Moreover),? )?"
    r"(?:it|its|they|their|he|she|his|her|"
    r"(?:this|that|these|those|the same) (?:\w+ )?"
    r"(?:model|method|network|approach|framework|module|loss|filter|dataset|data set|system|design)s?)\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"(?:\w+,? )?it (?:(?:is|was|seems|appears|may be|can be|looks) (?:\w+ly |not |so |very |no )*"
    r"(?:that|as if|clear|likely|possible|impossible|hard|easy|known|unknown|true|said|told|worth|tempting|wonder|"
    r"enough|because|why|what|here|there)\b|follows\b|turns out\b|takes \w+ to\b|depends\b|helps to\b|pays to\b)",
    re.IGNORECASE,
)
"""`It` that stands for nothing: `it is likely that`, `it follows`."""


_CITE_OR_DECLARE = (
    "cite a source, `[@key, §2]`; of a run of yours, print its figure or link to its page; what you measured or read "
    "yourself, declare once by `{{ ours() }}`, which tells readers so"
)
_CITE = "cite a source, `[@key, §2]`; of a run of yours, print its figure or link to its page"


@dataclass(frozen=True, slots=True)
class _Text:
    """Something that people wrote.

    Attributes:
        file: its path in the project.
        source: path below `docs/` from which its links count.
        first_line: line of the file on which `text` begins.
        outside: external addresses it may link to, without a final slash; None for any.
    """

    file: str
    source: str
    text: str
    first_line: int
    outside: frozenset[str] | None

    def line(self, at: int) -> int:
        return self.first_line + self.text.count("\n", 0, at)


def prose_problems(site: SiteData, files: Collection[str]) -> tuple[Problem, ...]:
    """Everything that would stop a page, or lead its reader nowhere.

    Args:
        files: paths of the site beside those that `render` makes: assets, and files of runs.
    """
    if stopped := tuple(dict.fromkeys(_stopped(site))):
        return stopped
    known = {*render(site), *files}
    return tuple(problem for text in _texts(site) for problem in _links(text, known))


def uncited(site: SiteData) -> tuple[Problem, ...]:
    """Sentences of written answers that cite no source, print nothing of a run and link to no page of the site.

    Where a page declares that such sentences are its author's, those that name a source remain.
    """
    return tuple(
        Problem(text.file, text.line(at), "", f"{what}: {_shortened(sentence)}", hint)
        for text in _texts(site)
        if text.source.startswith("questions/")
        for at, sentence, what, hint in _uncited(site, text)
    )


def _uncited(site: SiteData, text: _Text) -> Iterator[tuple[int, str, str, str]]:
    question_id = text.source.removeprefix("questions/").removesuffix(".md")
    models = (site.catalog.models[name] for name in site.catalog.questions[question_id].entry.models)
    of_sources = speaks_of_sources(site.uses.sources[question_id].values(), models)
    declared = is_declared(text.text)
    for at, sentence, goes_on in _claims(text.text, of_sources):
        if of_sources(sentence):
            yield at, sentence, "speaks of a source and cites none", _CITE
        elif goes_on:
            yield at, sentence, "goes on about a source and cites none", _CITE
        elif not declared:
            yield at, sentence, "cites nothing", _CITE_OR_DECLARE


def _stopped(site: SiteData) -> Iterator[Problem]:
    """What keeps an answer or a hand-written page from being rendered, one problem a page."""
    answers = Answers(site)
    for question_id, question in site.catalog.questions.items():
        try:
            answers[question_id].prose  # noqa: B018  it is made when it is asked for
        except (CatalogError, WorkflowError) as error:
            yield from _told(error, question.path.relative_to(site.catalog.root).as_posix())
    for path, content in site.docs.items():
        try:
            docs_pages.page_of(site, answers, path, content)
        except (CatalogError, WorkflowError) as error:
            yield from _told(error, f"docs/{path}")


def _told(error: CatalogError | WorkflowError, file: str) -> Iterator[Problem]:
    if isinstance(error, CatalogError) and error.problems:
        yield from error.problems
        return
    place, _, line = error.where.rpartition(":")
    if place and line.isdigit():
        yield Problem(place, int(line), "", error.what, error.hint)
    else:
        yield Problem(file, 0, "" if error.where == file else error.where, error.what, error.hint)


def _texts(site: SiteData) -> Iterator[_Text]:
    for question_id, question in site.catalog.questions.items():
        if question.entry.status == "written" or question.body.strip():
            file = question.path.relative_to(site.catalog.root).as_posix()
            given = site.uses.sources[question_id].values()
            outside = frozenset(source.url.rstrip("/") for source in given if source.url)
            yield _Text(file, f"questions/{question_id}.md", question.body, question.body_line, outside)
    for path, content in site.docs.items():
        if path.endswith(".md"):
            text = content.decode("utf-8-sig").replace("\r\n", "\n")
            head = match[0] if (match := _FRONT_MATTER.match(text)) else ""
            yield _Text(f"docs/{path}", path, text[len(head) :], 1 + head.count("\n"), None)


def _links(text: _Text, known: Collection[str]) -> Iterator[Problem]:
    prose = blanked(text.text, code_spans(text.text))
    for match in _LINK.finditer(prose):
        target, line = match["target"], text.line(match.start())
        if "{{" in target or target.startswith("#"):
            continue
        if _OUTSIDE.match(target):
            if text.outside is not None and target.rstrip("/") not in text.outside:
                hint = "cite one of the question's sources, `[@key]`, or take the link out"
                yield Problem(text.file, line, "", f"{target} is not among this question's own sources", hint)
        elif target.startswith("/"):
            hint = "write the way from this file, `../guides/publish.md`"
            yield Problem(text.file, line, "", f"{target} breaks where the site is not at a host's root", hint)
        elif not _SCHEME.match(target):
            yield from _inside(text, target, line, known)


def _inside(text: _Text, target: str, line: int, known: Collection[str]) -> Iterator[Problem]:
    path = posixpath.normpath(posixpath.join(posixpath.dirname(text.source), target.partition("#")[0]))
    wanted = urls.page_of(path)
    if wanted not in known:
        places = {one.removesuffix("/index.md"): one for one in known}
        near = places.get(next(iter(get_close_matches(wanted.removesuffix("/index.md"), places, 1, 0.8)), ""), "")
        way = posixpath.relpath(near, posixpath.dirname(text.source) or ".") if near else ""
        hint = f"did you mean `{way}`?" if near else "mend the address, or take the link out"
        yield Problem(text.file, line, "", f"{target} leads to {wanted}, which is not in the site", hint)


def _claims(markdown: str, of_sources: Callable[[str], bool]) -> Iterator[tuple[int, str, bool]]:
    """Sentences of running text that rest on nothing: where each begins, and whether it goes on about a source.

    It does where it begins with a pronoun, `It keeps …`, and the sentence before it, in the same paragraph, cites or
    names a source or goes on about one itself.
    """
    prose = blanked(markdown, code_spans(markdown))
    cited = {citation.line for citation in find(markdown)}
    for paragraph in re.finditer(r"(?:[^\n]*\S[^\n]*(?:\n|\Z))+", prose):
        if _NOT_PROSE.match(paragraph[0]) or paragraph[0].lstrip().startswith("{{"):
            continue
        of_source = False
        for start, end in spans_of(paragraph[0]):
            at = paragraph.start() + start
            sentence = prose[at : paragraph.start() + end]
            first, last = (1 + prose.count("\n", 0, one) for one in (at, at + len(sentence)))
            says = _ITEM.sub("", markdown[at : at + len(sentence)]).strip(" *_")
            goes_on = of_source and bool(_GOES_ON.match(says)) and not _IMPERSONAL.match(says)
            of_source = goes_on or "[@" in sentence or of_sources(says)
            if len(says.split()) < 4 or not says.endswith((".", ".)", "!")) or _OWN_EVIDENCE.search(sentence):
                continue
            if "[@" not in sentence and not any(first <= line <= last for line in cited if "@" in sentence):
                yield at, says, goes_on


def _shortened(sentence: str) -> str:
    text = re.sub(r"\*\*|__", "", " ".join(sentence.split()))
    return repr(text if len(text) <= 70 else f"{text[:69]}…")
