"""What planning costs, counted in calls and not by a clock, and that saving any of it changes no key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("imagehash", reason="drawing needs the `draw` extra")

from counting import calls
from projects import FakeEngine, project, sample_of, with_samples

from seamline.catalog import load
from seamline.catalog.entries import Sample
from seamline.catalog.io.loading import catalog_of, read_files
from seamline.hashing import Hashes
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan import keys
from seamline.runs.plan.keys import key_of
from seamline.runs.plan.states import plan
from seamline.runs.store.run_folder import folder_of, read_record

REPOSITORY = Path(__file__).parents[2]
FEW, MORE, MANY = 20, 40, 80

PLANNED = 400
"""Calls that planning one more fresh sample of one step may take."""

LOADED = 620
"""Calls that reading one more sample's file may take."""


def plain_sample() -> Sample:
    """One step that edits a scene, and nothing shown around it."""
    return sample_of(input={"scene": {"seed": 7}})


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of `MANY` samples that are fresh, and whose files' digests are remembered."""
    folder = tmp_path_factory.mktemp("many")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("seamline.hashing._SETTLED_NS", 0)
        catalog = project(folder, {f"s-{place:02}": plain_sample() for place in range(MANY)})
        run_due(catalog, weights="mini", engine=FakeEngine(), say=lambda line: None)
        assert {state.state for state in plan(catalog)} == {"fresh"}
    return folder


def planning(root: Path, count: int) -> int:
    catalog = with_samples(root, {f"s-{place:02}": plain_sample() for place in range(count)})
    return calls(lambda: plan(catalog))


def test_one_more_sample_costs_few_calls_however_many_there_are(root: Path) -> None:
    planning(root, FEW)
    few, more, many = (planning(root, count) for count in (FEW, MORE, MANY))
    assert (more - few) / (MORE - FEW) <= PLANNED
    assert (many - more) / (MANY - MORE) == pytest.approx((more - few) / (MORE - FEW), abs=2)


@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_the_fingerprints_of_code_are_taken_once_a_plan(
    count: int, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[str] = []
    for function in ("fingerprint", "fingerprint_of"):
        own = getattr(keys, function)
        monkeypatch.setattr(keys, function, lambda name, *rest, own=own: taken.append(name) or own(name, *rest))
    planning(root, count)
    assert sorted(taken) == ["encoding", "inputs", "instruct_pix2pix", "scenes"]


def test_a_plan_sees_code_that_changed_since_the_one_before(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that lives long, such as `seamline serve`, plans more than once."""
    catalog = with_samples(root, {"s-00": plain_sample()})
    assert plan(catalog)[0].state == "fresh"
    monkeypatch.setattr(keys, "fingerprint_of", lambda name, *rest: f"another {name}")
    assert plan(catalog)[0].state == "stale"


def test_reading_one_more_sample_costs_few_calls(root: Path) -> None:
    files = {name: data for name, data in read_files(REPOSITORY).items() if "/samples/" not in name}
    files = {name: data for name, data in files.items() if "/questions/" not in name}
    sample = {"title": "A swap", "model": "instruct-pix2pix", "instruction": "swap the face on the left"}
    text = json.dumps(sample | {"input": {"scene": {"seed": 7}}, "parameters": {"seed": 7}}).encode()

    def reading(count: int) -> int:
        given = files | {f"catalog/samples/s-{place:02}.yml": text for place in range(count)}
        return calls(lambda: catalog_of(REPOSITORY, given))

    reading(FEW)
    few, more, many = (reading(count) for count in (FEW, MORE, MANY))
    assert (more - few) / (MORE - FEW) <= LOADED
    assert (many - more) / (MANY - MORE) == pytest.approx((more - few) / (MORE - FEW), abs=2)


def test_committed_runs_keep_their_keys(tmp_path: Path) -> None:
    """Each step's key, byte for byte: its fields, their JSON text and the digest of it."""
    catalog = load(REPOSITORY)
    compared = 0
    for state in plan(catalog, hashes=Hashes(tmp_path)):
        record = read_record(folder_of(REPOSITORY, state.id, "mini"))
        assert record is not None
        for name, step in record.steps.items():
            assert state.key_fields[name] == step.key_fields, f"{state.id}: {name}"
            assert key_of(step.key_fields) == key_of(state.key_fields[name]) == step.key, f"{state.id}: {name}"
            compared += 1
    assert compared > len(catalog.samples)
