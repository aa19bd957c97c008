"""The three experiments on why light and expression match: their figures by hand, and the committed record."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")

from seamline.errors import SeamlineError
from seamline.measures import standing
from seamline.runners.base import Picture
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.scenes.edits import Swap, apply
from seamline.scenes.variants import lit_from
from seamline.seals import read_sealed, sealed
from tools.causes import __main__ as command
from tools.causes import experiments
from tools.causes.cause_figures import lamp_figures, photo_swap_figures, upbringing_figures
from tools.causes.experiments import AFTER, FIRST_LAMP, LAMPS, SECOND_LAMP
from tools.record_text import plain, text_of
from tools.training.held_out import HeldOut

ROOT = Path(__file__).parents[2]
RECORD = ROOT / standing.CAUSES
SCENES = 2
"""Few: each costs a dozen rasterized scenes."""


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Rasterizing is thousands of small operations: threads would wait for each other at each of them."""
    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(cores)


@pytest.fixture(scope="module")
def chosen() -> list[HeldOut]:
    return experiments.swaps(SCENES)


class Painter:
    """An editor that knows each scene: `paint` makes its picture of what it was given and was asked."""

    def __init__(self, chosen: Sequence[HeldOut], *, follows: bool = True) -> None:
        self.by_seed = {held.seed: held for held in chosen}
        self.follows = follows
        self.asked: list[EditRequest] = []

    def __call__(self, given: Mapping[str, Picture], requests: Sequence[EditRequest]) -> list[Picture]:
        self.asked += requests
        return [self.paint(given, request) for request in requests]

    def paint(self, given: Mapping[str, Picture], request: EditRequest) -> Picture:
        """The true picture under the lamp of the photo it saw; under one lamp always, if it follows none."""
        held = self.by_seed[request.seed]
        if request.later_image:
            first, second = (self.true(held, azimuth).astype(float) for azimuth in (FIRST_LAMP, SECOND_LAMP))
            part = request.later_from / request.num_inference_steps
            blended: Picture = (part * first + (1 - part) * second).round().astype(np.uint8)
            return blended
        if request.image == "photo":
            return experiments._pixels(apply(held.edit, held.scene))
        return self.true(held, LAMPS[int(request.image)] if self.follows else 0.0)

    def true(self, held: HeldOut, azimuth: float) -> Picture:
        return experiments._pixels(apply(held.edit, lit_from(azimuth).of(held.scene)))


def test_only_swaps_are_chosen_and_always_the_same(chosen: list[HeldOut]) -> None:
    assert all(isinstance(held.edit, Swap) for held in chosen)
    assert experiments.swaps(8)[:SCENES] == chosen and len(experiments.swaps(8)) == 8


def test_an_editor_that_returns_the_true_picture_follows_the_lamp_wholly(chosen: list[HeldOut]) -> None:
    rows = list(experiments.lamp_rows(Painter(chosen), chosen))
    assert [row["seed"] for row in rows] == [held.seed for held in chosen]
    found = lamp_figures(rows)
    assert found["edit"].value == pytest.approx(1.0, abs=0.01) and found["edit"].n == SCENES
    assert abs(found["paste"].value) < 0.05, "one photo, whatever the lamp"


def test_an_editor_that_ignores_the_lamp_follows_it_not_at_all(chosen: list[HeldOut]) -> None:
    painter = Painter(chosen, follows=False)
    found = lamp_figures(list(experiments.lamp_rows(painter, chosen)))
    assert found["edit"].value == pytest.approx(0.0, abs=0.01)
    assert len(painter.asked) == SCENES * len(LAMPS)
    assert {request.seed for request in painter.asked} == {held.seed for held in chosen}, "one noise a scene"


def test_doing_nothing_is_the_old_face(chosen: list[HeldOut]) -> None:
    class Idle(Painter):
        def paint(self, given: Mapping[str, Picture], request: EditRequest) -> Picture:
            return given[request.image]

    found = lamp_figures(list(experiments.lamp_rows(Idle(chosen), chosen)))
    assert found["edit"] == found["no_edit"]


def test_a_blend_stands_where_it_was_put(chosen: list[HeldOut]) -> None:
    """Brightness across the face of a mixture is not quite the mixture of both: its mean differs, too."""
    painter = Painter(chosen)
    rows = list(experiments.photo_swap_rows(painter, chosen))
    found = photo_swap_figures(rows)
    assert list(found) == [str(step) for step in AFTER]
    assert found["0"].value == 1 and found["20"].value == 0
    assert {request.later_from for request in painter.asked} == set(AFTER)
    for step in AFTER:
        assert found[str(step)].value == pytest.approx(1 - step / 20, abs=0.1), step


def test_positions_by_hand() -> None:
    def row(first: float, second: float, **inner: float) -> dict[str, Any]:
        slopes = {str(step): first for step in AFTER} | {"0": second, "20": first} | inner
        return {"seed": 1, "slopes": slopes}

    rows = [row(-0.4, 0.4, **{"10": 0.0, "19": 0.2}), row(0.1, 0.3, **{"10": 0.1, "19": 0.3}), row(0.1, 0.19)]
    found = photo_swap_figures(rows)
    assert found["10"].n == 2, "the third scene's photos are too alike to tell"
    assert found["10"].value == pytest.approx((0.5 + 0.0) / 2)
    assert found["19"].value == pytest.approx((0.75 + 1.0) / 2)


def test_following_by_hand() -> None:
    def row(edit: Sequence[float]) -> dict[str, Any]:
        return {"truth": [-0.2, -0.1, 0.0, 0.1, 0.2], "edit": edit, "paste": [0.3] * 5, "no_edit": [0.0] * 5}

    half, backwards = [0.4, 0.45, 0.5, 0.55, 0.6], [0.2, 0.1, 0.0, -0.1, -0.2]
    found = lamp_figures([row(half), row(half)])
    assert found["edit"].value == pytest.approx(0.5)
    assert found["paste"].value == pytest.approx(0, abs=1e-9)
    assert lamp_figures([row(half), row(backwards)])["edit"].value == pytest.approx(-0.25)


def test_upbringings_hold_each_way_against_the_truth(chosen: list[HeldOut]) -> None:
    rows = list(experiments.upbringing_rows({"start": Painter(chosen)}, chosen))
    for row in rows:
        assert list(row["ways"]) == ["start", "paste", "no_edit", "truth"]
        assert row["ways"]["start"]["luminance_slope"] == pytest.approx(
            row["ways"]["truth"]["luminance_slope"], abs=0.02
        )
        assert row["ways"]["start"]["identity"] == 1 == row["ways"]["truth"]["identity"]
        assert row["ways"]["no_edit"]["psnr_outside"] > 40


def test_correlation_and_shares_by_hand() -> None:
    slopes = [(-0.2, -0.1), (0.0, 0.0), (0.1, 0.05), (0.3, 0.15)]
    rows = [
        {
            "ways": {
                "agree": {"luminance_slope": own, "expression": float(place < 3), "psnr_face": 20.0 + place},
                "truth": {"luminance_slope": true},
            }
        }
        for place, (true, own) in enumerate(slopes)
    ]
    for row in rows:
        row["ways"]["agree"] |= {"identity": 1.0, "psnr_outside": 30.0}
    found = upbringing_figures(rows)
    assert list(found) == ["agree"]
    assert found["agree"]["luminance_slope"].value == pytest.approx(1.0)
    assert found["agree"]["expression"].value == 0.75
    assert found["agree"]["psnr_face"].value == 21.5


def test_too_few_scenes_are_refused() -> None:
    with pytest.raises(SeamlineError, match="only 3 scenes could be measured"):
        command._collected("lamp", iter([{"seed": seed} for seed in range(3)]), 8)


def test_a_record_is_written_whole_and_sealed(tmp_path: Path) -> None:
    record = {"made_with": {"code": {}}, "facts": {"scenes": 4}, "rows": {"lamp": [{"seed": 1}, {"seed": 2}]}}
    path = tmp_path / "causes.json"
    path.write_bytes(sealed(text_of(dict(record))))
    body = read_sealed(path, "again")
    assert body is not None and json.loads(body) == record
    path.write_text(path.read_text().replace('"seed": 2', '"seed": 3'))
    with pytest.raises(SeamlineError, match="torn or altered"):
        read_sealed(path, "again")


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    body = read_sealed(RECORD, "python -m tools.causes")
    assert body, f"{standing.CAUSES} is not there: pages print it; write it with `make causes`"
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_committed_figures_are_those_of_its_rows(committed: dict[str, Any]) -> None:
    rows = committed["rows"]
    made = {
        "lamp": lamp_figures(rows["lamp"]),
        "photo_swap": photo_swap_figures(rows["photo_swap"]),
        "upbringings": upbringing_figures(rows["upbringings"]),
    }
    assert json.loads(json.dumps(plain(made))) == {name: committed[name] for name in made}


def test_the_committed_record_is_of_these_weights_adapters_and_code(committed: dict[str, Any]) -> None:
    adapters = {f"adapters/{name}.safetensors" for name in command.ADAPTERS.values()}
    assert set(committed["made_with"]["adapters"]) == adapters
    assert standing.why_outdated(ROOT, committed) == ""
    assert standing.why_unchecked(ROOT, committed) == ""
    assert committed["facts"]["scenes"] >= 24
    for name in ("lamp", "photo_swap", "upbringings"):
        seeds = [row["seed"] for row in committed["rows"][name]]
        assert len(seeds) == len(set(seeds)) >= 12, name


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A project with the mini editor, and a record of causes that is of it."""
    shutil.copytree(ROOT / "catalog/weights", tmp_path / "catalog/weights")
    adapters = tuple(f"adapters/{name}.safetensors" for name in command.ADAPTERS.values())
    record = {"made_with": standing.made_with(tmp_path, "causes", adapters)}
    assert standing.why_outdated(tmp_path, record) == ""
    return tmp_path, json.loads(json.dumps(record))


@pytest.mark.parametrize("file", ["adapters/pairs-agree.safetensors", "unet/diffusion_pytorch_model.safetensors"])
def test_other_weights_or_adapters_outdate_it(file: str, made: tuple[Path, dict[str, Any]]) -> None:
    root, record = made
    path = root / "catalog/weights/mini" / file
    path.write_bytes(path.read_bytes() + b" ")
    said = "other adapters" if file.startswith("adapters") else "other weights"
    assert said in standing.why_outdated(root, record)
    if file.startswith("adapters"):
        path.unlink()
        assert said in standing.why_outdated(root, record)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("causes", "looks for the causes of a match"),
        ("scenes", "scenes"),
        ("instruct_pix2pix", "runs instruct_pix2pix"),
    ],
)
def test_other_code_outdates_it_and_says_which(name: str, words: str, made: tuple[Path, dict[str, Any]]) -> None:
    root, record = made
    record["made_with"]["code"][name] = "0" * 64
    why = standing.why_outdated(root, record)
    assert words in why and why.endswith("has changed since")
    (root / standing.CAUSES).parent.mkdir(parents=True)
    (root / standing.CAUSES).write_bytes(sealed(json.dumps(record, indent=1) + "\n"))
    assert standing.standing(root).outdated[standing.CAUSES.as_posix()] == f"{why}: `make causes`"


def test_without_the_tools_it_is_said_what_was_not_compared(
    made: tuple[Path, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, record = made
    monkeypatch.setattr(standing, "has_sources", lambda name, project: name != "causes")
    assert "causes of a match is not part of this installation" in standing.why_unchecked(root, record)
    assert standing.why_outdated(root, record) == ""
