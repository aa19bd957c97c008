"""Which models chain, which stand side by side, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from seamline.blocks.names import Block
from seamline.blocks.ports import PortType


def lay_lanes(blocks: Mapping[str, Block], titles: Mapping[str, str]) -> tuple[list[list[str]], tuple[str, ...]]:
    """Sort models into lanes, one chain a lane, in the order given wherever that works.

    A model continues the lane of the one before it when that gives something it takes. Two models that take and give
    the same types do the same work, so they are alternatives rather than steps, even where one could feed the other.
    If the order given does not chain all models but another order does, that order is used.

    Returns:
        The lanes, as keys of `blocks`, and one sentence for each pair that met.
    """
    order = list(blocks)
    notes = []
    if not _is_chain(order, blocks) and _all_differ(blocks):
        chain = _find_chain(blocks)
        if chain:
            names = " → ".join(titles[key] for key in chain)
            notes.append(f"The models run in another order than listed, because only so do they chain: {names}.")
            order = chain
    elif len(order) > 1 and _all_differ(blocks):
        other = _find_chain({key: blocks[key] for key in reversed(order)})
        if _is_chain(order, blocks) and other and other != order:
            names = " → ".join(titles[key] for key in other)
            notes.append(f"They would chain in another order, too ({names}); the order of the question is kept.")
    lanes = [order[:1]]
    for key in order[1:]:
        before = lanes[-1][-1]
        if _feeds(blocks[before], blocks[key]):
            notes.append(_why_chained(before, key, blocks, titles))
            lanes[-1].append(key)
        else:
            notes.append(_why_apart(before, key, blocks, titles))
            lanes.append([key])
    return lanes, tuple(notes)


def _feeds(first: Block, second: Block) -> bool:
    return first.signature != second.signature and not set(first.outputs).isdisjoint(second.inputs)


def _is_chain(order: Sequence[str], blocks: Mapping[str, Block]) -> bool:
    return all(_feeds(blocks[first], blocks[second]) for first, second in pairwise(order))


def _all_differ(blocks: Mapping[str, Block]) -> bool:
    return len({block.signature for block in blocks.values()}) == len(blocks)


def _find_chain(blocks: Mapping[str, Block]) -> list[str] | None:
    """A path through all models, earlier ones tried first. Dead ends are remembered, so that ten models stay quick."""
    dead: set[tuple[str, frozenset[str]]] = set()

    def extend(path: list[str], rest: frozenset[str]) -> list[str] | None:
        if not rest:
            return path
        if path and (path[-1], rest) in dead:
            return None
        for key in blocks:
            if key in rest and (not path or _feeds(blocks[path[-1]], blocks[key])):
                found = extend([*path, key], rest - {key})
                if found:
                    return found
        if path:
            dead.add((path[-1], rest))
        return None

    return extend([], frozenset(blocks))


def _why_chained(first: str, second: str, blocks: Mapping[str, Block], titles: Mapping[str, str]) -> str:
    shared = next(kind for kind in blocks[first].outputs if kind in blocks[second].inputs)
    return f"{titles[first]} gives {shared.phrase}, which {titles[second]} takes: the two chain."


def _why_apart(first: str, second: str, blocks: Mapping[str, Block], titles: Mapping[str, str]) -> str:
    names = f"{titles[first]} and {titles[second]}"
    if blocks[first].signature == blocks[second].signature:
        return f"{names} take and give the same types: they are shown side by side as alternatives, not as steps."
    gap = f"{titles[first]} gives {_listed(blocks[first].outputs)}, but {titles[second]} takes"
    return f"{names} do not chain and stand side by side: {gap} {_listed(blocks[second].inputs)}."


def _listed(kinds: Iterable[PortType]) -> str:
    return " and ".join(dict.fromkeys(kind.phrase for kind in kinds))
