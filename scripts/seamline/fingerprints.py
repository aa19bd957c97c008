"""What code decides pixels and numbers, as fingerprints that a program takes: nobody has to remember a version.

A fingerprint is over what the modules of a set say, not over how they are written: their syntax
trees without docstrings, comments, imports, annotations, type-checking blocks and the words of
errors. Statements of a set count in any order, so a function may move within its set. Code that
a set reaches through an import is in its set, in another one that the same key holds, or in
`DECIDES_NOTHING`; a test holds that. What the interpreter and the libraries do is not in it.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

PACKAGE = Path(__file__).parent

_DRAWING = tuple(f"scenes/{name}.py" for name in ("canvas", "drawing", "hair", "palette", "people", "state", "traits"))
_MEASURES = tuple(
    f"measures/{name}.py" for name in ("arrays", "candidates", "change", "closeness", "edit", "focus", "light", "seam")
)

SETS: Mapping[str, tuple[str, ...]] = {
    "drawing": _DRAWING,
    "inputs": (
        "samples/inputs.py",
        "samples/keys.py:edit_of",
        "samples/keys.py:scene_of",
        "scenes/edits.py",
        "scenes/paste.py",
        "scenes/sampling.py",
        "scenes/state.py",
    ),
    "photos": ("samples/inputs.py:input_of", "samples/photos.py"),
    "sampler": (
        "samples/attention.py",
        "samples/cells.py",
        "samples/lanes.py",
        "samples/loop.py",
        "samples/opening.py:load_pipeline",
        "samples/recipes.py",
        "samples/rewrites.py",
        "samples/text_attention.py",
    ),
    "encoding": ("samples/assembling.py:_grey", "samples/assembling.py:assemble", "samples/marking.py"),
    "measures": (
        *_MEASURES,
        "measures/runs.py",
        "measures/truth.py",
        "samples/keys.py:edit_of",
        "samples/keys.py:scene_of",
        "scenes/edits.py",
        "scenes/sampling.py",
        "scenes/state.py",
    ),
    "evaluation": (
        "editor/autoencoder.py:decode",
        "editor/autoencoder.py:encode",
        "editor/evaluation.py:_consistency_at",
        "editor/evaluation.py:_through_autoencoder",
        "editor/evaluation.py:draw_edits",
        "editor/evaluation.py:drawn",
        "editor/evaluation.py:edited_and_measured",
        "editor/evaluation.py:measured_row",
        "editor/held_out.py",
        "editor/instructions.py",
        "editor/pairs.py",
        "editor/wording.py",
        "measures/summary.py",
        "scenes/paste.py",
    ),
}
"""What each fingerprint is over: modules, or single definitions of one (`module:name`)."""

WORDS: Mapping[str, str] = {
    "drawing": "rasterizes scenes",
    "inputs": "prepares scenes",
    "photos": "prepares photos",
    "sampler": "samples the model",
    "encoding": "encodes pictures",
    "measures": "measures pictures",
    "evaluation": "evaluates the mini editor",
}
"""`the code that … has changed`, by set."""

DECIDES_NOTHING = frozenset(
    {
        "catalog/__init__.py",
        "catalog/entries.py",
        "editor/card.py",
        "editor/config.py",
        "editor/drawn.py",
        "editor/export.py",
        "editor/sheet.py",
        "errors.py",
        "files.py",
        "fingerprints.py",
        "measures/evaluation_record.py",
        "measures/store.py",
        "samples/engines.py",
        "samples/hashing.py",
        "samples/keys.py",
        "samples/plan.py",
        "samples/records.py",
        "samples/store.py",
        "samples/weights.py",
    }
)
"""Modules that the sets import and that decide no pixel and no number: types, files, errors, keys, what is recorded."""


class Remembers(Protocol):
    """What keeps a digest by the text that decides it: `seamline.samples.hashing.Hashes`."""

    def digest(self, computed_from: str, compute: Callable[[], Any]) -> str:
        """Digest of what `compute` gives."""
        ...


def fingerprint(name: str, remember: Remembers, package: Path = PACKAGE) -> str:
    """Fingerprint of the set `name`, in hex. Sources are parsed only when their bytes are new.

    Raises:
        KeyError: there is no such set.
    """
    sources = {module: (package / module.partition(":")[0]).read_bytes() for module in SETS[name]}
    known_by = hashlib.sha256(json.dumps(sorted(sources)).encode())
    for module in sorted(sources):
        known_by.update(hashlib.sha256(sources[module]).digest())

    def parsed() -> list[str]:
        return sorted(dumped for module in sources for dumped in statements(sources[module], module.partition(":")[2]))

    return remember.digest(f"code {name} {known_by.hexdigest()}", parsed)


def statements(source: bytes | str, only: str = "") -> list[str]:
    """What a module's top-level statements say, one canonical text each.

    Args:
        only: the one definition that counts; all by default.
    """
    return [
        json.dumps(_said(node), ensure_ascii=False)
        for node in ast.parse(source).body
        if not _silent(node) and (not only or only == getattr(node, "name", None))
    ]


def _said(node: Any) -> Any:
    """A syntax tree as JSON data, without what does not change what it does."""
    if isinstance(node, list):
        return [_said(one) for one in node if not _silent(one)]
    if isinstance(node, ast.AnnAssign):
        return ["Assign", _said(node.target), _said(node.value)]
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        return ["Assign", _said(node.targets[0]), _said(node.value)]
    if isinstance(node, ast.Raise):
        error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return ["Raise", _said(error)]
    if isinstance(node, ast.AST):
        return [type(node).__name__, *_fields(node)]
    return node if node is None or (isinstance(node, (str, int)) and not isinstance(node, bool)) else repr(node)


def _fields(node: ast.AST) -> Iterator[Any]:
    """The fields that are there: which empty ones there are differs between versions of Python."""
    for name, value in sorted(ast.iter_fields(node)):
        if name in ("annotation", "returns", "type_comment", "type_params", "type_ignores", "ctx", "kind"):
            continue
        if isinstance(node, ast.Constant) or value is not None:
            said = repr(value) if isinstance(node, ast.Constant) else _said(value)
            if said != []:
                yield [name, said]


def _silent(node: Any) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant(value=str())):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return type(node).__name__ == "TypeAlias"
