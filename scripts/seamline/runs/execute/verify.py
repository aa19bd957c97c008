"""Were these pictures really made this way? Run committed samples again, here, and compare.

Thresholds: the same weights, noise and schedule on another processor or GPU differ in
the last bits of float32, which 20 steps and WebP leave far above 35 dB; another seed,
scale or word lies far below it. float16 rounds more: its threshold is lower.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from seamline.errors import RecordError
from seamline.hashing import Hashes
from seamline.runs.engines.making import EngineName, MakeEngine
from seamline.runs.execute.recompute import Comparison, compare, recompute
from seamline.runs.plan.states import plan
from seamline.weights.locate import WeightsName

if TYPE_CHECKING:
    from seamline.catalog import Catalog


def verify(
    catalog: Catalog,
    *,
    weights: WeightsName = "mini",
    only: Collection[str] | None = None,
    sample: int | None = None,
    engine: EngineName | MakeEngine = "local",
    address: str | None = None,
) -> tuple[Comparison, ...]:
    """Run fresh runs again and compare every artifact.

    Args:
        only: sample ids; all that are fresh by default.
        sample: at most so many, evenly spread over the ids.

    Raises:
        RecordError: there is nothing to verify, or a committed run is damaged.
        WeightsError: the weights are not here.
    """
    hashes = Hashes(catalog.root)
    states = [state for state in plan(catalog, weights, only=only, hashes=hashes) if state.state == "fresh"]
    if not states:
        raise RecordError("there is no fresh run to verify", where=weights, hint="run some first: `seamline samples`")
    if sample is not None and 0 < sample < len(states):
        states = [states[place * len(states) // sample] for place in range(sample)]
    again = recompute(catalog, states, weights, engine=engine, address=address)
    return tuple(comparison for one in again for comparison in compare(catalog, one))
