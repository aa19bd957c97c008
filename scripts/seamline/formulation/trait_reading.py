"""A file of traits as bytes -> a checked `TraitFile`, or every problem with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from seamline.catalog.reading.validation import suggestion, validate
from seamline.catalog.reading.yaml_reader import MAX_BYTES, Loc, Located, Unreadable, read_text, read_yaml
from seamline.errors import CatalogError, FilesError, Problem
from seamline.formulation.declared_traits import Feature, TraitFile
from seamline.scenes.light_sides import LIGHT_SIDES
from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

PLACEHOLDER = re.compile(r"\{(\w+)\}")
ARTICLE, FEATURES = "a", "features"
"""What a prompt may name besides traits."""

SCENE_TRAITS: Mapping[str, tuple[str, ...]] = {
    "person": ("left", "middle", "right"),
    "expression": EXPRESSIONS,
    "light": LIGHT_SIDES,
}
"""Traits of kind `scene` by name, and their values: who is edited, what their face does, where light comes from."""


def read_traits(path: Path) -> TraitFile:
    """The traits that a file declares.

    Raises:
        CatalogError: it is not as it should be; the error holds every problem with file and line.
        FilesError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise FilesError(f"cannot read: {error.strerror}", where=str(path), hint="make it readable") from error
    try:
        located = read_yaml(read_text(data))
    except Unreadable as error:
        raise CatalogError.of([error.problem(str(path))]) from None
    declared, problems = validate(TraitFile, located, str(path))
    if declared is not None:
        problems = tuple(_Check(declared, located, str(path)).problems())
    if declared is None or problems:
        raise CatalogError.of(problems)
    return declared


class _Check:
    """What types alone cannot say of a file of traits."""

    def __init__(self, declared: TraitFile, located: Located, file: str) -> None:
        self.declared, self.located, self.file = declared, located, file

    def problems(self) -> Iterator[Problem]:
        """Everything wrong."""
        for name, trait in self.declared.traits.items():
            if trait.usual is not None and trait.usual not in trait.values:
                yield self._unknown_value(("traits", name, "usual"), name, trait.usual)
        yield from self._texts()
        for place, combination in enumerate(self.declared.never):
            yield from self._combination(("never", place), combination)
        for place, feature in enumerate(self.declared.features):
            yield from self._combination(("features", place, "when"), feature.when)
        yield from self._scenes()

    def _texts(self) -> Iterator[Problem]:
        traits, features = self.declared.traits, self.declared.features
        texts: list[tuple[Loc, str, set[str]]] = [(("prompt",), self.declared.prompt, {*traits, ARTICLE, FEATURES})]
        texts += [(("features", place), one.text, {*traits, ARTICLE}) for place, one in enumerate(features)]
        for name, trait in traits.items():
            for value, words in trait.values.items():
                texts.append((("traits", name, "values", value), words or "", set(traits) - {name}))
        told: set[str] = set()
        for loc, text, known in texts:
            for name in PLACEHOLDER.findall(text):
                told.add(name)
                if name not in known:
                    yield self._problem(loc, f"names no trait: `{{{name}}}`", suggestion(name, known))
            if "{" in PLACEHOLDER.sub("", text) or "}" in PLACEHOLDER.sub("", text):
                yield self._problem(loc, "holds a brace that encloses no name", "write traits as `{age}`")
        for name, trait in traits.items():
            if name not in told and trait.kind != "scene":
                hint = f"name `{{{name}}}` in `prompt` or `features`"
                yield self._problem(("traits", name), "no prompt tells this trait", hint)
        if FEATURES in told and not any(self._always_told(one) for one in features):
            hint = "list one whose traits always have words, and that has no `when`"
            yield self._problem(("prompt",), "`{features}` may be empty", hint)

    def _always_told(self, feature: Feature) -> bool:
        named = [name for name in PLACEHOLDER.findall(feature.text) if name in self.declared.traits]
        return not feature.when and all(words for name in named for words in self.declared.traits[name].values.values())

    def _combination(self, at: Loc, combination: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
        for name, values in combination.items():
            if name not in self.declared.traits:
                yield self._problem((*at, name), "no such trait", suggestion(name, self.declared.traits))
                continue
            for value in values:
                if value not in self.declared.traits[name].values:
                    yield self._unknown_value((*at, name), name, value)

    def _scenes(self) -> Iterator[Problem]:
        samples = self.declared.samples
        edits_scenes = samples is not None and samples.first_seed is not None
        for name, trait in self.declared.traits.items():
            here: Loc = ("traits", name)
            if trait.kind == "scene" and not edits_scenes:
                hint = "give `samples.first_seed`, from which scenes are looked for, or another kind"
                yield self._problem((*here, "kind"), "there is no scene", hint)
                continue
            grid = SCENE_TRAITS if trait.kind == "scene" else IDENTITY_GRID
            if not edits_scenes:
                continue
            if name not in grid:
                yield self._problem(here, f"scenes have no {trait.kind} trait of that name", suggestion(name, grid))
                continue
            for value in trait.values:
                if value not in grid[name]:
                    hint = suggestion(value, grid[name])
                    yield self._problem((*here, "values", value), f"scenes have no {name} `{value}`", hint)
        if edits_scenes and self.declared.traits.get("person", None) is None:
            hint = "add the trait `person` of kind `scene`, with values `left`, `middle` and `right`"
            yield self._problem(("traits",), "nothing says who is edited", hint)

    def _unknown_value(self, loc: Loc, trait: str, value: str) -> Problem:
        return self._problem(
            loc, f"`{trait}` has no value `{value}`", suggestion(value, self.declared.traits[trait].values)
        )

    def _problem(self, loc: Loc, what: str, hint: str) -> Problem:
        return Problem(self.file, self.located.line(loc), ".".join(map(str, loc)), what, hint)
