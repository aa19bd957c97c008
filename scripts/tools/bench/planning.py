"""Planning when nothing is due, compared with DVC's `status` and sphinx-gallery's no-op build of as many examples.

The peers are installed from the package index into a virtual environment of their own
below `.cache/`. Making their projects is slow, so they are given fewer stages and
examples than we get samples, and the ratio is taken at their number. Timed are new
processes, the quickest of `ROUNDS`: ours reads the catalog and calls `plan()`, past our
command line and with digests of files remembered; DVC's is its command; sphinx-gallery's
is a Sphinx build. Peers are the newest in the package index, and their versions recorded.
CPU seconds are given as well: they vary less when other programs are running.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seamline.catalog.runnable import kinds_of
from seamline.errors import SeamlineError
from seamline.runs.store.records import SCHEMA, ArtifactRecord, RunRecord, StepRecord
from seamline.weights.identity import WeightsIdentity
from tools.bench import machine
from tools.bench.machine import Taken

MANY = int(os.environ.get("SEAMLINE_BENCH_SAMPLES", "10000"))
PEERS = int(os.environ.get("SEAMLINE_BENCH_PEERS", "1000"))
ROUNDS = 3
BUILD = ["-m", "sphinx", "-q", "-b", "html", ".", "out"]
_VERSION = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
_PLAN = """
import json, sys, time
from pathlib import Path
from seamline.catalog import load
from seamline.runs.plan.states import plan
start = time.perf_counter()
catalog = load(Path(sys.argv[1]))
loaded = time.perf_counter()
states = plan(catalog)
assert all(state.state == "fresh" for state in states), states[0]
done = time.perf_counter()
print(json.dumps({"load": loaded - start, "plan": done - loaded, "count": len(states)}))
"""


@dataclass(frozen=True)
class Peer:
    """Time and memory of a peer's command, and the version of the package."""

    taken: Taken
    version: str


def measure(root: Path) -> dict[str, Any]:
    """Seconds and memory for many samples and for few, and the peers' for as few."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = (_ours(root, Path(folder) / str(count), count) for count in (MANY, PEERS))
        dvc = _peer("dvc", Path(folder) / "dvc", _dvc_project, ["-m", "dvc", "status"])
        gallery = _peer("sphinx-gallery", Path(folder) / "gallery", _gallery_project, BUILD)
    planned, planned_few = json.loads(many.said), json.loads(few.said)
    return {
        "timed": "ours: a Python process that calls plan(); DVC: dvc status; sphinx-gallery: a Sphinx build",
        "samples": planned["count"],
        "seconds": many.seconds,
        "of_which_planning_seconds": planned["plan"],
        "peak_memory_gib": many.memory_gib,
        "microseconds_a_sample": 1e6 * planned["plan"] / planned["count"],
        "microseconds_a_sample_when_few": 1e6 * planned_few["plan"] / planned_few["count"],
        "few_samples": planned_few["count"],
        "few_seconds": few.seconds,
        "few_cpu_seconds": few.cpu_seconds,
        **_compared("dvc", dvc, few),
        **_compared("sphinx_gallery", gallery, few),
    }


def _compared(name: str, peer: Peer | None, ours: Taken) -> dict[str, Any]:
    theirs = peer.taken if peer else ours
    figures = {
        f"{name}_version": peer.version if peer else None,
        f"{name}_seconds": theirs.seconds,
        f"{name}_cpu_seconds": theirs.cpu_seconds,
        f"{name}_peak_memory_gib": theirs.memory_gib,
        f"times_faster_than_{name}": theirs.seconds / ours.seconds,
        f"times_faster_than_{name}_in_cpu_seconds": theirs.cpu_seconds / ours.cpu_seconds,
    }
    return {figure: value if peer else None for figure, value in figures.items()}


def _ours(root: Path, folder: Path, count: int) -> Taken:
    """A project of `count` fresh samples; each shares the same two small pictures."""
    _our_project(root, folder, count)
    return _best([sys.executable, "-c", _PLAN, str(folder)], folder)


def _our_project(root: Path, folder: Path, count: int) -> None:
    from seamline.catalog import Catalog, load
    from seamline.catalog.entries import KINDS, Sample
    from seamline.runners.instruct_pix2pix import RUNNER as EDITOR
    from seamline.runners.instruct_pix2pix.runner import PIPELINE
    from seamline.runners.instruct_pix2pix.stand_in import MINI_EDITOR
    from seamline.runs.plan.keys import key_of
    from seamline.runs.plan.states import plan
    from seamline.runs.store.run_folder import artifact_name, write_run

    real = load(root)
    (folder / "catalog/samples").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: bench\n")
    for part in ("models", "papers"):
        shutil.copytree(root / "catalog" / part, folder / "catalog" / part)
    mini = folder / MINI_EDITOR.folder
    for part in ("unet", "vae", "text_encoder"):
        (mini / part).mkdir(parents=True)
        (mini / part / "model.safetensors").write_bytes(part.encode())
    (mini / "scheduler").mkdir()
    (mini / "scheduler/scheduler_config.json").write_text('{"_class_name": "DDIMScheduler"}')
    (mini / "model_index.json").write_text(json.dumps({"_class_name": PIPELINE}))
    kinds = kinds_of(real.models)
    model = next(name for name, kind in kinds.items() if kind == EDITOR.name)
    samples = {}
    for place in range(count):
        plain: dict[str, Any] = {"title": f"Sample {place}", "model": model, "instruction": "swap the face on the left"}
        plain |= {"input": {"scene": {"seed": place}}, "parameters": {"seed": place}}
        samples[f"sample-{place:05}"] = Sample.model_validate(plain, context={KINDS: kinds})
        (folder / f"catalog/samples/sample-{place:05}.yml").write_text(json.dumps(plain))
    catalog = Catalog(folder, {}, real.models, {}, samples)
    data = {"input": b"RIFF input", "edited": b"RIFF edited"}
    for state in plan(catalog):
        images = {artifact_name(role, content, ".webp"): content for role, content in data.items()}
        fields = dict(state.key_fields["edit"])
        identity = WeightsIdentity(
            name="mini", label=MINI_EDITOR.label, source=MINI_EDITOR.folder, files=dict(fields["weights.files"])
        )
        step = StepRecord(
            model=model,
            runner=EDITOR.name,
            weights=identity,
            key=key_of(fields),
            key_fields=fields,
            device="none",
            dtype="float32",
        )
        record = RunRecord(
            schema_version=SCHEMA,
            sample=state.id,
            weights_name="mini",
            steps={"edit": step},
            images=tuple(_image(role, data[role], file) for role, file in zip(data, images, strict=True)),
        )
        with _unsynced():
            write_run(folder, record, images)
    time.sleep(2.1)
    plan(catalog)


@contextmanager
def _unsynced() -> Iterator[None]:
    """Files are not flushed to the disk while the context lasts: this project need not outlive a power cut."""
    fsync = os.fsync
    setattr(os, "fsync", lambda descriptor: None)  # noqa: B010  # mypy takes no plain assignment to a function
    try:
        yield
    finally:
        setattr(os, "fsync", fsync)  # noqa: B010


def _image(role: str, content: bytes, file: str) -> ArtifactRecord:
    digest = hashlib.sha256(content).hexdigest()
    return ArtifactRecord(role=role, file=file, width=1, height=1, sha256=digest, phash=digest[:16])


def _peer(package: str, folder: Path, make: Callable[[Path, Path], None], command: list[str]) -> Peer | None:
    """A peer's command when nothing is due; None if it cannot be installed or takes too long."""
    environment = Path(".cache/bench").resolve() / package
    python = environment / "bin/python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=machine.PATIENCE)
            wanted = [package, "matplotlib"] if package == "sphinx-gallery" else [package]
            subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True, timeout=machine.PATIENCE)
        folder.mkdir()
        make(python, folder)
        version = machine.command([str(python), "-c", _VERSION, package], folder).said.strip()
        return Peer(_best([str(python), *command], folder), version)
    except (SeamlineError, subprocess.SubprocessError, OSError) as error:
        print(f"bench: {package}: not measured: {error}", file=sys.stderr)
        return None


def _dvc_project(python: Path, folder: Path) -> None:
    """`PEERS` stages of one dependency and two outputs each, all up to date.

    What `dvc repro` would leave is written down instead of run, which would take hours: copies that are what the
    lock file says, and their contents in the cache.
    """
    machine.command([str(python), "-m", "dvc", "init", "--no-scm", "-q"], folder)
    stages, locked = {}, {}
    for place in range(PEERS):
        data = str(place).encode()
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        cached = folder / ".dvc/cache/files/md5" / digest[:2] / digest[2:]
        cached.parent.mkdir(parents=True, exist_ok=True)
        for path in (cached, *(folder / f"{name}-{place}" for name in ("in", "a", "b"))):
            path.write_bytes(data)
        cached.chmod(0o444)
        command = f"cp in-{place} a-{place} && cp in-{place} b-{place}"
        files = [{"path": f"{x}-{place}", "hash": "md5", "md5": digest, "size": len(data)} for x in ("in", "a", "b")]
        stages[f"s{place}"] = {"cmd": command, "deps": [f"in-{place}"], "outs": [f"a-{place}", f"b-{place}"]}
        locked[f"s{place}"] = {"cmd": command, "deps": files[:1], "outs": files[1:]}
    (folder / "dvc.yaml").write_text(json.dumps({"stages": stages}))
    (folder / "dvc.lock").write_text(json.dumps({"schema": "2.0", "stages": locked}))
    status = machine.command([str(python), "-m", "dvc", "status"], folder).said
    if "up to date" not in status:
        raise OSError(f"DVC would run something: {status[:200]}")


def _gallery_project(python: Path, folder: Path) -> None:
    """`PEERS` examples without plots, built once."""
    (folder / "examples").mkdir()
    (folder / "examples/README.txt").write_text("Examples\n========\n")
    for place in range(PEERS):
        text = f'"""\nExample {place}\n{"=" * 15}\n"""\nprint({place})\n'
        (folder / f"examples/plot_{place}.py").write_text(text)
    (folder / "conf.py").write_text(
        "extensions = ['sphinx_gallery.gen_gallery']\n"
        "sphinx_gallery_conf = {'examples_dirs': 'examples', 'gallery_dirs': 'auto_examples'}\n"
    )
    (folder / "index.rst").write_text("Bench\n=====\n\n.. toctree::\n\n   auto_examples/index\n")
    machine.command([str(python), *BUILD, "-j", "auto"], folder)


def _best(command: list[str], folder: Path) -> Taken:
    """The quickest of some runs of a command."""
    return min((machine.command(command, folder) for _ in range(ROUNDS)), key=lambda taken: taken.seconds)
