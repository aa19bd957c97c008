"""A canonical image as a Python program for plain torch: the source of this package, in one file."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from seamline.runners.base import Call
from seamline.runners.canonical_image.parameters import CanonicalImageParameters

_HERE = Path(__file__).parent


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


@cache
def _sources() -> str:
    """Cameras, planes and learning as one text, without what they import of each other and without docstrings."""
    cameras, *parts = (_HERE / name for name in ("../../scenes/cameras.py", "planes.py", "learning.py"))
    statements = [*_statements(cameras, {"CAMERAS", "REACH", "RISE", "Camera", "camera_row"})]
    statements += [one for part in parts for one in _statements(part)]
    imports = list(
        dict.fromkeys(ast.unparse(one) for one in statements if isinstance(one, (ast.Import, ast.ImportFrom)))
    )
    code = [ast.unparse(one) for one in statements if not isinstance(one, (ast.Import, ast.ImportFrom))]
    return "from __future__ import annotations\n\n" + "\n".join(imports) + "\n\n" + "\n\n".join(code)


def _statements(path: Path, only: Collection[str] = ()) -> Iterator[ast.stmt]:
    """What a module says at its top level.

    Args:
        only: names to keep of what it defines; all by default.
    """
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("seamline", "__future__")):
            continue
        if isinstance(node, ast.Expr):
            continue
        names = {
            target.id
            for one in ast.walk(node)
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        if (
            only
            and not isinstance(node, (ast.Import, ast.ImportFrom))
            and not ({getattr(node, "name", "")} | names) & set(only)
        ):
            continue
        for inner in ast.walk(node):
            if isinstance(inner, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(inner):
                del inner.body[0]
        yield node
