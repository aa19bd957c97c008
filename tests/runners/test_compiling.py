"""Compiled networks give what they give uncompiled, in calls of one shape, and only where somebody asked."""

from __future__ import annotations

import shutil
from copy import deepcopy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="drawing needs the `draw` extra")

from tiny import tiny_pipeline, under

from seamline.errors import EngineError
from seamline.runners.instruct_pix2pix import runner
from seamline.runners.instruct_pix2pix.cuda import compiling
from seamline.runners.instruct_pix2pix.edit_request import EditRequest
from seamline.runners.instruct_pix2pix.generation import generate

PICTURE = {"a": np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)}
REQUESTS = [EditRequest("a", "make the person smile", 3.0, 1.5, seed=seed) for seed in range(3)]


def a_pipeline() -> Any:
    """One of its own: other tests share the tiny one."""
    return deepcopy(tiny_pipeline())


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[tuple[int, ...]]]:
    """With what shapes compiled networks are called, by the name of what is compiled."""
    called: dict[str, set[tuple[int, ...]]] = {}

    def compiled(call: Any, *, dynamic: bool, backend: str) -> Any:
        assert not dynamic
        assert backend == "inductor"

        def counted(rows: Any, *others: Any, **named: Any) -> Any:
            called.setdefault(call.__name__, set()).add(tuple(rows.shape))
            return call(rows, *others, **named)

        return counted

    monkeypatch.setattr(torch, "compile", compiled)
    monkeypatch.setattr(compiling, "ROWS", 4)
    monkeypatch.setattr(compiling, "PICTURES", 2)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if name == "cc" else None)
    return called


def test_one_shape_is_compiled_and_pictures_stay_what_they_were(shapes: dict[str, set[tuple[int, ...]]]) -> None:
    pipe = a_pipeline()
    before = generate(pipe, PICTURE, under(REQUESTS, 3))
    compiling.compile_networks(pipe)
    after = generate(pipe, PICTURE, under(REQUESTS, 3))
    for one, other in zip(before, after, strict=True):
        assert np.abs(one.picture.astype(int) - other.picture.astype(int)).max() <= 1
    assert {len(found) for found in shapes.values()} == {1}, "each is called with one shape"
    assert {next(iter(found))[0] for found in shapes.values()} == {4, 2}


def test_attention_is_captured_by_the_network_itself(shapes: dict[str, set[tuple[int, ...]]]) -> None:
    pipe = a_pipeline()
    compiling.compile_networks(pipe)
    (drawn,) = generate(pipe, PICTURE, under([replace(REQUESTS[0], attention=True)], 3))
    assert drawn.attention
    assert "forward" not in shapes and "decode" in shapes


def test_it_is_asked_for_and_never_a_matter_of_course(
    shapes: dict[str, set[tuple[int, ...]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for device, asked, compiled in (("cuda", "", False), ("cpu", "1", False), ("cuda", "1", True)):
        monkeypatch.setenv(compiling.ASKED, asked)
        pipe = runner._suited(a_pipeline(), device)
        assert (compiling.unet_of(pipe.unet) is not pipe.unet) is compiled, (device, asked)


def test_without_a_c_compiler_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(EngineError, match=r"no C compiler.*\n.*unset SEAMLINE_COMPILE"):
        compiling.compile_networks(a_pipeline())
