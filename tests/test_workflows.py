"""What the forge's workflows may do: read, except in jobs that run no code of ours and install nothing.

And what they run: the commands that README and CONTRIBUTING name, so that what passes here passes there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github/workflows"
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
        assert step.get("uses", "actions/").startswith(("actions/", "pypa/gh-action-pypi-publish@"))
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
    assert set(WRITES) == {"publish.yml: deploy", "release.yml: publish", "samples.yml: propose"}


@pytest.mark.parametrize("file", WORKFLOWS)
def test_an_action_is_pinned_by_its_commit_and_says_its_version(file: str) -> None:
    """A tag can be moved to other code; a commit cannot. The version is for readers, and for Dependabot."""
    uses = re.findall(r"^\s*(?:- )?uses: (.*)$", (FOLDER / file).read_text("utf-8"), re.MULTILINE)
    assert len(uses) == sum(
        "uses" in step for name, job in JOBS.items() if name.startswith(file) for step in job["steps"]
    )
    assert [one for one in uses if not re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)] == []


def test_one_action_has_one_pin() -> None:
    pins: dict[str, set[str]] = {}
    for job in JOBS.values():
        for step in job["steps"]:
            action, _, commit = step.get("uses", "").partition("@")
            pins.setdefault(action, set()).add(commit)
    assert {action: commits for action, commits in pins.items() if len(commits) > 1} == {}


@pytest.mark.parametrize("name", WRITES)
def test_a_token_is_given_to_the_one_step_that_needs_it(name: str) -> None:
    job = JOBS[name]
    around = {key: value for key, value in job.items() if key != "steps"}
    assert not re.search(r"github\.token|secrets\.", str(around)), "every step of the job would have it"
    given = [step for step in job["steps"] if re.search(r"github\.token|secrets\.", str(step))]
    assert len(given) <= 1
    assert all("uses" not in step for step in given), "only to commands that can be read here"


def test_ci_runs_the_readmes_two_commands_and_nothing_else() -> None:
    runs = {name: [step["run"] for step in job["steps"] if "run" in step] for name, job in JOBS.items()}
    assert runs["check.yml: test"] == [".ci/run"]
    assert runs["check.yml: check"] == ["make check"]
    assert (ROOT / ".ci/run").read_text("utf-8").splitlines()[-1] == "make test"
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"^make test +#", readme, re.MULTILINE) and "`make check`" in readme


def test_a_new_site_publishes_by_the_same_actions() -> None:
    given = yaml.safe_load(
        (ROOT / "scripts/seamline/project/template/dot-github/workflows/publish.yml").read_text("utf-8")
    )
    ours = WORKFLOWS["publish.yml"]
    assert given["permissions"] == {"contents": "read"} and given["jobs"]["deploy"] == ours["jobs"]["deploy"]
    pins = [[step["uses"] for step in one["jobs"]["build"]["steps"] if "uses" in step] for one in (given, ours)]
    assert pins[0] == pins[1]
