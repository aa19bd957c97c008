"""How to cite an answer: as BibTeX, and in a sentence."""

from __future__ import annotations

from markupsafe import Markup

from seamline.catalog import WrittenQuestion
from seamline.catalog.bibliography import tex
from seamline.pages.html import element, fence


def cite_this(question: WrittenQuestion) -> Markup:
    """The answer's entry, folded. Its address is the reader's to add: pages do not know where they are published."""
    entry = question.entry
    fields = {
        "title": tex(entry.title or entry.asked),
        "year": str(entry.answered.year) if entry.answered else "",
        "note": f"Answer from a closed catalog, {entry.answered:%Y-%m-%d}" if entry.answered else "",
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    bibtex = "\n".join([f"@misc{{{question.id},", *lines, "  url = {}", "}"])
    summary = element("summary", {}, "Cite this answer")
    inside = f"Put the address at which you read it into `url`.\n\n{fence(bibtex, 'bibtex')}"
    return Markup(f'<details class="sl-fold" markdown="1">{summary}\n\n{inside}\n\n</details>')
