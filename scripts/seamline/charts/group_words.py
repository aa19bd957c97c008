"""What the record of groups says, in words: who is served worse, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seamline.errors import CatalogError

GRID, PLAIN = "systematic", "demographic"
SET_LABELS: Mapping[str, str] = {PLAIN: "Demographics only", GRID: "Systematic"}
OUTCOMES: Mapping[str, str] = {
    "identity": "New face",
    "attributes": "Attributes",
    "expression": "Expression",
    "light": "Light",
    "psnr_face": "Closeness",
}
"""Columns of the heat table."""

_OUTCOME_WORDS: Mapping[str, str] = {
    "identity": "the new face",
    "attributes": "the attributes asked for",
    "expression": "the expression",
    "light": "the light",
}
_TRAITS: Mapping[str, str] = {
    "person": "who is edited",
    "expression": "expression in the photo",
    "light": "light from",
    "accessories": "accessories worn",
}
_GROUPS: Mapping[str, str] = {
    "age": "{value} people",
    "skin": "{value} skin",
    "face_shape": "{value} faces",
    "hair_colour": "{value} hair",
    "hair_style": "{value} hair style",
    "person": "the person at the {value}",
    "expression": "a {value} face in the photo",
    "light": "light from the {value}",
    "accessories": "{value} accessories",
}
SHOWN_APART = 4
"""Groups that a sentence names; it counts the others."""


def trait_label(trait: str) -> str:
    """A trait as readers see it."""
    return _TRAITS.get(trait, trait.replace("_", " "))


def share_text(value: float) -> str:
    """A share in per cent."""
    return f"{100 * value:.0f}\N{NO-BREAK SPACE}%"


def figure_text(figure: Mapping[str, Any]) -> str:
    """A share or a closeness with its interval."""
    if figure["kind"] == "share":
        return f"{share_text(figure['value'])} ({100 * figure['low']:.0f} to {100 * figure['high']:.0f})"
    return f"{figure['value']:.1f} dB ({figure['low']:.1f} to {figure['high']:.1f})"


def group_text(trait: str, value: str) -> str:
    """A group in words: `dark skin`, `no hat`, `3 accessories`."""
    if value == "none":
        return f"no {trait_label(trait)}"
    return _GROUPS.get(trait, "{value}").format(value=value)


def apart_words(record: Mapping[str, Any], name: str) -> str:
    """Which groups of a set stand apart from its rest, after Holm's correction, and the weakest of each outcome."""
    return f"{_apart_words(record['sets'][name]['apart'])} {weakest_words(record, name)}".strip()


def weakest_words(record: Mapping[str, Any], name: str) -> str:
    """The weakest group of each outcome that is not everywhere right."""
    weakest = record["sets"][name]["weakest"]
    said = [
        f"{_OUTCOME_WORDS[outcome]} with {group_text(one['trait'], one['value'])}, "
        f"{figure_text(one['figure'])} of {one['figure']['n']}"
        for outcome, one in weakest.items()
        if one["figure"]["value"] < 1
    ]
    right = [_OUTCOME_WORDS[outcome] for outcome, one in weakest.items() if one["figure"]["value"] == 1]
    sentences = []
    if said:
        picked = "Right least often, picked out of all groups for that and so likely to look worse than they are"
        sentences.append(f"{picked}: {'; '.join(said)}.")
    if right:
        words = " and ".join(right)
        sentences.append(f"{words[0].upper()}{words[1:]} {'are' if len(right) > 1 else 'is'} right in each group.")
    return " ".join(sentences)


def harder_words(record: Mapping[str, Any]) -> str:
    """Whether the grid is harder than demographics alone, on the same people and scenes, in some sentences."""
    every = record["harder"]["all"]
    close = every["psnr_face"]["difference"]
    grid, plain = (record["sets"][name]["all"]["attributes"] for name in (GRID, PLAIN))
    farther = "less" if close["value"] < 0 else "more"
    both = " and ".join(
        f"{name} in {_asked_text(record, GRID, name)} against {_asked_text(record, PLAIN, name)} "
        f"({_pairs_text(every[f'attribute_{name}'])})"
        for name in ("skin", "presentation")
    )
    return (
        f"On the same {close['n']} people and scenes, all attributes arrive in {share_text(grid['edit']['value'])} of "
        f"the systematic edits and in {share_text(plain['edit']['value'])} of those that vary demographics alone "
        f"(with nothing done in {share_text(grid['no_edit']['value'])} and {share_text(plain['no_edit']['value'])}). "
        f"Systematic prompts ask for more at once. Of what both ask for arrive: {both}. "
        f"Light is right in {_all_text(record, GRID, 'light')} against {_all_text(record, PLAIN, 'light')} "
        f"(with nothing done in {_all_text(record, GRID, 'light', 'no_edit')} and "
        f"{_all_text(record, PLAIN, 'light', 'no_edit')}), and faces come {abs(close['value']):.1f} dB {farther} close "
        f"({_signed(close['low'])} to {_signed(close['high'])} dB). "
        f"Against the same edit with demographics alone, {_listed(record['harder']['where']['accessories'])} "
        f"accessories change the share of right attributes by {_points(record, 'attributes')} points, that of "
        f"right light by {_points(record, 'light')}."
    )


def _all_text(record: Mapping[str, Any], name: str, outcome: str, way: str = "edit") -> str:
    return share_text(record["sets"][name]["all"][outcome][way]["value"])


def _asked_text(record: Mapping[str, Any], name: str, attribute: str) -> str:
    return share_text(record["sets"][name]["asked"][attribute]["any"]["edit"]["value"])


def _points(record: Mapping[str, Any], outcome: str) -> str:
    by_worn = record["harder"]["where"]["accessories"].values()
    return _listed(f"{100 * one[outcome]['difference']['value']:+.0f}".replace("-", "−") for one in by_worn)


def _listed(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _pairs_text(entry: Mapping[str, Any]) -> str:
    return f"lost in {entry['only_second']} edits, won in {entry['only_first']}, p {p_text(entry['p'])}"


def _apart_words(apart: Sequence[Mapping[str, Any]]) -> str:
    if not apart:
        return (
            "No group stands apart from the rest of its set, once Holm's correction for looking at all of them is made."
        )
    named = "; ".join(
        f"{group_text(one['trait'], one['value'])}, {_OUTCOME_WORDS[one['outcome']]} wrong in "
        f"{one['wrong']} of {one['n']} edits, elsewhere in {one['rest_wrong']} of {one['rest_n']}"
        for one in apart[:SHOWN_APART]
    )
    rest = f"; and {len(apart) - SHOWN_APART} more" if len(apart) > SHOWN_APART else ""
    tests = apart[0]["tests"]
    return f"Apart from the rest of its set, even after Holm's correction over {tests} tests: {named}{rest}."


def p_text(p: float) -> str:
    """A p value: two digits, or that it is very small."""
    return "below 0.001" if p < 0.001 else f"= {p:.2g}"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−")


def said(record: Mapping[str, Any] | None, name: str = "") -> str:
    """`apart_words` of a set, or `harder_words` without a name; empty where nothing was measured.

    Raises:
        CatalogError: there is no such set.
    """
    if record is None:
        return ""
    if not name:
        return harder_words(record)
    if name not in record["sets"]:
        raise CatalogError(f"there is no set {name!r}", hint=f"there are {' and '.join(SET_LABELS)}")
    return apart_words(record, name)
