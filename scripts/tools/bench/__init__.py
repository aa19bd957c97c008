"""How fast Seamline is, compared with what one would use without it. Results go to `catalog/records/bench.json`.

Every ratio compares two things measured in the same run on the same machine; absolute
figures only describe the machine. What a machine cannot measure is recorded as `null`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from seamline.errors import SeamlineError
from seamline.files import write_if_changed
from seamline.seals import sealed

RECORD = Path("catalog/records/bench.json")
Figures = dict[str, Any]


def benchmarks() -> dict[str, Callable[[Path], Figures | Iterator[Figures]]]:
    """The benchmarks by name, in the order of the page. One that takes hours gives its figures so far, step by step."""
    from tools.bench import (
        cli_startup,
        engine,
        first_edit,
        live_runtimes,
        planning,
        real_size,
        site_scale,
        site_workers,
        workers,
    )

    return {
        "starting": cli_startup.measure,
        "engine": engine.measure,
        "planning": planning.measure,
        "workers": workers.measure,
        "site_workers": site_workers.measure,
        "live": first_edit.measure,
        "runtimes": live_runtimes.measure,
        "real_size": real_size.measure,
        "scale": site_scale.measure,
    }


def run(root: Path, only: Collection[str] = ()) -> Figures:
    """Measure, and record the figures: a benchmark that is not run again keeps its earlier ones.

    Raises:
        SeamlineError: there is no such benchmark.
    """
    from seamline.measures.standing import made_with, read_records
    from tools.bench.machine import facts

    known = benchmarks()
    unknown = sorted(set(only) - set(known))
    if unknown:
        raise SeamlineError(f"there is no benchmark {unknown[0]!r}", where="--only", hint="one of " + ", ".join(known))
    file = root / RECORD
    record: Figures = {}
    for name in only or known:
        print(f"bench: {name} …", file=sys.stderr, flush=True)
        measured = known[name](root)
        for figures in measured if isinstance(measured, Iterator) else (measured,):
            record = read_records(root).get("bench", {})
            record[name] = {**figures, "machine": facts(), "made_with": made_with(root)}
            write_if_changed(file, sealed(json.dumps({key: record[key] for key in known if key in record}, indent=1)))
    return record
