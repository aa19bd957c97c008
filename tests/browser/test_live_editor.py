"""The editor in the page: the same pictures as Python's, and a page that edits, stops, and asks nobody else."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser.conftest import PATIENCE_MS, PHONE
from browser.harness import ROOT
from browser.serving import served
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from seamline.catalog import load
from seamline.live.site_files import add_to
from seamline.runs.inputs.scene_input import input_of
from seamline.runs.store.encoding import encode
from seamline.runs.store.run_folder import folder_of, load_runs

Open = Callable[..., Page]
MINI = ROOT / "catalog/weights/mini"
CATALOG = load(ROOT)
SAMPLES = [name for name, sample in CATALOG.samples.items() if not sample.steps][::3]
"""Evenly spread, as `make check` verifies; `python -m tools.bench --only live` draws every one."""

LOAD = """async () => {
  const modules = await Promise.all(["model", "sampler", "download"].map((name) => import(`./live/${name}.js`)));
  const [{ Model }, { steps }, { download }] = modules;
  const assets = await (await fetch("live/assets.json")).json();
  const address = (kind) => new URL(`live/${assets[kind].file}`, location.href).href;
  const files = await Promise.all(["runtime", "weights"].map((kind) => download(address(kind), () => {})));
  window.model = await Model.load(...files);
  window.edited = async (recipe) => {
    let last;
    for await (const step of steps(model, recipe)) last = step;
    return [...(await model.decode(last.latents))];
  };
}"""


@pytest.fixture(scope="module")
def probe(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A bare page with the editor's own modules and every weight as it is."""
    folder = tmp_path_factory.mktemp("probe")
    assert add_to(folder, ROOT, exact=True) == ""
    (folder / "index.html").write_text('<!doctype html><title>probe</title><link rel="icon" href="data:,">')
    with served(folder) as address:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        yield page
        page.close()


@pytest.fixture(scope="module")
def model(probe: Page) -> Page:
    probe.evaluate(LOAD)
    return probe


def committed(sample: str) -> Any:
    edited = load_runs(ROOT, CATALOG.samples)[sample]["mini"].one("edited")
    assert edited is not None
    return np.asarray(Image.open(folder_of(ROOT, sample, "mini") / edited.file).convert("RGB")).astype(int)


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_draws_the_committed_picture(model: Page, name: str) -> None:
    """Kept as the run store keeps pictures, for what is committed lost detail when it was stored."""
    sample = CATALOG.samples[name]
    parameters: Any = sample.parameters
    picture = input_of(ROOT, sample, (192, 128), None).picture
    recipe = {
        "photo": np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]).ravel().tolist(),
        "instruction": sample.instruction,
        "guidance_scale": parameters.guidance_scale,
        "image_guidance_scale": parameters.image_guidance_scale,
        "num_inference_steps": parameters.num_inference_steps,
        "seed": parameters.seed,
    }
    got = np.array(model.evaluate("(recipe) => edited(recipe)", recipe), np.uint8).reshape(128, 192, 4)[..., :3]
    stored = np.asarray(Image.open(io.BytesIO(encode(got, "Img", b"").data)).convert("RGB")).astype(int)
    assert np.abs(stored - committed(name)).max() <= 2


def test_tokens_are_those_of_the_tokenizer(model: Page) -> None:
    from transformers import CLIPTokenizer

    from seamline.weights.opening import load_without_weights

    tokenizer = load_without_weights(CLIPTokenizer, MINI / "tokenizer")
    texts = list(texts_of_any_kind(10_000))
    wanted = [tokenizer(text).input_ids for text in texts]
    got = model.evaluate("(texts) => texts.map((text) => model.tokenizer.tokens(text))", texts)
    assert [text for text, one, other in zip(texts, wanted, got, strict=True) if one != other] == []


def texts_of_any_kind(count: int) -> Iterator[str]:
    """Words that training read, and characters of many scripts, spaces and signs, in any order."""
    rng = random.Random(0)
    words = [*(MINI / "words.txt").read_text().split(), "it's", "they'LL", "<|endoftext|>", "don't", "x!'s"]
    ranges = [
        (32, 126),
        (0xA0, 0x24F),
        (0x370, 0x3FF),
        (0x400, 0x4FF),
        (0x2000, 0x206F),
        (0x3040, 0x30FF),
        (0x1F600, 0x1F64F),
    ]
    for _ in range(count):
        parts = []
        for _ in range(rng.randrange(1, 12)):
            low, high = rng.choice(ranges)
            odd = "".join(chr(rng.randint(low, high)) for _ in range(rng.randrange(1, 5)))
            word = rng.choice(words)
            parts.append(rng.choice([word, word, word.upper(), odd, word + odd]))
        yield rng.choice([" ", " ", "  ", "\t", "\n"]).join(parts)


def test_an_instruction_that_would_be_cut_is_refused(model: Page) -> None:
    read = "(text) => { try { return model.tokenizer.encoded(text).length; } catch (error) { return error.message; } }"
    assert model.evaluate(read, "face " * 46) == 48
    assert model.evaluate(read, "face " * 60) == "14 tokens too many"


@pytest.mark.parametrize("seed", [0, 1, 7, 20261127, 2**32 - 1])
def test_noise_is_that_of_torchs_generator(probe: Page, seed: int) -> None:
    import torch

    wanted = torch.randn((1, 8, 32, 48), generator=torch.Generator().manual_seed(seed)).flatten().numpy()
    script = "async ([seed, count]) => [...(await import('./live/noise.js')).noise(seed, count)]"
    assert np.abs(np.array(probe.evaluate(script, [seed, wanted.size])) - wanted).max() < 1e-5


@pytest.fixture
def opened(open_page: Open, site: str) -> Callable[..., Page]:
    def open_it(**options: Any) -> Page:
        page = open_page(site + "try-it/", **options)
        expect(page.get_by_label("Edit instruction")).not_to_have_value("")
        return page

    return open_it


def steps(page: Page, count: int) -> None:
    page.get_by_text("Guidance, steps, seed").click()
    page.get_by_label("Steps").fill(str(count))


def status(page: Page) -> Any:
    return page.locator(".sl-live-status")


def edit(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Edit( \(loads .*)?$")).click()


def pixels(page: Page, place: int) -> list[int]:
    """RGBA of one of the canvases: the photo, what is compared, the result."""
    canvas = page.locator(".sl-live-editor canvas").nth(place)
    return list(canvas.evaluate("(canvas) => [...canvas.getContext('2d').getImageData(0, 0, 192, 128).data]"))


def test_an_edit_loads_what_it_said_and_asks_no_other_host(opened: Callable[..., Page], site: str) -> None:
    """`open_page` fails where a page asks another host; the weights, fetched by the worker, show that it hears that."""
    page = opened()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site)))
    button = page.get_by_role("button", name="Edit (loads")
    assert re.fullmatch(r"Edit \(loads 1[01]\.\d MB once\)", str(button.text_content()))
    steps(page, 2)
    assert not [url for url in asked if url.endswith((".gz", ".mjs"))]
    edit(page)
    expect(status(page)).to_have_text(re.compile("^Done: 2 steps"), timeout=PATIENCE_MS)
    assert {url.split("-")[0] for url in asked if url.endswith(".gz")} == {"live/ort", "live/weights"}
    assert (
        page.evaluate("document.querySelector('meta[http-equiv=Content-Security-Policy]').content").count("wasm") == 0
    )
    assert pixels(page, 2) != pixels(page, 0)
    expect(page.locator(".sl-live-editor .sl-numbers")).to_contain_text("Spill")
    asked.clear()
    edit(page)
    expect(status(page)).to_have_text(re.compile("^Step|^Editing"))
    expect(status(page)).to_have_text(re.compile("^Done: 2 steps"), timeout=PATIENCE_MS)
    assert not [url for url in asked if url.endswith((".gz", ".mjs"))]


def test_loading_and_editing_can_be_cancelled(opened: Callable[..., Page]) -> None:
    page = opened(viewport=PHONE, has_touch=True, is_mobile=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    stop = page.get_by_role("button", name="Cancel")
    edit(page)
    stop.click()
    expect(status(page)).to_have_text("Loading was cancelled.")
    steps(page, 20)
    edit(page)
    expect(status(page)).to_have_text(re.compile("^Step 1 of 20"), timeout=PATIENCE_MS)
    stop.click()
    expect(status(page)).to_have_text("The edit was cancelled.")
    page.get_by_label("Steps").fill("1")
    edit(page)
    expect(status(page)).to_have_text(re.compile("^Done: 1 steps? in"), timeout=PATIENCE_MS)


def test_the_keyboard_alone_edits_and_what_was_made_says_so(opened: Callable[..., Page], tmp_path: Path) -> None:
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Edit instruction").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("turn the wall into a Beach")
    expect(page.locator(".sl-live-note")).to_contain_text("“wall”, “Beach” were in no sentence")
    page.keyboard.press("Control+A")
    page.keyboard.type("make the person on the left smile")
    expect(page.locator(".sl-live-note")).to_be_empty()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.sl-slider').textContent").startswith("Steps")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.get_by_label("Edit instruction").focus()
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text(re.compile("^Done: 2 steps"), timeout=PATIENCE_MS)
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download").press("Enter")
    arriving.value.save_as(tmp_path / "edited.png")
    with Image.open(tmp_path / "edited.png") as image:
        text: Any = image.info
        assert np.asarray(image.convert("RGBA")).ravel().tolist() == pixels(page, 2)
    assert "compositeWithTrainedAlgorithmicMedia" in text["XML:com.adobe.xmp"]
    assert "make the person on the left smile" in text["XML:com.adobe.xmp"]
    assert sample_in(str(text["Seamline recipe"])).instruction == "make the person on the left smile"


def sample_in(recipe: str) -> Any:
    """The sample that a recipe is, as the catalog reads it."""
    from seamline.catalog.entries import Sample
    from seamline.catalog.entries.parameters import KINDS
    from seamline.catalog.reading.validation import validate
    from seamline.catalog.reading.yaml_reader import read_yaml
    from seamline.catalog.runnable import kinds_of

    sample, problems = validate(Sample, read_yaml(recipe), "recipe", {KINDS: kinds_of(CATALOG.models)})
    assert problems == ()
    return sample


def test_an_edited_picture_is_edited_again_and_withholding_the_photo_changes_the_result(
    opened: Callable[..., Page],
) -> None:
    page = opened()
    steps(page, 1)
    edit(page)
    expect(status(page)).to_have_text(re.compile("^Done"), timeout=PATIENCE_MS)
    first = pixels(page, 2)
    page.get_by_role("radio", name="withheld").check()
    edit(page)
    expect(page.locator(".sl-live-editor figcaption", has_text="no photo to look at")).to_be_visible(
        timeout=PATIENCE_MS
    )
    assert np.abs(np.array(pixels(page, 2)) - first).mean() > 5
    page.get_by_role("radio", name="the last result").check()
    assert pixels(page, 1) == first
    last = pixels(page, 2)
    page.get_by_role("button", name="Edit the result again").click()
    assert pixels(page, 0) == last


def test_without_scripts_or_without_simd_there_is_a_sentence_and_no_dead_control(open_page: Open, site: str) -> None:
    page = open_page(site + "try-it/", java_script_enabled=False)
    expect(page.locator(".sl-live-editor .sl-still")).to_be_visible()
    expect(page.locator(".sl-live-editor button:visible")).to_have_count(0)
    assert page.locator(".sl-before-after img:visible").count() >= 2
    page = open_page(site)
    page.wait_for_load_state("networkidle")
    page.add_init_script("WebAssembly.validate = () => false")
    page.goto(site + "try-it/")
    expect(page.get_by_text("This browser lacks what the editor needs")).to_be_visible()


@pytest.mark.parametrize(("allowed", "ends"), [(" 'wasm-unsafe-eval'", "^Done: 1 step"), ("", "^That did not work")])
def test_a_host_with_a_policy_in_its_headers_must_allow_the_worker_to_compile(
    browser: Browser, site: str, built_site: Path, allowed: str, ends: str
) -> None:
    """As the guide about the editor says; a page's own policy does not bind a worker."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(site + "try-it/")
    policy = f"default-src 'self'; script-src 'self'{allowed}"
    page.route(
        "**/live/worker.js",
        lambda route: route.fulfill(
            path=built_site / "live/worker.js",
            headers={"Content-Type": "text/javascript", "Content-Security-Policy": policy},
        ),
    )
    steps(page, 1)
    edit(page)
    expect(status(page)).to_have_text(re.compile(ends), timeout=PATIENCE_MS)
    page.close()
