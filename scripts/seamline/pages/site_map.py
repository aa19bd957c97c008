"""Where each page lives."""

from __future__ import annotations


def question(question_id: str) -> str:
    """Page of a question's answer."""
    return f"questions/{question_id}.md"


def model(model_id: str) -> str:
    """Page of a model."""
    return f"models/{model_id}.md"


def paper(paper_id: str) -> str:
    """Page of a paper."""
    return f"papers/{paper_id}.md"


def workflow(question_id: str) -> str:
    """Page of the workflow that a question's models form."""
    return f"workflows/{question_id}.md"


def sample(sample_id: str) -> str:
    """Page of a sample."""
    return f"samples/{sample_id}.md"


def run_folder(sample_id: str, weights: str) -> str:
    """Folder of a run, below the rendered tree, with a final slash."""
    return f"runs/{sample_id}/{weights}/"
