"""After a refactoring: runs whose pictures would come out the same are kept, byte for byte; no other is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("imagehash", reason="pictures need the `draw` extra")
pytest.importorskip("skimage", reason="pictures are compared with the `draw` extra")

from old_records import as_version_1
from projects import FakeEngine, project, sample_of, with_samples

from seamline import cli
from seamline.catalog import Catalog
from seamline.errors import LockedError, RunError
from seamline.hashing import Hashes
from seamline.locking import ENGINE, locked
from seamline.measures import measures_file
from seamline.measures.verifying import verify_measures
from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runs.engines.base import Loading, Result
from seamline.runs.execute.carry_over import carry_over
from seamline.runs.execute.scheduler import run_due
from seamline.runs.plan import keys
from seamline.runs.plan.states import plan
from seamline.runs.store.records import RunRecord
from seamline.runs.store.run_folder import folder_of, read_record
from seamline.seals import sealed

EXHIBITS = {"seeds": [1, 2], "attention": True}


class OtherPictures(FakeEngine):
    """Gives each edit of a seed in `seeds` the colours of a negative."""

    def __init__(self, *seeds: int) -> None:
        super().__init__()
        self.seeds = seeds

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> Iterator[Result]:
        for result in super().run(loading, values, requests):
            assert result.output is not None
            picture = result.output.values["image"]
            assert not isinstance(picture, str)
            other = replace(result, output=replace(result.output, values={"image": 255 - picture}))
            yield other if requests[result.index].seed in self.seeds else result


def quiet(line: str) -> None:
    """Say nothing."""


def record_of(root: Path, name: str) -> RunRecord:
    record = read_record(folder_of(root, name, "mini"))
    assert record is not None
    return record


def files_of(root: Path, name: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder_of(root, name, "mini").iterdir()}


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """Two samples, run."""
    made = project(tmp_path, {"one": sample_of(exhibits=EXHIBITS), "two": sample_of(instruction="smile")})
    run_due(made, weights="mini", engine=FakeEngine(), say=quiet)
    return made


@pytest.fixture
def new_code(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """After those runs, the code of runners is another."""
    monkeypatch.setattr(keys, "fingerprint_of", lambda name, modules, hashes: "f" * 64)


def test_what_would_come_out_the_same_is_kept_and_says_so(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    root = catalog.root
    before, pictures = record_of(root, "one"), files_of(root, "one")
    monkeypatch.setattr(keys, "fingerprint_of", lambda name, modules, hashes: "f" * 64)
    assert [state.state for state in plan(catalog)] == ["stale", "stale"]
    done = carry_over(catalog, engine=FakeEngine(), say=quiet)
    assert (done.kept, done.different, done.untouched) == (("one", "two"), {}, ())
    after = files_of(root, "one")
    assert {name: data for name, data in after.items() if name != "run.json"} == {
        name: data for name, data in pictures.items() if name != "run.json"
    }
    record = record_of(root, "one")
    assert record.carried_over == before.key != record.key
    assert record.images == before.images
    assert (record.seconds, record.device, record.versions) == (before.seconds, before.device, before.versions)
    assert record.key_fields == before.key_fields | {"code: instruct_pix2pix": "f" * 64}
    assert {state.state for state in plan(catalog)} == {"fresh"}


def test_a_second_time_it_still_says_under_which_key_it_was_made(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = record_of(catalog.root, "one").key
    for digit in "ef":
        monkeypatch.setattr(keys, "fingerprint_of", lambda name, modules, hashes, digit=digit: digit * 64)
        assert carry_over(catalog, engine=FakeEngine(), say=quiet).kept == ("one", "two")
    assert record_of(catalog.root, "one").carried_over == first


@pytest.mark.usefixtures("new_code")
def test_what_would_come_out_otherwise_stays_due(catalog: Catalog) -> None:
    """Even if it is one picture of many; and it is named."""
    before = files_of(catalog.root, "one")
    (other,) = (image.file for image in record_of(catalog.root, "one").images if image.facts.get("seed") == 2)
    done = carry_over(catalog, engine=OtherPictures(2), say=quiet)
    assert (done.kept, done.different) == (("two",), {"one": f"{other} would be another"})
    assert files_of(catalog.root, "one") == before
    assert [state.state for state in plan(catalog)] == ["stale", "fresh"]


@pytest.mark.usefixtures("new_code")
def test_what_is_stale_for_its_recipe_is_not_looked_at(catalog: Catalog) -> None:
    changed = with_samples(
        catalog.root,
        {"one": sample_of(exhibits={"seeds": [1, 3], "attention": True}), "two": sample_of(), "three": sample_of()},
    )
    before = files_of(catalog.root, "one"), files_of(catalog.root, "two")
    engine = FakeEngine()
    done = carry_over(changed, engine=engine, say=quiet)
    assert (done.kept, done.different, done.untouched) == ((), {}, ("one", "three", "two"))
    assert engine.generated == 0
    assert (files_of(catalog.root, "one"), files_of(catalog.root, "two")) == before


def test_what_is_fresh_is_not_run_again(catalog: Catalog) -> None:
    engine = FakeEngine()
    assert carry_over(catalog, engine=engine, say=quiet).untouched == ("one", "two")
    assert engine.generated == 0


@pytest.mark.usefixtures("new_code")
def test_one_that_is_damaged_or_fails_loses_no_other(catalog: Catalog) -> None:
    def refuse(request: EditRequest) -> None:
        if request.image == "two/input":
            raise RunError("the model stumbled")

    three = sample_of(instruction="frown")
    more = with_samples(catalog.root, {**catalog.samples, "three": three})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "fingerprint_of", lambda name, modules, hashes: "e" * 64)
        run_due(more, weights="mini", only={"three"}, engine=FakeEngine(), say=quiet)
    next(folder_of(catalog.root, "one", "mini").glob("seed-2-*.webp")).unlink()
    done = carry_over(more, engine=FakeEngine(refuse), say=quiet)
    assert (done.kept, done.different, done.untouched) == (("three",), {"two": "the model stumbled"}, ("one",))
    assert {state.id: state.state for state in plan(more)} == {"one": "stale", "three": "fresh", "two": "stale"}


@pytest.mark.usefixtures("new_code")
def test_only_what_was_asked_for_is_carried_over(catalog: Catalog) -> None:
    assert carry_over(catalog, only={"two"}, engine=FakeEngine(), say=quiet).kept == ("two",)
    assert [state.state for state in plan(catalog)] == ["stale", "fresh"]


def test_nobody_else_may_run_samples_meanwhile(catalog: Catalog) -> None:
    with locked(catalog.root, "running samples", job=ENGINE), pytest.raises(LockedError):
        carry_over(catalog, engine=FakeEngine(), say=quiet)


def test_a_run_of_version_1_is_carried_over(catalog: Catalog) -> None:
    """The digest of what the code asks of the model was not recorded then: that alone makes it stale, as code does."""
    root = catalog.root
    now = record_of(root, "one")
    written = as_version_1(now)
    path = folder_of(root, "one", "mini") / "run.json"
    path.write_bytes(sealed(json.dumps(written, indent=1)))
    pictures = {name: data for name, data in files_of(root, "one").items() if name != "run.json"}
    old = plan(catalog, only={"one"})[0]
    assert (old.state, [change.field for change in old.changes]) == ("stale", ["requests"])
    assert carry_over(catalog, engine=FakeEngine(), say=quiet).kept == ("one",)
    after = files_of(root, "one")
    assert json.loads(after.pop("run.json"))["schema_version"] == 2
    assert after == pictures
    assert record_of(root, "one") == now.model_copy(update={"carried_over": written["key"]})


@pytest.fixture
def program(catalog: Catalog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """A function that runs `seamline` in the project, with an engine, and returns its exit code and what it printed."""
    (catalog.root / "mkdocs.yml").write_text("site_name: x\n")
    monkeypatch.setattr("seamline.catalog.load", lambda root: catalog)

    def run(engine: FakeEngine, *words: str) -> tuple[int, str]:
        for module in ("scheduler", "recompute"):
            monkeypatch.setattr(f"seamline.runs.execute.{module}.make_engine", lambda *_: engine)
        code = cli.run(["--project", str(catalog.root), *words])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return run


def test_the_program_carries_over_and_measures(catalog: Catalog, program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    root = catalog.root
    assert program(FakeEngine(), "samples", "--weights", "mini")[0] == 0
    numbers = {name: measures_file.read(folder_of(root, name, "mini")) for name in ("one", "two")}
    monkeypatch.setattr(keys, "fingerprint_of", lambda name, modules, hashes: "f" * 64)
    code, printed = program(OtherPictures(2), "samples", "--carry-over")
    assert code == 0
    assert "one: due as before: seed-2-" in printed and "would be another" in printed
    assert "carried over 1 runs, whose pictures would come out the same; 1 are due as before, 0 were not" in printed
    assert program(FakeEngine(), "samples", "--carry-over", "--json") == (
        0,
        json.dumps({"different": {}, "kept": ["one"], "untouched": ["two"]}, indent=2) + "\n",
    )
    by = measures_file.code(Hashes(root))
    for name, before in numbers.items():
        folder = folder_of(root, name, "mini")
        assert measures_file.why_due(folder, record_of(root, name), by) == ""
        after = measures_file.read(folder)
        assert after is not None and before is not None and after["images"] == before["images"]
        assert after["run_key"] == record_of(root, name).key != before["run_key"]
    assert verify_measures(root, [("one", "mini"), ("two", "mini")])[1] == ()


@pytest.mark.parametrize("option", ["--force", "--retry", "--status", "--dtype=float32", "--engine=ray", "--shard=1/2"])
def test_what_makes_no_sense_with_it_is_refused(program: Any, option: str) -> None:
    code, printed = program(FakeEngine(), "samples", "--carry-over", option)
    assert code == 2 and "--carry-over goes with" in printed
