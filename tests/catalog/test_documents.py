"""What a document may look like, and how a misunderstood one is told of."""

from __future__ import annotations

import pytest

from seamline.catalog.documents.entry_names import model_id, paper_id, question_id
from seamline.catalog.documents.prompt_text import parse
from seamline.catalog.evidence.languages import language_of
from seamline.catalog.links import Reference, read_reference, read_repository
from seamline.catalog.reading.yaml_reader import Unreadable, read_text

MODELS = "### Recommended AI Models:\nModel: Img2Img-Hub-owner-name\n"


@pytest.mark.parametrize(
    ("quoted", "asked"),
    [
        ('"Why?"', "Why?"),
        ("“Why ‘so’?”", "Why ‘so’?"),
        ("„Warum?“", "Warum?"),
        ("„Dlaczego?”", "Dlaczego?"),
        ("«\u00a0Pourquoi ?\u00a0»", "Pourquoi ?"),
        ("»Warum?«", "Warum?"),
        ("「なぜですか？」", "なぜですか？"),
        ('"Why\nis\nthat?"', "Why is that?"),
        ('Question: "Why: so?"', "Why: so?"),
        ('"He said "no". Why?"', 'He said "no". Why?'),
        ('"Why?".', "Why?"),
    ],
)
def test_questions_in_many_quotation_marks(quoted: str, asked: str) -> None:
    assert parse(f"A user asks:\n{quoted}\n\n{MODELS}").asked == asked


@pytest.mark.parametrize(
    "heading",
    [
        "### Recommended AI Models:",
        "## recommended ai models",
        "### Recommended AI Models: ###",
        "**Recommended AI Models:**",
    ],
)
def test_headings_in_many_forms(heading: str) -> None:
    assert parse(f'"Why?"\n{heading}\nModel: Img2Img-Hub-owner-name').models[0].name == "Img2Img-Hub-owner-name"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "no recommended models"),
        (f"Why?\n{MODELS}", 1, "no quoted question"),
        (f'"Why?"\n\n"How?"\n{MODELS}', 3, "second quoted"),
        (f'"Why?\n\n{MODELS}', 1, "never closed"),
        ('"Why?"\n### Recommended AI Models:\n', 2, "no model"),
        ('"Why?"\n### Recommended AI Modles:\nModel: x', 2, "no section"),
        (f'"Why?"\n{MODELS}### Tools:\n', 4, "no section"),
        (f'"Why?"\n{MODELS}{MODELS}', 4, "second section"),
        ('"Why?"\n### Recommended AI Models:\nPaper: https://arxiv.org/abs/2211.09800', 3, "before the first"),
        ('"Why?"\n### Recommended AI Models:\nModel:', 3, "names nothing"),
        ('"Why?"\n### Recommended AI Models:\nModel: instruct pix2pix', 3, "workflow block"),
        (f'"Why?"\n{MODELS}Paper: soon', 4, "not the address"),
        (f'"Why?"\n{MODELS}Paper: https://arxiv.org/abs/soon', 4, "not the address"),
        (f'"Why?"\n{MODELS}Paper: javascript:alert(1)', 4, "not the address"),
        (f'"Why?"\n{MODELS}GitHub: https://gitlab.com/a/b', 4, "not a repository"),
        (f'"Why?"\n{MODELS}Git Hub: https://github.com/a/b', 4, "no key"),
        (f'"Why?"\n{MODELS}GitHub: https://github.com/a/b\nGitHub: https://github.com/a/c', 5, "given twice"),
        (f'"Why?"\n{MODELS}Model: Img2Img-Hub-owner-name', 4, "recommended twice"),
        (f'"Why?"\n{MODELS}### Related Papers:\nModel: A\nSummary: a\n\nAnswer:\nBecause.', 9, "below `Answer:`"),
        (
            '"Why?"\n### Recommended AI Models:\n' + "".join(f"Model: Img2Txt-h-o-{n}\n" for n in range(11)),
            13,
            "11 models",
        ),
    ],
)
def test_what_is_misunderstood_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.line == line
    assert reason in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"a\nb\xff", 2, "UTF-8"),
        (b"a\nb\x00", 2, r"U+0000"),
        ("a\n\u202eb".encode(), 2, "U+202E"),
        (b"x" * 1_000_001, 0, "bytes"),
        (b"\xff\xfea", 0, "UTF-8"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, line: int, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_text(data)
    assert (caught.value.line, reason in caught.value.what) == (line, True)


def test_marks_and_line_ends_do_not_count() -> None:
    assert read_text("\ufeffa\r\nb\rc".encode()) == read_text("a\nb\nc".encode("utf-16")) == "a\nb\nc"


@pytest.mark.parametrize(
    "text",
    [
        "https://arxiv.org/abs/2211.09800",
        "http://arxiv.org/pdf/2211.09800v2.pdf",
        "https://www.arxiv.org/pdf/2211.09800",
        "https://export.arxiv.org/abs/2211.09800v10",
        "arXiv:2211.09800v1",
        "<https://arxiv.org/html/2211.09800v1>",
        "[the paper](https://arxiv.org/abs/2211.09800)",
        "https://arxiv.org/abs/2211.09800?context=cs",
        "ARXIV: 2211.09800",
    ],
)
def test_arxiv_in_many_forms(text: str) -> None:
    reference = read_reference(text)
    assert reference and reference.arxiv == "2211.09800"


def test_other_addresses() -> None:
    doi, other, old = (
        read_reference(text)
        for text in ("https://dx.doi.org/10.1/x", "http://example.org/p.pdf", "https://arxiv.org/abs/hep-th/9901001")
    )
    assert doi is None or doi.doi == ""
    assert other and other.url == "https://example.org/p.pdf"
    assert old and old.arxiv == "hep-th/9901001"
    assert read_repository("http://www.github.com/Owner/na.me.git/") == "https://github.com/Owner/na.me"
    assert read_repository("https://github.com/owner") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How does AI match everything?", "en"),
        ("Wie passt das Licht so gut?", "de"),
        ("なぜ光が合うのですか", "ja"),
        ("Comment est-ce que la lumière est la même ?", "fr"),
        ("Почему свет такой?", "ru"),
        ("为什么光线匹配", "zh"),
        ("¿Por qué la luz es la misma en todas las caras?", "es"),
        ("42", "en"),
        ("", "en"),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(text) == language


def test_names_of_new_entries() -> None:
    at = Reference(arxiv="2404.17255")
    assert paper_id("SDFD: Building a Dataset", at, ()) == "sdfd-2024"
    assert paper_id("Enhancing the Image Matting in the Wild", Reference("2502.17093"), ()) == (
        "enhancing-image-matting-2025"
    )
    assert paper_id("SDFD: Building a Dataset", at, {"sdfd-2024", "sdfd-2024-2"}) == "sdfd-2024-3"
    assert paper_id("Reading Source Code", Reference(), ()) == "reading-source-code-paper"
    assert paper_id("顔と光", at, ()) == "arxiv-2404-17255"
    assert paper_id("", Reference(doi="10.1234/Some.Paper"), ()) == "doi-10-1234-some-paper"
    assert paper_id("Nul", Reference(), ()) == "nul-paper"
    assert paper_id("顔と光", Reference(), ()) != paper_id("光と顔", Reference(), ())
    assert question_id("../../Été", "Why?", ()) == "ete"
    assert question_id("Straße—Nächte", "Why?", ()) == "strasse-nachte"
    assert question_id("質問", "Why does it?", ()) == "why-does-it"
    assert question_id("质问1", "为什么 GAN 好?", ()).startswith("question-")
    for device in ("index", "CON", "aux", "Com1"):
        assert question_id(device, "Why does it?", ()) == "why-does-it"


@pytest.mark.parametrize(
    ("rest", "repository", "name"),
    [
        ("owner-Some_Model.v2", "", "some-model-v2"),
        ("timbrooks-instruct-pix2pix", "https://github.com/timothybrooks/instruct-pix2pix", "instruct-pix2pix"),
        ("timbrooks-instruct-pix2pix", "", "timbrooks-instruct-pix2pix"),
        ("black-forest-labs-FLUX.1-Kontext-dev", "https://github.com/black-forest-labs/flux", "flux-1-kontext-dev"),
        ("depth-anything-Depth-Anything-V2-Large", "", "depth-anything-depth-anything-v2-large"),
        ("library-llama3:8b", "", "llama3-8b"),
        ("maker-aux", "", "maker-aux"),
    ],
)
def test_the_id_of_a_model_is_made_from_no_owner_that_is_a_guess(rest: str, repository: str, name: str) -> None:
    assert model_id(f"Img2Img-Hub-{rest}", repository, ()) == name


def test_a_model_of_a_taken_name_has_its_owner_in_front() -> None:
    assert model_id("Img2Img-Hub-owner-name", "", {"name"}) == "owner-name"
    assert model_id("Img2Img-Hub-owner-name", "", {"name", "owner-name"}) == "owner-name-2"


def test_a_fact_may_follow_the_summary_unless_the_entry_has_it() -> None:
    head = f'"Why?"\n{MODELS}### Related Papers:\nModel: A\n'
    link = "GitHub: https://github.com/a/one"
    after = parse(f"{head}Summary: It is so.\n{link}\n").papers[0]
    assert (after.github, after.summary) == ("https://github.com/a/one", "It is so.")
    with pytest.raises(Unreadable, match="begins like the key `GitHub:`"):
        parse(f"{head}{link}\nSummary: It is so:\nGitHub: https://github.com/a/two\n")
