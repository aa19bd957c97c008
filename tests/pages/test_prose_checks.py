"""`check` means everything: what a strict build or the audit would stumble over, it says with file and line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seamline import cli

QUESTION, HOME, PAPER = "catalog/questions/example.md", "docs/index.md", "catalog/papers/conde2022.yml"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    assert cli.run(["init", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


def check(project: Path, *words: str) -> int:
    return cli.run(["--project", str(project), "check", *words])


def added(project: Path, file: str, text: str) -> int:
    """Add a paragraph, and give the line it stands on."""
    path = project / file
    before = path.read_text("utf-8")
    path.write_text(f"{before}\n{text}\n", "utf-8")
    return before.count("\n") + 2


@pytest.mark.parametrize("file", [QUESTION, HOME])
@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("{{ workflw() }}", "'workflw' is undefined", "macros here:"),
        ("{{ exhibt('x', 'seeds') }}", "'exhibt' is undefined", "did you mean `exhibit`?"),
        ("{{ sample('no-such') }}", "there is no sample 'no-such'", ""),
        ("{{ references()\n\nMore.", "`{{` is never closed", "close it with `}}`"),
        ("[x](nowhere.md)", "nowhere.md leads to", "mend the address, or take the link out"),
        (
            "[x](/questions/)",
            "/questions/ breaks where the site is not at a host's root",
            "write the way from this file",
        ),
        ("![x](../assets/none.png)", "none.png leads to", ""),
        ("As shown [@nobody2099].", "`@nobody2099` is no source", ""),
        ("As shown (@conde2022).", "@conde2022", ""),
    ],
)
def test_a_slip_is_told_with_file_line_and_cure(
    mine: Path, capsys: pytest.CaptureFixture[str], file: str, text: str, what: str, hint: str
) -> None:
    line = added(mine, file, text)
    assert check(mine) == 3
    said = capsys.readouterr().err
    assert f"{file}:{line}: " in said and what in said and hint in said


def test_an_answer_links_outside_its_sources_only_as_a_slip(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    added(mine, HOME, "Docs may link to [others](https://example.org).")
    assert check(mine) == 0
    added(mine, QUESTION, "A given source, [by its address](https://arxiv.org/abs/2209.11345).")
    assert check(mine) == 0
    line = added(mine, QUESTION, "Elsewhere [x](https://example.org/x).")
    capsys.readouterr()
    assert check(mine) == 3
    said = capsys.readouterr().err
    assert f"{QUESTION}:{line}: https://example.org/x is not among this question's own sources" in said
    assert "cite one of the question's sources" in said


def test_what_stands_in_code_is_no_link(mine: Path) -> None:
    added(mine, QUESTION, "`[x](https://example.org)`\n\n```md\n[x](nowhere.md)\n```")
    assert check(mine) == 0


def test_an_unknown_measure_is_told_with_the_nearest(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mine / "catalog/models/editor.yml").write_text("block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\n")
    (mine / "catalog/samples").mkdir()
    (mine / "catalog/samples/smile.yml").write_text(
        "title: A smile\nmodel: editor\ninput: {scene: {seed: 7, people: 2}}\ninstruction: make them smile\n"
    )
    added(mine, HOME, "{{ measured('smile', 'psnr_fase') }}")
    assert check(mine) == 3
    assert "there is no measure 'psnr_fase'\n  -> did you mean `psnr_face`?" in capsys.readouterr().err


def test_every_page_is_looked_through_at_once(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = [f"{file}:{added(mine, file, '{{ no_such() }}')}" for file in (QUESTION, HOME, "docs/about.md")]
    assert check(mine) == 3
    said = capsys.readouterr().err
    assert "3 problems" in said and all(place in said for place in places)


def test_sentences_that_cite_nothing_are_counted_and_with_strict_named(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(mine, "--strict") == 0 and "nothing" not in capsys.readouterr().err
    own = [
        "A model never guesses what it cannot see.",
        "This one is cited [@conde2022, summary].",
        "This one links to [a page](../papers/conde2022/index.md) of the site.",
        "Is a question a claim at all?",
        "## A heading is none.",
        "> A quotation is not a claim of ours.",
        "Too short.",
    ]
    line = added(mine, QUESTION, "\n\n".join(own))
    assert check(mine) == 0
    assert f"{QUESTION}:{line}: 1 sentence cites nothing" in capsys.readouterr().err, "one of the seven"
    assert check(mine, "--strict") == 3
    assert f"{QUESTION}:{line}: cites nothing: 'A model never guesses" in capsys.readouterr().err


def test_what_is_the_authors_own_is_declared_and_claims_about_sources_stay_errors(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (mine / QUESTION).read_text("utf-8")
    (mine / QUESTION).write_text(text.partition("\n---\n")[0] + "\n---\n", "utf-8")
    line = added(mine, QUESTION, "We measured this on drawings alone.\n\nSwin2SR is the best of all.\n\n`{{ ours() }}`")
    assert check(mine, "--strict") == 3
    said = capsys.readouterr().err
    assert f"{QUESTION}:{line}: cites nothing: 'We measured" in said and "{{ ours() }}" in said, "code declares nothing"
    added(mine, QUESTION, "{{ ours() }}")
    assert check(mine, "--strict") == 3
    said = capsys.readouterr().err
    assert "We measured" not in said and "speaks of a source and cites none: 'Swin2SR is the best" in said
    assert cli.run(["--project", str(mine), "render"]) == 0
    page = next((mine / "generated/questions").glob("*/index.md")).read_text("utf-8")
    assert "What carries no citation on this page is ours" in page


def test_a_sentence_that_goes_on_about_a_source_by_a_pronoun_is_cited_too(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = {
        "Swin2SR reads windows [@conde2022, summary]. It keeps the identity of the person.": ["It keeps the"],
        "Swin2SR reads windows [@conde2022]. We like that a lot. It keeps the identity.": [],
        "Windows are read [@conde2022]. They are small ones. Yet they see everything.": ["They are", "Yet they see"],
        "Windows are read [@conde2022]. This small network is fast on phones.": ["This small network"],
        "Windows are read [@conde2022]. Its loss looks at faces.\n\nIt rained the whole day.": ["Its loss"],
        "Windows are read [@conde2022]. It is likely that this is enough. It follows that nothing is lost.": [],
        "Windows are read [@conde2022]. It keeps the identity of people [@conde2022].": [],
        "Windows are read [@conde2022]. This is our reading of it. That day was long for us.": [],
        "We drew four hundred scenes. It took us the whole night.": [],
        "- Windows are read [@conde2022]. It keeps the likeness of the person.": ["It keeps the likeness"],
    }
    front = (mine / QUESTION).read_text("utf-8").partition("\n---\n")[0] + "\n---\n\n{{ ours() }}\n"
    (mine / QUESTION).write_text(front, "utf-8")
    added(mine, QUESTION, "\n\n".join(cases))
    assert check(mine, "--strict") == 3
    said = [line for line in capsys.readouterr().err.splitlines() if "goes on about a source and cites none" in line]
    objected = [start for starts in cases.values() for start in starts]
    assert len(said) == len(objected) and all(start in line for start, line in zip(objected, said, strict=True))


@pytest.mark.parametrize(
    ("change", "what", "hint"),
    [
        (lambda text: text.replace("year: 2022", "\tyear: 2022"), "a tab stands where a blank should", "indent with"),
        (lambda text: text.replace("arxiv: '2209.11345'", "arxiv: '2209.11345"), "a quotation mark is opened", "close"),
        (lambda text: text.replace("title: 'Swin2SR: S", "title: Swin2SR: S").replace("ion'\n", "ion\n"),
         "a value holds `: `", "quotation marks"),
    ],
)  # fmt: skip
def test_slips_of_yaml_are_told_in_plain_words(
    mine: Path, capsys: pytest.CaptureFixture[str], change: Callable[[str], str], what: str, hint: str
) -> None:
    path = mine / PAPER
    before, after = path.read_text("utf-8"), change(path.read_text("utf-8"))
    assert before != after
    path.write_text(after, "utf-8")
    changed = next(n for n, pair in enumerate(zip(before.split("\n"), after.split("\n"), strict=False), 1)
                   if pair[0] != pair[1])  # fmt: skip
    assert check(mine) == 3
    said = capsys.readouterr().err
    assert f"{PAPER}:{changed}: " in said and what in said and hint in said


def test_a_field_that_lost_its_indentation_is_told_where_it_belongs(
    mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = mine / "catalog/models/swin2sr.yml"
    path.write_text(path.read_text() + "weights:\nrepo: a/b\nrevision: main\n")
    assert check(mine) == 3
    assert "no such field\n  -> it belongs under `weights`: indent it" in capsys.readouterr().err


def test_errors_are_json_where_json_is_asked_for(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = added(mine, QUESTION, "{{ no_such() }}")
    assert check(mine, "--json") == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["kind"] == "CatalogError" and error["exit_code"] == 3
    (problem,) = error["problems"]
    assert (problem["file"], problem["line"]) == (QUESTION, line)


SAMPLE = """title: A smile
model: editor
input: {scene: {seed: 7, people: 2}}
instruction: make the left person smile
truth: {expression: {person: left, expression: smiling}}
"""


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ('{{ exhibit("smile", "guidance_gird") }}', "there is no exhibit 'guidance_gird'", "did you mean"),
        ('{{ exhibit("smile", "guidance_grid") }}', "does not ask for the exhibit", "add `guidance_grid: "),
    ],
)
def test_an_exhibit_of_a_sample_that_was_never_run_is_looked_at_too(
    mine: Path, capsys: pytest.CaptureFixture[str], text: str, what: str, hint: str
) -> None:
    (mine / "catalog/models/editor.yml").write_text("block: ImgTxt2Img-HuggingFace-timbrooks-instruct-pix2pix\n")
    (mine / "catalog/samples").mkdir()
    (mine / "catalog/samples/smile.yml").write_text(SAMPLE)
    assert check(mine) == 0
    (mine / "catalog/samples/smile.yml").write_text(SAMPLE + "person: left\n")
    assert check(mine) == 3 and "it belongs under `truth.swap`: indent it" in capsys.readouterr().err
    (mine / "catalog/samples/smile.yml").write_text(SAMPLE)
    line = added(mine, QUESTION, text)
    assert check(mine) == 3
    said = capsys.readouterr().err
    assert f"{QUESTION}:{line}: {what}" in said or (f"{QUESTION}:{line}" in said and what in said)
    assert hint in said
