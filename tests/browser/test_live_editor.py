"""The editor in the page as a reader uses it: it edits, stops, says what failed, and asks nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser.conftest import PATIENCE_MS, PHONE
from browser.harness import ROOT
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from seamline.catalog import load

Open = Callable[..., Page]
DONE = re.compile("^Done: ")


@pytest.fixture(scope="module")
def first(browser: Browser, site: str) -> Iterator[tuple[Page, Mapping[str, Any]]]:
    """A phone's page whose first edit was begun, cancelled, begun again and waited for, and what was seen meanwhile.

    It is shared, for loading the model takes seconds; a console error or a request to another host fails the module.
    """
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + "try-it/")
    expect(page.get_by_label("Edit instruction")).not_to_have_value("")
    seen: dict[str, Any] = {"button": page.get_by_role("button", name="Edit (loads").text_content()}
    steps(page, 2)
    seen["before"] = list(asked)
    edit(page)
    page.get_by_role("button", name="Cancel").click()
    expect(status(page)).to_have_text("Loading was cancelled.")
    asked.clear()
    edit(page)
    expect(status(page)).to_have_text(DONE, timeout=PATIENCE_MS)
    seen["loaded"] = list(asked)
    asked.clear()
    yield page, seen
    context.close()
    ours = ("/".join(site.split("/")[:3]), "data:", "blob:")
    abroad = [url for url in (*seen["before"], *seen["loaded"], *asked) if not url.startswith(ours)]
    assert complaints + abroad == []


@pytest.fixture
def ready(first: tuple[Page, Mapping[str, Any]]) -> Page:
    """That page with another scene than before, then the first, and two steps."""
    page, _ = first
    scenes = page.locator("input[name=sl-live-scene]")
    for place in (2, 0):
        scenes.nth(place).check(force=True)
        expect(page.get_by_role("button", name="Edit the result again")).to_be_hidden()
    pick(page, "photo", "given")
    steps(page, 2)
    return page


def steps(page: Page, count: int) -> None:
    """Set the number of steps without opening what holds it."""
    page.locator(".sl-live-editor input[type=range][max='20']").evaluate(
        "(input, count) => { input.value = count; input.dispatchEvent(new Event('input')); }", count
    )


def pick(page: Page, of: str, value: str) -> None:
    """Pick a value without opening what holds it."""
    page.locator(f"input[name=sl-live-{of}][value={value}]").evaluate("(input) => input.click()")


def status(page: Page) -> Any:
    return page.locator(".sl-live-status")


def edit(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"^Edit( \(loads .*)?$")).click()


def edited(page: Page) -> None:
    edit(page)
    expect(status(page)).not_to_have_text(DONE)
    expect(status(page)).to_have_text(DONE, timeout=PATIENCE_MS)


def pixels(page: Page, place: int) -> list[int]:
    """RGBA of one of the canvases: the photo, what is compared, the result."""
    canvas = page.locator(".sl-live-editor canvas").nth(place)
    return list(
        canvas.evaluate("(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]")
    )


def test_a_first_edit_loads_what_it_said_and_asks_no_other_host(first: tuple[Page, Mapping[str, Any]]) -> None:
    """That weights are heard of, which the worker fetches, shows that its requests are heard, too."""
    page, seen = first
    assert re.fullmatch(r"Edit \(loads 1[01]\.\d MB once\)", seen["button"])
    assert not [url for url in seen["before"] if url.endswith((".gz", ".mjs"))]
    loaded = {url.rsplit("/", 1)[-1].split("-")[0] for url in seen["loaded"] if url.endswith(".gz")}
    assert loaded == {"ort", "weights"}
    policy = page.evaluate("document.querySelector('meta[http-equiv=Content-Security-Policy]').content")
    assert "wasm" not in policy
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_second_edit_loads_nothing_and_its_measures_stand_beside_nothing_done(ready: Page) -> None:
    asked: list[str] = []
    ready.on("request", lambda request: asked.append(request.url))
    edited(ready)
    assert not [url for url in asked if url.endswith((".gz", ".mjs"))]
    assert pixels(ready, 2) != pixels(ready, 0)
    numbers = ready.locator(".sl-live-editor .sl-numbers > div")
    assert [name.split(":")[0] for name in numbers.locator("dt").all_text_contents()] == [
        "Changed pixels",
        "Spill",
        "Visibly unlike the true picture",
        "Error of the light’s direction",
    ]
    assert all("nothing done: " in one for one in numbers.locator("small").all_text_contents())
    assert re.search(r"true picture: \d+°", str(numbers.last.text_content()))


def test_each_word_has_a_map_of_its_own(ready: Page) -> None:
    edited(ready)
    words = ready.locator("input[name=sl-live-word]")
    expect(words).to_have_count(8)
    ready.locator("summary", has_text="Where each word was read").click()
    heat = ready.locator(".sl-live-editor .sl-blend--heat")
    expect(heat).to_have_attribute("aria-label", "The edited image, bright where the word grey was read")
    read = "(canvas) => canvas.toDataURL()"
    grey = heat.locator("canvas").last.evaluate(read)
    words.last.locator("xpath=../../label").nth(5).click()
    expect(heat).to_have_attribute("aria-label", re.compile("the word left was read"))
    assert heat.locator("canvas").last.evaluate(read) != grey
    ready.locator("summary", has_text="Where each word was read").click()


def test_the_page_and_the_exhibit_say_the_same_of_the_maps() -> None:
    words = (ROOT / "scripts/seamline/live/browser/reading.js").read_text("utf-8")
    template = (ROOT / "scripts/seamline/exhibits/attention/template.html.j2").read_text("utf-8")
    (lead,) = re.findall(r"block lead %}(.*?){% endblock", template)
    assert lead in words


def test_a_cancelled_edit_leaves_the_last_result(ready: Page) -> None:
    edited(ready)
    result = pixels(ready, 2)
    steps(ready, 20)
    edit(ready)
    expect(status(ready)).to_have_text(re.compile("^Step 1 of 20"), timeout=PATIENCE_MS)
    assert pixels(ready, 2) != result
    ready.get_by_role("button", name="Cancel").click()
    expect(status(ready)).to_have_text("The edit was cancelled.")
    assert pixels(ready, 2) == result
    steps(ready, 1)
    edited(ready)
    expect(status(ready)).to_have_text(re.compile("^Done: 1 step in"))


def test_an_instruction_that_is_too_long_is_refused_and_the_model_stays(ready: Page) -> None:
    field = ready.get_by_label("Edit instruction")
    field.fill("face " * 60)
    edit(ready)
    expect(status(ready)).to_have_text(
        "The instruction is too long for the model: 14 tokens too many. Shorten it and press the button again."
    )
    field.fill("make the person on the left smile")
    edit(ready)
    expect(status(ready)).to_have_text(re.compile("^Editing|^Step|^Done"))
    expect(status(ready)).to_have_text(DONE, timeout=PATIENCE_MS)


def test_the_keyboard_alone_edits_and_what_was_made_says_so(ready: Page, tmp_path: Path) -> None:
    page = ready
    note = page.locator(".sl-live-field + .sl-live-note")
    page.get_by_label("Edit instruction").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("turn the wall into a Beach")
    expect(note).to_contain_text("“wall”, “Beach” were in no sentence")
    page.keyboard.press("Control+A")
    page.keyboard.type("make the person on the left smile")
    expect(note).to_be_empty()
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

    sample, problems = validate(Sample, read_yaml(recipe), "recipe", {KINDS: kinds_of(load(ROOT).models)})
    assert problems == ()
    return sample


def test_an_edited_picture_is_edited_again_and_withholding_the_photo_changes_the_result(ready: Page) -> None:
    steps(ready, 1)
    edited(ready)
    made = pixels(ready, 2)
    pick(ready, "photo", "withheld")
    edited(ready)
    expect(ready.locator(".sl-live-editor figcaption", has_text="no photo to look at")).to_be_visible()
    assert np.abs(np.array(pixels(ready, 2)) - made).mean() > 5
    pick(ready, "against", "last")
    assert pixels(ready, 1) == made
    last = pixels(ready, 2)
    ready.get_by_role("button", name="Edit the result again").click()
    assert pixels(ready, 0) == last


def test_a_composite_takes_the_head_alone_and_its_recipe_is_a_sample(ready: Page) -> None:
    """The matting network is loaded once, when it is asked for; elsewhere the picture is the photo's again."""
    asked: list[str] = []
    ready.on("request", lambda request: asked.append(request.url))
    edited(ready)
    edit_alone, photo = pixels(ready, 2), pixels(ready, 0)
    button = ready.get_by_role("button", name="Composite it over the photo")
    expect(button).to_have_text(re.compile(r"\(loads 0\.4 MB once\)"))
    assert not [url for url in asked if url.endswith(".gz")]
    spill = ready.locator(".sl-numbers > div", has_text="Spill").locator("dd")
    before = float(str(spill.text_content()).split(" ")[0])
    button.click()
    expect(status(ready)).to_have_text(re.compile("^Composited in"), timeout=PATIENCE_MS)
    assert [url.rsplit("/", 1)[-1].split("-")[0] for url in asked if url.endswith(".gz")] == ["matting"]
    assert float(str(spill.text_content()).split(" ")[0]) < before
    after = pixels(ready, 2)
    assert sum(one == other for one, other in zip(after, photo, strict=True)) > 0.8 * len(photo)
    assert after not in (photo, edit_alone)
    expect(button).to_be_hidden()
    pick(ready, "against", "last")
    assert pixels(ready, 1) == edit_alone
    ready.get_by_role("button", name="Copy the recipe").click()
    expect(status(ready)).to_have_text(re.compile("^Copied: a file for"))
    sample = sample_in(str(ready.evaluate("navigator.clipboard.readText()")))
    assert list(sample.steps) == ["edit", "changed", "old_head", "new_head", "region", "composite"]
    edited(ready)
    expect(button).to_have_text("Composite it over the photo")


def test_chips_begin_at_what_the_instruction_says(open_page: Open, site: str) -> None:
    page = open_page(site + "try-it/")
    instruction = page.get_by_label("Edit instruction")
    expect(instruction).not_to_have_value("")

    def checked(of: str) -> str:
        label: str = page.locator(f"input[name=sl-live-{of}]:checked").evaluate(
            "(input) => input.parentElement.textContent"
        )
        return label.strip().lower()

    said = instruction.input_value()
    assert re.fullmatch(rf"give the person on the {checked('who')} {checked('value')} hair", said), said
    # Picking anew what is picked already must say the same, and nothing that the chips show may differ from it.
    for of in ("who", "value"):
        page.locator(f"input[name=sl-live-{of}]:checked").evaluate(
            "(input) => input.dispatchEvent(new Event('change'))"
        )
    expect(instruction).to_have_value(said)


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


FULL = "WebAssembly.Memory.prototype.grow = () => { throw new RangeError('Unable to grow instance memory'); };\n"
"""As Chromium fails when a device has no memory left; before the worker's own lines."""


def test_what_fails_is_said_in_a_sentence_and_the_next_press_edits(
    browser: Browser, site: str, built_site: Path
) -> None:
    """On one page, one after another. A host's policy for the worker is as the guide about the editor says."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(site + "try-it/")
    expect(page.get_by_label("Edit instruction")).not_to_have_value("")
    steps(page, 1)
    script = (built_site / "live/worker.js").read_text("utf-8")
    weights = next((built_site / "live").glob("weights-*.gz")).read_bytes()

    def worker(body: str, policy: str = "") -> Callable[[Route], None]:
        headers = {"Content-Type": "text/javascript", **({"Content-Security-Policy": policy} if policy else {})}
        return lambda route: route.fulfill(body=body, headers=headers)

    strict = "default-src 'self'; script-src 'self'"
    failures: list[tuple[str, Callable[[Route], None], str]] = [
        ("**/weights-*.gz", lambda route: route.fulfill(status=503), "The download failed: the host answered 503."),
        ("**/weights-*.gz", lambda route: route.abort(), "The download failed: "),
        ("**/weights-*.gz", lambda route: route.fulfill(body=weights[:99_999]), "The download failed: weights-"),
        ("**/live/worker.js", lambda route: route.abort(), "The model could not start: "),
        ("**/live/worker.js", worker(script, strict), "The model could not start: "),
        ("**/live/worker.js", worker(FULL + script), "There is not enough memory for the model: "),
    ]
    for address, answer, sentence in failures:
        page.route(address, answer)
        edit(page)
        expect(status(page)).to_have_text(re.compile(f"^{re.escape(sentence)}.*the recorded edits", re.IGNORECASE))
        expect(page.get_by_role("progressbar")).to_be_hidden()
        page.unroute(address)
    assert page.locator(".sl-before-after img").count() >= 2
    page.route("**/live/worker.js", worker(script, f"{strict} 'wasm-unsafe-eval'"))
    edited(page)
    page.route("**/matting-*.gz", lambda route: route.abort())
    composite = page.get_by_role("button", name="Composite it over the photo")
    composite.click()
    expect(status(page)).to_have_text(re.compile("^The download failed: "))
    page.unroute("**/matting-*.gz")
    composite.click()
    expect(status(page)).to_have_text(re.compile("^Composited in"), timeout=PATIENCE_MS)
    page.close()
