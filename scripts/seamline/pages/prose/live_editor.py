"""The live editor on a page: what a reader sees before anything runs, and without scripts."""

from __future__ import annotations

from markupsafe import Markup

from seamline.pages import urls
from seamline.pages.html import element, relative_url
from seamline.pages.site_data import SiteData

FOLDER = "live/"
"""Where the editor's files lie in a built site."""

_LEAD = "Write what should change, and watch the model change it, here in your browser."
_STILL = "Editing here needs JavaScript. The recorded edits need none: they show the same model at work."
_NO_UPLOADS = (
    "You cannot upload a photo: the model knows drawn people only, and nobody should be edited who did not agree."
)


def live_editor(site: SiteData, page: str, *, opened: bool) -> Markup:
    """The editor's place on a page, with its script; a note where nothing was exported.

    Args:
        opened: whether it stands open when the page has come; else a reader opens it, and the page loads no more
            than a small script before.
    """
    if site.live is None:
        words = "There is no live editor yet: `seamline live` exports one."
        note = element("div", {"class": "sl-state sl-state--missing", "role": "note", "data-state": "missing"}, words)
        return Markup("\n\n%s\n\n") % note
    base = relative_url(page, FOLDER)
    stand_in = site.catalog.models.get(site.live["model"])
    named = (stand_in.weights.repo if stand_in.weights else stand_in.title or stand_in.block) if stand_in else ""
    credit = Markup(
        "The <b>%s</b>%s runs in your browser. What it makes is AI-edited; every person is synthetic. %s "
    ) % (site.live["label"], f", not {named}," if named else "", _NO_UPLOADS)
    about = urls.page_of("try-it.md")
    more = (
        Markup('<a href="%s">What it loads, and how it compares</a>') % relative_url(page, about)
        if "try-it.md" in site.docs and page != about
        else Markup("")
    )
    return Markup(
        '\n\n<section class="sl-exhibit sl-small sl-live-editor" data-sl="live-editor" aria-label="Try it yourself" '
        'data-sl-live="%s"%s>\n'
        '<header class="sl-head"><p class="sl-title">Try it yourself</p><p class="sl-lead">%s</p></header>\n'
        '<p class="sl-still">%s</p>\n'
        '<div class="sl-live" data-sl-place><button type="button" class="md-button md-button--primary">'
        "Open the editor</button></div>\n"
        '<p class="sl-credit">%s%s</p>\n'
        "</section>\n"
        '<script type="module" src="%sstart.js"></script>\n\n'
    ) % (base, Markup(" data-sl-open") if opened else "", _LEAD, _STILL, credit, more, base)
