"""A canonical image as a Python program for plain torch: the source of this package, in one file."""

from __future__ import annotations

import re
from pathlib import Path

from seamline.runners.base import Call
from seamline.runners.canonical_image.parameters import CanonicalImageParameters

_HERE = Path(__file__).parent
_OWN_IMPORT = re.compile(r"^from seamline[^\n(]*(?:\([^)]*\))?\n", re.MULTILINE)


def as_python(parameters: CanonicalImageParameters, call: Call) -> str:
    """A program that learns the canonical image again from the stacked views, run from the project's folder."""
    free = ["settings['offset_weight'] = 0.0"] if parameters.start == "random" else []
    lines = [
        "import json",
        "from pathlib import Path",
        "",
        "import numpy as np",
        "from PIL import Image",
        "",
        f"folder, revision = Path({call.weights!r}), {call.revision!r}",
        "settings = json.loads((folder / 'config.json').read_text())",
        "del settings['architectures']",
        f"settings |= {{'steps': {parameters.training_steps}, 'seed': {parameters.seed}}}",
        f"settings['start'] = {parameters.start!r}",
        *free,
        f"stacked = np.array(Image.open({call.inputs['views']!r}).convert('RGB'))",
        f"views = torch.from_numpy(stacked).float().div(255).view({parameters.cameras}, -1, *stacked.shape[1:])",
        f"cameras = camera_row({parameters.cameras})",
        "learned = learn(views.permute(0, 3, 1, 2).contiguous(), cameras, Settings(**settings))",
        "pixels = learned.canonical.mul(255).round().byte().permute(1, 2, 0).numpy()",
        f"Image.fromarray(pixels).save({call.save_as!r})",
    ]
    return "\n\n".join([_sources(), "\n".join(lines)]) + "\n"


def _sources() -> str:
    """Cameras, planes and learning, without what they import of each other."""
    cameras = (_HERE.parents[1] / "scenes" / "cameras.py").read_text("utf-8").partition("\ndef disparities")[0]
    texts = [cameras, *((_HERE / name).read_text("utf-8") for name in ("planes.py", "learning.py"))]
    whole = "\n\n".join(_OWN_IMPORT.sub("", text).replace("from __future__ import annotations\n", "") for text in texts)
    return "from __future__ import annotations\n\n" + whole
