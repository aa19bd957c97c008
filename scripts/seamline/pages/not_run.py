"""That a model is explained and not shown at work, wherever a reader might look for it at work."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from seamline.catalog.runnable import why_not_run
from seamline.pages import urls
from seamline.pages.html import link, with_code
from seamline.pages.site_data import SiteData

WHAT_RUNS = "reference/model-kinds.md"
"""The hand-written page that lists what can run, where a project has one."""


def not_run(site: SiteData, page: str, models: Iterable[str]) -> Markup:
    """A paragraph for each of the models that nothing here runs, with the reason; empty where all are run.

    Args:
        page: the page that it stands on.
    """
    whys = (why_not_run(name, site.catalog.models[name])[0] for name in models)
    list_of_kinds = link(page, urls.page_of(WHAT_RUNS), "what can run") if WHAT_RUNS in site.docs else None
    see = Markup(" See {}.").format(list_of_kinds) if list_of_kinds else ""
    return Markup("\n\n").join(
        Markup("Explained here, and not shown at work: {}.{}").format(with_code(why), see) for why in whys if why
    )
