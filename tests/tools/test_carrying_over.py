"""A record is kept under other code if some of its rows, made again, come out as before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("diffusers")

from seamline.measures import standing
from seamline.measures.evaluation_record import RECORD_PATH, read
from seamline.seals import read_sealed, sealed
from tools import evaluate, evaluate_matting
from tools.canonical import __main__ as canonical
from tools.carrying_over import AS_BEFORE, LOOSER, differences, spread
from tools.causes import __main__ as causes
from tools.groups import __main__ as groups
from tools.step_sweep import __main__ as step_sweep
from tools.training import evaluation
from tools.training.held_out import HeldOut
from tools.training.mattes import composite_evaluation, matting_evaluation

ROOT = Path(__file__).parents[2]
COMMANDS: Mapping[str, click.Command] = {
    "evaluation": evaluate.evaluate,
    "steps": step_sweep.step_sweep,
    "causes": causes.causes,
    "groups": groups.groups,
    "canonical": canonical.canonical,
    "matting": evaluate_matting.evaluate_matting,
}
Spoil = Callable[[Any], None]


def unspoilt(row: Any) -> None:
    """What is made again comes out as before."""


class Again:
    """Stands in for each command's making of rows: gives those of the committed record, as `spoil` leaves them."""

    def __init__(self, records: Mapping[str, Any]) -> None:
        self.records = records
        self.spoil: Spoil = unspoilt
        self.made: list[tuple[str, int]] = []

    def row(self, record: str, name: str, place: int) -> Any:
        self.made.append((name, place))
        rows = self.records[record]["rows"]
        row = deepcopy((rows[name] if name else rows)[place])
        self.spoil(row)
        return row

    def by_seed(self, record: str, name: str, seed: int) -> Any:
        rows = self.records[record]["rows"]
        seeds = [row["seed"] for row in (rows[name] if name else rows)]
        return self.row(record, name, seeds.index(seed))


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    return {name: json.loads(read_sealed(ROOT / standing.RECORDS / f"{name}.json", "") or b"") for name in COMMANDS}


@pytest.fixture
def again(committed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Again:
    """A project with the committed records, as records of other code, and no weights."""
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\n")
    (tmp_path / standing.RECORDS).mkdir(parents=True)
    for folder in ("samples", "traits", "weights"):
        (tmp_path / "catalog" / folder).mkdir()
    shutil.copy(ROOT / standing.GROUPED_TRAITS, tmp_path / standing.GROUPED_TRAITS)
    shutil.copytree(ROOT / "catalog/weights/mini-matting", tmp_path / "catalog/weights/mini-matting")
    (tmp_path / "catalog/weights/mini").symlink_to(ROOT / "catalog/weights/mini")
    for name, record in committed.items():
        write(tmp_path, name, record, code={"scenes": "00"})
    found = Again(committed)

    def steps(generate: Any, edits: Sequence[HeldOut]) -> Iterator[Any]:
        return (found.by_seed("steps", "", edit.seed) for edit in edits)

    def experiments(edits: Any, chosen: Sequence[HeldOut]) -> dict[str, Iterator[Any]]:
        def rows(name: str) -> Iterator[Any]:
            return (found.by_seed("causes", name, held.seed) for held in chosen)

        return {name: rows(name) for name in ("lamp", "photo_swap", "upbringings")}

    def grouped(pipe: Any, edits: Sequence[Any], folder: Path) -> Iterator[Any]:
        assert not list(folder.iterdir()), "nothing that was kept is taken"
        return (found.row("groups", name, edit.place) for edit in edits for name in [set_of(edit)])

    def set_of(edit: Any) -> str:
        rows = committed["groups"]["rows"]
        return next(name for name in rows if rows[name][edit.place]["instruction"] == edit.prompt.text)

    def edited(pipe: Any, edits: Sequence[HeldOut]) -> list[Any]:
        return [(found.by_seed("evaluation", "", edit.seed), None) for edit in edits]

    def composites(pipe: Any, network: Any, count: int, size: tuple[int, int], say: Any) -> Any:
        return {"rows": [found.row("matting", "chain", place) for place in range(count)]}

    def mattes(network: Any, autoencoder: Any, which: matting_evaluation.Setting, say: Any) -> Any:
        kinds = matting_evaluation.KINDS
        rows = {
            kind: [found.row("matting", f"{which.name}.{kind}", at) for at in range(which.scenes)] for kind in kinds
        }
        return {"tuned": committed["matting"]["mattes"][which.name]["tuned"], "rows": rows}

    for module, name, stand_in in (
        (step_sweep, "loaded", lambda folder: None),
        (step_sweep, "rows_of", steps),
        (causes, "_loaded", lambda root: {}),
        (causes, "_experiments", experiments),
        (groups, "load_pipeline", lambda folder: None),
        (groups, "made_and_measured", grouped),
        (canonical, "_loaded", lambda folder: None),
        (canonical.trying, "scene_row", lambda pipe, seed: found.by_seed("canonical", "scenes", seed)),
        (canonical.trying, "random_start_row", lambda seed: found.by_seed("canonical", "random_start", seed)),
        (evaluation, "load_pipeline", lambda folder: None),
        (evaluation, "edit_and_measure", edited),
        (evaluation, "consistency_at", lambda pipe, scale, edits: read(tmp_path / RECORD_PATH).consistency[0]),
        (evaluate_matting, "_loaded", lambda root: (None, None, None)),
        (composite_evaluation, "evaluate_composites", composites),
        (matting_evaluation, "evaluate_mattes", mattes),
    ):
        monkeypatch.setattr(module, name, stand_in)
    monkeypatch.setattr("seamline.runners.instruct_pix2pix.loading.load_pipeline", lambda folder: None)
    return found


def write(root: Path, name: str, record: Mapping[str, Any], **made_with: Mapping[str, str]) -> None:
    """Seal a record with parts of what it was made with changed."""
    record = deepcopy(dict(record))
    made = record.get("made_with", record)
    for part, values in made_with.items():
        made[part] = {**made[part], **values}
    path = root / standing.RECORDS / f"{name}.json"
    path.write_bytes(sealed(json.dumps(record, indent=1, ensure_ascii=False) + "\n"))


def known(root: Path, name: str) -> Any:
    return json.loads(read_sealed(root / standing.RECORDS / f"{name}.json", "") or b"")


def carry_over(root: Path, name: str, rows: int = 2) -> tuple[bool, str]:
    """Whether the command kept the record, and what it said."""
    done = CliRunner().invoke(COMMANDS[name], ["--project", str(root), "--carry-over", str(rows)])
    return done.exception is None, f"{done.output} {done.exception or ''}"


@pytest.mark.parametrize("name", COMMANDS)
def test_it_is_kept_and_sealed_under_the_present_code(
    name: str, again: Again, committed: Mapping[str, Any], tmp_path: Path
) -> None:
    kept, said = carry_over(tmp_path, name)
    assert kept, said
    found = known(tmp_path, name)
    made = found.get("made_with", found)
    assert made["code"] == {one: standing.code_of(ROOT, standing.BASES[name].code)[one] for one in made["code"]}
    assert found["facts"].pop("made_again") == len(again.made) == len(set(again.made)) > 1
    was = deepcopy(committed[name])
    was["facts"].pop("made_again", None)
    was.get("made_with", was)["code"] = made["code"]
    assert found == was, "figures of the same rows are the same"


@pytest.mark.parametrize("name", COMMANDS)
def test_one_value_that_differs_refuses_and_loses_nothing(name: str, again: Again, tmp_path: Path) -> None:
    def spoil(row: Any) -> None:
        """Change the first number that is not whole, wherever it lies."""
        for at, value in row.items() if isinstance(row, dict) else enumerate(row):
            if isinstance(value, float) and value != int(value):
                row[at] += 0.3
                return
            if isinstance(value, (dict, list)):
                spoil(value)

    again.spoil = spoil
    before = (tmp_path / standing.RECORDS / f"{name}.json").read_bytes()
    kept, said = carry_over(tmp_path, name)
    assert not kept and "comes out otherwise now" in said and f"`{standing.COMMANDS[name]}`" in said
    assert (tmp_path / standing.RECORDS / f"{name}.json").read_bytes() == before


@pytest.mark.parametrize("name", COMMANDS)
def test_other_weights_refuse_before_anything_is_made(
    name: str, again: Again, committed: Mapping[str, Any], tmp_path: Path
) -> None:
    write(tmp_path, name, committed[name], weights={"unet/diffusion_pytorch_model.safetensors": "00"})
    kept, said = carry_over(tmp_path, name)
    assert not kept and "it belongs to other weights" in said and not again.made
    (tmp_path / standing.RECORDS / f"{name}.json").unlink()
    assert "there is no record to keep" in carry_over(tmp_path, name)[1]


def test_other_settings_refuse(
    again: Again, committed: Mapping[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_sweep, "GUIDANCE_SCALE", 7.5)
    kept, said = carry_over(tmp_path, "steps")
    assert not kept and "it was made with guidance_scale 1.0, which is 7.5 now" in said and not again.made


def test_rows_that_nobody_can_compute_figures_from_need_the_code_that_did(
    again: Again, committed: Mapping[str, Any], tmp_path: Path
) -> None:
    code = committed["matting"]["made_with"]["code"]
    write(tmp_path, "matting", committed["matting"], code={"mattes": "00", "matte errors": "00"})
    assert "the code that computes them is another" in carry_over(tmp_path, "matting")[1] and not again.made
    now = standing.code_of(ROOT, ("matte errors",))
    write(tmp_path, "matting", committed["matting"], code={**code, "mattes": "00", **now})
    assert carry_over(tmp_path, "matting")[0]


def test_composites_are_not_kept_where_their_figures_would_be_others(
    again: Again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from seamline.measures import statistics

    monkeypatch.setattr(statistics, "mean", lambda values: statistics.share([1.0]))
    assert "do not follow from its rows" in carry_over(tmp_path, "matting")[1] and not again.made


def test_another_sweep_refuses(again: Again, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = read(tmp_path / RECORD_PATH)
    assert record is not None
    point = record.consistency[0]
    other = point.edit_strength.model_copy(update={"value": point.edit_strength.value + 2 * AS_BEFORE})
    monkeypatch.setattr(evaluation, "consistency_at", lambda *_: point.model_copy(update={"edit_strength": other}))
    assert "the sweep of image guidance measures otherwise now" in carry_over(tmp_path, "evaluation")[1]


def test_rows_are_spread_evenly_and_no_more_are_made_than_there_are() -> None:
    assert spread(4, 12) == [0, 3, 6, 9]
    assert spread(1000, 3) == [0, 1, 2]


def test_what_differs_is_named_with_both_values() -> None:
    row = {"seed": 1, "ways": {"edit": {"psnr_face": 20.0, "light_angle": 10.0}}, "slopes": [0.5, 0.25], "who": "left"}
    assert differences(row, deepcopy(row)) == set()
    near = deepcopy(row)
    near["ways"]["edit"] = {"psnr_face": 20.0 + AS_BEFORE / 2, "light_angle": 10 + LOOSER["light_angle"] / 2}
    assert differences(row, near) == set(), "machines differ by a little"
    assert differences({"a": 1.23}, {"a": 1.24}, rounded=0.01) == set() != differences({"a": 1.23}, {"a": 1.24})
    for name, value, found in (
        ("psnr_face", 20.1, "psnr_face 20.0, now 20.1"),
        ("psnr_face", float("nan"), "psnr_face 20.0, now nan"),
        ("light_angle", 10.1, "light_angle 10.0, now 10.1"),
    ):
        other = deepcopy(row)
        other["ways"]["edit"][name] = value
        assert differences(row, other) == {found}
    other = {**row, "slopes": [0.5, 0.3], "who": "right", "new": 1}
    assert differences(row, other) == {"slopes 0.25, now 0.3", "who left, now right", "new"}
    assert differences(row, {**row, "slopes": [0.5]}) != set()
    assert differences({**row, "new": 1}, row) == {"new"}
