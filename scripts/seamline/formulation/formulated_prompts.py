"""From declared traits to prompts: which combinations, and what each says."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from seamline.errors import CatalogError
from seamline.formulation.covering_array import Row, covering_rows, full_grid, matches
from seamline.formulation.declared_traits import MOST_PROMPTS, Feature, TraitFile
from seamline.formulation.trait_reading import ARTICLE, FEATURES, PLACEHOLDER


@dataclass(frozen=True, slots=True)
class Prompt:
    """One combination of values, in words.

    Attributes:
        row: value by trait, whether the prompt tells it or not.
        told: value by trait, of the traits that the prompt tells.
    """

    text: str
    row: Row
    told: Mapping[str, str]


def combinations_of(
    declared: TraitFile, *, whole: bool = False, count: int | None = None, seed: int | None = None
) -> list[dict[str, str]]:
    """The combinations that a file asks for: all that may be, or as many as cover every pair.

    Args:
        whole: the full grid, whatever the file says.
        count: as the file's `count`, in its place.
        seed: as the file's `seed`, in its place.

    Raises:
        CatalogError: everything is forbidden, or the full grid is too large.
    """
    levels, never = declared.levels, declared.never
    if whole or declared.combine == "all":
        rows = list(islice(full_grid(levels, never), MOST_PROMPTS + 1))
        if len(rows) > MOST_PROMPTS:
            raise CatalogError(
                f"the full grid has more than {MOST_PROMPTS:,} combinations", hint="cover pairs: `combine: pairs`"
            )
        if rows:
            return rows
    else:
        least = declared.count if count is None else count
        try:
            return covering_rows(levels, never, count=least, seed=declared.seed if seed is None else seed)
        except ValueError:
            pass
    raise CatalogError("`never` forbids every combination", hint="leave a combination that may be")


def held(declared: TraitFile, row: Row, vary: Collection[str]) -> dict[str, str]:
    """A row whose traits of other kinds than `vary` hold their usual value; what the scene is stays as it is."""
    kept = {*vary, "scene"}
    return {name: row[name] if trait.kind in kept else trait.held_at for name, trait in declared.traits.items()}


def prompts_of(
    declared: TraitFile,
    *,
    whole: bool = False,
    count: int | None = None,
    seed: int | None = None,
    vary: Collection[str] = (),
) -> list[Prompt]:
    """The prompts that a file asks for, in a fixed order.

    Args:
        whole, count, seed: as for `combinations_of`.
        vary: kinds of traits that vary, where not all shall: the others hold their usual value. Prompts without
            scenes of their own that would then read alike are given once.

    Raises:
        CatalogError: as for `combinations_of`.
    """
    rows = combinations_of(declared, whole=whole, count=count, seed=seed)
    if vary:
        rows = [row for row in (held(declared, row, vary) for row in rows) if _may_be(declared, row)]
    prompts = [prompt_of(declared, row) for row in rows]
    if vary and (declared.samples is None or declared.samples.first_seed is None):
        return list({prompt.text: prompt for prompt in prompts}.values())
    return prompts


def prompt_of(declared: TraitFile, row: Row) -> Prompt:
    """One combination in words."""
    teller = _Teller(declared, row)
    listed = _series([text for feature in declared.features if (text := teller.feature(feature))])
    text = teller.expanded(declared.prompt, {FEATURES: listed, ARTICLE: "{a}"})
    text = re.sub(r" +([,.])", r"\1", re.sub(r" +", " ", text)).strip()
    text = re.sub(r"\{a\} ?(\w)", lambda found: f"{'an' if found[1] in 'aeiou' else 'a'} {found[1]}", text)
    return Prompt(text, row, {name: row[name] for name in declared.traits if name in teller.told})


@dataclass
class _Teller:
    declared: TraitFile
    row: Row
    told: set[str] = field(default_factory=set)

    def feature(self, feature: Feature) -> str:
        """A feature in words; empty where it is left out."""
        words = [self._words(name) for name in PLACEHOLDER.findall(feature.text) if name != ARTICLE]
        if not all(words) or not matches(self.row, feature.when):
            return ""
        return re.sub(r" +", " ", self.expanded(feature.text, {ARTICLE: "{a}"})).strip()

    def expanded(self, text: str, other: Mapping[str, str]) -> str:
        """A text with the words of its traits, and of traits that these words name in turn."""

        def words(found: re.Match[str]) -> str:
            name = found[1]
            if name in other:
                return other[name]
            if own := self._words(name):
                self.told.add(name)
            return PLACEHOLDER.sub(inner, own)

        def inner(found: re.Match[str]) -> str:
            if own := self._words(found[1]):
                self.told.add(found[1])
            return PLACEHOLDER.sub("", own)

        return PLACEHOLDER.sub(words, text)

    def _words(self, trait: str) -> str:
        return self.declared.words(trait, self.row[trait])


def _may_be(declared: TraitFile, row: Row) -> bool:
    return not any(matches(row, one) for one in declared.never)


def _series(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def balance(declared: TraitFile, prompts: Collection[Prompt]) -> Iterator[tuple[str, int, int]]:
    """Of each trait, how often its rarest and its most frequent value occur."""
    for name, trait in declared.traits.items():
        often = [sum(prompt.row[name] == value for prompt in prompts) for value in trait.values]
        yield name, min(often), max(often)
