"""What a chain with a matte needs: the region that changed, a soft mask, and the join of two mattes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seamline.errors import RunError
from seamline.plugins import OPERATIONS

SIDE = 40


def apply(name: str, values: dict[str, Any], **parameters: Any) -> Any:
    operation = OPERATIONS.all[name]
    (output,) = operation.apply(operation.parameters.model_validate(parameters), values).values()
    return output


def disc(row: int, column: int, radius: float) -> Any:
    """A matte with an edge one pixel wide."""
    y, x = np.ogrid[:SIDE, :SIDE]
    return np.clip(radius + 0.5 - np.hypot(y - row, x - column), 0, 1).astype(np.float32)


NOTHING = np.zeros((SIDE, SIDE), np.uint8)
OLD, NEW = disc(14, 18, 9), disc(14, 20, 7)


def test_each_declares_itself_and_is_in_the_guide() -> None:
    guide = (Path(__file__).parents[2] / "docs/guides/chain-models.md").read_text("utf-8")
    for name in ("altered", "ellipse", "feather", "join"):
        operation = OPERATIONS.all[name]
        assert operation.code[0] == f"operations/{name}.py" and operation.summary.endswith(".")
        assert f"| `{name}` |" in guide and operation.summary in guide


def test_the_changed_region_is_one_piece_without_specks_and_holes() -> None:
    before = np.full((128, 192, 3), 90, np.uint8)
    after = before.copy()
    after[40:80, 60:90] = 160
    after[55:60, 70:75] = 90  # a hole
    after[20:28, 150:158] = 160  # a smaller piece
    after[100, 20] = 255  # a speck
    mask = apply("altered", {"before": before, "after": after})
    assert set(np.unique(mask)) == {0, 255} and mask.dtype == np.uint8
    assert mask[57, 72] == 255 and mask[60, 62] == 255
    assert mask[24, 154] == 0 and mask[100, 20] == 0
    assert abs(int((mask > 0).sum()) - 40 * 30) < 200
    assert not apply("altered", {"before": before, "after": before}).any()
    with pytest.raises(RunError, match="and `before` is 192 by 128"):
        apply("altered", {"before": before, "after": after[:100]})


def test_a_feather_is_one_half_on_the_edge_and_keeps_the_sum() -> None:
    mask = NOTHING.copy()
    mask[:, 20:] = 255
    alpha = apply("feather", {"mask": mask}, sigma=2)
    assert alpha.dtype == np.float32 and alpha[20, 19] == pytest.approx(1 - alpha[20, 20], abs=1e-5)
    assert alpha[20, 5] == 0 and alpha[20, 35] == 1
    assert np.all(np.diff(alpha[20]) >= 0)


def test_lengths_grow_with_the_picture() -> None:
    """What is made of a picture twice 128 high, at half the size, is what is made of one 128 high."""
    mask = np.zeros((128, 192), np.uint8)
    mask[40:90, 60:64] = 255
    mask[40:90, 100:130] = 255
    for name, values in (
        ("feather", {"mask": mask}),
        ("join", {"before": 0 * mask, "after": 0 * mask, "changed": mask}),
    ):
        large = {port: value.repeat(2, 0).repeat(2, 1) for port, value in values.items()}
        halved = apply(name, large).reshape(128, 2, 192, 2).mean((1, 3))
        assert np.abs(halved - apply(name, values)).mean() < 0.005, name
    assert apply("join", values)[60, 62] == 0 and apply("join", values)[60, 110] == 1, "only one holds a square of 5"


def test_an_ellipse_means_the_same_at_each_size() -> None:
    where = {"x": 0.25, "y": 0.5, "width": 0.2, "height": 0.6}
    small, large = (apply("ellipse", {"image": np.zeros((64 * n, 96 * n, 3), np.uint8)}, **where) for n in (1, 4))
    assert small.dtype == np.uint8 and set(np.unique(small)) == {0, 255} and small.shape == (64, 96)
    assert small[32, 24] == 255 and small[32, 34] == 0 and small[10, 24] == 0
    for mask in (small, large):
        assert (mask > 0).mean() == pytest.approx(np.pi / 4 * 0.2 * 0.6, rel=0.03)
    assert np.abs((large > 0).reshape(64, 4, 96, 4).mean((1, 3)) - (small > 0)).mean() < 0.02


def test_the_join_is_one_wherever_either_head_is_so_no_outline_stays() -> None:
    joined = apply("join", {"before": OLD, "after": NEW, "changed": NOTHING})
    plain = np.maximum(OLD, NEW)
    assert joined.dtype == np.float32 and joined.min() >= 0 and joined.max() == 1
    assert np.all(joined[plain > 0.05] == 1), "also where an alpha is small"
    assert np.array_equal(joined[plain <= 0.05], plain[plain <= 0.05]), "and it takes nothing that is not the head's"
    # What the outline is: a pixel of which half is old hair keeps half of it under the plain matte.
    assert (plain * (1 - plain)).max() > 0.2 and (joined * (1 - joined))[plain > 0.05].max() == 0


def test_it_reaches_as_far_beyond_as_it_is_grown() -> None:
    values = {"before": OLD, "after": NEW, "changed": NOTHING}
    sizes = [int((apply("join", values, grow=grow) == 1).sum()) for grow in (0, 1, 3)]
    assert sizes[0] < sizes[1] < sizes[2]
    grown = apply("join", values, grow=1)
    solid = apply("join", values) == 1
    assert np.all(grown[1:][solid[:-1]] == 1) and np.all(grown[:, :-1][solid[:, 1:]] == 1)


def test_what_changed_is_added_where_it_is_solid() -> None:
    changed = NOTHING.copy()
    changed[26:36, 14:22] = 255  # a neck
    changed[2, :] = 255  # a thin line
    without = apply("join", {"before": OLD, "after": NEW, "changed": changed}, core=0)
    joined = apply("join", {"before": OLD, "after": NEW, "changed": changed}, core=3)
    assert np.all(joined[28:34, 15:21] == 1) and without[33, 18] == 0
    assert joined[2, 38] == 0, "a line holds no square of three pixels"
    assert np.all(joined >= without)


def test_bytes_and_shares_mean_the_same() -> None:
    as_bytes = {"before": np.rint(OLD * 255).astype(np.uint8), "after": np.rint(NEW * 255).astype(np.uint8)}
    one = apply("join", {**as_bytes, "changed": NOTHING})
    other = apply("join", {"before": OLD, "after": NEW, "changed": NOTHING})
    assert np.abs(one - other).max() < 0.01
    with pytest.raises(RunError, match=r"is 40 by 20 pixels, and `before` is 40 by 40"):
        apply("join", {**as_bytes, "changed": NOTHING[:20]})
