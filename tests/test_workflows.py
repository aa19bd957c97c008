"""What the forge's workflows may do: read, except in jobs that run no code of ours and install nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).parents[1] / ".github/workflows"
WORKFLOWS: Mapping[str, dict[str, Any]] = {
    path.name: yaml.safe_load(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.y*ml"))
}
JOBS = {f"{file}: {name}": job for file, workflow in WORKFLOWS.items() for name, job in workflow["jobs"].items()}
WRITES = {name: job for name, job in JOBS.items() if "write" in str(job.get("permissions", ""))}

FOREIGN = ("make", "seamline", "python", "pip", "npm", "npx", "./", ".ci/", ".venv", "scripts/", "curl", "wget")
"""Words of commands that run what the repository holds, or bring in what others wrote."""


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_workflow_may_read_and_nothing_else(file: str) -> None:
    assert WORKFLOWS[file]["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", WRITES)
def test_a_job_that_may_write_runs_nothing_of_ours_and_installs_nothing(name: str) -> None:
    job = WRITES[name]
    assert "self-hosted" not in job["runs-on"]
    for step in job["steps"]:
        assert step.get("uses", "actions/").startswith("actions/")
        assert "setup-" not in step.get("uses", "")
        commands = [line.split() for line in step.get("run", "").splitlines()]
        assert [words for words in commands if words and words[0].startswith(FOREIGN)] == []


@pytest.mark.parametrize("name", JOBS)
def test_no_checkout_leaves_a_token_behind_and_no_other_job_is_given_one(name: str) -> None:
    steps = JOBS[name]["steps"]
    for step in steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
    if name not in WRITES:
        assert "github.token" not in str(JOBS[name]) and "secrets." not in str(JOBS[name])


def test_only_these_jobs_may_write() -> None:
    assert set(WRITES) == {"publish.yml: deploy", "samples.yml: propose"}
