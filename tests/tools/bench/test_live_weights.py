"""The rounding that the benchmark measures is the rounding of what a page loads."""

from __future__ import annotations

import gzip
import json
import struct
from pathlib import Path

import numpy as np

from seamline.live import graph_files
from seamline.live.weights_pack import packed
from tools.bench.live_weights import round_to_bytes

ROOT = Path(__file__).parents[3]
MINI = ROOT / "catalog/weights/mini"


def test_the_weights_that_are_measured_are_those_that_are_served() -> None:
    from seamline.runners.instruct_pix2pix.loading import load_pipeline

    pipe = load_pipeline(MINI)
    round_to_bytes(pipe)
    exported = graph_files.read(MINI)
    assert exported is not None
    plain = gzip.decompress(packed(MINI, exported, {}))
    (length,) = struct.unpack("<I", plain[:4])
    head, payload = json.loads(plain[4 : 4 + length]), plain[4 + length :]
    seen = 0
    for graph, kept in zip(exported.graphs, head["graphs"], strict=True):
        weights = getattr(pipe, graph.weights).state_dict()
        for tensor, one in zip(graph.tensors, kept["tensors"], strict=True):
            if one["kept"] != "int8":
                continue
            values = weights[tensor.source].numpy()
            numbers = np.frombuffer(payload, np.int8, one["elements"], one["at"]).astype(np.float32)
            scales = np.frombuffer(payload, np.float32, one["channels"], one["scales"])
            shape = values.T.shape if tensor.transposed else values.shape
            served = numbers * scales[np.arange(one["elements"]) // one["together"] % one["channels"]]
            assert np.array_equal(served.reshape(shape).T if tensor.transposed else served.reshape(shape), values)
            seen += one["elements"]
    assert seen > 7_000_000
