"""What is looked up, in which languages, where sentences end, and when nothing is claimed."""

from __future__ import annotations

import pytest

from seamline.catalog import Source
from seamline.catalog.entries import KeyConcept, Paper, Question
from seamline.catalog.evidence.coverage import coverage_of, why_nothing
from seamline.catalog.evidence.function_words import FUNCTION_WORDS
from seamline.catalog.evidence.key_concepts import key_concepts_of
from seamline.catalog.evidence.languages import detected
from seamline.catalog.evidence.retrieval import evidence_for
from seamline.catalog.evidence.sentences import sentences_of
from seamline.catalog.evidence.text_direction import direction_of

ENGLISH = "We study the phoneme and the rest of the scene. A telephone is not one of them."
GERMAN = "Die Besprechung wurde mit dem Telefon aufgenommen, wer hat was gesagt?"


def sources(*summaries: str) -> dict[str, Source]:
    return {
        f"p{n}": Source(f"p{n}", "paper", "T", "", Paper(title="T", summary=text)) for n, text in enumerate(summaries)
    }


def question(asked: str, **fields: object) -> Question:
    return Question(asked=asked, models=("m",), **fields)  # type: ignore[arg-type]


def test_the_questions_own_words_match_whole_stems_and_curated_terms_beginnings() -> None:
    asked = question("How does the phone do all the rest?")
    assert [row.concept.name for row in coverage_of(asked, sources(ENGLISH))] == ["phone"]
    assert not coverage_of(asked, sources(ENGLISH))[0].mentioned
    assert coverage_of(asked, sources("The phones of the house are old."))[0].mentioned
    curated = question("How?", key_concepts=(KeyConcept(name="phone", terms=("phone",)),))
    assert coverage_of(curated, sources(ENGLISH))[0].mentioned


@pytest.mark.parametrize(
    ("asked", "language", "reason"),
    [
        (GERMAN, "de", "other"),
        (GERMAN, "en", "other"),
        ("换脸之后光线为什么这么自然", "zh", "unmeasured"),
        ("كيف يجعل النموذج الإضاءة طبيعية", "ar", "unmeasured"),
        ("왜 빛이 자연스러운가요", "ko", "unmeasured"),
        ("Gesichter tauschen?", "en", "unsure"),
        ("Why does the phone ring?", "en", None),
    ],
)
def test_nothing_is_claimed_of_what_was_not_looked_up(asked: str, language: str, reason: str | None) -> None:
    one = question(asked, language=language)
    assert why_nothing(one, sources(ENGLISH)) == reason
    assert bool(coverage_of(one, sources(ENGLISH))) == (reason is None)
    if reason == "other":
        assert not evidence_for(one, sources(ENGLISH))


def test_of_two_languages_each_summary_is_told_apart() -> None:
    rows = coverage_of(question(GERMAN), sources(ENGLISH, "Das Telefon ist alt und die Besprechung ist lang."))
    assert {row.mentions[0].where for row in rows} == {"elsewhere"}
    assert {row.mentions[1].where for row in rows} == {"summary", "nowhere"}


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("wer wurde was gesagt warum dabei", "de"), ("qui quoi dont lequel était", "fr"), ("quién cuál fueron", "es"),
        ("quem quais foram", "pt"), ("chi quali furono", "it"), ("wie welke werden", "nl"), ("vem vilka blev", "sv"),
        ("kto jaki została", "pl"), ("kim hangi oldu", "tr"), ("кто какой были", "ru"), ("who which rest every", "en"),
    ],
)  # fmt: skip
def test_function_words_are_no_key_concepts(asked: str, language: str) -> None:
    assert language in FUNCTION_WORDS
    assert key_concepts_of(question(asked, language=language)) == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Faces and light. They match.", "en"), ("Hoe werkt het licht?", "nl"), ("Işık neden aynı?", "tr"),
        ("چگونه مدل نور را", "fa"), ("میں کیسے ہے", "ur"), ("Чому світло", "uk"), ("Swap faces", ""), ("42", ""), ("", ""),  # noqa: E501
        ("The light and das Licht und the face und der Mund", ""),
    ],
)  # fmt: skip
def test_a_language_is_told_or_not(text: str, language: str) -> None:
    assert detected(text) == language


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is, e.g. in Fig. 4, so (Fig. 4). Next.", ["It is, e.g. in Fig. 4, so (Fig. 4).", "Next."]),
        ("Dr. Smith wrote approx. 3.5 lines, cf. Sec. 3. End.", ["Dr. Smith wrote approx. 3.5 lines, cf. Sec. 3.", "End."]),  # noqa: E501
        ("See No. 5 here. I said no. Then go.", ["See No. 5 here.", "I said no.", "Then go."]),
        ("J. R. R. Tolkien, pp. 3 to 5. In step B. Then §3.2. Go.",
         ["J. R. R. Tolkien, pp. 3 to 5.", "In step B.", "Then §3.2.", "Go."]),
        ("Wait ... it goes. He said “stop.” Then (see Fig. 4.) Go.",
         ["Wait ... it goes.", "He said “stop.”", "Then (see Fig. 4.)", "Go."]),
        ("扩散开始。读取。因此不变。", ["扩散开始。", "读取。", "因此不变。"]),
        ("彼は「光だ。」と言った。次。", ["彼は「光だ。」と言った。", "次。"]),
        ("هل الضوء طبيعي؟ نعم. كل وجه.", ["هل الضوء طبيعي؟", "نعم.", "كل وجه."]),
        ("یہ روشنی ہے۔ یہ چہرہ ہے۔", ["یہ روشنی ہے۔", "یہ چہرہ ہے۔"]),
        ("यह प्रकाश है। यह चेहरा है।", ["यह प्रकाश है।", "यह चेहरा है।"]),
        ("Τι είναι; Ναι.", ["Τι είναι;", "Ναι."]),
        ("Т. е. это так. См. рис. 3 ниже.", ["Т. е. это так.", "См. рис. 3 ниже."]),
    ],
)  # fmt: skip
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


@pytest.mark.parametrize(
    ("text", "direction"),
    [("InstructPix2Pix كيف يجعل", "rtl"), ("איך זה עובד", "rtl"), ("چگونه", "rtl"), ("How does it?", ""),
     ("The word سلام means peace in Arabic", ""), ("42", "")],
)  # fmt: skip
def test_directions(text: str, direction: str) -> None:
    assert direction_of(text) == direction
