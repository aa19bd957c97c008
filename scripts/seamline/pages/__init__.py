"""(catalog, runs, records, hand-written prose) -> pages, as data: `{path: text or bytes}`.

Nothing here writes a file, and rendering needs neither torch nor numpy.

    project = load_project(root, commands=program)
    tree = render(project)
    differences = drift(root / "generated", tree)
"""

from seamline.pages.drift import Drift, drift
from seamline.pages.project import Project, load_project
from seamline.pages.rendering import render

__all__ = ["Drift", "Project", "drift", "load_project", "render"]
