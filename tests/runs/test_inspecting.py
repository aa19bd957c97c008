"""From any artifact of a run back to a sample that leaves it again; and what is said of a file that is none."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from projects import MODEL, FakeEngine, generated, project, sample_of, scene_sample, with_samples

from seamline.catalog import Catalog
from seamline.catalog.entries import KINDS, Sample
from seamline.catalog.reading.validation import validate
from seamline.catalog.reading.yaml_reader import read_yaml
from seamline.catalog.runnable import kinds_of
from seamline.errors import FilesError, OriginError
from seamline.runners.base import Value
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.instruct_pix2pix.runner import output_of
from seamline.runs.engines.base import Loading, Result
from seamline.runs.execute.scheduler import run_due
from seamline.runs.provenance.origin import Origin, origin_of
from seamline.runs.store.encoding import decode, packet
from seamline.runs.store.records import ArtifactRecord, RunRecord
from seamline.runs.store.run_folder import folder_of, load_runs

EXHIBITS = {
    "denoising": {"snapshots": 8},
    "guidance_grid": {"guidance_scale": [2, 3], "image_guidance_scale": [0.5, 1.5]},
    "word_ablation": {"instruction": "swap the face on the right"},
    "seeds": [4, 5],
    "baseline_comparison": True,
}
CHAIN = {
    "grey": {"model": MODEL, "inputs": {"image": "scene", "text": "give the left person grey hair"}},
    "smile": {
        "model": MODEL,
        "inputs": {"image": "grey.image", "text": "make the left person smile"},
        "parameters": {"seed": 7, "scheduler": "EulerDiscreteScheduler"},
    },
    "changed": {
        "operation": "change",
        "inputs": {"before": "scene", "after": "smile.image"},
        "parameters": {"threshold": 9},
    },
}


class Editor(FakeEngine):
    """Its picture depends on the input's pixels and on everything that a request asks for, and not on names."""

    def run(self, loading: Loading, values: Mapping[str, Value], requests: Sequence[EditRequest]) -> Iterator[Result]:
        for index, request in enumerate(requests):
            seen = hashlib.sha256(np.asarray(values[request.image]).tobytes()).hexdigest()
            asked = replace(request, image=seen, beyond_stock=True)
            picture = generated(values[request.image], replace(asked, snapshots=0, attention=False)).picture
            yield Result(index, output_of(replace(generated(picture, asked), picture=picture)), None, 0.25)


def run(catalog: Catalog) -> None:
    summary = run_due(catalog, weights="mini", engine=Editor(), say=lambda line: None)
    assert not summary.failed, summary


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A photo, a scene with exhibits and a chain, run."""
    chain = sample_of(model=MODEL, title="A chain").model_dump(include={"title"})
    steps = {**chain, "input": {"scene": {"seed": 5, "people": 3}}, "steps": CHAIN}
    samples = {
        "photo": sample_of(),
        "scene": scene_sample(exhibits=EXHIBITS),
        "chain": Sample.model_validate(steps, context={KINDS: {MODEL: "instruct_pix2pix"}}),
    }
    made = project(tmp_path_factory.mktemp("project"), samples)
    run(made)
    return made


def artifacts(catalog: Catalog, sample: str) -> tuple[RunRecord, list[tuple[ArtifactRecord, Path]]]:
    record = load_runs(catalog.root)[sample]["mini"]
    folder = folder_of(catalog.root, sample, "mini")
    return record, [(image, folder / image.file) for image in record.images]


def read(origin: Origin, catalog: Catalog) -> Sample:
    sample, problems = validate(Sample, read_yaml(origin.recipe), "recipe", {KINDS: kinds_of(catalog.models)})
    assert sample and not problems, problems
    return sample


@pytest.mark.parametrize("sample", ["photo", "scene", "chain"])
def test_the_recipe_of_any_artifact_leaves_the_same_pixels(catalog: Catalog, sample: str) -> None:
    record, images = artifacts(catalog, sample)
    origins = [origin_of(catalog, path) for _, path in images]
    texts = {origin.recipe: f"again-{at}" for at, origin in enumerate(origins)}
    again = with_samples(catalog.root, {texts[origin.recipe]: read(origin, catalog) for origin in origins})
    run(again)
    try:
        for (image, path), origin in zip(images, origins, strict=True):
            assert origin.record == record and origin.artifact and origin.artifact.sha256 == image.sha256
            new, left = artifacts(again, texts[origin.recipe])
            if origin.gives:
                wanted = [one for one, _ in left if one.role == image.role and one.facts == image.facts]
            else:
                assert [*new.steps][-1] == image.step
                wanted = [one for one, _ in left if one.step == image.step and one.port]
            folder = folder_of(again.root, texts[origin.recipe], "mini")
            found = [decode((folder / one.file).read_bytes(), one.type) for one in wanted]
            expected = decode(path.read_bytes(), image.type)
            # What another step reads is kept without loss; made alone, it is not.
            most = 4 if image.step in ("grey", "smile") else 0
            assert any(np.abs(one.astype(int) - expected).max() <= most for one in found), (image.role, image.facts)
    finally:
        for name in texts.values():
            shutil.rmtree(folder_of(again.root, name, "mini").parent)


def test_an_output_in_the_middle_of_a_chain_needs_no_step_after_it(catalog: Catalog) -> None:
    _, images = artifacts(catalog, "chain")
    steps = {image.step: [*read(origin_of(catalog, path), catalog).steps] for image, path in images if image.port}
    assert steps == {"grey": ["grey"], "smile": ["grey", "smile"], "changed": ["grey", "smile", "changed"]}


def test_what_an_exhibit_asked_for_is_a_sample_of_its_own_where_a_sample_may_ask_for_it(catalog: Catalog) -> None:
    _, images = artifacts(catalog, "scene")
    found = {path: (image, origin_of(catalog, path)) for image, path in images}
    alone = {image.role for image, origin in found.values() if not origin.gives}
    assert alone == {"edited", "guidance-grid", "seed", "word-ablation"}
    seeds = [read(origin, catalog) for image, origin in found.values() if image.role == "seed"]
    assert {sample.parameters.model_dump()["seed"] for sample in seeds} == {4, 5}
    grid = [(image, origin) for image, origin in found.values() if image.role == "guidance-grid"]
    scales = {image.facts["image_guidance_scale"]: origin.gives for image, origin in grid}
    assert scales == {0.5: "guidance-grid", 1.5: ""}, "no sample may ask for an image guidance below 1"


def test_a_copy_is_known_by_its_bytes_whatever_it_is_called(catalog: Catalog, tmp_path: Path) -> None:
    record, images = artifacts(catalog, "photo")
    image, path = next((image, path) for image, path in images if image == record.result)
    copy = shutil.copy(path, tmp_path / "holiday.webp")
    origin = origin_of(catalog, Path(copy))
    assert origin.artifact and origin.artifact.file == image.file
    assert origin.mark and origin.mark.sample == "photo" and origin.mark.instruction == "swap the face on the left"


def saved(path: Path, xmp: bytes = b"") -> Path:
    Image.new("RGB", (8, 8)).save(path, **({"xmp": xmp} if xmp else {}))
    return path


def test_what_is_not_ours_is_refused_with_what_it_does_say(catalog: Catalog, tmp_path: Path) -> None:
    _, images = artifacts(catalog, "photo")
    stripped = tmp_path / "stripped.png"
    with Image.open(images[-1][1]) as picture:
        picture.save(stripped)
    text = tmp_path / "notes.txt"
    text.write_text("no picture")
    for file in (stripped, text, saved(tmp_path / "plain.webp")):
        with pytest.raises(OriginError, match="carries no mark of Seamline") as caught:
            origin_of(catalog, file)
        assert caught.value.where == str(file) and caught.value.hint
    mark = packet("trained-composite", sample="photo", made_by="tiny", instruction="a & b")
    with pytest.raises(OriginError, match="names the sample `photo`, made by tiny, told “a & b”") as caught:
        origin_of(catalog, saved(tmp_path / "again.webp", mark))
    assert "saved anew" in caught.value.hint
    with pytest.raises(OriginError, match="names the sample `elsewhere`") as caught:
        origin_of(catalog, saved(tmp_path / "other.webp", packet("computed", sample="elsewhere")))
    assert "the project that holds this sample" in caught.value.hint
    with pytest.raises(FilesError, match="cannot be read"):
        origin_of(catalog, tmp_path / "missing.webp")


def test_a_packet_that_would_expand_or_breaks_off_is_no_mark(catalog: Catalog, tmp_path: Path) -> None:
    good = packet("computed", sample="photo").decode()
    bomb = '<!DOCTYPE x [<!ENTITY a "photo">]>' + good.replace("photo", "&a;")
    for at, xmp in enumerate((bomb, good[:-80], good + " " * 70_000)):
        with pytest.raises(OriginError, match="carries no mark"):
            origin_of(catalog, saved(tmp_path / f"{at}.webp", xmp.encode()))


def test_a_picture_of_the_editor_in_the_page_brings_its_recipe(catalog: Catalog, tmp_path: Path) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_itxt(
        "XML:com.adobe.xmp", packet("trained-composite", sample="live", made_by="tiny", instruction="x").decode()
    )
    info.add_itxt("Seamline recipe", "title: mine\n")
    Image.new("RGB", (8, 8)).save(tmp_path / "live.png", pnginfo=info)
    origin = origin_of(catalog, tmp_path / "live.png")
    assert origin.recipe == "title: mine\n" and origin.record is None
