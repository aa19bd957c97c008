"""What code decides pixels and numbers, as fingerprints that a program takes: nobody has to remember a version.

A fingerprint is over what the modules of a set say, not over how they are written: their syntax
trees without docstrings, comments, imports, annotations, type-checking blocks, the words of errors
and what a measure's decorator says to readers. Statements of a set count in any order, so a function
may move within its set. Code that a set reaches through an import is in its set, in another one that
the same key holds, or in `DECIDES_NOTHING`; a test holds that. What the interpreter and the libraries
do is not in it.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

PACKAGE = Path(__file__).parent

_SCENES = tuple(f"scenes/{one}.py" for one in ("canvas", "rasterizer", "hair", "palette", "people", "state", "traits"))
_MEASURES = (
    "measures/arguments.py",
    "measures/arrays.py",
    *(
        f"measures/builtin/{name}.py"
        for name in ("candidates", "change", "closeness", "focus", "fringe", "light", "seam")
    ),
    "measures/edited_picture.py",
)

_HELD_OUT_EDITS = tuple(
    f"tools/training/{name}.py" for name in ("editing", "held_out", "instructions", "pairs", "templates")
)

SETS: Mapping[str, tuple[str, ...]] = {
    "scenes": _SCENES,
    "inputs": (
        "runs/inputs/scene_input.py",
        "runs/inputs/scene_edit.py",
        "scenes/variants.py",
        "scenes/edits.py",
        "scenes/paste.py",
        "scenes/sampling.py",
        "scenes/state.py",
    ),
    "views": ("runs/inputs/scene_views.py", "scenes/camera_views.py", "scenes/cameras.py"),
    "photos": ("runs/inputs/scene_input.py:input_of", "runs/inputs/photos.py"),
    "encoding": ("runs/execute/assembling.py:Artifacts", "runs/store/encoding.py"),
    "measures": (
        *_MEASURES,
        "measures/ground_truth.py",
        "scenes/edits.py",
        "scenes/sampling.py",
        "scenes/state.py",
    ),
    "run measures": ("measures/measuring.py", "runs/inputs/scene_edit.py", "scenes/variants.py"),
    "evaluation": (
        "tools/training/autoencoder.py:decode",
        "tools/training/autoencoder.py:encode",
        "tools/training/evaluation.py:autoencoder_round_trip",
        "tools/training/evaluation.py:consistency_at",
        "tools/training/earlier_editor.py",
        "tools/training/evaluation.py:_known_of",
        "tools/training/evaluation.py:edit_and_measure",
        "tools/training/evaluation.py:measured_row",
        "tools/training/evaluation.py:rasterized",
        *_HELD_OUT_EDITS,
        "measures/statistics.py",
        "measures/worst_groups.py",
        "scenes/paste.py",
    ),
    "true mattes": ("scenes/head_mattes.py", "scenes/edits.py", "scenes/sampling.py"),
    "mattes": (
        "operations/altered.py",
        "operations/feather.py",
        "operations/join.py",
        "operations/over.py",
        "tools/training/autoencoder.py:decode",
        "tools/training/autoencoder.py:encode",
        "tools/training/editing.py",
        "tools/training/held_out.py",
        "tools/training/instructions.py",
        "tools/training/mattes/composite_evaluation.py",
        "tools/training/mattes/matte_errors.py",
        "tools/training/mattes/matting_data.py:Pair",
        "tools/training/mattes/matting_data.py:pair_of",
        "tools/training/mattes/matting_evaluation.py",
        "tools/training/mattes/matting_rivals.py",
        "tools/training/mattes/rough_masks.py",
        "tools/training/pairs.py",
        "tools/training/templates.py",
        "measures/ground_truth.py",
        "measures/statistics.py",
    ),
    "matte errors": ("tools/training/mattes/matte_errors.py",),
    "grouped edits": (
        "formulation/covering_array.py",
        "formulation/declared_traits.py",
        "formulation/formulated_prompts.py",
        "formulation/sample_recipes.py",
        "formulation/trait_reading.py",
        "scenes/edits.py",
        "scenes/light_sides.py",
        "scenes/sampling.py",
        "tools/groups/edited_sets.py",
        "tools/training/autoencoder.py:decode",
        "tools/training/autoencoder.py:encode",
        "tools/training/evaluation.py:autoencoder_round_trip",
        "tools/training/evaluation.py:rasterized",
        *_HELD_OUT_EDITS,
    ),
    "group figures": ("measures/statistics.py", "tools/groups/group_figures.py"),
    "causes": (
        "tools/causes/experiments.py",
        "tools/causes/cause_figures.py",
        *_HELD_OUT_EDITS,
        "measures/statistics.py",
    ),
    "steps": (
        "tools/step_sweep/sweeping.py",
        "tools/causes/experiments.py:editing_with",
        "tools/causes/experiments.py:loaded",
        "tools/training/evaluation.py:rasterized",
        *_HELD_OUT_EDITS,
        "measures/statistics.py",
    ),
    "canonical": (
        "tools/canonical/tried_edits.py",
        "tools/canonical/trying.py",
        "tools/canonical/canonical_figures.py",
        *_HELD_OUT_EDITS,
        "measures/arrays.py",
        "measures/builtin/closeness.py:psnr",
        "measures/statistics.py",
        "runners/canonical_image/learning.py",
        "runners/canonical_image/planes.py",
        "runners/canonical_image/writing_back.py",
        "scenes/camera_views.py",
        "scenes/cameras.py",
        "scenes/edits.py",
        "scenes/sampling.py",
        "scenes/state.py",
    ),
}
"""What each fingerprint is over: modules, or single definitions of one (`module:name`)."""

WORDS: Mapping[str, str] = {
    "scenes": "rasterizes scenes",
    "inputs": "prepares scenes",
    "views": "draws scenes from a row of cameras",
    "photos": "prepares photos",
    "encoding": "encodes pictures",
    "measures": "measures pictures",
    "run measures": "chooses what of a run is measured",
    "evaluation": "evaluates the mini editor",
    "grouped edits": "makes and measures the edits of a grid of traits",
    "group figures": "computes figures of groups",
    "causes": "looks for the causes of a match",
    "steps": "sweeps numbers of steps",
    "true mattes": "rasterizes true mattes",
    "mattes": "evaluates mattes and composites",
    "matte errors": "computes errors of mattes",
    "canonical": "learns and edits canonical images",
}
"""`the code that … has changed`, by set."""

DECIDES_NOTHING = frozenset(
    {
        "blocks/ports.py",
        "catalog/__init__.py",
        "catalog/entries/__init__.py",
        "catalog/entries/base.py",
        "catalog/closed_catalog.py",
        "weights/identity.py",
        "tools/training/card.py",
        "tools/training/config.py",
        "tools/training/scene_rasterizing.py",
        "tools/training/pipeline_export.py",
        "tools/training/contact_sheet.py",
        "errors.py",
        "files.py",
        "fingerprints.py",
        "measures/evaluation_record.py",
        "measures/measures_file.py",
        "measures/registry.py",
        "runners/base.py",
        "runs/execute/job.py",
        "hashing.py",
        "runs/plan/keys.py",
        "runs/plan/states.py",
        "runs/store/records.py",
        "runs/store/run_folder.py",
        "weights/folders.py",
        "weights/locate.py",
    }
)
"""Modules that the sets import and that decide no pixel and no number: types, files, errors, keys, what is recorded."""


class Remembers(Protocol):
    """What keeps a digest by the text that decides it: `seamline.hashing.Hashes`."""

    def digest(self, computed_from: str, compute: Callable[[], Any]) -> str:
        """Digest of what `compute` gives."""
        ...


def fingerprint(name: str, remember: Remembers, package: Path = PACKAGE, project: Path | None = None) -> str:
    """Fingerprint of the set `name`, in hex. Sources are parsed only when their bytes are new.

    Args:
        project: as for `source_of`.

    Raises:
        KeyError: there is no such set.
        FileNotFoundError: its modules are not here; see `has_sources`.
    """
    return fingerprint_of(name, SETS[name], remember, package, project)


def fingerprint_of(
    name: str, modules: Sequence[str], remember: Remembers, package: Path = PACKAGE, project: Path | None = None
) -> str:
    """Fingerprint of `modules`, each a file or one definition of it (`file:name`), in hex.

    Args:
        name: what they decide; a runner's name, or that of a set.
        modules: paths below the package, or absolute ones of another distribution.
    """
    sources = {module: source_of(module, package, project).read_bytes() for module in modules}
    known_by = hashlib.sha256(json.dumps(sorted(sources)).encode())
    for module in sorted(sources):
        known_by.update(hashlib.sha256(sources[module]).digest())

    def parsed() -> list[str]:
        return sorted(dumped for module in sources for dumped in statements(sources[module], module.partition(":")[2]))

    return remember.digest(f"code {name} {known_by.hexdigest()}", parsed)


def has_sources(name: str, project: Path) -> bool:
    """Whether the modules of the set `name` are here: the wheel leaves out those of maintainers' tools.

    Raises:
        KeyError: there is no such set.
    """
    return all(source_of(module, PACKAGE, project).is_file() for module in SETS[name])


def source_of(module: str, package: Path = PACKAGE, project: Path | None = None) -> Path:
    """File of a module of a set. Maintainers' tools lie next to the package in a clone, and not in the wheel.

    Args:
        project: where tools are looked for that are not next to the package: it may be a clone of the repository.
    """
    path = module.partition(":")[0]
    if not path.startswith("tools/"):
        return package / path
    here = package.parent / path
    return here if project is None or here.is_file() else project / "scripts" / path


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


_WORDS_OF_A_MEASURE = frozenset({"label", "unit", "low", "high", "better", "meaning", "formula", "source"})
"""What the decorator of a measure says to readers; the function computes the same number whatever it is."""


def _said(node: Any) -> Any:
    """A syntax tree as JSON data, without what does not change what it does."""
    if isinstance(node, list):
        return [_said(one) for one in node if not _silent(one)]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "measure":
        node = ast.Call(node.func, node.args, [one for one in node.keywords if one.arg not in _WORDS_OF_A_MEASURE])
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
