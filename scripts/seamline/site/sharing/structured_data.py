"""What a page is, as JSON-LD in the words of schema.org: what search engines and citation tools read of it.

Source: schema.org, release 30.0; its `digitalSourceType` takes members of `IPTCDigitalSourceEnumeration`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from seamline.catalog.entries import Paper
from seamline.catalog.person_names import display_name, name_of
from seamline.catalog.sources import Source, paper_name, paper_url
from seamline.pages import SiteData
from seamline.pages.layout import PAGE_LANGUAGE
from seamline.runners.base import Provenance
from seamline.site.sharing.page_facts import PageFacts, Picture
from seamline.site.sharing.page_words import PageWords
from seamline.site.sharing.publication import Publication

CONTEXT = "https://schema.org"
SOURCE_TYPES: Mapping[Provenance, str] = {
    "trained": f"{CONTEXT}/TrainedAlgorithmicMediaDigitalSource",
    "trained-composite": f"{CONTEXT}/CompositeWithTrainedAlgorithmicMediaDigitalSource",
    "computed": f"{CONTEXT}/AlgorithmicMediaDigitalSource",
}

Data = dict[str, Any]


def structured_data(path: str, facts: PageFacts, words: PageWords, publication: Publication, site: SiteData) -> Data:
    """The JSON-LD of the page at `path`. What is not known is left out, and nothing is said of an answer of a draft."""
    page: Data = {
        "@context": CONTEXT,
        "@type": _TYPES.get(facts.kind, "WebPage"),
        "name": words.title,
        "description": words.description,
        "inLanguage": _languages(facts, publication),
        "url": _link(path, path, publication),
    }
    if facts.kind != "home":
        part: Data = {"@type": "WebSite", "name": publication.name, "url": _link("index.html", path, publication)}
        page["isPartOf"] = part
    if facts.kind == "page":
        page["headline"] = words.title
    picture = _image(facts.picture, path, publication) if facts.picture else None
    if picture:
        page["image" if facts.kind in ("home", "page") else "primaryImageOfPage"] = picture
    if facts.kind == "question":
        page["mainEntity"] = _question(path, facts, words, publication)
    elif facts.kind == "draft":
        page |= {"creativeWorkStatus": "Draft", "about": _asked(facts), "citation": _citations(facts.sources)}
    elif facts.kind == "paper":
        page["about"] = _paper(site.catalog.papers[facts.entry])
    return _filled(page)


def script(data: Data) -> str:
    """The data as an element of a page's head; nothing in it can end the element."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        written = written.replace(letter, f"\\u{ord(letter):04x}")
    return f'<script type="application/ld+json">{written}</script>'


_TYPES = {"home": "WebSite", "question": "QAPage", "index": "CollectionPage", "page": "Article"}


def _question(path: str, facts: PageFacts, words: PageWords, publication: Publication) -> Data:
    assert facts.question
    entry = facts.question.entry
    answer: Data = {
        "@type": "Answer",
        "text": words.in_short or words.description,
        "inLanguage": entry.answer_language or publication.language,
        "url": _link(path, path, publication),
        "author": [_author(name) for name in entry.authors],
        "datePublished": entry.answered.isoformat() if entry.answered else "",
        "dateModified": entry.revised.isoformat() if entry.revised else "",
        "citation": _citations(facts.sources),
    }
    return {**_asked(facts), "answerCount": 1, "acceptedAnswer": _filled(answer)}


def _asked(facts: PageFacts) -> Data:
    """The question in the asker's language alone: a title in another belongs to the page."""
    assert facts.question
    entry = facts.question.entry
    own = entry.title if entry.language == (entry.answer_language or PAGE_LANGUAGE) else ""
    return {"@type": "Question", "name": own or entry.asked, "text": entry.asked, "inLanguage": entry.language}


def _languages(facts: PageFacts, publication: Publication) -> str | list[str]:
    """The page's language; where a question or an answer in another one stands on it, that as well."""
    entry = facts.question.entry if facts.question else None
    others = (entry.language, entry.answer_language) if entry else ()
    spoken = list(dict.fromkeys(filter(None, (publication.language, *others))))
    return spoken if len(spoken) > 1 else publication.language


def _citations(sources: Iterable[Source]) -> list[Data]:
    return [
        _paper(source.paper)
        if source.paper
        else {"@type": "SoftwareSourceCode", "name": source.title, "codeRepository": source.url}
        for source in sources
    ]


def _paper(paper: Paper) -> Data:
    identifiers = [f"arXiv:{paper.arxiv}"] if paper.arxiv else []
    identifiers += [f"doi:{paper.doi}"] if paper.doi else []
    return _filled(
        {
            "@type": "ScholarlyArticle",
            "name": paper_name(paper),
            "author": [_author(name) for name in paper.authors],
            "datePublished": str(paper.year or ""),
            "isPartOf": {"@type": "CreativeWork", "name": paper.venue} if paper.venue else None,
            "identifier": identifiers,
            "url": paper_url(paper),
        }
    )


def _author(name: str) -> Data:
    return {"@type": "Person" if name_of(name).given else "Organization", "name": display_name(name)}


def _image(picture: Picture, path: str, publication: Publication) -> Data:
    return _filled(
        {
            "@type": "ImageObject",
            "contentUrl": _link(picture.path, path, publication),
            "caption": picture.alt,
            "creditText": picture.credit,
            "digitalSourceType": SOURCE_TYPES[picture.provenance] if picture.provenance else "",
            "encodingFormat": "image/webp" if picture.path.endswith(".webp") else "",
            "width": picture.width,
            "height": picture.height,
        }
    )


def _link(target: str, page: str, publication: Publication) -> str:
    """Absolute, or relative to the page: JSON-LD in a page resolves it against the page's address."""
    return publication.link(target, page)


def _filled(data: Data) -> Data:
    return {key: value for key, value in data.items() if value not in ("", None, [], {})}
