"""A draft answers as far as a program can, says that it is one, and can be gone on with."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html

from seamline import cli
from seamline.catalog import load

DOCUMENT = """"I recorded our weekly meeting on a phone. How did AI find out who said what, and write the minutes?"

### Recommended AI Models:
Model: Audio2Txt-HuggingFace-openai-whisper-large-v3
Paper: https://arxiv.org/abs/2212.04356
Model: Txt2Txt-HuggingFace-facebook-bart-large-cnn

### Related Papers:
Model: WhisperX
Paper: https://arxiv.org/abs/2303.00747
GitHub: https://github.com/m-bain/whisperX
Summary: Time stamps of words are inaccurate. We present WhisperX, which {{ sample("x") }} aligns each phoneme. With \
these time stamps each word can be assigned to the speaker who said it.
"""


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    project = tmp_path / "mine"
    assert cli.run(["init", str(project), "--bare"]) == 0
    (project / "meeting.txt").write_text(DOCUMENT)
    assert cli.run(["--project", str(project), "import", str(project / "meeting.txt")]) == 0
    (model,) = (project / "catalog/models").glob("*bart*.yml")
    model.write_text(model.read_text() + "task: text summarization\n")
    return project


def words(project: Path) -> str:
    assert cli.run(["--project", str(project), "build", "--strict"]) == 0
    article = html.fromstring((project / "site/questions/meeting/index.html").read_bytes()).xpath("//article")[0]
    return " ".join(article.text_content().split())


def test_it_says_in_short_what_the_task_is_and_what_comes_nearest_to_an_answer(mine: Path) -> None:
    page = words(mine)
    parts = [page.index(part) for part in ("This is a draft", "In short", "Block by block", "What the summaries say",
                                           "Paper by paper", "What they mention", "Papers and tools")]  # fmt: skip
    assert parts == sorted(parts)
    short = page[parts[1] : parts[2]]
    assert "Audio-to-text transcription, then text summarization." in short
    assert "A chain of two models takes input audio and gives a summary." in short
    assert "each word can be assigned to the speaker who said it" in short


def test_each_block_says_what_it_does_and_cites_its_paper_and_each_paper_what_it_brings(mine: Path) -> None:
    page = words(mine)
    blocks = page[page.index("Block by block") : page.index("What the summaries say")]
    assert "takes input audio and gives a transcript: audio-to-text transcription" in blocks
    assert "takes input text and gives a summary: text summarization." in blocks
    papers = page[page.index("Paper by paper") : page.index("What they mention")]
    assert '“We present WhisperX, which {{ sample("x") }} aligns each phoneme.” Code' in papers
    assert "no summary was given" in papers, "of the model's own"


def test_a_program_claims_nothing_on_the_pages_of_papers(mine: Path) -> None:
    words(mine)
    for page in (mine / "site/papers").glob("*/index.html"):
        assert "takes input audio" not in html.fromstring(page.read_bytes()).text_content()


def test_the_draft_is_written_into_the_file_to_go_on_with_and_shows_the_same(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = words(mine)
    assert cli.run(["--project", str(mine), "draft", "meeting"]) == 0
    question = load(mine).questions["meeting"]
    assert question.entry.status == "draft" and question.body.lstrip().startswith("## In short")
    assert "[@arxiv-2212-04356]" in question.body and "{{ evidence() }}" in question.body
    assert words(mine) == before
    path = mine / "catalog/questions/meeting.md"
    path.write_text(path.read_text() + "\nMine comes last.\n")
    page = words(mine)
    assert page.index("Mine comes last.") < page.index("Look closer") < page.index("Explained here, and not shown")
    capsys.readouterr()
    assert cli.run(["--project", str(mine), "draft", "meeting"]) == 3
    assert "an answer was begun\n  -> go on writing there" in capsys.readouterr().err
    assert cli.run(["--project", str(mine), "draft", "meetnig"]) == 3
    assert "did you mean `meeting`?" in capsys.readouterr().err


def test_what_a_summary_holds_stays_text(mine: Path) -> None:
    assert '{{ sample("x") }}' in words(mine)


BESIDE_THE_POINT = """"My cat was late. Why?"

### Recommended AI Models:
Model: ImgTxt2Img-HuggingFace-lllyasviel-sd-controlnet-openpose
Paper: https://arxiv.org/abs/2302.05543

### Related Papers:
Model: Houses of Stone
Paper: https://arxiv.org/abs/2301.00001
{houses}
Model: Adding Conditional Control
Paper: https://arxiv.org/abs/2302.05543
{control}
"""


@pytest.mark.parametrize(
    ("houses", "control", "opening"),
    [
        (
            "Summary: Houses are old. Walls are built by hand.",
            "Summary: Locks are often heavy. Keys are made by hand.",
            "says plainly how. This is what the model's paper says that it brings: Keys are made by hand.",
        ),
        ("Summary: Houses are old. Walls are built by hand.", "",
         "says plainly how. This is what the first paper says that it brings: Walls are built by hand."),
        ("", "", "No summary was given, so nothing can be quoted"),
    ],
)  # fmt: skip
def test_a_draft_opens_with_words_where_no_sentence_answers(
    tmp_path: Path, houses: str, control: str, opening: str
) -> None:
    assert cli.run(["init", str(tmp_path / "mine"), "--bare"]) == 0
    (tmp_path / "cat.txt").write_text(BESIDE_THE_POINT.format(houses=houses, control=control))
    assert cli.run(["--project", str(tmp_path / "mine"), "import", str(tmp_path / "cat.txt")]) == 0
    assert cli.run(["--project", str(tmp_path / "mine"), "render"]) == 0
    page = (tmp_path / "mine/generated/questions/cat/index.md").read_text()
    short = " ".join(re.sub(r"<[^>]*>|[>*]", "", page[page.index("In short") : page.index("Block by block")]).split())
    assert "Pose-conditioned text-to-image generation. A model takes a control image and a text prompt" in short
    assert opening in short.replace("&#39;", "'")


OWN_FIRST = """"How does AI cut a dog out of a photo?"

### Recommended AI Models:
Model: Img2Img-HuggingFace-briaai-RMBG-1.4
Paper: https://arxiv.org/abs/2203.03041

### Related Papers:
Model: Deep Image Matting
Paper: https://arxiv.org/abs/1703.03872
Summary: A network is trained on photos of dogs and cuts a dog out of a photo by its alpha matte.

Model: Objects in Images
Paper: https://arxiv.org/abs/2203.03041
Summary: {own}
"""


@pytest.mark.parametrize(
    ("own", "lead", "opening"),
    [
        ("To this end, images are labelled by hand. Objects are cut by a network that reads the image.",
         "Of the sentences of the model's own paper, this one", "Objects are cut by a network that reads the image."),
        ("Nothing is said.", "Of the sentences given, this one", "A network is trained on photos of dogs and cuts"),
    ],
)  # fmt: skip
def test_a_draft_says_of_which_sentences_it_chose_the_one_that_it_opens_with(
    tmp_path: Path, own: str, lead: str, opening: str
) -> None:
    assert cli.run(["init", str(tmp_path / "mine"), "--bare"]) == 0
    (tmp_path / "meeting.txt").write_text(OWN_FIRST.format(own=own))
    assert cli.run(["--project", str(tmp_path / "mine"), "import", str(tmp_path / "meeting.txt")]) == 0
    page = words(tmp_path / "mine")
    short = page[page.index("In short") : page.index("Block by block")]
    assert lead in short and opening in short
