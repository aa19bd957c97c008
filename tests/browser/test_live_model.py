"""The scripts of the editor in the page, beside Python: the same pictures, tokens, noise, maps, and angles of light."""

from __future__ import annotations

import io
import random
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from browser.conftest import PATIENCE_MS
from browser.harness import ROOT
from browser.serving import served
from PIL import Image
from playwright.sync_api import Browser, Page

from seamline.catalog import load
from seamline.live import declaration, manifest
from seamline.live.scene_chips import CHIPS
from seamline.live.scene_pictures import scene_of
from seamline.live.site_files import add_to
from seamline.runners.instruct_pix2pix.edit_request import ignored_by_stock
from seamline.runs.inputs.scene_input import input_of
from seamline.runs.store.encoding import encode
from seamline.runs.store.run_folder import folder_of, load_runs

MINI = ROOT / "catalog/weights/mini"
CATALOG = load(ROOT)
SAMPLES = [name for name, sample in CATALOG.samples.items() if not sample.steps][::5]
"""Evenly spread; `python -m tools.bench --only live` draws every one."""

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
    const [, ...size] = model.latents;
    const words = model.tokenizer.words(recipe.instruction);
    return {
      pixels: [...(await model.decode(last.latents))],
      maps: words.map(({ word, places }) => [word, [...last.attention.map(places, size)]]),
    };
  };
}"""


@pytest.fixture(scope="module")
def probe(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A bare page with the editor's own modules and every weight as it is."""
    folder = tmp_path_factory.mktemp("probe")
    shutil.copytree(ROOT / "generated/live", folder / "live")
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


def test_the_page_calls_a_sample_what_the_catalog_would_take(probe: Page) -> None:
    """The rule about both guidance scales is written in both languages."""
    pairs = [(text, image) for text in (0.5, 1.0, 1.5) for image in (0.0, 0.99, 1.0, 1.5)]
    said = probe.evaluate(
        """async (pairs) => {
          const { notASample } = await import("./live/recipe.js");
          const why = ([guidance_scale, image_guidance_scale]) =>
            notASample({}, { num_inference_steps: 4, guidance_scale, image_guidance_scale });
          return pairs.map(why);
        }""",
        pairs,
    )
    assert [why == "" for why in said] == [ignored_by_stock(*pair) is None for pair in pairs]


def committed(sample: str) -> Any:
    edited = load_runs(ROOT, CATALOG.samples)[sample]["mini"].one("edited")
    assert edited is not None
    picture = np.asarray(Image.open(folder_of(ROOT, sample, "mini") / edited.file).convert("RGB")).astype(int)
    assert picture.shape == (edited.height, edited.width, 3)
    return picture


def opaque(picture: Any) -> list[int]:
    """RGBA bytes of a picture (H,W,3) uint8, as a canvas gives them."""
    pixels: list[int] = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)]).ravel().tolist()
    return pixels


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_the_page_draws_the_committed_picture(model: Page, name: str) -> None:
    """Within two levels of what the package's sampler draws, and, kept as the run store keeps it, what is committed.

    Lossy storage makes of a difference of one level one of several here and there, so the mean is looked at.
    """
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest
    from seamline.runners.instruct_pix2pix.generation import generate
    from seamline.runners.instruct_pix2pix.loading import load_pipeline

    sample = CATALOG.samples[name]
    parameters: Any = sample.parameters
    wanted = committed(name)
    height, width, _ = wanted.shape
    assert model.evaluate("model.size") == [width, height], "the graphs are of another size: run `seamline live`"
    picture = input_of(ROOT, sample, (width, height), None).picture
    chosen: Any = {
        "instruction": sample.instruction,
        "guidance_scale": parameters.guidance_scale,
        "image_guidance_scale": parameters.image_guidance_scale,
        "num_inference_steps": parameters.num_inference_steps,
        "seed": parameters.seed,
    }
    edited = model.evaluate("(recipe) => edited(recipe)", {**chosen, "photo": opaque(picture)})
    got = np.array(edited["pixels"], np.uint8).reshape(height, width, 4)[..., :3]
    (drawn,) = generate(load_pipeline(MINI), {"scene": picture}, [EditRequest(image="scene", **chosen)])
    assert np.abs(got.astype(int) - drawn.picture.astype(int)).max() <= 2
    stored = np.asarray(Image.open(io.BytesIO(encode(got, "Img", b"").data)).convert("RGB")).astype(int)
    assert np.abs(stored - wanted).mean() < 0.5


def test_the_words_maps_are_those_of_the_attention_exhibit(model: Page) -> None:
    """Two steps of the package's own sampler, with every weight, and of the page's: where each word was read."""
    from seamline.runners.instruct_pix2pix.edit_request import EditRequest
    from seamline.runners.instruct_pix2pix.generation import generate
    from seamline.runners.instruct_pix2pix.loading import load_pipeline

    scene = declared()[0]
    picture = photo_of(scene)
    chosen: Any = {
        "instruction": "give the person's left-hand neighbour Grey hair, and glasses",
        "guidance_scale": 1.5,
        "image_guidance_scale": 1.0,
        "num_inference_steps": 2,
        "seed": 3,
    }
    request = EditRequest(image="scene", attention=True, beyond_stock=True, **chosen)
    (wanted,) = generate(load_pipeline(MINI), {"scene": picture}, [request])
    got = model.evaluate("(recipe) => edited(recipe)", {**chosen, "photo": opaque(picture)})["maps"]
    assert [word for word, _ in got] == [word for word, _ in wanted.attention]
    assert len({tuple(shares) for _, shares in got}) == len(got)
    for (_, shares), (word, weights) in zip(got, wanted.attention, strict=True):
        assert np.abs(np.array(shares) - 255 * weights.ravel()).max() <= 1, word


LIGHT = """async ({ record, cases }) => {
  const modules = await Promise.all(["pictures", "light"].map((name) => import(`./live/${name}.js`)));
  const [{ pixelsOf, truthOf }, { lightAngle }] = modules;
  const base = new URL("live/", location.href);
  const [width, height] = record.size;
  const angles = [];
  for (const [at, who, chip, shown] of cases) {
    const scene = record.scenes[at];
    const photo = (await pixelsOf(new URL(record.scenes[shown].picture, base))).data;
    const { surface, angle } = await truthOf(base, scene.truths[who], chip, photo, { width, height });
    angles.push([lightAngle(photo, surface, scene.light), angle]);
  }
  return angles;
}"""


def test_the_light_is_read_as_the_measure_reads_it(probe: Page) -> None:
    """On the photo and on one under another lamp, for chips that leave more of the skin bare and less."""
    from seamline.measures.builtin.light import light_angle
    from seamline.scenes.edits import apply
    from seamline.scenes.rasterizer import light_vector, rasterize

    record, scenes = manifest.read(ROOT), declared()
    assert record is not None
    cases, wanted = [], []
    for place, who in ((0, "left"), (1, "left"), (0, "middle"), (2, "right")):
        scene, light = scene_of(scenes[place]), np.array(light_vector(scene_of(scenes[place]).light))
        truths = record["scenes"][place]["truths"][who]
        for chip, angle in list(zip(truths["chips"], truths["light_angles"], strict=True))[::9]:
            drawn = rasterize([apply(CHIPS[chip].edit(who), scene)], *record["size"])
            normals, skin = drawn.normals[0].permute(1, 2, 0).numpy(), drawn.skin_masks[0, scene.index(who)].numpy()
            for shown in {place, 1 - place % 2}:
                cases.append([place, who, chip, shown])
                wanted.append((light_angle(photo_of(scenes[shown]) / 255, normals, skin, light), angle))
    got = probe.evaluate(LIGHT, {"record": record, "cases": cases})
    for (read, true), (angle, as_exported) in zip(got, wanted, strict=True):
        assert abs(read - angle) < 1 and true == as_exported
    assert max(angle for angle, _ in wanted) - min(angle for angle, _ in wanted) > 20


COMPOSITE = """async ({ photo, edit }) => {
  const modules = await Promise.all(["matting", "download", "regions"].map((name) => import(`./live/${name}.js`)));
  const [{ Matting }, { download }, { altered }] = modules;
  const { matting: asset } = await (await fetch("live/assets.json")).json();
  const matting = await Matting.load(await download(new URL(`live/${asset.file}`, location.href).href, () => {}));
  const [before, after] = [photo, edit].map((pixels) => Uint8ClampedArray.from(pixels));
  const mask = altered(before, after, matting.size);
  const alpha = await matting.matte(after, mask);
  return { mask: [...mask], alpha: [...alpha], pixels: [...(await matting.composite(before, after))] };
}"""


def test_a_composite_is_that_of_the_samples_steps(model: Page) -> None:
    """On a true edit with specks all over and a softened head, by the steps that the page's recipe names."""
    from seamline.operations.altered import OPERATION as ALTERED
    from seamline.operations.join import OPERATION as JOIN
    from seamline.operations.over import OPERATION as OVER
    from seamline.runners.matting.estimation import MattingRequest, estimate, load
    from seamline.scenes.edits import SetAttribute, apply
    from seamline.scenes.rasterizer import rasterize

    scene = scene_of(declared()[0])
    photo = photo_of(declared()[0])
    true = rasterize([apply(SetAttribute("left", "hair_style", "curly"), scene)], *photo.shape[1::-1]).picture[0]
    noise = np.random.default_rng(0).normal(0, 12, photo.shape)
    edit = (true.permute(1, 2, 0).numpy() * 255 + noise).clip(0, 255).round().astype(np.uint8)
    mask: Any = ALTERED.apply(ALTERED.parameters(), {"before": photo, "after": edit})["mask"]
    matter = load(ROOT / "catalog/weights/mini-matting", "cpu", "float32")

    def matte(image: Any) -> Any:
        return estimate(matter, MattingRequest("image", "mask"), {"image": image, "mask": mask}).values["alpha"]

    region = JOIN.apply(JOIN.parameters(), {"before": matte(photo), "after": matte(edit), "changed": mask})["alpha"]
    wanted: Any = OVER.apply(OVER.parameters(), {"below": photo, "above": edit, "alpha": region})["image"]
    got = model.evaluate(COMPOSITE, {"photo": opaque(photo), "edit": opaque(edit)})
    height, width, _ = photo.shape
    assert 0.02 < (mask > 0).mean() < 0.3
    assert np.array_equal(np.array(got["mask"]).reshape(height, width), mask // 255)
    assert np.abs(np.array(got["alpha"]).reshape(height, width) - matte(edit)).max() < 0.01
    pixels = np.array(got["pixels"]).reshape(height, width, 4)[..., :3]
    assert np.abs(pixels - wanted).max() <= 2
    assert np.abs(wanted.astype(int) - edit).max() > 20 and np.abs(wanted.astype(int) - photo).max() > 20


def declared() -> tuple[declaration.LiveScene, ...]:
    found = declaration.read(ROOT)
    assert found is not None
    return found.scenes


def photo_of(one: declaration.LiveScene) -> Any:
    from seamline.scenes.rasterizer import rasterize

    record = manifest.read(ROOT)
    assert record is not None
    return rasterize([scene_of(one)], *record["size"]).picture[0].permute(1, 2, 0).mul(255).round().byte().numpy()


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
