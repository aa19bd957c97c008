"""Templates of instructions: sentences, names for people, words for values.

Written by hand for this project. Sentences are split in two: those of training, and
those of evaluation alone. A held-out sentence uses known words in an order, or about
a person, that training does not contain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Templates:
    """Sentences that mean the same.

    Attributes:
        training: those that the model is trained on.
        held_out: those that it is evaluated on, which training does not contain.
    """

    training: tuple[str, ...]
    held_out: tuple[str, ...]

    def choices(self, held_out: bool) -> tuple[str, ...]:
        """The sentences of one side of the split."""
        return self.held_out if held_out else self.training


WHO = Templates(
    training=(
        "the person {at}",
        "the person {at}",
        "the {place} person",
        "the {noun} {at}",
        "the {place} {noun}",
        "the one {at}",
        "whoever is {at}",
        "the person standing {at}",
    ),
    held_out=("the {noun} who is {at}", "the one standing {at}"),
)
"""Names for a person."""

AT: Mapping[str, tuple[str, ...]] = {
    "left": ("on the left", "on the left", "at the left", "to the left", "on the left side"),
    "middle": ("in the middle", "in the middle", "in the centre", "in the center"),
    "right": ("on the right", "on the right", "at the right", "to the right", "on the right side"),
}
PLACE: Mapping[str, tuple[str, ...]] = {
    "left": ("left", "left", "leftmost"),
    "middle": ("middle", "middle", "central"),
    "right": ("right", "right", "rightmost"),
}

SWAP = Templates(
    training=(
        "swap the face {at} with {new}",
        "swap the face {at} for {new}",
        "swap the {place} face with {new}",
        "swap {who} with {new}",
        "swap {who} for {new}",
        "swap {whose} face with that of {new}",
        "swap {whose} face for the face of {new}",
        "replace {who} with {new}",
        "replace the face {at} with {new}",
        "replace the {place} face by {new}",
        "replace {whose} face with the face of {new}",
        "turn {who} into {new}",
        "transform the face {at} into {new}",
        "change {who} into {new}",
        "change {who} to {new}",
        "change the {place} face into that of {new}",
        "make {who} {new}",
        "make the face {at} that of {new}",
        "put the face of {new} on {who}",
        "give {who} the face of {new}",
        "{who} should be {new}",
        "{who} becomes {new}",
        "let {who} be {new}",
        "face swap: {new} {at}",
        "I want {new} instead of {who}",
        "{new} instead of {who}",
        "there should be {new} {at}",
    ),
    held_out=(
        "transform {who} into {new}",
        "swap the face of {who} with {new}",
        "replace {whose} face with {new}",
        "put {new} {at}",
        "give the person {at} the face of {new} instead",
        "change the face {at} to the face of {new}",
    ),
)

EXCHANGE = Templates(
    training=(
        "swap the faces of {who} and {other}",
        "swap the faces of {who} and {other}",
        "exchange the faces of {who} and {other}",
        "swap {who} and {other}",
        "swap {who} with {other}",
        "swap {whose} face with that of {other}",
        "swap {whose} face with {others} face",
        "exchange {whose} face with {others} face",
        "swap the {place} and the {other_place} face",
        "swap the faces {at} and {other_at}",
        "switch the faces of {who} and {other}",
        "switch {who} and {other}",
        "make {who} and {other} trade faces",
        "let {who} and {other} trade faces",
        "{who} and {other} trade faces",
        "put {whose} face on {other} and the other way round",
    ),
    held_out=(
        "exchange {who} and {other}",
        "let {who} and {other} switch faces",
        "switch the {place} face with the {other_place} face",
        "trade the faces of {who} and {other}",
    ),
)
EXCHANGE_OF_TWO = ("swap the two faces", "exchange the two faces", "swap the faces", "let the two trade faces")

EXPRESSION = Templates(
    training=(
        "make {who} {verb}",
        "make {who} {verb}",
        "let {who} {verb}",
        "make {who} look {look}",
        "{who} should {verb}",
        "{who} should look {look}",
        "give {who} {face}",
        "change {whose} expression to {look}",
        "change {whose} face to {look}",
        "make {whose} face {look}",
        "make {whose} expression {look}",
        "put {face} on {who}",
        "the face {at} should look {look}",
    ),
    held_out=(
        "let {who} look {look}",
        "put {face} on the face {at}",
        "the expression of {who} should be {look}",
    ),
)
VERB: Mapping[str, tuple[str, ...]] = {
    "neutral": ("look neutral", "look calm", "stop making a face"),
    "smiling": ("smile", "smile", "look happy"),
    "laughing": ("laugh", "laugh", "laugh out loud"),
    "surprised": ("look surprised", "be surprised", "look astonished"),
    "sad": ("look sad", "be sad", "look unhappy"),
    "angry": ("look angry", "be angry", "look furious"),
}
LOOK: Mapping[str, tuple[str, ...]] = {
    "neutral": ("neutral", "neutral", "calm"),
    "smiling": ("smiling", "smiling", "happy"),
    "laughing": ("laughing",),
    "surprised": ("surprised", "surprised", "astonished"),
    "sad": ("sad", "sad", "unhappy"),
    "angry": ("angry", "angry", "furious"),
}
FACE: Mapping[str, tuple[str, ...]] = {
    "neutral": ("a neutral expression", "a neutral face", "a calm face"),
    "smiling": ("a smile", "a smile", "a smiling face", "a happy face"),
    "laughing": ("a laugh", "a laughing face", "a big laugh"),
    "surprised": ("a surprised expression", "a surprised face", "an astonished look"),
    "sad": ("a sad expression", "a sad face", "a sad look"),
    "angry": ("an angry expression", "an angry face", "an angry look"),
}

SET: Mapping[tuple[str, str], Templates] = {
    ("hair_colour", ""): Templates(
        training=(
            "make {whose} hair {value}",
            "give {who} {value} hair",
            "dye {whose} hair {value}",
            "change {whose} hair colour to {value}",
            "change the hair colour of {who} to {value}",
            "{who} should have {value} hair",
            "turn {whose} hair {value}",
        ),
        held_out=("dye the hair of {who} {value}", "change {whose} hair to {value}"),
    ),
    ("hair_style", ""): Templates(
        training=(
            "give {who} {hair}",
            "give {who} {hair}",
            "{who} should have {hair}",
            "change {whose} hair to {hair}",
            "{who} with {hair}",
            "change {whose} hair style to {hair}",
        ),
        held_out=("let {who} have {hair}", "change the hair of {who} to {hair}"),
    ),
    ("hair_style", "bald"): Templates(
        training=("make {who} bald", "{who} should be bald", "shave {whose} head", "remove {whose} hair"),
        held_out=("shave the head of {who}", "let {who} be bald"),
    ),
    ("glasses", "glasses"): Templates(
        training=(
            "add glasses to {who}",
            "give {who} glasses",
            "put glasses on {who}",
            "make {who} wear glasses",
            "let {who} wear glasses",
            "{who} with glasses",
        ),
        held_out=("add glasses to {whose} face", "{who} should wear glasses"),
    ),
    ("glasses", "none"): Templates(
        training=(
            "remove {whose} glasses",
            "take off {whose} glasses",
            "take the glasses off {who}",
            "remove the glasses from {who}",
            "{who} without glasses",
        ),
        held_out=("remove the glasses of {who}", "{who} should wear no glasses"),
    ),
    ("beard", "beard"): Templates(
        training=(
            "add a beard to {who}",
            "give {who} a beard",
            "put a beard on {who}",
            "make {who} grow a beard",
            "let {who} grow a beard",
            "{who} with a beard",
        ),
        held_out=("add a beard to {whose} face", "{who} should have a beard"),
    ),
    ("beard", "none"): Templates(
        training=(
            "remove {whose} beard",
            "shave {whose} beard",
            "shave off {whose} beard",
            "remove the beard from {who}",
            "shave {who}",
            "{who} without a beard",
        ),
        held_out=("remove the beard of {who}", "shave the beard of {who}"),
    ),
    ("hat", ""): Templates(
        training=(
            "add a {value} to {who}",
            "give {who} a {value}",
            "put a {value} on {who}",
            "make {who} wear a {value}",
            "let {who} wear a {value}",
            "{who} with a {value}",
        ),
        held_out=("put a {value} on {whose} head", "{who} should wear a {value}"),
    ),
    ("hat", "none"): Templates(
        training=(
            "remove {whose} {worn}",
            "take off {whose} {worn}",
            "take the {worn} off {who}",
            "remove the {worn} from {who}",
            "{who} without a {worn}",
        ),
        held_out=("remove the {worn} of {who}", "take the {worn} off {whose} head"),
    ),
    ("age", ""): Templates(
        training=(
            "make {who} {value}",
            "make {who} look {value}",
            "make {whose} face {value}",
            "{who} should be {value}",
            "{who} should look {value}",
            "change {whose} age to {value}",
        ),
        held_out=("let {who} be {value}", "let {who} look {value}"),
    ),
    ("presentation", ""): Templates(
        training=(
            "make {who} a {value}",
            "turn {who} into a {value}",
            "change {who} to a {value}",
            "{who} should be a {value}",
            "change {whose} gender to {gender}",
            "make {who} {gender}",
        ),
        held_out=("let {who} be a {value}", "change the gender of {who} to {gender}"),
    ),
    ("skin", ""): Templates(
        training=(
            "give {who} {value} skin",
            "make {whose} skin {value}",
            "change {whose} skin to {value}",
            "change {whose} skin tone to {value}",
            "{who} should have {value} skin",
            "{who} with {value} skin",
        ),
        held_out=("change the skin of {who} to {value}", "let {who} have {value} skin"),
    ),
    ("face_shape", ""): Templates(
        training=(
            "give {who} a {value} face",
            "make {whose} face {value}",
            "change {whose} face shape to {value}",
            "{who} should have a {value} face",
            "{who} with a {value} face",
        ),
        held_out=("let {who} have a {value} face", "change the face shape of {who} to {value}"),
    ),
}
"""Sentences that set one attribute, by attribute and value; value "" serves every value not listed."""

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "age": {
        "young": ("young", "young", "youthful"),
        "middle-aged": ("middle-aged", "middle-aged", "middle aged"),
        "old": ("old", "old", "elderly"),
    },
    "skin": {
        "pale": ("pale", "pale", "very light"),
        "fair": ("fair", "fair", "light"),
        "tan": ("tan", "tan", "tanned"),
        "brown": ("brown",),
        "dark": ("dark", "dark", "very dark"),
    },
    "hair_colour": {
        "black": ("black",),
        "brown": ("brown",),
        "blond": ("blond", "blonde"),
        "red": ("red", "red", "ginger"),
        "grey": ("grey", "grey", "gray", "silver"),
    },
    "hat": {"hat": ("hat",), "headscarf": ("headscarf", "headscarf", "scarf")},
}
"""Synonyms; a value that is not listed is its own only word."""

NOUN: Mapping[str, tuple[str, ...]] = {"woman": ("woman", "woman", "lady"), "man": ("man", "man", "guy")}
GENDER: Mapping[str, str] = {"woman": "female", "man": "male"}

HAIR: Mapping[str, tuple[str, ...]] = {
    "short": ("short {colour} hair",),
    "long": ("long {colour} hair",),
    "curly": ("curly {colour} hair", "curly {colour} hair", "{colour} curls"),
    "bun": ("{colour} hair in a bun", "a {colour} bun", "{colour} hair tied in a bun"),
    "bald": ("no hair", "a bald head"),
}
"""Hair as a noun phrase; without a colour the gap closes."""

DESCRIPTION = Templates(
    training=(
        "{a:}{age} {noun} with {list:skin,hair,accessories,face_shape}",
        "{a:}{age} {noun} with {list:hair,accessories,face_shape,skin}",
        "{a:}{age} {noun} with {list:hair,skin,face_shape,accessories}",
        "{a:}{skin} {age} {noun} with {list:hair,accessories,face_shape}",
        "{a:}{age} {noun} with {list:face_shape,hair,accessories,skin}",
        "a {noun} with {list:hair,skin,accessories,face_shape}, {age}",
        "{a:}{age} {noun}, {list:hair,skin,accessories,face_shape}",
    ),
    held_out=(
        "{a:}{age} {noun} who has {list:skin,hair,face_shape,accessories}",
        "{a:}{age} {noun} with {list:accessories,hair,skin,face_shape}",
    ),
)
"""How the new identity of a swap is described; gaps of attributes that are not named close."""
