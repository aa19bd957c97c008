"""Numbers about one edit, from pixels and, for scenes, from ground truth.

`measure` makes a function a measure, and `MEASURES` says what each number means; `load` reads what was
measured. `seamline.measures.measuring.measure_runs` measures runs, and
`seamline.measures.edited_picture.measure_edit` one picture.
"""

from seamline.measures.measures_file import load
from seamline.measures.registry import MEASURES, measure

__all__ = ["MEASURES", "load", "measure"]
