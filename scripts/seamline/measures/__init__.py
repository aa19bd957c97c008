"""Numbers about one edit, from pixels and, for scenes, from ground truth.

`load` reads what was measured; `seamline.measures.runs.measure_runs` measures, and
`seamline.measures.registry.MEASURES` says what each number means.
"""

from seamline.measures.store import load

__all__ = ["load"]
