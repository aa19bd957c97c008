"""Evidence and coverage say what the given summaries say, word for word, and where they say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog import Source, load, sources_for
from seamline.catalog.entries import KeyConcept, Paper, Question
from seamline.catalog.evidence.claims import claim_of
from seamline.catalog.evidence.coverage import coverage_of
from seamline.catalog.evidence.key_concepts import Sought, key_concepts_of, mentions
from seamline.catalog.evidence.retrieval import evidence_for
from seamline.catalog.evidence.sentence_kinds import sets_the_scene
from seamline.catalog.evidence.sentences import sentences_of

from .conftest import REPOSITORY

SUMMARIES = {
    "light2020": "We study houses. The light on a face depends on its place, e.g. on shadows. Nothing else is known.",
    "mask2021": "Masks cut out people. Swapping two masks is easy.",
    "bare2022": "",
}
TITLES = {"bare2022": "On Faces"}


def sources(summaries: dict[str, str] = SUMMARIES) -> dict[str, Source]:
    return {
        key: Source(key, "paper", TITLES.get(key, key), "", Paper(title=TITLES.get(key, key), summary=summary))
        for key, summary in summaries.items()
    }


QUESTION = Question(
    asked="Why does the light match when I swap faces?",
    models=("m",),
    key_concepts=(
        KeyConcept(name="face", terms=("face",)),
        KeyConcept(name="swap", terms=("swap",)),
        KeyConcept(name="sound", terms=("sound", "nois")),
    ),
)


def test_evidence_is_quoted_and_ranked() -> None:
    found = evidence_for(QUESTION, sources())
    assert [(one.key, one.position) for one in found] == [("light2020", 2), ("mask2021", 2)]
    assert found[0].sentence == "The light on a face depends on its place, e.g. on shadows."
    assert found[0].score > found[1].score > 0
    assert evidence_for(QUESTION, sources(), limit=1) == found[:1]


def test_no_summary_no_evidence() -> None:
    assert evidence_for(QUESTION, sources({"bare2022": ""})) == ()
    assert evidence_for(QUESTION, {}) == ()
    assert evidence_for(QUESTION.model_copy(update={"key_concepts": (), "asked": "Zyx?"}), sources()) == ()


def test_coverage_tells_where_and_where_not() -> None:
    face, swap, sound = coverage_of(QUESTION, sources())
    assert [mention.where for mention in face.mentions] == ["summary", "nowhere", "title"]
    assert face.mentions[0].sentence == "The light on a face depends on its place, e.g. on shadows."
    assert [mention.where for mention in swap.mentions] == ["nowhere", "summary", "unread"]
    assert not sound.mentioned and face.mentioned


def test_the_seed_question() -> None:
    catalog = load(REPOSITORY)
    question = catalog.questions["seamless-face-swap"].entry
    given_sources = sources_for(catalog, "seamless-face-swap")
    summaries = " ".join(" ".join(paper.summary.split()) for paper in catalog.papers.values())
    found = evidence_for(question, given_sources)
    assert found and all(one.sentence in summaries for one in found)
    rows = {row.concept.name: row for row in coverage_of(question, given_sources)}
    assert {"face", "swap", "group photo", "lighting", "expression"} <= rows.keys()
    said = {(row.concept.name, mention.key) for row in rows.values() for mention in row.mentions if mention.sentence}
    assert said == {("face", "baltsou2024")}, "a related idea, like several instances in a picture, is not a mention"


@pytest.mark.parametrize(
    ("asked", "language", "names"),
    [
        ("Why does the light match when I swap faces?", "en", ["light", "faces", "match", "swap"]),
        ("It named the bird. How can it tell a blackbird from a thrush?", "en", ["blackbird", "thrush", "bird"]),
        (
            "Can AI put colour into the silent film of my great-grandparents?",
            "en",
            ["colour", "film", "grandparents", "silent"],
        ),
        ("How are faces and the face swapped, and swapping?", "en", ["faces", "swapped"]),
        ("The app put someone in front of every single tree. Why there?", "en", ["tree"]),
        ("Warum passt das Licht auf den Gesichtern?", "de", ["passt", "licht", "gesichtern"]),
        ("なぜ顔の光が自然なのですか", "ja", ["自然"]),
        ("42?", "en", []),
    ],
)
def test_key_concepts_when_none_are_given(asked: str, language: str, names: list[str]) -> None:
    question = Question(asked=asked, models=("m",), language=language)
    assert [concept.name for concept in key_concepts_of(question)] == names


def test_spellings_share_a_stem_and_idioms_are_no_mentions() -> None:
    (colour, *_) = key_concepts_of(Question(asked="Who put colour into the film?", models=("m",)))
    assert mentions(colour, "Frames are colorized in sequence.") == 1
    assert mentions(Sought("ends", ("end",), "en"), "It is trained end to end, end-to-end.") == 0


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("I drew a stick figure. How does it hold on to the pose?", ["pose", "stick figure", "hold", "drew"]),
        ("Why is the depth map of my garden so sharp?", ["depth map", "garden", "sharp"]),
        ("How does identity preservation work in a portrait?", ["identity preservation", "portrait"]),
        ("How can a painting learn to talk?", ["painting", "learn", "talk"]),
        ("Why does the phone that the dog bites still ring?", ["phone", "dog", "bites"]),
    ],
)
def test_two_nouns_that_make_a_name_are_looked_up_together(asked: str, names: list[str]) -> None:
    assert [concept.name for concept in key_concepts_of(Question(asked=asked, models=("m",)))] == names


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Identity preservation is hard. It preserves the subject's identity.", 2),
        ("The preservation of the identity and of its identity.", 1),
        ("It knows the identity. Preservation of the light is another thing.", 0),
        ("Identity is what a long sentence tells of before it comes to preservation.", 0),
    ],
)
def test_a_name_is_mentioned_where_its_words_stand_close_in_one_sentence(text: str, times: int) -> None:
    (concept, *_) = key_concepts_of(Question(asked="How does identity preservation work?", models=("m",)))
    assert mentions(concept, text) == times


def test_a_name_gives_way_to_the_word_of_it_that_is_mentioned() -> None:
    asked = Question(asked="Why is the depth map so sharp, and the stick figure?", models=("m",))
    given_source = sources({"one2022": "The depth of a scene is estimated by a network."})
    rows = {row.concept.name: row.mentioned for row in coverage_of(asked, given_source)}
    assert rows["depth"] and not rows["stick figure"] and not {"depth map", "map", "stick"} & {*rows}


def test_the_tasks_of_the_models_are_looked_up_beside_the_words_of_the_question() -> None:
    asked = Question(asked="How did the portrait speak?", models=("m",))
    given_source = sources({"one2022": "Talking head videos are made from a face.", "two2022": "The head is still."})
    tasks = ("talking-head generation", "text-to-image generation", "talking-head generation")
    rows = {row.concept.name: [one.where for one in row.mentions] for row in coverage_of(asked, given_source, tasks)}
    assert rows["talking-head generation"] == ["summary", "nowhere"]
    assert rows["text-to-image generation"] == ["nowhere", "nowhere"] and len(rows) == 4
    curated = asked.model_copy(update={"key_concepts": (KeyConcept(name="face", terms=("face",)),)})
    assert [row.concept.name for row in coverage_of(curated, given_source, tasks)] == ["face"]


def test_what_people_call_a_photo_and_papers_an_image_is_one_concept() -> None:
    (photo,) = key_concepts_of(Question(asked="What is in the photo, in the picture and in the image?", models=("m",)))
    assert photo.name == "photo"
    assert mentions(photo, "An image, two pictures and a photograph; imagine a photon.") == 3


@pytest.mark.parametrize(
    ("sentence", "sets"),
    [
        ("To this end, we collected a data set.", True),
        ("Additionally, their form guides it.", True),
        ("Image matting is a fundamental computer vision problem.", True),
        ("Translation has become a key focus of research.", True),
        ("We collected a data set to this end.", False),
        ("The second is drawn by a network.", True),
        ("Problems of focus are solved by a lens.", False),
    ],
)
def test_a_sentence_about_the_field_or_that_goes_on_from_another_sets_the_scene(sentence: str, sets: bool) -> None:
    assert sets_the_scene(sentence) == sets


@pytest.mark.parametrize(
    ("summary", "claim"),
    [
        ("Mattes are hard. We propose a net that solves this problem. It works.",
         "Mattes are hard. We propose a net that solves this problem."),
        ("This paper presents Sharp. By a net it sharpens. It works.",
         "This paper presents Sharp. By a net it sharpens."),
        ("We present Sharp. We introduce a loss that keeps hairs sharp in a photo.",
         "We introduce a loss that keeps hairs sharp in a photo."),
        ("Manners matter. We perform a pilot study of tone.", "We perform a pilot study of tone."),
        ("We propose a net that solves this problem.", "We propose a net that solves this problem."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_claim_comes_with_what_one_needs_to_understand_it(summary: str, claim: str) -> None:
    assert claim_of(summary) == claim


def test_a_term_is_the_beginning_of_a_word() -> None:
    concept = KeyConcept(name="light", terms=("light", "group photo"))
    assert mentions(concept, "Light, lighting and a group\nphoto") == 3
    assert mentions(concept, "twilight slight") == 0


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("A. B c. D.", ["A. B c.", "D."]),
        ("See e.g. Fig. 3 of Ho et al. Then go.", ["See e.g. Fig. 3 of Ho et al. Then go."]),
        (
            'It is 2.5 times faster (by J. Doe). "Really?" Yes!',
            ["It is 2.5 times faster (by J. Doe).", '"Really?"', "Yes!"],
        ),
        ("Page at https://a.b/c. Next.", ["Page at https://a.b/c.", "Next."]),
        ("Wie z. B. Dr. No sagt. Ende.", ["Wie z. B. Dr. No sagt.", "Ende."]),
        ("one\n\ntwo", ["one", "two"]),
        ("光。影。", ["光。", "影。"]),
        (
            "It is simple. wav2vec 2.0 masks. mBART, e.g. mT5, follows.",
            ["It is simple.", "wav2vec 2.0 masks.", "mBART, e.g. mT5, follows."],
        ),
        ("Über uns. Öl ist da.", ["Über uns.", "Öl ist da."]),
        ("", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


@given(st.text(alphabet='aB .!?e.g\n"()。', max_size=60))
def test_no_word_is_lost_between_sentences(text: str) -> None:
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())
