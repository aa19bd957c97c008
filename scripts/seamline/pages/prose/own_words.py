"""An answer's own words: sentences that rest on no source, declared as such where readers see it.

An author may say of a page, by `{{ ours() }}`, that what carries no citation there is measured by its author, or the
author's reading. That covers no sentence which names one of the question's sources or models: a claim about a paper is
cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from seamline.catalog.citations.markdown_code import blanked, code_spans
from seamline.catalog.entries import Model
from seamline.catalog.origins import hub_id, model_title
from seamline.catalog.person_names import name_of
from seamline.catalog.sources import Source

NOTE = "What carries no citation on this page is ours: measured, or our reading."
_DECLARED = re.compile(r"\{\{\s*ours\(\)\s*\}\}")
_OF_PAPERS = (
    r"(?:the|this|that|its|their|these|those|both|another|each|every)\s+(?:\w+\s+){0,2}"
    r"(?:papers?|authors?|stud(?:y|ies)|summar(?:y|ies)|abstracts?)"
)


def is_declared(markdown: str) -> bool:
    """Whether an answer declares what it does not cite; code that shows the macro declares nothing."""
    return bool(_DECLARED.search(blanked(markdown, code_spans(markdown))))


def speaks_of_sources(sources: Iterable[Source], models: Iterable[Model]) -> Callable[[str], bool]:
    """Tells whether a sentence names one of the sources or models, or speaks of papers and their authors."""
    names: set[str] = set()
    for source in sources:
        names |= {source.title, source.title.partition(":")[0]} if ":" in source.title else {source.title}
        names |= {name_of(author).family for author in source.paper.authors} if source.paper else set()
    for model in models:
        names |= {model_title(model), hub_id(model)}
    alternatives = [re.escape(name) for name in sorted(names) if len(name) > 2]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join([*alternatives, f'(?i:{_OF_PAPERS})'])})(?!\w)")
    return lambda sentence: bool(pattern.search(" ".join(sentence.split())))
