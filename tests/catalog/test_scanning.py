"""Entries are found however a document was typed, pasted or exported; what cannot be told is an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from seamline.catalog.documents.importer import import_documents
from seamline.catalog.documents.prompt_text import Document, parse
from seamline.catalog.reading.yaml_reader import Unreadable, read_text
from seamline.errors import CatalogError

PLAIN = """A user has asked the following question:
"How does AI match
skin tones?"

1. What task the user is trying to perform.

### Recommended AI Models:
Model: ImgTxt2Img-HuggingFace-ada-engine
Paper: https://arxiv.org/pdf/2211.09800
GitHub: https://github.com/ada/engine

### Related Papers:
Model: One Study
Paper: https://arxiv.org/abs/2301.00021
Summary: First summary,
of two lines.

And a second paragraph.

Model: Another Study
GitHub: https://github.com/ada/another
Summary: Second summary.

Model: A Title Alone

Answer:
"""
ENTRIES = ("Model:", "Paper:", "GitHub:", "Summary:")


def keys(text: str, before: str = "", after: str = "") -> str:
    """`text` with something around each key."""
    for key in ENTRIES:
        text = text.replace(f"\n{key}", f"\n{before}{key[:-1]}{after or ':'}")
    return text


def facts(document: Document) -> list[tuple[object, ...]]:
    return [(one.name, one.papers, one.github, one.summary) for one in (*document.models, *document.papers)]


WANTED = parse(PLAIN)
DRESSED = {
    "every line followed by a blank one": PLAIN.replace("\n", "\n\n"),
    "line ends doubled": PLAIN.replace("\n", "\r\r\n"),
    "zero-width space": keys(PLAIN, "\u200b"),
    "mark of a joined file": keys(PLAIN, "\ufeff"),
    "word joiner, soft hyphen, marks of direction": keys(PLAIN, "\u2060\u00ad\u200e\u200f"),
    "joiners inside the key": PLAIN.replace("Mod", "Mo\u200dd").replace("Pap", "Pa\u200cp").replace("Sum", "Su\u00adm"),
    "no-break and ideographic spaces": keys(PLAIN, "\u00a0\u3000", "\u00a0:\u202f"),
    "tabs": keys(PLAIN, "\t", "\t:\t"),
    "form feeds": keys(PLAIN, "\x0c"),
    "wide colon": keys(PLAIN, "", "："),
    "bold": keys(PLAIN, "**", ":**"),
    "bold, colon outside": keys(PLAIN, "**", "**:"),
    "italic": keys(PLAIN, "_", ":_"),
    "bullets": keys(PLAIN, "- "),
    "round bullets": keys(PLAIN, "  • "),
    "starred and bold": keys(PLAIN, "* **", "**:"),
    "headings": keys(PLAIN, "#### "),
    "quoted": keys(PLAIN, "> "),
    "quoted throughout": "".join(f"> {line}\n" for line in PLAIN.split("\n")),
    "numbered": PLAIN.replace("\nModel:", "\n1. Model:"),
    "numbered otherwise": PLAIN.replace("\nModel:", "\n(2) Model:").replace("\nPaper:", "\n[3] Paper:"),
    "numbered keys": PLAIN.replace("\nModel:", "\nModel 12:").replace("\nPaper:", "\nPaper #1:"),
    "capitals": keys(PLAIN).replace("Model:", "MODEL:").replace("Paper:", "paper:"),
    "trailing spaces and hard breaks": PLAIN.replace("2301.00021\n", "2301.00021  \n").replace("Alone\n", "Alone\\\n"),
    "emphasised values": PLAIN.replace("One Study", "**One Study**").replace("ImgTxt2Img-", "`ImgTxt2Img-")
    .replace("ada-engine", "ada-engine`"),
    "links with something invisible": PLAIN.replace("/abs/", "/abs/\u200b").replace("-ada-", "-\u2060ada-"),
    "lines ended by U+2028 and NEL": PLAIN.replace("\nPaper:", "\u2028Paper:").replace("\nSummary:", "\u0085Summary:"),
    "no blank line between entries": PLAIN.replace("graph.\n\n", "graph.\n"),
    "headings without marks": PLAIN.replace("### ", ""),
}  # fmt: skip


@pytest.mark.parametrize("text", DRESSED.values(), ids=DRESSED)
def test_what_surrounds_a_key_and_what_cannot_be_seen_does_not_count(text: str) -> None:
    document = parse(read_text(text.encode(), prose=True))
    assert document.asked == "How does AI match skin tones?"
    assert facts(document) == facts(WANTED)


def test_blank_lines_between_keys_of_one_part_only() -> None:
    related = PLAIN.index("### Related")
    document = parse(PLAIN[:related] + PLAIN[related:].replace("\n", "\n\n"))
    assert [one.name for one in document.papers] == ["One Study", "Another Study", "A Title Alone"]


def test_a_line_keeps_its_number_whatever_ends_it() -> None:
    text = read_text(PLAIN.replace("\nPaper:", "\x0cPaper:").replace("Another Study", "").encode(), prose=True)
    with pytest.raises(Unreadable, match="names nothing") as caught:
        parse(text)
    assert text.split("\n")[caught.value.line - 1] == "Model: "


def test_running_text_keeps_the_joiners_that_scripts_need() -> None:
    text = PLAIN.replace("First summary", "می\u200cخواهم sh\u00adad\ufeffow").replace(
        "One Study", "\u200eمی\u200cخواهم"
    )
    one = parse(text).papers[0]
    assert one.summary.startswith("می\u200cخواهم shadow,")
    assert one.name == "می\u200cخواهم"


@pytest.mark.parametrize(
    "line",
    [
        "Model: something said of it",
        "  • **Model** : something said of it",
        "“Model: something said of it”",
        "Paper: where it is described",
        "Paper: https://arxiv.org/abs/2301.00099",
        "Summary: again",
        "\u200bSummary： again",
        "|Model: x|",
        "--- Model: x",
        "GitHub: in the appendix",
        "It ends. Model: A Third Study Paper: https://arxiv.org/abs/2301.00077 Summary: lost.",
        "as in [2]. Paper: arXiv:2301.00077",
    ],
)
def test_a_summary_swallows_no_line_that_reads_like_a_key(line: str) -> None:
    text = PLAIN.replace("of two lines.", f"{line}\nof two lines.")
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.line == text[: text.index(line)].count("\n") + 1
    assert caught.value.hint


def test_a_misspelt_entry_does_not_give_its_paper_to_the_one_before() -> None:
    text = PLAIN.replace("Paper: https://arxiv.org/abs/2301.00021\n", "").replace(
        "Model: Another Study\n", "Modle: Another Study\nPaper: https://arxiv.org/abs/2301.00055\n"
    )
    with pytest.raises(Unreadable, match="no key is called `Modle`"):
        parse(text)


def test_lines_joined_outside_a_summary_are_refused() -> None:
    with pytest.raises(Unreadable, match="in the middle of the line"):
        parse(PLAIN.replace("One Study\nPaper:", "One Study Paper:"))


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("Img2Code-HuggingFace-invented-screenshot-coder", "unknown port type `Code`"),
        ("Foo2Bar-HuggingFace-facebook-sam", "unknown port type `Foo`"),
        ("Img2Img-HuggingFace-timbrooks/instruct-pix2pix", "'/' has no place"),
        ("Img2Img-HuggingFace-ada-éngine", "'é' has no place"),
    ],
)
def test_a_block_that_the_workflow_cannot_read_is_refused_with_its_line(tmp_path: Path, block: str, said: str) -> None:
    document = tmp_path / "d.txt"
    document.write_text(PLAIN.replace("ImgTxt2Img-HuggingFace-ada-engine", block), "utf-8")
    with pytest.raises(CatalogError) as caught:
        import_documents(tmp_path, [document])
    assert [(one.line, one.field) for one in caught.value.problems] == [(8, "Model")]
    assert said in str(caught.value) and caught.value.hint
    assert not (tmp_path / "catalog").exists()
