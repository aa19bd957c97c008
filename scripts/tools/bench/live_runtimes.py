"""Which runtime a page should load: what each weighs over the wire, and how fast and how truly it runs the U-Net.

Each is taken from its npm package at the version named here, and predicts with every weight of the mini editor, in one
thread of Chromium; the median of a dozen predictions counts, which is an edit of four steps and three predictions a
step. Those that run on the CPU take turns, each on a page of its own, so that what else the machine does slows them
alike: how many times as long each takes as the served one is the median over turns. WebGPU runs on SwiftShader, a
graphics card made of software: that tells whether it computes the same, not how fast a reader's card would be. LiteRT
needs its own graph, which the package litert-torch converts; where that is not installed, its speed is not measured.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import truediv
from pathlib import Path
from statistics import median
from typing import Any

from seamline.errors import SeamlineError
from tools.web_audit.static_server import served

PACKAGES: Mapping[str, str] = {
    "onnxruntime-web": "1.30.0",
    "@litertjs/core": "2.5.3",
    "@litertjs/wasm-utils": "2.5.3",
}
PREDICTIONS = 12
_PATIENCE_MS = 30_000
"""For one contender's predictions: WebGPU in software may come to no end."""
_WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan")


@dataclass(frozen=True)
class Contender:
    """One way of running the U-Net in a page.

    Attributes:
        files: what a reader loads, below the packages' folder; the script that a page imports comes first.
        provider: of the runtime, `wasm` or `webgpu`.
    """

    name: str
    files: tuple[str, ...]
    provider: str

    @property
    def litert(self) -> bool:
        """Whether it is LiteRT, which runs graphs of its own format."""
        return self.files[0].startswith("@litertjs")


_ORT, _LITERT = "onnxruntime-web/dist", "@litertjs/core"
_LITERT_FILES = (
    f"{_LITERT}/dist/index.js",
    f"{_LITERT}/wasm/litert_wasm_internal.js",
    f"{_LITERT}/wasm/litert_wasm_internal.wasm",
)
CONTENDERS = (
    Contender(
        "onnxruntime-web, CPU", (f"{_ORT}/ort.wasm.bundle.min.mjs", f"{_ORT}/ort-wasm-simd-threaded.wasm"), "wasm"
    ),
    Contender(
        "onnxruntime-web, WebGPU by JSPI",
        (f"{_ORT}/ort.jspi.bundle.min.mjs", f"{_ORT}/ort-wasm-simd-threaded.jspi.wasm"),
        "webgpu",
    ),
    Contender(
        "onnxruntime-web, WebGPU by Asyncify",
        (f"{_ORT}/ort.webgpu.bundle.min.mjs", f"{_ORT}/ort-wasm-simd-threaded.asyncify.wasm"),
        "webgpu",
    ),
    Contender("LiteRT.js, CPU", _LITERT_FILES, "wasm"),
    Contender("LiteRT.js, WebGPU", _LITERT_FILES, "webgpu"),
)

_PREPARE_ORT = """async ({ script, provider, feeds }) => {
  const modules = [script, "./live/pack.js", "./live/download.js"].map((name) => import(name));
  const [ort, { unpacked }, { download }] = await Promise.all(modules);
  const { weights } = await (await fetch("live/assets.json")).json();
  const pack = await download(new URL(`live/${weights.file}`, location.href).href, () => {});
  Object.assign(ort.env.wasm, { numThreads: 1, wasmPaths: new URL(".", new URL(script, location.href)).href });
  const { model, tensors } = unpacked(pack).graphs.get("unet");
  const externalData = [{ path: "unet.tensors", data: tensors() }];
  const session = await ort.InferenceSession.create(model, { executionProviders: [provider], externalData });
  const given = Object.fromEntries(session.inputMetadata.map(({ name, type }) => {
    const { data, shape } = feeds[name];
    const values = type === "int64" ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
    return [name, new ort.Tensor(type, values, shape)];
  }));
  window.predict = async () => (await session.run(given, ["predicted"])).predicted.getData();
}"""
_PREPARE_LITERT = """async ({ script, provider, feeds }) => {
  const { loadLiteRt, loadAndCompile, Tensor } = await import(script);
  await loadLiteRt(new URL("./node_modules/@litertjs/core/wasm/", location.href).href);
  const model = await loadAndCompile("./unet.tflite", { accelerator: provider });
  const arrays = ["latents", "timestep", "text"].map((name) => {
    const kind = name === "timestep" ? Int32Array : Float32Array;
    return [kind.from(feeds[name].data), feeds[name].shape];
  });
  window.predict = async () => {
    const given = arrays.map(([data, shape]) => new Tensor(data, shape));
    const [found] = await model.run(given);
    const data = (provider === "wasm" ? found : await found.moveTo("wasm")).toTypedArray().slice();
    [...given, found].forEach((one) => one.deleted || one.delete());
    return data;
  };
}"""
_PREDICT = """async () => {
  const began = performance.now();
  const data = await predict();
  return { seconds: (performance.now() - began) / 1000, data: [...data] };
}"""
_IN_TIME = """([given, patience]) => Promise.race([
  (PROGRAM)(given),
  new Promise((_, reject) => setTimeout(() => reject(new Error(`no answer in ${patience} ms`)), patience)),
])"""
_PAGE = """<!doctype html><title>runtimes</title><link rel="icon" href="data:,"><script type="importmap">
{"imports": {"@litertjs/wasm-utils": "./node_modules/@litertjs/wasm-utils/dist/index.js"}}</script>"""


def measure(root: Path) -> dict[str, Any]:
    """Each contender's weight, speed and difference from torch.

    Raises:
        SeamlineError: npm or Chromium is missing, or the registry cannot be reached.
        WeightsError: the mini editor's weights are not here.
    """
    from playwright.sync_api import sync_playwright

    from seamline.live.site_files import add_to
    from tools.web_audit.node_tools import find_chromium

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        modules = _packages(folder)
        add_to(folder, root, exact=True)
        (folder / "index.html").write_text(_PAGE, encoding="utf-8")
        feeds, wanted, converted = _prediction(root, folder / "unet.tflite")
        able = [one for one in CONTENDERS if converted or not one.litert]
        found: dict[str, dict[str, Any]] = {}
        with sync_playwright() as playwright, served(folder) as address:
            # A contender that came to no end on WebGPU keeps its browser's cores: the next one takes another.
            on_cpu = [one for one in able if one.provider == "wasm"]
            for turn in (on_cpu, *([one] for one in able if one.provider != "wasm")):
                browser = playwright.chromium.launch(
                    executable_path=find_chromium(), args=["--no-sandbox", "--use-vulkan=swiftshader", *_WEBGPU]
                )
                found |= _compared(browser, address, turn, feeds, wanted)
                browser.close()
        rows = [{**_row(one, modules), **found.get(one.name, {})} for one in CONTENDERS]
    return {"versions": ", ".join(f"{name} {version}" for name, version in PACKAGES.items()), "contenders": rows}


def _packages(folder: Path) -> Path:
    npm = shutil.which("npm")
    if not npm:
        raise SeamlineError("npm is not installed", where="bench runtimes", hint="https://nodejs.org")
    wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
    command = [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SeamlineError(f"npm could not install: {done.stderr.strip()[-300:]}", where="bench runtimes")
    return folder / "node_modules"


def _row(one: Contender, modules: Path) -> dict[str, Any]:
    files = [(modules / name).read_bytes() for name in one.files]
    scripts = [data for name, data in zip(one.files, files, strict=True) if not name.endswith(".wasm")]
    return {
        "runtime": one.name,
        "megabytes_over_the_wire": round(sum(len(gzip.compress(data, 9)) for data in files) / 1e6, 2),
        "makes_code_of_strings": any(b"new Function" in data for data in scripts),
        "seconds_a_prediction": None,
        "times_as_long_as_the_served": None,
        "largest_difference_from_torch": None,
    }


def _compared(
    browser: Any, address: str, contenders: Sequence[Contender], feeds: Mapping[str, Any], wanted: Any
) -> dict[str, dict[str, Any]]:
    """What each measured, by name, its seconds also beside those of the served one where that ran among them.

    Nothing of those that cannot run the graph; the reason goes to the terminal.
    """
    import numpy as np

    pages = {}
    for one in contenders:
        page = browser.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        page.goto(address)
        given = {"script": f"./node_modules/{one.files[0]}", "provider": one.provider, "feeds": feeds}
        if _answer(page, one, _PREPARE_LITERT if one.litert else _PREPARE_ORT, given) is not None:
            pages[one] = page
    turns: dict[Contender, list[float]] = {one: [] for one in pages}
    apart: dict[Contender, float] = {}
    for _ in range(PREDICTIONS):
        for one, page in list(pages.items()):
            answer = _answer(page, one, _PREDICT, None)
            if answer is None:
                del pages[one]
                continue
            turns[one].append(answer["seconds"])
            apart[one] = float(np.abs(np.array(answer["data"]).reshape(wanted.shape) - wanted).max())
    beside = turns[CONTENDERS[0]] if CONTENDERS[0] in pages else None
    return {
        one.name: {
            "seconds_a_prediction": round(median(turns[one]), 3),
            "times_as_long_as_the_served": round(median(map(truediv, turns[one], beside)), 2) if beside else None,
            "largest_difference_from_torch": float(f"{apart[one]:.1g}"),
        }
        for one in pages
    }


def _answer(page: Any, one: Contender, program: str, given: Any) -> dict[str, Any] | None:
    """What a program answers in a page; {} where that is nothing, None where it fails or comes to no end."""
    from playwright.sync_api import Error

    try:
        return page.evaluate(_IN_TIME.replace("PROGRAM", program), [given, _PATIENCE_MS]) or {}
    except Error as error:
        print(f"bench: {one.name} did not run: {error.message.splitlines()[0][:200]}", file=sys.stderr)
        return None


def _prediction(root: Path, converted: Path) -> tuple[dict[str, Any], Any, bool]:
    """Inputs of the U-Net, what torch predicts from them, and whether LiteRT's graph of it was written."""
    import torch

    from seamline.runners.instruct_pix2pix.loading import load_pipeline
    from tools.training.checkpoint import WEIGHTS
    from tools.training.editing import HEIGHT, WIDTH

    pipe = load_pipeline(root / WEIGHTS)
    generator = torch.Generator().manual_seed(0)
    channels, scale = pipe.vae.config.latent_channels, pipe.vae_scale_factor
    length, width = pipe.tokenizer.model_max_length, pipe.text_encoder.config.hidden_size
    inputs = {
        "latents": torch.randn((1, 2 * channels, HEIGHT // scale, WIDTH // scale), generator=generator),
        "timestep": torch.tensor([501], dtype=torch.int32),
        "text": torch.randn((1, length, width), generator=generator),
    }

    class Unet(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.part = pipe.unet

        def forward(self, latents: Any, timestep: Any, text: Any) -> Any:
            return self.part(latents, timestep.long(), encoder_hidden_states=text, return_dict=False)[0]

    module = Unet().eval()
    with torch.inference_mode():
        wanted = module(*inputs.values()).numpy()
    feeds = {name: {"data": one.flatten().tolist(), "shape": list(one.shape)} for name, one in inputs.items()}
    try:
        import litert_torch  # type: ignore[import-not-found]
    except ImportError:
        return feeds, wanted, False
    litert_torch.convert(module, tuple(inputs.values())).export(str(converted))
    return feeds, wanted, True
