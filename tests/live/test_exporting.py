"""Graphs, packed weights and scenes of the live editor: what is committed, and what is refused."""

from __future__ import annotations

import gzip
import json
import math
import shutil
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seamline.errors import CatalogError, RecordError, SeamlineError, WeightsError
from seamline.live import declaration, exporting, fitness, graph_files, manifest, runtime_files, schedules, site_files
from seamline.live import weights_pack as packing
from seamline.live.safetensors_files import tensors_of
from seamline.live.scene_chips import CHIPS, WHO
from seamline.live.scene_pictures import changing, scene_of, truths_of
from seamline.runners.instruct_pix2pix import RUNNER
from seamline.scenes.sampling import scene_from_seed
from seamline.weights.locate import size_of

ROOT = Path(__file__).parents[2]
MINI, MATTING = ROOT / "catalog/weights/mini", ROOT / "catalog/weights/mini-matting"


@pytest.fixture(scope="module")
def exported() -> graph_files.Exported:
    found = graph_files.read(MINI)
    assert found is not None, "run `seamline live`"
    return found


@pytest.fixture(scope="module")
def size() -> tuple[int, int]:
    """Width and height of the pictures that the stand-in of InstructPix2Pix edits."""
    return size_of(RUNNER, "mini")


def opened(pack: bytes) -> tuple[dict[str, Any], bytes]:
    plain = gzip.decompress(pack)
    (length,) = struct.unpack("<I", plain[:4])
    return json.loads(plain[4 : 4 + length]), plain[4 + length :]


def values_of(tensor: dict[str, Any], payload: bytes) -> Any:
    """A packed tensor as the page's script computes it."""
    if tensor["kept"] == "int8":
        numbers = np.frombuffer(payload, np.int8, tensor["elements"], tensor["at"]).astype(np.float32)
        scales = np.frombuffer(payload, np.float32, tensor["channels"], tensor["scales"])
        return numbers * scales[np.arange(len(numbers)) // tensor["together"] % tensor["channels"]]
    kind = {"float16": np.float16, "float32": np.float32}[tensor["kept"]]
    return np.frombuffer(payload, kind, tensor["elements"], tensor["at"]).astype(np.float32)


def test_what_is_committed_is_of_the_committed_weights(exported: graph_files.Exported) -> None:
    assert site_files.why_stale(MINI) == ""
    assert site_files.why_stale(MATTING, site_files.MATTING_PARTS) == ""
    assert {graph.name for graph in exported.graphs} == {"text_encoder", "encoder", "unet", "decoder"}
    assert max(graph.difference for graph in exported.graphs) < 1e-4


def test_graphs_and_scenes_are_of_the_size_that_samples_are_drawn_at(
    exported: graph_files.Exported, size: tuple[int, int]
) -> None:
    record = manifest.read(ROOT)
    assert record is not None
    matting = graph_files.read(MATTING)
    assert matting is not None
    assert matting.size == exported.size == tuple(record["size"]) == size


def test_every_weight_comes_back_where_nothing_is_rounded(exported: graph_files.Exported) -> None:
    head, payload = opened(packing.packed(MINI, exported, {}, exact=True))
    for graph, packed in zip(exported.graphs, head["graphs"], strict=True):
        weights = tensors_of(MINI / graph.weights)
        for tensor, kept in zip(graph.tensors, packed["tensors"], strict=True):
            wanted = weights[tensor.source].T if tensor.transposed else weights[tensor.source]
            assert np.array_equal(values_of(kept, payload), wanted.ravel()), tensor.source


def test_a_rounded_weight_is_at_most_half_a_step_away(exported: graph_files.Exported) -> None:
    head, payload = opened(packing.packed(MINI, exported, {}))
    levels = {part: packing.levels_of(part, tensors_of(MINI / part)) for part in ("unet", "text_encoder")}
    rounded = 0
    for graph, packed in zip(exported.graphs, head["graphs"], strict=True):
        weights = tensors_of(MINI / graph.weights)
        for tensor, kept in zip(graph.tensors, packed["tensors"], strict=True):
            if kept["kept"] != "int8":
                continue
            rounded += kept["elements"]
            values = weights[tensor.source]
            got = values_of(kept, payload).reshape(values.T.shape if tensor.transposed else values.shape)
            rows = (got.T if tensor.transposed else got).reshape(len(values), -1)
            step = np.abs(values.reshape(rows.shape)).max(axis=1, keepdims=True) / levels[graph.weights][tensor.source]
            assert (np.abs(rows - values.reshape(rows.shape)) <= step * 0.501).all(), tensor.source
    assert rounded > 7_000_000


def test_what_a_reader_loads_stays_below_twelve_megabytes(exported: graph_files.Exported) -> None:
    """With the matting network, which is loaded when an edit is composited."""
    pack = packing.packed(MINI, exported, site_files.texts_of(MINI))
    matting = graph_files.read(MATTING)
    assert matting is not None
    pack += packing.packed(MATTING, matting, {})
    runtime = sum(path.stat().st_size for path in runtime_files.FOLDER.iterdir())
    scripts = sum(path.stat().st_size for path in manifest.BROWSER.iterdir())
    assert len(pack) + runtime + scripts < 12_000_000


def test_the_steps_are_those_of_the_pipelines_scheduler(exported: graph_files.Exported) -> None:
    """As diffusers moves a latent, for each number of steps that a page offers."""
    import torch
    from diffusers import DDIMScheduler

    assert exported.schedules == schedules.schedules(MINI)
    scheduler = DDIMScheduler.from_config(DDIMScheduler.load_config(MINI / "scheduler"))
    latents, guess = torch.randn(2, 1, 4, 4, generator=torch.Generator().manual_seed(0))
    for count, steps in exported.schedules.items():
        scheduler.set_timesteps(count)
        assert [timestep for timestep, _, _ in steps] == scheduler.timesteps.tolist()
        for timestep, alpha, after in steps:
            moved = after**0.5 * guess + ((1 - after) / (1 - alpha)) ** 0.5 * (latents - alpha**0.5 * guess)
            wanted = scheduler.step(guess, timestep, latents, return_dict=False)[0]
            assert torch.allclose(moved, wanted, atol=1e-5), (count, timestep)


def test_a_hub_sized_model_is_refused_with_the_reason(tmp_path: Path) -> None:
    """Of the size of Stable Diffusion's U-Net, by its header: nothing is loaded to know."""
    shutil.copytree(MINI, tmp_path / "hub")
    header = json.dumps({"w": {"dtype": "F16", "shape": [859_520_964], "data_offsets": [0, 1_719_041_928]}}).encode()
    path = tmp_path / "hub/unet/diffusion_pytorch_model.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(WeightsError, match="860 million weights are too many for a page"):
        fitness.require_fit(tmp_path / "hub")


@pytest.mark.parametrize(("name", "value"), [("prediction_type", "epsilon"), ("_class_name", "PNDMScheduler")])
def test_a_way_of_sampling_that_pages_do_not_know_is_refused(tmp_path: Path, name: str, value: str) -> None:
    shutil.copytree(MINI, tmp_path / "other")
    path = tmp_path / "other/scheduler/scheduler_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))
    with pytest.raises(WeightsError, match=value):
        fitness.require_fit(tmp_path / "other")


def test_other_weights_are_not_served_with_these_graphs(tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "mini")
    path = tmp_path / "mini/vae/diffusion_pytorch_model.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert "changed since" in site_files.why_stale(tmp_path / "mini")


def test_scenes_of_another_size_than_the_graphs_are_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = manifest.read(ROOT)
    assert record is not None
    monkeypatch.setattr(manifest, "read", lambda _: {**record, "size": [48, 32]})
    assert "its scenes are of 48 x 32 pixels" in site_files.add_to(tmp_path, ROOT)
    assert not any(tmp_path.iterdir())


def test_a_torn_graph_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(MINI, tmp_path / "mini")
    path = tmp_path / "mini/graphs/unet.onnx"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(RecordError, match=r"unet\.onnx"):
        graph_files.read(tmp_path / "mini")


def test_a_declaration_with_a_mistake_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/live.yml").write_text("model: m\nscenes:\n  - {seed: 1, people: 4, instruction: x}\n")
    with pytest.raises(CatalogError, match=r"live\.yml:3: scenes\.0\.people"):
        declaration.read(tmp_path)


def test_without_a_declaration_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no live editor"):
        exporting.export(tmp_path, None)  # type: ignore[arg-type]


def test_each_chip_asks_for_what_its_sentence_says_in_words_that_training_read() -> None:
    known = set((MINI / exporting.WORDS).read_text().split())
    for chip in CHIPS:
        for position in WHO:
            assert set(chip.instruction(position).split()) <= known


def test_the_true_pictures_are_those_of_the_measures(size: tuple[int, int]) -> None:
    """`kept` is what the measures call so, and the box holds everything that any chip changes."""
    import io

    from PIL import Image

    from seamline.measures.ground_truth import scene_truth

    scene = scene_from_seed(171, 2)
    truths = truths_of(scene, "left", size)
    from seamline.measures.builtin.light import light_angle

    left, top, width, height = truths.box
    chips = dict(changing(scene, "left"))
    kept = np.asarray(Image.open(io.BytesIO(truths.kept)).convert("RGB"))[..., 0]
    picture = np.asarray(Image.open(io.BytesIO(truths.pictures)).convert("RGB"))
    for row in (0, len(truths.chips) - 1):
        truth = scene_truth(scene, chips[truths.chips[row]].edit("left"), *size)
        part = (slice(row * height, (row + 1) * height), slice(None))
        whole = np.full(size[::-1], 255, np.uint8)
        whole[top : top + height, left : left + width] = kept[part]
        assert np.abs(whole / 255 - truth.kept).max() <= 1 / 255
        (person,) = truth.people
        angle = light_angle(truth.picture, person.normals, person.skin, truth.light)
        assert truths.light_angles[row] == pytest.approx(angle, abs=0.06)
        true = truth.picture[top : top + height, left : left + width]
        assert np.abs(picture[part] / 255 - true).mean() < 0.02


def test_the_scenes_that_are_committed_are_those_that_are_declared() -> None:
    import io

    from PIL import Image

    from seamline.scenes.rasterizer import rasterize

    declared, record = declaration.read(ROOT), manifest.read(ROOT)
    assert declared is not None and record is not None
    assert [scene["id"] for scene in record["scenes"]] == [scene.id for scene in declared.scenes]
    drawn = rasterize([scene_of(one) for one in declared.scenes], *record["size"]).picture.mul(255).round().byte()
    for scene, picture in zip(record["scenes"], drawn, strict=True):
        data = (ROOT / "generated/live" / scene["picture"]).read_bytes()
        shown = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        assert np.abs(shown.astype(int) - picture.permute(1, 2, 0).numpy()).max() <= 1


def test_two_scenes_differ_in_their_light_alone() -> None:
    declared = declaration.read(ROOT)
    assert declared is not None
    (twin,) = (one for one in declared.scenes if one.light_of is not None)
    (plain,) = (
        one for one in declared.scenes if (one.seed, one.people) == (twin.seed, twin.people) and one is not twin
    )
    assert scene_of(twin).people == scene_of(plain).people
    assert math.dist([scene_of(twin).light.azimuth], [scene_of(plain).light.azimuth]) > 90


def test_the_runtime_is_the_one_that_was_named() -> None:
    named = json.loads((runtime_files.FOLDER / runtime_files.DESCRIPTION).read_text())
    files = {path.name: path.read_bytes() for path in runtime_files.FOLDER.iterdir()}
    assert runtime_files.digests(files) == named["sha256"]
    with pytest.raises(SeamlineError, match="sha512 differs"):
        runtime_files.files_of(b"another package", named["integrity"])


@pytest.mark.slow
def test_a_graph_computes_what_torch_does(size: tuple[int, int]) -> None:
    """Exported anew, with the check that `seamline live` makes of each."""
    pytest.importorskip("onnx")
    from seamline.live.graph_export import TOLERANCE_OF_MATTES, export, export_matting

    said: list[str] = []
    graphs = list(export(MINI, size, said.append))
    assert [graph.name for graph in graphs] == ["text_encoder", "encoder", "unet", "decoder"]
    assert max(graph.difference for graph in graphs) < 1e-4
    assert len(said) == 4
    matting = export_matting(MATTING, size)
    assert matting.difference < TOLERANCE_OF_MATTES and len(matting.model) < 50_000
    moved = sum(math.prod(tensor.shape) for graph in graphs for tensor in graph.tensors)
    assert sum(len(graph.model) for graph in graphs) < 400_000 and moved > 7_500_000
    assert not [graph.name for graph in (*graphs, matting) if b'"\x04Cast' in graph.model]
