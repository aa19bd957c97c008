"""Edits as instructions: many phrasings of each, some of them reserved for evaluation."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from seamline.scenes.edits import Edit, Exchange, SetAttribute, SetExpression, Swap
from seamline.scenes.state import Position, Scene
from tools.training import templates
from tools.training.templates import Templates

_ACCESSORY_WORDS = {"glasses": "glasses", "beard": "a beard"}


def phrase(edit: Edit, scene: Scene, rng: random.Random, *, held_out: bool = False) -> str:
    """An instruction that asks for `edit` in `scene`, with random templates.

    Args:
        held_out: use the sentences that training does not contain.

    Raises:
        ValueError: the edit names a place where nobody is.
    """
    scene.index(edit.person)
    sentence = _sentence(edit, scene, rng, held_out)
    if not held_out and rng.random() < 0.08:
        sentence = f"please {sentence}"
    return sentence


def people_words(position: Position, presentation: str, rng: random.Random, *, held_out: bool = False) -> str:
    """A name for whoever stands at `position`, such as "the woman on the left"."""
    return rng.choice(templates.WHO.choices(held_out)).format(
        at=rng.choice(templates.AT[position]),
        place=rng.choice(templates.PLACE[position]),
        noun=rng.choice(templates.NOUN[presentation]),
    )


def description(to: Mapping[str, str], rng: random.Random, *, held_out: bool = False) -> str:
    """A new identity in words: exactly the attributes in `to`, as "an old woman with curly grey hair".

    Args:
        to: attributes of `IDENTITY_GRID`; without a presentation the noun is "person".
    """
    template = rng.choice(templates.DESCRIPTION.choices(held_out))
    gaps = {
        "age": _word("age", to, rng),
        "noun": rng.choice(templates.NOUN[to["presentation"]]) if "presentation" in to else "person",
        "skin": _word("skin", to, rng),
    }
    phrases: dict[str, list[str]] = {
        "skin": [f"{gaps['skin']} skin"] if gaps["skin"] and "{skin}" not in template else [],
        "hair": _hair(to, rng),
        "accessories": _accessories(to, rng),
        "face_shape": [f"a {to['face_shape']} face"] if "face_shape" in to else [],
    }

    def joined(match: re.Match[str]) -> str:
        return _series([part for name in match[1].split(",") for part in phrases[name]])

    text = re.sub(r"\{list:([\w,]+)\}", joined, template)
    text = re.sub(r"\{(age|noun|skin)\}", lambda match: gaps[match[1]], text)
    text = re.sub(r"( with| who has|,)\s*(?=,|$)", "", re.sub(r" +", " ", text)).strip(" ,")
    return re.sub(r"\{a:\} ?(\w)", lambda match: f"{'an' if match[1] in 'aeiou' else 'a'} {match[1]}", text)


def _sentence(edit: Edit, scene: Scene, rng: random.Random, held_out: bool) -> str:
    match edit:
        case Swap(_, to):
            return _fill(templates.SWAP, edit, scene, rng, held_out, new=description(to, rng, held_out=held_out))
        case Exchange():
            return _exchange(edit, scene, rng, held_out)
        case SetExpression(_, expression):
            words = {
                "verb": rng.choice(templates.VERB[expression]),
                "look": rng.choice(templates.LOOK[expression]),
                "face": rng.choice(templates.FACE[expression]),
            }
            return _fill(templates.EXPRESSION, edit, scene, rng, held_out, **words)
        case SetAttribute(_, attribute, value):
            named = {attribute: value}
            words = {"value": _word(attribute, named, rng)}
            if attribute == "hair_style":
                words["hair"] = _hair(named, rng)[0]
            if attribute == "presentation":
                words |= {"value": rng.choice(templates.NOUN[value]), "gender": templates.GENDER[value]}
            if attribute == "hat" and value == "none":
                worn = scene.people[scene.index(edit.person)].identity.hat
                words["worn"] = _word("hat", {"hat": "hat" if worn == "none" else worn}, rng)
            sentences = templates.SET.get((attribute, value)) or templates.SET[attribute, ""]
            return _fill(sentences, edit, scene, rng, held_out, **words)


def _exchange(edit: Exchange, scene: Scene, rng: random.Random, held_out: bool) -> str:
    if len(scene.people) == 2 and not held_out and rng.random() < 0.15:
        return rng.choice(templates.EXCHANGE_OF_TWO)
    if rng.random() < 0.5:
        edit = Exchange(edit.other, edit.person)
    other = people_words(edit.other, _presentation(scene, edit.other), rng, held_out=held_out)
    words = {
        "other": other,
        "others": _possessive(other),
        "other_place": rng.choice(templates.PLACE[edit.other]),
        "other_at": rng.choice(templates.AT[edit.other]),
    }
    return _fill(templates.EXCHANGE, edit, scene, rng, held_out, **words)


def _fill(sentences: Templates, edit: Edit, scene: Scene, rng: random.Random, held_out: bool, **words: str) -> str:
    # In half of the held-out sentences only the sentence is new, in the other half the name of the person too.
    who = people_words(edit.person, _presentation(scene, edit.person), rng, held_out=held_out and rng.random() < 0.5)
    return rng.choice(sentences.choices(held_out)).format(
        who=who,
        whose=_possessive(who),
        at=rng.choice(templates.AT[edit.person]),
        place=rng.choice(templates.PLACE[edit.person]),
        **words,
    )


def _presentation(scene: Scene, position: Position) -> str:
    return scene.people[scene.index(position)].identity.presentation


def _possessive(who: str) -> str:
    return f"{who}'s"


def _word(attribute: str, to: Mapping[str, str], rng: random.Random) -> str:
    if attribute not in to:
        return ""
    return rng.choice(templates.WORDS.get(attribute, {}).get(to[attribute], (to[attribute],)))


def _hair(to: Mapping[str, str], rng: random.Random) -> list[str]:
    colour = _word("hair_colour", to, rng)
    if "hair_style" not in to:
        return [f"{colour} hair"] if colour else []
    bald = to["hair_style"] == "bald"
    hair = re.sub(r" +", " ", rng.choice(templates.HAIR[to["hair_style"]]).format(colour=colour)).strip()
    return [hair, f"{colour} eyebrows"] if bald and colour else [hair]


def _accessories(to: Mapping[str, str], rng: random.Random) -> list[str]:
    worn = [_ACCESSORY_WORDS[name] for name in ("glasses", "beard") if to.get(name, "none") != "none"]
    if to.get("hat", "none") != "none":
        worn.append(f"a {_word('hat', to, rng)}")
    rng.shuffle(worn)
    return worn


def _series(parts: Sequence[str]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
