"""Planning when nothing is due, beside DVC's `status` and sphinx-gallery's no-op build of as many examples.

The peers are installed from the package index into a virtual environment of their own
below `.cache/`. They are slow, so they are given fewer stages and examples, and the
ratio is taken at their number. What is timed is a whole command in a new process,
reading of the catalog included.
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
from pathlib import Path
from typing import Any

from seamline.samples.records import ImageRecord, Role, RunRecord, WeightsIdentity

MANY = int(os.environ.get("SEAMLINE_BENCH_SAMPLES", "10000"))
PEERS = int(os.environ.get("SEAMLINE_BENCH_PEERS", "200"))
PATIENCE = 900
BUILD = ["-m", "sphinx", "-q", "-b", "html", ".", "out"]

_PLAN = """
import json, resource, sys, time
from pathlib import Path
from seamline.catalog import load
from seamline.samples.plan import plan
start = time.perf_counter()
catalog = load(Path(sys.argv[1]))
loaded = time.perf_counter()
states = plan(catalog)
assert all(state.state == "fresh" for state in states), states[0]
done = time.perf_counter()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024) / 1024
print(json.dumps({"load": loaded - start, "plan": done - loaded, "peak_gib": peak, "count": len(states)}))
"""


def measure(root: Path) -> dict[str, Any]:
    """Seconds and memory for many samples and for few, and the peers' seconds for as few."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = (_ours(root, Path(folder) / str(count), count) for count in (MANY, PEERS))
        dvc = _peer("dvc", Path(folder) / "dvc", _dvc_project, ["-m", "dvc", "status"])
        gallery = _peer(
            "sphinx-gallery",
            Path(folder) / "gallery",
            _gallery_project,
            ["-m", "sphinx", "-q", "-b", "html", ".", "out"],
        )
    return {
        "samples": many["count"],
        "seconds": many["command"],
        "of_which_planning_seconds": many["plan"],
        "peak_memory_gib": many["peak_gib"],
        "microseconds_a_sample": 1e6 * many["plan"] / many["count"],
        "microseconds_a_sample_when_few": 1e6 * few["plan"] / few["count"],
        "few_samples": few["count"],
        "few_seconds": few["command"],
        "dvc_status_seconds": dvc,
        "sphinx_gallery_seconds": gallery,
        "times_faster_than_dvc": dvc and dvc / few["command"],
        "times_faster_than_sphinx_gallery": gallery and gallery / few["command"],
    }


def _ours(root: Path, folder: Path, count: int) -> dict[str, Any]:
    """A project of `count` fresh samples; each shares the same two small pictures. The best of three commands."""
    _our_project(root, folder, count)
    best: dict[str, Any] = {}
    for _ in range(3):
        start = time.perf_counter()
        told = _python([sys.executable, "-c", _PLAN, str(folder)], folder)
        figures = {**json.loads(told), "command": time.perf_counter() - start}
        best = min(best or figures, figures, key=lambda found: found["command"])
    return best


def _our_project(root: Path, folder: Path, count: int) -> None:
    from seamline.catalog import Catalog, load
    from seamline.catalog.entries import Sample
    from seamline.samples.keys import key_of
    from seamline.samples.plan import plan
    from seamline.samples.store import image_name, write_run
    from seamline.samples.weights import MINI_FOLDER, MINI_LABEL

    real = load(root)
    (folder / "catalog/samples").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text("site_name: bench\n")
    for part in ("models", "papers"):
        shutil.copytree(root / "catalog" / part, folder / "catalog" / part)
    mini = folder / MINI_FOLDER
    for part in ("unet", "vae", "text_encoder"):
        (mini / part).mkdir(parents=True)
        (mini / part / "model.safetensors").write_bytes(part.encode())
    (mini / "scheduler").mkdir()
    (mini / "scheduler/scheduler_config.json").write_text('{"_class_name": "DDIMScheduler"}')
    (mini / "model_index.json").write_text("{}")
    model = next(iter(real.models))
    samples = {}
    for place in range(count):
        plain: dict[str, Any] = {"title": f"Sample {place}", "model": model, "instruction": "swap the face on the left"}
        plain |= {"input": {"scene": {"seed": place}}, "parameters": {"seed": place}}
        samples[f"sample-{place:05}"] = Sample.model_validate(plain)
        (folder / f"catalog/samples/sample-{place:05}.yml").write_text(json.dumps(plain))
    catalog = Catalog(folder, {}, real.models, {}, samples)
    data: dict[Role, bytes] = {"input": b"RIFF input", "edited": b"RIFF edited"}
    for state in plan(catalog):
        images = {image_name(role, content): content for role, content in data.items()}
        record = RunRecord(
            sample=state.id,
            weights=WeightsIdentity(
                name="mini",
                label=MINI_LABEL,
                source=MINI_FOLDER.as_posix(),
                files=dict(state.key_fields["weights.files"]),
            ),
            key=key_of(state.key_fields),
            key_fields=dict(state.key_fields),
            device="none",
            dtype="float32",
            versions={},
            seconds=0.0,
            images=tuple(_image(role, data[role], file) for role, file in zip(data, images, strict=True)),
        )
        write_run(folder, record, images)
    time.sleep(2.1)
    plan(catalog)


def _image(role: Role, content: bytes, file: str) -> ImageRecord:
    digest = hashlib.sha256(content).hexdigest()
    return ImageRecord(role=role, file=file, width=1, height=1, sha256=digest, phash=digest[:16])


def _peer(package: str, folder: Path, make: Any, command: list[str]) -> float | None:
    """Seconds of a peer's command when nothing is due; None if it cannot be installed or takes too long."""
    environment = Path(".cache/bench").resolve() / package
    python = environment / "bin/python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True, timeout=PATIENCE)
            wanted = [package, "matplotlib"] if package == "sphinx-gallery" else [package]
            subprocess.run([python, "-m", "pip", "install", "-q", *wanted], check=True, timeout=PATIENCE)
        folder.mkdir()
        make(python, folder)
        times = []
        for _ in range(2):
            start = time.perf_counter()
            _python([str(python), *command], folder)
            times.append(time.perf_counter() - start)
        return min(times)
    except (subprocess.SubprocessError, OSError) as error:
        print(f"bench: {package}: not measured: {error}", file=sys.stderr)
        return None


def _dvc_project(python: Path, folder: Path) -> None:
    """`PEERS` stages of one dependency and two outputs each, all up to date."""
    stages = {}
    for place in range(PEERS):
        (folder / f"in-{place}").write_text(str(place))
        copy = f"cp in-{place} a-{place} && cp in-{place} b-{place}"
        stages[f"s{place}"] = {"cmd": copy, "deps": [f"in-{place}"], "outs": [f"a-{place}", f"b-{place}"]}
    (folder / "dvc.yaml").write_text(json.dumps({"stages": stages}))
    _python([str(python), "-m", "dvc", "init", "--no-scm", "-q"], folder)
    _python([str(python), "-m", "dvc", "repro", "-q"], folder)


def _gallery_project(python: Path, folder: Path) -> None:
    """`PEERS` examples without plots, built once."""
    (folder / "examples").mkdir()
    (folder / "examples/README.txt").write_text("Examples\n========\n")
    for place in range(PEERS):
        text = f'"""\nExample {place}\n==========\n"""\nprint({place})\n'
        (folder / f"examples/plot_{place}.py").write_text(text)
    (folder / "conf.py").write_text(
        "extensions = ['sphinx_gallery.gen_gallery']\n"
        "sphinx_gallery_conf = {'examples_dirs': 'examples', 'gallery_dirs': 'auto_examples'}\n"
    )
    (folder / "index.rst").write_text("Bench\n=====\n\n.. toctree::\n\n   auto_examples/index\n")
    _python([str(python), *BUILD], folder)


def _python(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "DVC_NO_ANALYTICS": "1"}
    return subprocess.run(
        command, cwd=folder, env=environment, check=True, timeout=PATIENCE, stdout=subprocess.PIPE, text=True
    ).stdout
