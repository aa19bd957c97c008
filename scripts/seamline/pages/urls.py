"""Where each page lives.

Every page but the home page is an `index.md` in a folder of its own, so that its source lies where its address
says: `questions/who/index.md` is served as `questions/who/`. A relative address in raw HTML then means the same seen
from the source and from the built page, and every reader of the tree agrees on it: MkDocs, which leaves raw HTML
alone, Zensical, which treats it like Markdown, and forges that show the sources.
"""

from __future__ import annotations

import posixpath

REFERENCES = "references/index.md"


def question(question_id: str) -> str:
    """Page of a question's answer."""
    return f"questions/{question_id}/index.md"


def model(model_id: str) -> str:
    """Page of a model."""
    return f"models/{model_id}/index.md"


def paper(paper_id: str) -> str:
    """Page of a paper."""
    return f"papers/{paper_id}/index.md"


def workflow(question_id: str) -> str:
    """Page of the workflow that a question's models form."""
    return f"workflows/{question_id}/index.md"


def workflow_file(question_id: str, suffix: str) -> str:
    """A workflow as a download: `json`, `mmd` (Mermaid text) or `svg`."""
    return f"workflows/{question_id}.{suffix}"


def page_of_list(folder: str, number: int) -> str:
    """Page of a list, from 1: `questions/index.md`, `questions/page_2/index.md`. No entry's id holds `_`."""
    return f"{folder}/index.md" if number == 1 else f"{folder}/page_{number}/index.md"


def topic(slug: str) -> str:
    """Folder of the pages that list a topic's questions."""
    return f"questions/topic_{slug}"


def sample(sample_id: str) -> str:
    """Page of a sample."""
    return f"samples/{sample_id}/index.md"


def sample_workflow(sample_id: str) -> str:
    """The workflow that a sample runs, as JSON to download."""
    return f"samples/{sample_id}.json"


def sample_comfyui(sample_id: str) -> str:
    """The workflow that a sample runs, as a graph for ComfyUI to download."""
    return f"samples/{sample_id}.comfyui.json"


def run_folder(sample_id: str, weights: str) -> str:
    """Folder of a run, below the rendered tree, with a final slash."""
    return f"runs/{sample_id}/{weights}/"


def page_of(source: str) -> str:
    """Page that a hand-written source becomes, `guides/publish/index.md` for `guides/publish.md`.

    Args:
        source: path below `docs/`; anything but Markdown is its own page.
    """
    stem, suffix = posixpath.splitext(source)
    return f"{stem}/index.md" if suffix == ".md" and posixpath.basename(stem) != "index" else source
