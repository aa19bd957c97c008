"""The program as a person or a script meets it: what it says, what it returns, and what it does not load."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from seamline import cli
from seamline.catalog import load
from seamline.errors import (
    CatalogError,
    DriftError,
    FilesError,
    LockedError,
    RunError,
    SiteError,
    WeightsError,
    WorkflowError,
)
from seamline.plugins import OPERATIONS
from seamline.project import find_project

ROOT = Path(__file__).parents[1]

ENGINES = {"torch", "diffusers", "transformers", "ray"}
HEAVY = ENGINES | {"numpy", "scipy", "skimage", "mkdocs", "mkdocstrings", "matplotlib"}

BUILDING = {"pydantic.plugin._loader", "importlib.metadata", "email"}
"""What pydantic loads when it builds a validator: wanted by who reads an entry, and by nobody else."""
CROSSING = {"asyncio", "concurrent.futures", "http", "logging", "multiprocessing", "socket", "ssl", "urllib.request"}
"""What creeps in with other modules, and takes its time."""
TEMPLATES, READING_HTML = {"jinja2", "seamline.pages"}, {"lxml"}
DRAWING = {
    "seamline.charts.evaluation_charts",
    "seamline.exhibits.fragments",
    "seamline.pages.prose.expansion",
    "seamline.workflow.graph",
    "PIL",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The smallest project: an empty catalog."""
    (tmp_path / "mkdocs.yml").write_text("site_name: x\ndocs_dir: generated\n")
    for folder in ("questions", "models", "papers", "samples"):
        (tmp_path / "catalog" / folder).mkdir(parents=True)
    return tmp_path


def with_home(project: Path) -> Path:
    """The project with the page that every site begins with."""
    (project / "docs").mkdir()
    (project / "docs/index.md").write_text("# Home\n")
    return project


def loaded_by(arguments: list[str], cwd: Path) -> set[str]:
    """Which modules a command line has loaded when it is done; coverage, which loads some too, does not watch it."""
    script = (
        "import json, sys; from seamline.cli import run; run(sys.argv[1:]);"
        "print('\\n' + json.dumps(sorted(sys.modules)))"
    )
    unwatched = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=cwd, env=unwatched, capture_output=True, text=True, check=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check"], ["samples", "--help"], ["samples", "--status"], ["render", "--help"], ["audit", "--help"]],
    ids=" ".join,
)
def test_a_command_that_needs_no_model_loads_none(arguments: list[str], project: Path) -> None:
    assert not loaded_by(arguments, project) & HEAVY


def test_reading_a_catalog_loads_what_the_samples_name_and_no_other_plugin() -> None:
    """Each module that is loaded costs every command a part of a millisecond; the work of a plug-in is at call time."""
    named = {step.operation for sample in load(ROOT).samples.values() for step in sample.steps.values()} - {None}
    loaded = loaded_by(["--project", str(ROOT), "samples", "--status"], ROOT)
    operations = {name.split(".")[2] for name in loaded if name.startswith("seamline.operations.")} - {"base"}
    assert operations == named <= set(OPERATIONS.all)
    others = r"seamline\.runners\.(?!instruct_pix2pix)\w+\."
    of_others = {".".join(name.split(".")[3:]) for name in loaded if re.match(others, name)}
    requests = {"estimation", "learning_request"}
    assert of_others <= {"loading", "parameters", "runner", *requests}


def test_reading_a_catalog_builds_no_schema_of_a_kind_that_no_sample_names() -> None:
    code = (
        "import sys; from seamline.cli import run; run(['--project', sys.argv[1], 'samples', '--status']);"
        "from seamline.runners.text_to_image.parameters import GenerationParameters as unused;"
        "from seamline.runners.instruct_pix2pix.parameters import EditParameters as used;"
        "print(unused.__pydantic_complete__, used.__pydantic_complete__)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(ROOT)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False True"


@pytest.mark.parametrize("arguments", [["render", "--check"], ["audit", "--json"]], ids=" ".join)
def test_rendering_and_auditing_load_no_model(arguments: list[str]) -> None:
    assert not loaded_by(["--project", str(ROOT), *arguments], ROOT) & ENGINES


def test_help_alone_does_not_even_load_the_catalog() -> None:
    assert not loaded_by(["--help"], ROOT) & {"pydantic", "yaml", "jinja2", "lxml", "PIL"}


@pytest.mark.parametrize(
    ("arguments", "idle"),
    [
        (["check"], TEMPLATES | READING_HTML),
        (["samples", "--status"], TEMPLATES | READING_HTML),
        (["render"], READING_HTML),
        (["render", "--check"], READING_HTML),
        (["audit"], TEMPLATES),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_where_nothing_is_to_be_done_little_is_loaded(arguments: list[str], idle: set[str], project: Path) -> None:
    """Start-up is what a command takes to load; a clock would say so too, but not as surely."""
    assert cli.run(["--project", str(project), "render"]) == 0
    (project / "site").mkdir()
    (project / "site/index.html").write_text("<!doctype html><html lang='en'><title>x</title><h1>x</h1></html>")
    assert sorted(loaded_by(arguments, project) & (idle | BUILDING | CROSSING | DRAWING | HEAVY)) == []


def test_nobody_looks_for_plug_ins_of_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYDANTIC_DISABLE_PLUGINS", raising=False)
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert os.environ["PYDANTIC_DISABLE_PLUGINS"] == "__all__"


def test_what_is_asked_for_is_noticed() -> None:
    """The probe above sees what a command loads: it is not blind."""
    assert {"pydantic", *BUILDING} <= loaded_by(["check"], ROOT)
    assert loaded_by(["render", "--check"], ROOT) >= DRAWING | TEMPLATES


# --- which project ------------------------------------------------------------------------


def test_the_project_is_the_nearest_folder_upward(project: Path) -> None:
    deep = project / "docs" / "guides"
    deep.mkdir(parents=True)
    assert find_project(deep) == project
    (deep.parent / "mkdocs.yml").touch()
    assert find_project(deep) == deep.parent


def test_outside_a_project_the_program_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.run(["check"]) == 2
    assert "--project DIR" in capsys.readouterr().err


def test_project_may_be_named_from_anywhere(
    project: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert cli.run(["--project", str(with_home(project)), "check"]) == 0


# --- errors and exit codes ----------------------------------------------------------------


def raising(error: BaseException) -> Callable[[], None]:
    def callback() -> None:
        raise error

    return callback


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DriftError("differs"), 1),
        (SiteError("refused"), 1),
        (CatalogError("bad"), 3),
        (WorkflowError("bad"), 3),
        (WeightsError("gone"), 4),
        (RunError("failed"), 5),
        (LockedError("busy"), 6),
        (FilesError("full"), 6),
        (KeyboardInterrupt(), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_become_documented_exit_codes_without_traceback(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli.program.commands, "check", click.Command("check", callback=raising(error)))
    assert cli.run(["check"]) == code
    said = capsys.readouterr().err
    assert said.lstrip().startswith("seamline: ")
    assert "Traceback" not in said
    assert f"\n  {code:<5}" in (cli.program.help or ""), "every exit code is documented in the help"


def test_an_error_says_what_where_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    error = CatalogError("`yaer` is not a field", where="catalog/papers/a.yml:3", hint="did you mean `year`?")
    monkeypatch.setitem(cli.program.commands, "check", click.Command("check", callback=raising(error)))
    cli.run(["check"])
    said = capsys.readouterr().err
    assert "catalog/papers/a.yml:3: `yaer` is not a field" in said
    assert "-> did you mean `year`?" in said


def test_an_unknown_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["render", "--chekc"]) == 2
    assert "--check" in capsys.readouterr().err, "the nearest option is named"


def test_a_closed_pipe_is_no_reason_for_a_traceback() -> None:
    line = f"{sys.executable} -m seamline --help | true"
    done = subprocess.run(["bash", "-c", line], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not done.stderr


def test_an_interrupt_ends_the_server_with_130_and_no_traceback(project: Path) -> None:
    script = "import os, signal, sys; from seamline import cli; import seamline.catalog as c\n"
    # A shell that puts jobs in the background makes them deaf to interrupts, and their children too.
    script += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script += "c.load = lambda root: os.kill(os.getpid(), signal.SIGINT)\nsys.exit(cli.run(['check']))"
    done = subprocess.run([sys.executable, "-c", script], cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr
    assert "Traceback" not in done.stderr


# --- answers ------------------------------------------------------------------------------


def test_check_answers_in_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--project", str(with_home(project)), "check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"models": 0, "papers": 0, "questions": 0, "samples": 0}


def test_a_broken_catalog_is_exit_code_3(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "catalog" / "papers" / "a.yml").write_text("title: A\nyaer: 2020\n")
    assert cli.run(["--project", str(project), "check"]) == 3
    assert "a.yml:2" in capsys.readouterr().err


@pytest.fixture
def undrawn(project: Path) -> Path:
    """A project with one sample that was never drawn."""
    (project / "catalog/models/painter.yml").write_text(
        "block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\n"
        f"weights: {{repo: timbrooks/instruct-pix2pix, revision: {'a' * 40}}}\n"
    )
    (project / "catalog/samples/hair.yml").write_text(
        "title: Hair\nalt: Hair.\nmodel: painter\ninput:\n  scene: {seed: 5, people: 2}\n"
        "instruction: make the left person's hair red\nparameters: {seed: 1}\n"
    )
    weights = project / "catalog/weights"
    weights.parent.mkdir(exist_ok=True)
    weights.symlink_to(ROOT / "catalog/weights")
    return project


def test_the_table_of_states_says_what_is_due_and_why(undrawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--project", str(undrawn), "samples", "--status", "--weights", "mini"]) == 0
    sample, state, *why = capsys.readouterr().out.split()
    assert (sample, state) == ("hair", "missing") and why


def test_the_table_of_states_knows_shards(undrawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    samples = undrawn / "catalog/samples"
    for name in ("beard", "mouth"):
        (samples / f"{name}.yml").write_text((samples / "hair.yml").read_text())
    told = []
    for shard in ("1/2", "2/2"):
        assert cli.run(["--project", str(undrawn), "samples", "--status", "--shard", shard, "--json"]) == 0
        told.append([state["id"] for state in json.loads(capsys.readouterr().out)])
    assert told == [["beard", "mouth"], ["hair"]]


def test_a_strict_build_refuses_a_sample_that_is_not_fresh(undrawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--project", str(undrawn), "build", "--strict"]) == 5
    told = capsys.readouterr().err
    assert "hair: missing" in told and "seamline samples" in told
    assert not (undrawn / "site").exists()


def test_auditing_without_a_site_says_how_to_get_one(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--project", str(project), "audit"]) == 1
    assert "seamline build" in capsys.readouterr().err


def test_python_m_and_the_build_script_are_the_same_program() -> None:
    helps = [
        subprocess.run([sys.executable, *start, "--help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for start in (["-m", "seamline"], ["scripts/build.py"])
    ]
    assert helps[0] == helps[1]
    assert helps[0].startswith("Usage: seamline")


def test_doctor_tells_what_to_do_about_each_missing_part(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(os.environ, "PATH", "/nowhere")
    assert cli.run(["--project", str(ROOT), "doctor", "--json"]) == 0
    findings = {finding["part"]: finding for finding in json.loads(capsys.readouterr().out)}
    assert {
        "python",
        "device",
        "mini editor",
        "hub weights",
        "reader",
        "ray",
        "chromium",
        "exiftool",
        "node",
    } <= findings.keys()
    assert findings["python"]["present"]
    for part in ("chromium", "exiftool", "node"):
        assert not findings[part]["present"]
        assert findings[part]["advice"].startswith("apt-get install")
    assert all(finding["advice"] for finding in findings.values() if not finding["present"])


def test_the_reference_does_not_depend_on_which_commands_have_run() -> None:
    script = "from seamline.cli import run; from seamline.cli.reference import commands\n"
    script += "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()): {ran}\n"
    script += "print(commands())"
    fresh, used = (
        subprocess.run([sys.executable, "-c", script.format(ran=ran)], capture_output=True, text=True, check=True)
        for ran in ("pass", "run(['check', '--help'])")
    )
    assert fresh.stdout == used.stdout


# --- which run counts ----------------------------------------------------------------------


def test_only_counts_where_nothing_could_be_drawn(
    undrawn: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without torch: what was not asked for is not due."""
    from seamline.runs.plan.states import SampleState

    samples = undrawn / "catalog/samples"
    (samples / "beard.yml").write_text((samples / "hair.yml").read_text())
    states = {"hair": SampleState("hair", "fresh"), "beard": SampleState("beard", "missing")}
    monkeypatch.setattr("seamline.project.sample_runs.find_spec", lambda name: None)
    monkeypatch.setattr(
        "seamline.runs.plan.shown.shown_states", lambda catalog, only=None: [states[one] for one in only or states]
    )
    assert cli.run(["--project", str(undrawn), "samples", "--only", "hair"]) == 0
    assert "nothing is due" in capsys.readouterr().out


@pytest.mark.parametrize("weights", ["mini", "hub"])
def test_a_strict_build_fails_on_the_run_that_is_shown(
    undrawn: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], weights: str
) -> None:
    from seamline.runs.plan.states import SampleState

    stale = SampleState("hair", "stale", ("seed was 1, is now 2",), weights)  # type: ignore[arg-type]
    monkeypatch.setattr("seamline.runs.plan.shown.all_states", lambda catalog, only=None: {"hair": (stale,)})
    assert cli.run(["--project", str(undrawn), "build", "--strict"]) == 5
    assert "hair: stale: seed was 1, is now 2" in capsys.readouterr().err
    assert not (undrawn / "site").exists()


def test_pruning_goes_alone(undrawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["--project", str(undrawn), "samples", "--prune", "--force"]) == 2
    run = undrawn / "generated/runs/gone/mini"
    run.mkdir(parents=True)
    (run / "run.json").write_text("{}")
    assert cli.run(["--project", str(with_home(undrawn)), "check"]) in (0, 1)
    assert "generated/runs/gone/ belongs to no sample" in capsys.readouterr().err
    assert cli.run(["--project", str(undrawn), "samples", "--prune", "--status"]) == 0
    assert run.is_dir() and "would remove generated/runs/gone/" in capsys.readouterr().out
    assert cli.run(["--project", str(undrawn), "samples", "--prune"]) == 0
    assert not run.parent.exists()
