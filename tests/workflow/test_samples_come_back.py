"""The repository's own samples as JSON, and back."""

from __future__ import annotations

from pathlib import Path

from seamline.catalog import load
from seamline.workflow.export import from_json, to_json
from seamline.workflow.sample_graph import sample_from_workflow, workflow_of_sample

REPOSITORY = Path(__file__).parents[2]


def test_every_sample_of_the_repository_comes_back() -> None:
    """But for its alternative text, which describes a picture and says nothing of the workflow."""
    read = load(REPOSITORY)
    assert read.samples
    for name, sample in read.samples.items():
        workflow = from_json(to_json(workflow_of_sample(name, sample, read.models)))
        assert sample_from_workflow(workflow, read.models) == sample.model_copy(update={"alt": "", "alt_of": None})
