"""A run as samples leave it behind, with pictures painted by hand instead of drawn by a model."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from seamline.catalog.entries import KINDS, Sample
from seamline.runners.base import Provenance
from seamline.runs.store.records import ArtifactRecord, RunRecord, StepRecord
from seamline.scenes.cameras import CAMERAS
from seamline.weights.identity import WeightsIdentity

WIDTH, HEIGHT = 192, 128
INSTRUCTION = "give the man on the left an old face with grey hair"
TEXT_SCALES, IMAGE_SCALES = (1.5, 3.0, 6.0, 7.5, 12.0), (1.0, 1.2, 1.5, 2.0)
SEEDS = (1, 2, 3, 4)
STEP = "edit"
LAMPS = (-75.0, 0.0, 75.0)
MOMENTS = (0, 10, 20)
OCCASION = {"azimuth": 60, "expressions": ["sad", "neutral", "smiling"]}
COMPOSITES = [
    {"step": STEP, "title": "The edit as it is", "words": "It spills."},
    {"step": STEP, "title": "Through the matte", "words": "The wall is back."},
]
PASSES = (
    ("semantic", 1.0, (48, 32)),
    ("semantic", 1.0, (48, 32)),
    ("detail", 0.14, (96, 64)),
    ("detail", 0.06, (192, 128)),
)
BY_MODEL: Provenance = "trained-composite"
TYPES = {
    "attention": "Msk",
    "region": "Msk",
    "pass": "Alpha",
    "recomputed": "Msk",
    "views": "Views",
    "views-truth": "Views",
    "uv": "Uv",
}

RECIPE = {
    "title": "An old face on the left",
    "alt": "three people; the man on the left has an old face and grey hair",
    "model": "instruct-pix2pix",
    "input": {"scene": {"seed": 7}},
    "instruction": INSTRUCTION,
    "truth": {"swap": {"person": "left", "to": {"age": "old", "hair_colour": "grey"}}},
    "parameters": {"num_inference_steps": 20, "guidance_scale": 3.0, "image_guidance_scale": 1.5, "seed": 0},
    "exhibits": {
        "denoising": {"snapshots": 8},
        "guidance_grid": {"guidance_scale": TEXT_SCALES, "image_guidance_scale": IMAGE_SCALES},
        "word_ablation": {"instruction": INSTRUCTION.replace("grey", "red")},
        "attention": True,
        "seeds": SEEDS,
        "baseline_comparison": True,
        "turn_the_lamp": LAMPS,
        "photo_swap": {"azimuth": 60, "after": MOMENTS},
        "two_upbringings": {"agree": STEP, "differ": STEP, "occasion": OCCASION},
        "mask_to_matte": {
            "people": [{"name": name, "mask": STEP, "matte": STEP} for name in ("On the left", "In the middle")],
            "composites": COMPOSITES,
            "pasted": COMPOSITES,
        },
        "from_everywhere": dict.fromkeys(("alone", "stamped", "views", "edited", "natural", "wild"), STEP),
    },
}


def sample_of(**fields: object) -> Sample:
    """The recipe of the painted run, but for the fields given."""
    return Sample.model_validate(RECIPE | fields, context={KINDS: {"instruct-pix2pix": "instruct_pix2pix"}})


SAMPLE = sample_of()

Colour = tuple[int, int, int]


def portrait(hair: Colour = (60, 40, 30), skin: Colour = (224, 180, 150), *, lit_from_left: bool = True) -> Image.Image:
    """Three people before a wall; `hair` and `skin` are those of whoever stands on the left."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (205, 214, 208))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 96, WIDTH, HEIGHT), fill=(176, 160, 140))
    people = [(48, hair, skin), (100, (30, 26, 40), (150, 105, 80)), (150, (190, 150, 70), (240, 205, 180))]
    for at, (x, of_hair, of_skin) in enumerate(people):
        draw.rounded_rectangle((x - 24, 92, x + 24, 150), 14, fill=((90, 110, 160), (150, 80, 80), (80, 130, 100))[at])
        draw.ellipse((x - 22, 30, x + 22, 92), fill=of_hair)
        draw.ellipse((x - 17, 42, x + 17, 90), fill=of_skin)
        for side in (-7, 7):
            draw.ellipse((x + side - 2, 62, x + side + 2, 66), fill=(30, 30, 30))
        draw.arc((x - 8, 70, x + 8, 82), 20, 160, fill=(120, 50, 50), width=2)
    ramp = Image.linear_gradient("L").rotate(90 if lit_from_left else 270).resize((WIDTH, HEIGHT))
    shade = Image.merge("RGB", [ramp.point(lambda v: 140 + v * 115 // 255)] * 3)
    return ImageChops.multiply(picture, shade).filter(ImageFilter.GaussianBlur(0.6))


def region() -> Image.Image:
    """White where the man on the left has his head."""
    mask = Image.new("RGB", (WIDTH, HEIGHT))
    ImageDraw.Draw(mask).ellipse((26, 30, 70, 92), fill=(255, 255, 255))
    return mask


def matte(size: tuple[int, int]) -> Image.Image:
    """White, as opaque as the man's head covers each pixel."""
    white = Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255))
    white.putalpha(region().convert("L").filter(ImageFilter.GaussianBlur(1)))
    return white.resize(size)


def paste() -> Image.Image:
    """The new face, lit from the wrong side and cut out roughly."""
    other = portrait((170, 170, 175), (235, 185, 160), lit_from_left=False)
    return Image.composite(other, portrait(), region().convert("L"))


def noise(seed: int, share: float, picture: Image.Image) -> Image.Image:
    """`picture` with a share of noise."""
    rng = random.Random(seed)
    grain = Image.frombytes("RGB", (WIDTH // 4, HEIGHT // 4), rng.randbytes(WIDTH * HEIGHT // 16 * 3))
    return Image.blend(picture, grain.resize((WIDTH, HEIGHT)), share)


def looked_at(word: str) -> Image.Image:
    """A soft spot somewhere that depends on the word."""
    place = random.Random(word)
    spot = Image.new("L", (WIDTH, HEIGHT))
    x, y = place.randrange(30, 160), place.randrange(30, 90)
    ImageDraw.Draw(spot).ellipse((x - 24, y - 24, x + 24, y + 24), fill=255)
    return spot.filter(ImageFilter.GaussianBlur(9)).convert("RGB")


@dataclass
class FakeRun:
    """The record and the measures of a run painted into a folder."""

    folder: Path
    images: list[ArtifactRecord] = field(default_factory=list)
    measures: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(
        self,
        role: str,
        name: str,
        picture: Image.Image,
        measured: dict[str, float],
        provenance: Provenance = "computed",
        port: str = "",
        **facts: object,
    ) -> None:
        """Save one picture and record it."""
        path = self.folder / f"{name}.webp"
        picture.save(path, quality=80, xmp=name.encode())
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.images.append(
            ArtifactRecord(
                role=role,
                step=STEP if provenance == BY_MODEL or role in ("attention", "pass", "recomputed") else "",
                port="image" if role == "edited" else port,
                type=TYPES.get(role, "Img"),
                file=path.name,
                sha256=digest,
                width=picture.width,
                height=picture.height,
                phash="0" * 16,
                provenance=provenance,
                facts=facts,
            )
        )
        if measured:
            self.measures[path.name] = measured

    def record(self) -> RunRecord:
        """The run, as its `run.json` would say."""
        weights = WeightsIdentity(name="mini", label="Seamline mini editor", source="catalog/weights/mini", files={})
        step = StepRecord(
            model="instruct-pix2pix",
            runner="instruct_pix2pix",
            weights=weights,
            inputs={"image": "scene", "text": INSTRUCTION},
            key="0" * 64,
            key_fields={},
            device="cpu",
            dtype="float32",
            seconds=1.0,
        )
        return RunRecord(
            schema_version=2,
            sample="old-face",
            weights_name="mini",
            steps={STEP: step},
            images=tuple(self.images),
        )


def scores(**given: float) -> dict[str, float]:
    """Plausible numbers of a good edit, but for those given."""
    good = {"psnr_face": 22.5, "identity": 1.0, "expression": 1.0, "light_angle": 9.0, "seam_visibility": 0.02}
    change = {"edit_strength": 0.86, "change_inside": 0.64, "change_outside": 0.012, "light_agreement": 0.97}
    return good | change | given


def paint_run(folder: Path) -> FakeRun:
    """Every role of picture that a sample with all exhibits leaves behind."""
    folder.mkdir(parents=True, exist_ok=True)
    run = FakeRun(folder)
    old = portrait((170, 170, 175), (214, 172, 146))
    facts = {"instruction": INSTRUCTION, "guidance_scale": 3.0, "image_guidance_scale": 1.5, "seed": 0}
    run.add("input", "input", portrait(), {})
    run.add("edited", "edited", old, scores(), BY_MODEL, **facts)
    run.add("region", "region", region(), {})
    run.add("paste", "paste", paste(), scores(light_angle=74.0, seam_visibility=0.41, psnr_face=16.1, expression=0.0))
    blind = noise(5, 0.5, portrait((120, 120, 130)))
    off = scores(identity=0.0, psnr_face=11.0, change_outside=0.93)
    run.add("unconditioned", "unconditioned", blind, off, BY_MODEL, **facts)
    run.add("truth", "truth", old.filter(ImageFilter.SHARPEN), scores(psnr_face=60.0, light_angle=2.0))
    for text, image, picture, given in grid_cells():
        at = {"guidance_scale": text, "image_guidance_scale": image}
        name = f"guidance-grid-t{text:g}-i{image:g}"
        run.add("guidance-grid", name, picture, scores(**given), BY_MODEL, **(facts | at))
    red = facts | {"instruction": INSTRUCTION.replace("grey", "red")}
    run.add("word-ablation", "word-ablation", portrait((190, 70, 40), (214, 172, 146)), scores(), BY_MODEL, **red)
    for seed in SEEDS:
        tint = portrait((170 - 12 * seed, 170 - 8 * seed, 175), (214, 172 - 4 * seed, 146))
        run.add("seed", f"seed-{seed}", tint, scores(), BY_MODEL, **(facts | {"seed": seed}))
    for snapshot in range(8):
        step = round(snapshot * 19 / 7)
        left = 1 - snapshot / 7
        at_step = {"denoising_step": step, "timestep": 999 - 50 * step}
        run.add("noisy", f"noisy-{step:02}", noise(step, left, old), {}, BY_MODEL, **at_step)
        predicted = old.filter(ImageFilter.GaussianBlur(1 + 8 * left))
        run.add("predicted-x0", f"predicted-x0-{step:02}", predicted, {}, BY_MODEL, **at_step)
    for azimuth in LAMPS:
        variant = {"variant": f"lamp-at-{azimuth:g}", "light_azimuth": azimuth}
        lit = {"lit_from_left": azimuth < 0}
        slope = azimuth / 200
        for role, hair, measured in (("input", 60, slope), ("paste", 150, -0.22), ("truth", 171, slope + 0.01)):
            face = portrait((hair, hair, hair), (214, 172, 146), **lit)
            run.add(f"variant-{role}", f"lamp-at-{azimuth:g}-{role}", face, {"luminance_slope": measured}, **variant)
        edit = portrait((172, 170, 170), (214, 172, 146), **lit)
        name = f"lamp-at-{azimuth:g}-edited"
        run.add("lamp-edited", name, edit, {"luminance_slope": 0.9 * slope}, BY_MODEL, **facts, variant=name[:-7])
    other = {"variant": "lamp-at-60", "light_azimuth": 60.0}
    run.add("variant-input", "lamp-at-60-input", portrait(lit_from_left=False), {}, **other)
    for after in MOMENTS:
        swapped = portrait((168 + after % 7, 170, 170), (214, 172, 146), lit_from_left=after == 20)
        change = {"later_variant": "lamp-at-60", "later_from": after}
        slope = -0.3 if after == 20 else 0.27
        name = f"photo-swapped-after-{after}"
        run.add("photo-swapped", name, swapped, {"luminance_slope": slope}, BY_MODEL, **facts, **change)
    occasion = {"variant": "another-occasion", "light_azimuth": 60.0, "expressions": OCCASION["expressions"]}
    run.add("variant-truth", "another-occasion-truth", portrait((171, 170, 175), lit_from_left=False), {}, **occasion)
    for number, (kind, share, size) in enumerate(PASSES, start=1):
        told: dict[str, object] = {"pass": number, "kind": kind, "share": share, "unsure": share / 5}
        run.add("pass", f"pass-{number}", matte(size), {}, "trained", **told)
        if kind == "detail":
            run.add("recomputed", f"recomputed-{number}", region().resize(size), {}, **told)
    paint_views(run, old)
    for place, word in enumerate(INSTRUCTION.split()):
        run.add(
            "attention",
            f"attention-{place:02}",
            looked_at(f"{place}{word}"),
            {"attention_focus": 0.5 + place},
            word=word,
        )
    return run


def paint_views(run: FakeRun, edited: Image.Image) -> None:
    """A scene from a row of cameras: sheets of views, each view's own edit, and where pixels live."""
    moved = [ImageChops.offset(edited, 2 * (CAMERAS // 2 - camera), 0) for camera in range(CAMERAS)]
    sheet = Image.new("RGB", (WIDTH, HEIGHT * CAMERAS))
    for camera, picture in enumerate(moved):
        sheet.paste(picture, (0, HEIGHT * camera))
        tint = noise(camera, 0.05, picture)
        run.add("view-edited", f"view-{camera}-edited", tint, {}, BY_MODEL, seed=0)
    run.add("views", "views", sheet, {})
    run.add("views-truth", "views-truth", sheet, {})
    run.add("views", "views-views", sheet, {}, BY_MODEL, port="views")
    run.add(
        "uv", "views-uv", Image.new("RGB", (WIDTH // 4, HEIGHT // 2 * CAMERAS), (60, 60, 60)), {}, BY_MODEL, port="uv"
    )
    run.add("canonical", "canonical", edited.resize((256, 160)), {}, BY_MODEL)


def grid_cells() -> Iterator[tuple[float, float, Image.Image, dict[str, float]]]:
    """Grids as they are: too little at low text guidance, too much at high, held back by image guidance."""
    old = portrait((170, 170, 175), (214, 172, 146))
    for image in IMAGE_SCALES:
        for text in TEXT_SCALES:
            push = text / image
            strength = min(1.2, push / 4)
            picture = Image.blend(portrait(), old, min(1.0, strength))
            if push > 5:
                picture = ImageChops.add(picture, Image.new("RGB", picture.size, (int(6 * push), int(2 * push), 0)))
            yield (
                text,
                image,
                picture,
                {"edit_strength": strength, "change_outside": max(0.0, (push - 4) / 10), "identity": float(push > 1.2)},
            )
