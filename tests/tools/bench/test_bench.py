"""The benchmarks themselves: they run anywhere, keep what was measured, and say what was not."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from seamline.errors import SeamlineError
from tools import bench
from tools.bench import cli_startup, engine, flops, machine, planning, real_size, workers

ROOT = Path(__file__).parents[3]


def test_a_benchmark_keeps_the_others_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        bench,
        "benchmarks",
        lambda: {"engine": lambda root: {"speed_up": 3.5}, "planning": lambda root: {"seconds": 2.0}},
    )
    bench.run(tmp_path)
    monkeypatch.setattr(bench, "benchmarks", lambda: {"engine": lambda root: {"speed_up": 4.0}, "planning": None})
    bench.run(tmp_path, only=["engine"])
    record = json.loads((tmp_path / bench.RECORD).read_text())
    assert list(record) == ["sha256", "engine", "planning"]
    assert record["engine"]["made_with"]["code"].keys() == {"scenes", "encoding", "instruct_pix2pix"}
    assert record["engine"]["speed_up"] == 4.0
    assert record["planning"]["seconds"] == 2.0
    assert {"processor", "cores", "load"} <= set(record["engine"]["machine"])


def test_unknown_benchmark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeamlineError, match="no benchmark 'swiftness'"):
        bench.run(tmp_path, only=["swiftness"])


def test_without_weights_nothing_is_measured_and_it_is_said(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    assert engine.measure(tmp_path)["speed_up"] is None
    assert "not here" in workers.measure(tmp_path)["why"]


@pytest.mark.slow
def test_our_engine_and_the_stock_pipeline_make_the_same_edits(tmp_path: Path) -> None:
    """The benchmark itself in small: equal pictures, and only the predictions that are needed."""
    pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    np = pytest.importorskip("numpy")
    from tiny import INSTRUCTION, save_tiny, under

    from seamline.runners.instruct_pix2pix.edit_request import EditRequest

    save_tiny(tmp_path)
    picture = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    scales_and_seeds = [(s_image, seed) for s_image in (1.0, 1.5) for seed in (1, 2)]
    requests = under([EditRequest("a", INSTRUCTION, 3.0, s_image, seed=seed) for s_image, seed in scales_and_seeds], 4)
    figures = engine.compare(tmp_path, picture, requests)
    assert (figures["edits"], figures["steps"]) == (4, 4)
    assert figures["largest_pixel_difference"] <= 1
    assert figures["stock_predictions_per_edit_and_step"] == 3
    assert 2 <= figures["predictions_per_edit_and_step"] <= 2.5
    assert figures["speed_up"] == pytest.approx(figures["edits_per_second"] / figures["stock_edits_per_second"])
    assert 0 < figures["gflop_per_prediction"] < figures["stock_gflop_per_prediction"], "layers were rewritten"
    assert 0 < figures["stock_share_of_peak"] < 1
    assert 0 < figures["share_of_peak"] < 1
    assert figures["speed_up_at_peak"] == pytest.approx(
        figures["speed_up_in_cpu_seconds"] / figures["share_of_peak"], rel=1e-6
    )


def test_operations_are_those_of_products_and_convolutions() -> None:
    torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    from torch.nn import functional

    one, other = torch.ones(3, 5), torch.ones(5, 7)
    picture, weight = torch.ones(2, 4, 8, 8), torch.ones(6, 4, 3, 3)
    query = torch.ones(1, 2, 10, 4)
    threads = torch.get_num_threads()
    with torch.inference_mode():
        assert flops.operations(lambda: one @ other) == 2 * 3 * 5 * 7
        assert flops.operations(lambda: functional.conv2d(picture, weight, padding=1)) == 2 * 2 * 6 * 64 * 4 * 9
        assert flops.operations(lambda: functional.scaled_dot_product_attention(query, query, query)) == (
            2 * 2 * (2 * 10 * 10 * 4)
        )
    assert torch.get_num_threads() == threads


def test_edits_of_a_sample_are_those_that_stock_can_make() -> None:
    from seamline.catalog import load

    catalog = load(ROOT)
    assert catalog.samples
    for name in catalog.samples:
        edits = engine.edits_of(catalog, name)
        assert len(edits) == len(set(edits)) > 0
        assert not any(edit.unconditioned or edit.snapshots or edit.attention for edit in edits)
        assert all(edit.image_guidance_scale >= 1 for edit in edits)


def test_without_a_gpu_real_size_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert real_size.measure(ROOT)["images_per_second"] is None


@pytest.mark.slow
def test_the_real_size_program_runs_when_made_thin() -> None:
    """What a GPU would measure, a tenth as wide, on this machine: every line of the program but the device's name."""
    pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    figures = real_size.compare("cpu", scale=10, side=64, steps=2, edits=2, matrix=64, backend="eager")
    assert figures["images_per_second"] > 0
    assert figures["speed_up"] == pytest.approx(figures["images_per_second"] / figures["stock_images_per_second"])
    assert figures["uncompiled_images_per_second"] > 0 and figures["speed_up_uncompiled"] > 0
    assert figures["measured_peak_tflops"] > 0
    assert figures["peak_memory_gib"] is None


def test_the_real_size_is_stable_diffusions() -> None:
    """860 million parameters in a U-Net of 8 input channels, without giving them any memory."""
    torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")
    pipe = real_size.pipeline(torch.bfloat16, "meta")
    assert pipe.unet.config.in_channels == 8
    assert sum(part.numel() for part in pipe.unet.parameters()) / 1e6 == pytest.approx(860, abs=1)
    assert sum(part.numel() for part in pipe.vae.parameters()) / 1e6 == pytest.approx(84, abs=1)
    assert sum(part.numel() for part in pipe.text_encoder.parameters()) / 1e6 == pytest.approx(123, abs=1)


def test_taking_turns() -> None:
    order: list[str] = []
    times = machine.alternate(lambda: order.append("a"), lambda: order.append("b"), rounds=3)
    assert "".join(order) == "ababab"
    assert len(times) == 2
    assert all(wall >= 0 and cpu >= 0 for wall, cpu in times)


def test_planning_is_timed_on_fresh_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small, and without the peers; the measured command itself fails unless every sample is fresh."""
    monkeypatch.setattr(planning, "MANY", 20)
    monkeypatch.setattr(planning, "PEERS", 5)
    monkeypatch.setattr(planning, "ROUNDS", 1)
    monkeypatch.setattr(planning, "_peer", lambda *_: None)
    figures = planning.measure(ROOT)
    assert figures["samples"] == 20
    assert figures["few_samples"] == 5
    assert figures["seconds"] > figures["of_which_planning_seconds"] > 0
    assert 0.01 < figures["peak_memory_gib"] < 1
    assert figures["times_faster_than_dvc"] is None


def test_files_are_flushed_to_disk_again_after_a_project_was_made() -> None:
    own = os.fsync
    with pytest.raises(KeyError), planning._unsynced():
        assert os.fsync is not own
        os.fsync(10**6)
        raise KeyError
    assert os.fsync is own


def test_a_peers_figures_are_compared_with_ours() -> None:
    peer, ours = planning.Peer(machine.Taken(6.0, 5.0, 0.1), "3.1"), machine.Taken(0.5, 0.25, 0.05)
    assert planning._compared("dvc", peer, ours) == {
        "dvc_version": "3.1",
        "dvc_seconds": 6.0,
        "dvc_cpu_seconds": 5.0,
        "dvc_peak_memory_gib": 0.1,
        "times_faster_than_dvc": 12.0,
        "times_faster_than_dvc_in_cpu_seconds": 20.0,
    }


def test_a_peers_version_is_that_of_the_program_that_was_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = tmp_path / ".cache/bench/pytest/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(Path(pytest.__file__).parents[1]))
    peer = planning._peer("pytest", tmp_path / "peer", lambda *_: None, ["-c", "print('up to date')"])
    assert peer is not None
    assert (peer.version, peer.taken.said) == (pytest.__version__, "up to date\n")


def test_the_memory_of_a_command_is_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started by a large process, a small one is still small."""
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path)
    ballast = bytearray(os.urandom(1) * 2**29)
    taken = machine.command([sys.executable, "-c", "print(sum(range(10**6)))"], tmp_path)
    assert len(ballast) == 2**29 and 0.002 < taken.memory_gib < 0.2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc")
def test_a_process_that_a_command_starts_may_be_the_larger_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path)
    large = "import time; ballast = b'x' * 2**28; time.sleep(1)"
    command = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {large!r}])"
    taken = machine.command([sys.executable, "-c", command], tmp_path)
    assert taken.memory_gib < 0.2 < taken.largest_gib < 0.5


def test_a_command_is_timed_and_its_failure_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path)
    taken = machine.command([sys.executable, "-c", "print(sum(range(10**6)))"], tmp_path)
    assert taken.said == "499999500000\n"
    assert taken.seconds >= 0.001
    assert taken.cpu_seconds > 0.001
    assert 0.002 < taken.memory_gib < 1
    with pytest.raises(SeamlineError, match="exit code 3"):
        machine.command([sys.executable, "-c", "raise SystemExit(3)"], tmp_path)
    with pytest.raises(SeamlineError, match="no such luck"):
        machine.command([sys.executable, "-c", "raise SystemExit('no such luck')"], tmp_path)


def test_a_command_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path)
    with pytest.raises(SeamlineError, match="exit code -9"):
        machine.command([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, patience=0.2)


def test_a_timed_program_finds_its_byte_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "BYTE_CODE", tmp_path / "kept")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    (tmp_path / "module.py").write_text("")
    machine.command([sys.executable, "-c", "import module"], tmp_path)
    assert list((tmp_path / "kept").rglob("module.*.pyc"))


def test_starting_is_compared_with_bare_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_startup, "ROUNDS", 1)
    monkeypatch.setattr(cli_startup, "COMMANDS", (("check",), ("import", "question.txt")))
    figures = cli_startup.measure(ROOT)
    assert [row["command"] for row in figures["commands"]] == ["seamline check", "seamline import question.txt"]
    assert figures["slowest_seconds_beyond_python"] == max(row["seconds_beyond_python"] for row in figures["commands"])
    assert figures["python_pass_cpu_seconds"] > 0


def test_a_command_that_fails_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli_startup, "COMMANDS", (("chekc",),))
    with pytest.raises(SeamlineError, match=r"(?s)seamline chekc. failed: .*No such command"):
        cli_startup.measure(ROOT)


def test_every_verb_that_needs_no_model_is_timed() -> None:
    from seamline.cli import program

    need_a_model = {"verify", "read"}
    assert {command[0] for command in cli_startup.COMMANDS} - {"--help"} == set(program.commands) - need_a_model
