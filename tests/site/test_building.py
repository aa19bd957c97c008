"""A builder that cannot build says why, on what line, and what to do; the last good site stays."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_serve import free_port

from seamline import cli
from seamline.errors import FilesError, SiteError
from seamline.site import builder
from seamline.site.builder import build
from seamline.site.doctor import examine
from seamline.site.refusals import exception_of, refusal_of
from seamline.site.settings import require_settings

SETTINGS = "site_name: x\ndocs_dir: generated\ntheme: {name: material}\nplugins: []\n"
TRIES, PAUSE = 600, 0.1
"""How often and how long to look before giving up: a bound, not a measurement."""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The smallest project with a good site."""
    (tmp_path / "mkdocs.yml").write_text(SETTINGS)
    for folder in ("generated", "site"):
        (tmp_path / folder).mkdir()
    (tmp_path / "generated" / "index.md").write_text("# Home\n")
    (tmp_path / "site" / "index.html").write_text("the last good site")
    return tmp_path


def hooked(root: Path, event: str) -> None:
    (root / "hook.py").write_text(f"import os\n\ndef on_pre_build(config):\n    {event}\n")
    (root / "mkdocs.yml").write_text(f"{SETTINGS}hooks: [hook.py]\n")


CRASHES = {
    "hook": ("raise ValueError('the hook gave up')", "ValueError: the hook gave up"),
    "hook, with a cause": (
        "\n    try:\n        {}['']\n    except KeyError as error:\n        raise TypeError('no such') from error",
        "TypeError: no such",
    ),
    "import": ("import not_installed_at_all", "No module named 'not_installed_at_all'"),
}


@pytest.mark.parametrize(("event", "reason"), CRASHES.values(), ids=CRASHES.keys())
def test_the_reason_of_a_crash_is_told(event: str, reason: str, small: Path) -> None:
    hooked(small, event)
    with pytest.raises(SiteError) as caught:
        build(small)
    assert reason in str(caught.value)
    assert "  File " not in str(caught.value), "a reason, not a traceback"
    assert "mkdocs.yml" in caught.value.hint
    assert (small / "site/index.html").read_text() == "the last good site"


SETTINGS_GONE_WRONG = {
    "plugin": ("plugins: [search]", "plugins: [no-such-plugin]", "no-such-plugin"),
    "theme": ("name: material", "name: no-such-theme", "no-such-theme"),
    "extension": ("site_name: x", "site_name: x\nmarkdown_extensions: [no_such_extension]", "no_such_extension"),
    "key": ("site_name: x", "site_nmae: x", "site_name"),
}


@pytest.mark.parametrize(("right", "wrong", "reason"), SETTINGS_GONE_WRONG.values(), ids=SETTINGS_GONE_WRONG.keys())
def test_what_is_wrong_with_the_settings_is_told(right: str, wrong: str, reason: str, small: Path) -> None:
    settings = SETTINGS.replace("plugins: []", "plugins: [search]")
    assert right in settings
    (small / "mkdocs.yml").write_text(settings.replace(right, wrong))
    with pytest.raises(SiteError, match=reason) as caught:
        build(small)
    assert "mkdocs.yml" in caught.value.hint


def test_a_wrong_icon_is_named(small: Path) -> None:
    """The theme draws it while it fills its templates: the reason stands in a traceback and nowhere else."""
    (small / "mkdocs.yml").write_text(
        "site_name: x\ndocs_dir: generated\nplugins: []\ntheme: {name: material, font: false, icon: {logo: no/such}}\n"
    )
    with pytest.raises(SiteError, match=r"no/such\.svg"):
        build(small)


@pytest.mark.parametrize(
    "text", ["site_name: x\n  docs_dir: [\n", "site_name: 'x\n", "site_name: x\n\tdocs_dir: generated\n"]
)
def test_settings_that_are_no_yaml_are_refused_with_their_line(text: str, small: Path) -> None:
    (small / "mkdocs.yml").write_text(text)
    with pytest.raises(SiteError, match=r"mkdocs\.yml:\d+: not YAML"):
        build(small)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EDQUOT, errno.EACCES])
def test_a_disk_that_refuses_the_builder_is_an_error_of_the_disk(code: int, small: Path) -> None:
    hooked(small, f"raise OSError({code}, os.strerror({code}), '/far/away.html')")
    with pytest.raises(FilesError, match=r"/far/away\.html: cannot write") as caught:
        build(small)
    assert caught.value.exit_code == 6
    assert caught.value.hint
    assert (small / "site/index.html").read_text() == "the last good site"


@pytest.mark.parametrize("step", ["join", "seal"])
def test_a_disk_that_is_full_at_the_last_step_leaves_the_last_good_site(
    step: str, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "page.html")

    monkeypatch.setattr(builder, step, full)
    with pytest.raises(FilesError, match="free some space"):
        build(small)
    assert (small / "site/index.html").read_text() == "the last good site"


@pytest.mark.parametrize("refused", [1, 2], ids=["old one away", "new one in"])
def test_an_exchange_that_fails_leaves_the_last_good_site(
    refused: int, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original, calls = Path.rename, 0

    def rename(path: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == refused:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES))
        return original(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(FilesError, match="could not be moved"):
        build(small)
    assert (small / "site/index.html").read_text() == "the last good site"


def test_a_site_that_a_kill_left_aside_comes_back(small: Path) -> None:
    (small / ".cache").mkdir()
    (small / "site").rename(small / ".cache/site-replaced")
    hooked(small, "raise ValueError('no build this time')")
    with pytest.raises(SiteError):
        build(small)
    assert (small / "site/index.html").read_text() == "the last good site"


def test_a_site_without_a_home_page_is_no_site(small: Path) -> None:
    (small / "generated/index.md").rename(small / "generated/other.md")
    with pytest.raises(SiteError, match=r"no home page\n.*index\.md"):
        build(small)
    assert (small / "site/index.html").read_text() == "the last good site"


def test_two_builds_at_once_leave_one_good_site(small: Path) -> None:
    for number in range(30):
        (small / f"catalog/papers/paper-{number}.yml").parent.mkdir(parents=True, exist_ok=True)
        (small / f"catalog/papers/paper-{number}.yml").write_text(f"title: Paper {number}\n")
    (small / "docs").mkdir()
    (small / "docs/index.md").write_text("# Home\n")
    command = [sys.executable, "-m", "seamline", "--project", str(small), "build"]
    builds = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(3)]
    for one in builds:
        said, _ = one.communicate(timeout=300)
        assert one.returncode == 0 or (one.returncode == 6 and "another Seamline" in said), said
        assert "Traceback" not in said
    assert any(one.returncode == 0 for one in builds)
    assert len(list((small / "site").rglob("index.html"))) == 37
    assert not (small / ".cache/site-replaced").exists()


def test_a_reason_of_several_lines_is_kept_whole() -> None:
    written = (
        "INFO - Building\nTraceback (most recent call last):\n"
        '  File "a.py", line 1, in f\n    f()\n    ~^^\nx.Error: while scanning\n  in "y", line 3\nexpected this\n'
    )
    assert exception_of(written) == 'x.Error: while scanning\n  in "y", line 3\nexpected this'
    assert "INFO - Building" in str(refusal_of("mkdocs", written, Path("p")))


# --- where it reads and writes ---------------------------------------------------------------

WRONG_FOLDERS = {
    "no docs_dir": ("site_name: x\n", r"mkdocs\.yml:1: `docs_dir` is 'docs'"),
    "nothing": ("", r"mkdocs\.yml:1: `docs_dir`"),
    "docs": ("site_name: x\ndocs_dir: docs\n", r"mkdocs\.yml:2: `docs_dir` is 'docs'"),
    "runs": ("site_name: x\ndocs_dir: generated/runs\n", r"mkdocs\.yml:2: `docs_dir`"),
    "site here": ("docs_dir: generated\nsite_name: x\nsite_dir: .\n", r"mkdocs\.yml:3: `site_dir` is '\.'"),
    "site in docs": ("docs_dir: generated\nsite_dir: docs\n", r"mkdocs\.yml:2: `site_dir` is 'docs'"),
    "site in generated": ("docs_dir: generated\nsite_dir: generated\n", r"mkdocs\.yml:2: `site_dir`"),
    "site outside": ("docs_dir: generated\nsite_dir: ../out\n", r"mkdocs\.yml:2: `site_dir`"),
}


@pytest.mark.parametrize(("text", "said"), WRONG_FOLDERS.values(), ids=WRONG_FOLDERS.keys())
def test_folders_that_are_not_seamlines_are_refused(
    text: str, said: str, small: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (small / "mkdocs.yml").write_text(text)
    with pytest.raises(SiteError, match=said) as caught:
        require_settings(small)
    assert caught.value.hint.startswith("write `")
    for verb in ("build", "serve", "check"):
        assert cli.run(["--project", str(small), verb]) == 1, verb
        assert str(caught.value) in capsys.readouterr().err
    (finding,) = (one for one in examine(small) if one.part == "mkdocs.yml")
    assert finding.needed
    assert not finding.present
    assert finding.advice == caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "docs_dir: generated\n",
        "docs_dir: ./generated/\nsite_dir: site/\n",
        "docs_dir: !ENV [PAGES, generated]\nother: !!python/name:os.path.join ''\n",
        "INHERIT: base.yml\nsite_name: x\n",
    ],
)
def test_folders_that_are_seamlines_are_taken(text: str, small: Path) -> None:
    (small / "base.yml").write_text("docs_dir: generated\n")
    (small / "mkdocs.yml").write_text(text)
    require_settings(small)


# --- serving ends with whoever started it ----------------------------------------------------


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.read())
    except OSError:
        return False


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_the_server_ends_with_the_command_that_started_it(name: str, small: Path) -> None:
    number = getattr(signal, name)
    address = f"127.0.0.1:{free_port()}"
    # What a shell starts in the background ignores an interrupt, and hands that on.
    heeding = "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    program = heeding + "runpy.run_module('seamline', run_name='__main__', alter_sys=True)"
    served = subprocess.Popen(
        [sys.executable, "-c", program, "--project", str(small), "serve", "--address", address],
        env=os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])},
        start_new_session=True,  # a signal to it alone, as `kill` sends it
    )
    try:
        assert any(answers(f"http://{address}/") or time.sleep(PAUSE) for _ in range(TRIES))
        # Ctrl-C reaches everyone in the terminal; the others reach the command alone.
        (os.killpg if name == "SIGINT" else os.kill)(served.pid, number)
        code = served.wait(timeout=60)
        assert code == {"SIGINT": 0, "SIGKILL": -signal.SIGKILL}.get(name, 128 + number)
        assert any(not answers(f"http://{address}/") or time.sleep(PAUSE) for _ in range(TRIES)), "the port is free"
        builder._require_free(address)
    finally:
        os.killpg(served.pid, signal.SIGKILL) if served.poll() is None else None


# --- whichever builder builds ----------------------------------------------------------------

ZENSICAL = "site_name: x\ndocs_dir: generated\ntheme: {name: material, font: false, variant: classic}\nplugins: []\n"


@pytest.fixture(params=["mkdocs", "zensical"])
def either(request: pytest.FixtureRequest, small: Path) -> tuple[Path, builder.Builder]:
    (small / "mkdocs.yml").write_text(ZENSICAL)
    return small, request.param


def watched(root: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What readers get from site/ at the moment when a builder has built, and at the one when pages are finished."""
    seen: list[str] = []
    call, finish = builder._call, builder.finish

    def look(then: Callable[..., Any]) -> Callable[..., Any]:
        def looking(*given: Any) -> Any:
            answer = then(*given)
            seen.append((root / "site/index.html").read_text())
            return answer

        return looking

    monkeypatch.setattr(builder, "_call", look(call))
    monkeypatch.setattr(builder, "finish", look(finish))
    return seen


def test_the_last_good_site_is_there_until_the_new_one_is_complete(
    either: tuple[Path, builder.Builder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, name = either
    seen = watched(root, monkeypatch)
    (root / ".cache/site").mkdir(parents=True)
    (root / ".cache/site/left-by-a-killed-build.html").write_text("x")
    assert build(root, builder=name) == root / "site"
    assert seen == ["the last good site"] * 2
    assert ">Home" in (root / "site/index.html").read_text()
    assert b"Content-Security-Policy" in (root / "site/index.html").read_bytes()
    assert not (root / "site/left-by-a-killed-build.html").exists()
    (root / "generated/new.md").write_text("# New\n")
    build(root, builder=name)
    assert {path.parent.name for path in (root / "site").rglob("index.html")} == {"site", "new"}
    assert {path.name for path in root.iterdir()} == {"mkdocs.yml", "generated", "site", ".cache"}


@pytest.mark.parametrize("fails", ["refused", "ended", "interrupted", "without a home page"])
def test_whatever_becomes_of_a_build_the_last_good_site_stays(
    fails: str, either: tuple[Path, builder.Builder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, name = either
    if fails == "refused":
        (root / "generated/index.md").write_text("# Home\n\n[nowhere](nowhere.md)\n")
    elif fails == "without a home page":
        (root / "generated/index.md").rename(root / "generated/other.md")
    else:
        original = builder.finish

        def end(site: Path) -> None:
            original(site)
            raise KeyboardInterrupt if fails == "interrupted" else SystemExit(9)

        monkeypatch.setattr(builder, "finish", end)
    with pytest.raises((SiteError, KeyboardInterrupt, SystemExit)):
        build(root, builder=name, strict=True)
    assert [path.name for path in (root / "site").iterdir()] == ["index.html"]
    assert (root / "site/index.html").read_text() == "the last good site"


def test_a_killed_build_leaves_the_last_good_site(either: tuple[Path, builder.Builder]) -> None:
    root, name = either
    script = (
        "import os, signal, sys; from pathlib import Path; from seamline.site import builder;"
        "builder.finish = lambda site: os.kill(os.getpid(), signal.SIGKILL);"
        "builder.build(Path(sys.argv[1]), builder=sys.argv[2])"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(cli.__file__).parents[2])}
    killed = subprocess.run([sys.executable, "-c", script, str(root), name], check=False, env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert [path.name for path in (root / "site").iterdir()] == ["index.html"]
    assert (root / "site/index.html").read_text() == "the last good site"


def test_what_is_left_out_never_reaches_the_site(
    either: tuple[Path, builder.Builder], monkeypatch: pytest.MonkeyPatch
) -> None:
    root, name = either
    for sample in ("gone", "kept"):
        (root / f"generated/runs/{sample}/mini").mkdir(parents=True)
        (root / f"generated/runs/{sample}/mini/run.json").write_text("{}")
    swap, swapped = builder._swap, []

    def looking(new: Path, *given: Path) -> None:
        swapped.append(sorted(path.name for path in (new / "runs").iterdir()))
        swap(new, *given)

    monkeypatch.setattr(builder, "_swap", looking)
    build(root, builder=name, leave_out=["runs/gone", "runs/not-there"])
    assert swapped == [["kept"]]
    assert [path.name for path in (root / "site/runs").iterdir()] == ["kept"]
    assert (root / "generated/runs/gone/mini/run.json").is_file()


def test_a_build_publishes_no_run_of_a_sample_that_is_gone(
    either: tuple[Path, builder.Builder], capsys: pytest.CaptureFixture[str]
) -> None:
    root, name = either
    (root / "docs").mkdir()
    (root / "docs/index.md").write_text("# Home\n")
    (root / "generated/runs/gone/mini").mkdir(parents=True)
    (root / "generated/runs/gone/mini/run.json").write_text("{}")
    (root / "generated/runs/gone/mini/edited-01234567.webp").write_bytes(b"x")
    assert cli.run(["--project", str(root), "build", "--builder", name]) == 0, capsys.readouterr().err
    assert not (root / "site/runs/gone").exists()
    assert (root / "generated/runs/gone/mini/edited-01234567.webp").is_file()


def test_the_settings_are_read_once_for_all_that_is_asked_of_them(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    compose = yaml.compose
    monkeypatch.setattr("yaml.compose", lambda text, **options: read.append(text) or compose(text, **options))
    require_settings(small)
    assert len(read) == 1
