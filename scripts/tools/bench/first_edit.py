"""The live editor as a reader meets it: a first edit on a phone's network, the next ones, and how true they are.

Chromium opens the built page on a phone-sized screen. For the first edit every answer of the server goes through one
line of 20 Mbit/s; the clock of the page runs from the click to the picture. Nothing is known of a phone's processor:
edits run on this machine's, in one thread.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from seamline.errors import SeamlineError
from tools.bench.live_weights import STEPS, quality
from tools.web_audit.static_server import served

LINE = 20e6 / 8
"""Bytes a second."""
PHONE = {"width": 360, "height": 740}
EDITS = 3
"""Edits after the first."""
_PATIENCE_MS = 300_000
_BETWEEN_LOOKS = 0.1
"""Seconds."""
_DONE = re.compile(r"Done: \d+ steps? in [\d.]+ s, ([\d.]+) s after the click")
_WATCH = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({ type: "longtask" });
"""
_MODEL = """async () => {
  const modules = await Promise.all(["model", "sampler", "download"].map((name) => import(`./live/${name}.js`)));
  const [{ Model }, { steps }, { download }] = modules;
  const assets = await (await fetch("live/assets.json")).json();
  const address = (kind) => new URL(`live/${assets[kind].file}`, location.href).href;
  const files = await Promise.all(["runtime", "weights"].map((kind) => download(address(kind), () => {})));
  const model = await Model.load(...files);
  window.edited = async (recipe) => {
    let last;
    for await (const step of steps(model, recipe)) last = step;
    return [...(await model.decode(last.latents))];
  };
}"""


def measure(root: Path) -> dict[str, Any]:
    """A first edit, later ones, main-thread tasks and memory in Chromium; committed pictures drawn again; quality.

    Raises:
        SeamlineError: there is no built site with a live editor, or no Chromium.
    """
    import json

    from playwright.sync_api import Error, sync_playwright

    from tools.web_audit.node_tools import find_chromium

    site = root / "site"
    if not (site / "live/assets.json").is_file():
        raise SeamlineError("there is no built site with a live editor", where=str(site), hint="seamline build")
    assets = json.loads((site / "live/assets.json").read_text("utf-8"))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=find_chromium(),
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            as_met = _as_met(browser, site)
            drawn = _drawn_again(browser, root)
            browser.close()
    except Error as error:
        raise SeamlineError(f"Chromium gave up: {error.message.splitlines()[0]}", where="bench live") from error
    return {
        "steps_of_an_edit": STEPS,
        "megabytes_loaded": round(sum(assets[name]["bytes"] for name in ("runtime", "weights")) / 1e6, 2),
        "megabytes_loaded_to_composite": round(assets["matting"]["bytes"] / 1e6, 2) if "matting" in assets else None,
        "line_megabits_a_second": LINE * 8 / 1e6,
        **as_met,
        **drawn,
        **quality(root),
    }


def _as_met(browser: Any, site: Path) -> dict[str, Any]:
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.add_init_script(_WATCH)
    with served(site, LINE) as address:
        page.goto(address + "try-it/")
        page.wait_for_load_state("networkidle")
        page.get_by_text("Guidance, steps, seed").click()
        page.get_by_label("Steps").fill(str(STEPS))
        page.evaluate("window.longest = 0")
        with _memory_of(browser) as memory:
            first = _edit(page)
            later = [_edit(page) for _ in range(EDITS)]
        longest = page.evaluate("window.longest")
    context.close()
    return {
        "first_edit_seconds": first,
        "next_edit_seconds": median(later),
        "longest_task_of_the_page_ms": round(longest),
        "page_memory_mb": max((whole for whole, _ in memory), default=None),
        "page_memory_mb_before_loading": memory[0][0] if memory else None,
        "page_private_memory_mb": max((private for _, private in memory), default=None),
        "page_private_memory_mb_before_loading": memory[0][1] if memory else None,
    }


def _edit(page: Any) -> float:
    """Seconds from the click to the picture, as the page says them."""
    from playwright.sync_api import expect

    status = page.locator(".sl-live-status")
    page.get_by_role("button", name=re.compile(r"^Edit( \(loads .*)?$")).click()
    expect(status).not_to_have_text(re.compile("^Done"), timeout=_PATIENCE_MS)
    expect(status).to_have_text(_DONE, timeout=_PATIENCE_MS)
    found = _DONE.match(status.text_content())
    assert found is not None
    return float(found[1])


@contextmanager
def _memory_of(browser: Any) -> Iterator[list[tuple[int, int]]]:
    """Memory that the page's process holds meanwhile, in MB, noted often; nothing where the system does not say.

    Each time the most of its resident memory so far, and what of that is its own now. The rest is mapped from
    Chromium's own files and shared by all its processes: how much of that is resident depends on what ran before.
    It is asked for again and again because Chromium sets the system's own mark of the most back to nought at times.
    """
    noted: list[tuple[int, int]] = []
    if not sys.platform.startswith("linux"):
        yield noted
        return
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [Path(f"/proc/{one['id']}/status") for one in processes if one["type"] == "renderer"]

    def note() -> None:
        texts = [status.read_text("utf-8") for status in renderers if status.exists()]
        held = [tuple(_megabytes(name, text) for name in ("VmHWM", "RssAnon", "RssShmem")) for text in texts]
        whole, own, shared = max(held, default=(0, 0, 0))
        noted.append((whole, own + shared))

    def watch() -> None:
        while not over.wait(_BETWEEN_LOOKS):
            note()

    note()
    over = threading.Event()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield noted
    finally:
        over.set()
        watcher.join()
        note()


def _megabytes(name: str, status: str) -> int:
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    return int(found[1]) // 1000 if found else 0


def _drawn_again(browser: Any, root: Path) -> dict[str, Any]:
    """Every committed sample of one step drawn by the page's own scripts, with every weight as it is."""
    import numpy as np
    from PIL import Image

    from seamline.catalog import load
    from seamline.live.site_files import add_to
    from seamline.runs.inputs.scene_input import input_of
    from seamline.runs.store.encoding import encode
    from seamline.runs.store.run_folder import folder_of, load_runs

    catalog = load(root)
    runs = load_runs(root, catalog.samples)
    apart = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        add_to(folder, root, exact=True)
        (folder / "index.html").write_text("<!doctype html><title>live</title>", encoding="utf-8")
        with served(folder) as address:
            page = browser.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            page.goto(address)
            page.evaluate(_MODEL)
            for name, sample in catalog.samples.items():
                edited = runs[name]["mini"].one("edited") if name in runs and "mini" in runs[name] else None
                if sample.steps or sample.scene is None or edited is None:
                    continue
                picture = input_of(root, sample, (edited.width, edited.height), None).picture
                pixels = np.array(page.evaluate("(recipe) => edited(recipe)", _recipe(sample, picture)), np.uint8)
                made = pixels.reshape(*picture.shape[:2], 4)[..., :3]
                kept = np.asarray(Image.open(io.BytesIO(encode(made, "Img", b"").data)).convert("RGB")).astype(int)
                committed = np.asarray(Image.open(folder_of(root, name, "mini") / edited.file).convert("RGB"))
                apart.append(int(np.abs(kept - committed).max()))
            page.close()
    return {"samples_drawn_again": len(apart), "largest_difference_of_255": max(apart, default=None)}


def _recipe(sample: Any, picture: Any) -> Mapping[str, Any]:
    import numpy as np

    opaque = np.full(picture.shape[:2], 255, np.uint8)
    chosen = ("guidance_scale", "image_guidance_scale", "num_inference_steps", "seed")
    parameters = {name: getattr(sample.parameters, name) for name in chosen}
    return {**parameters, "instruction": sample.instruction, "photo": np.dstack([picture, opaque]).ravel().tolist()}
