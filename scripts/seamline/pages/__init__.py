"""(catalog, runs, records, hand-written prose) -> pages, as data: `{path: text or bytes}`.

Nothing here writes a file, and rendering needs neither torch nor numpy nor a command line.

    site = load_site_data(root)
    tree = render(site)
    differences = drift(root / "generated", tree)
"""

from seamline.pages.drift import Drift, drift
from seamline.pages.rendering import render
from seamline.pages.site_data import SiteData, load_site_data

__all__ = ["Drift", "SiteData", "drift", "load_site_data", "render"]
