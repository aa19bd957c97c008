"""Questions, papers and models are known by what they are: never by the name of a file, whatever the order."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seamline.catalog import entry_identity, load
from seamline.catalog.closed_catalog import Catalog
from seamline.catalog.documents.importer import ImportReport, import_documents
from seamline.catalog.entries import Paper
from seamline.catalog.entry_identity import plain
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.links import read_reference, read_repository
from seamline.errors import CatalogError

from .conftest import FILES, Project
from .many_documents import many_documents

BLOCK = "ImgTxt2Img-HuggingFace-ada-engine"


def document(folder: Path, name: str, asked: str, *, block: str = BLOCK, more: str = "", papers: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    text = f"Asked:\n“{asked}”\n\n### Recommended AI Models:\nModel: {block}\n{more}\n"
    path.write_text(text + (f"### Related Papers:\n{papers}" if papers else ""), "utf-8")
    return path


def entries(root: Path) -> tuple[object, ...]:
    catalog: Catalog = load(root)
    return dict(catalog.papers), dict(catalog.models), {key: one.entry for key, one in catalog.questions.items()}


def paper(title: str, link: str = "", summary: str = "S.") -> str:
    return f"Model: {title}\n" + (f"Paper: {link}\n" if link else "") + f"Summary: {summary}\n\n"


# --- questions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("a/question.txt", "b/question.txt"),
        ("a/Question.txt", "b/question.TXT"),
        ("问题一.txt", "问题二.txt", "вопрос.txt", "質問1.txt", "第1问.txt"),
        (f"{unicodedata.normalize('NFC', 'Été')}.txt", f"b/{unicodedata.normalize('NFD', 'Été')}.txt"),
        ("index.txt", "aux.txt", "CON.txt", "nul.txt", "lpt1.txt", "🙂.txt", "---.txt"),
    ],
)
@pytest.mark.parametrize("asked", ["Why is it so, {}?", "为什么{}这样？", "🙂{}"])
def test_documents_of_equal_or_no_names_are_questions_of_their_own(
    tmp_path: Path, names: tuple[str, ...], asked: str
) -> None:
    documents = [
        document((tmp_path / "d" / name).parent, Path(name).name, asked.format(number), papers=paper(f"Paper {number}"))
        for number, name in enumerate(names)
    ]
    report = import_documents(tmp_path, documents)
    questions = load(tmp_path).questions
    assert report.conflicts == ()
    assert {one.entry.asked for one in questions.values()} == {asked.format(n) for n in range(len(names))}
    given_papers = {one.entry.asked: load(tmp_path).papers[one.entry.papers[0]].title for one in questions.values()}
    assert given_papers == {asked.format(number): f"Paper {number}" for number in range(len(names))}
    assert import_documents(tmp_path, documents).written == ()


def test_the_same_words_are_the_same_question_whatever_the_file_is_called(tmp_path: Path) -> None:
    first = document(tmp_path / "d", "one.txt", "Why does the café’s light fit?")
    again = document(tmp_path / "d", "two.txt", unicodedata.normalize("NFD", "Why  does the CAFÉ's light fit?"))
    import_documents(tmp_path, [first])
    report = import_documents(tmp_path, [again])
    assert (report.written, report.unchanged) == ((), ("catalog/questions/one.md",))


def test_a_question_of_a_known_document_name_that_asks_something_else_is_pointed_out(tmp_path: Path) -> None:
    import_documents(tmp_path, [document(tmp_path / "a", "q.txt", "Why so?")])
    report = import_documents(tmp_path, [document(tmp_path / "b", "q.txt", "Why not?")])
    assert [(one.file, one.field) for one in report.todo if "asks" in one.what] == [
        ("catalog/questions/q-2.md", "asked")
    ]


parts = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["question.txt", "Question.txt", "问题.txt", "index.txt", "aux.txt", "Été.txt"]),
        "asked": st.sampled_from(["Why A?", "Why B?", "why  a?", "为什么？", "怎么样？", "C?"]),
        "block": st.sampled_from(
            ["Aud2Txt-HuggingFace-openai-whisper", "Speech2Text-HF-OpenAI-whisper", BLOCK, "TxtImg2Img-hf-ada-engine"]
        ),
        "more": st.sampled_from(
            ["", "Paper: arXiv:2001.00001\n", "Paper: https://doi.org/10.48550/arXiv.2001.00002\nSummary: M.\n"]
        ),
        "papers": st.lists(
            st.sampled_from(
                [
                    paper("One", "https://arxiv.org/abs/2001.00001v2"),
                    paper("Two", "10.48550/ARXIV.2001.00002", "Other."),
                    paper("One"),
                    paper("One", "arXiv:2001.00003"),
                    paper("三"),
                    paper("Nul"),
                    paper("Nul", "doi:10.1234/nul"),
                ]
            ),
            max_size=3,
            unique=True,
        ).map("".join),
    }
)


@settings(max_examples=60)
@given(st.lists(parts, min_size=2, max_size=4))
def test_one_by_one_ends_where_all_at_once_does(tmp_path_factory: pytest.TempPathFactory, given_parts: list) -> None:
    folder = tmp_path_factory.mktemp("order")
    documents = [document(folder / "d" / str(number), **part) for number, part in enumerate(given_parts)]
    for way, order in (("there", documents), ("back", documents[::-1])):
        together = import_documents(folder / way / "together", order)
        apart = [import_documents(folder / way / "apart", [one]) for one in order]
        assert entries(folder / way / "together") == entries(folder / way / "apart")
        assert len(together.conflicts) == len(dict.fromkeys(one for report in apart for one in report.conflicts))
        assert together.conflicts or import_documents(folder / way / "together", order).written == ()
        assert _unused(load(folder / way / "apart")) == set()


def _unused(catalog: Catalog) -> set[str]:
    questions = [one.entry for one in catalog.questions.values()]
    models = {name for one in questions for name in one.models}
    papers = {name for one in questions for name in one.papers}
    papers |= {name for model in models for name in catalog.models[model].papers}
    return (catalog.models.keys() - models) | (catalog.papers.keys() - papers)


# --- papers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://doi.org/10.48550/arXiv.2211.09800",
        "http://dx.doi.org/10.48550/ARXIV.2211.09800",
        "doi:10.48550/arxiv.2211.09800v2",
        "10.48550/arXiv.2211.09800",
        "https://doi.org/10.48550%2FarXiv.2211.09800",
        "https://www.alphaxiv.org/abs/2211.09800v1",
        "https://alphaxiv.org/overview/2211.09800",
        "https://ar5iv.labs.arxiv.org/html/2211.09800",
        "https://ar5iv.org/abs/2211.09800",
        "https://huggingface.co/papers/2211.09800",
        "https://hf.co/papers/2211.09800",
        "arXiv:2211.09800v2 [cs.CV]",
        "arXiv:2211.09800v2 [cs.CV] 18 Jan 2023",
        "arXiv preprint arXiv:2211.09800",
        "arxiv.org/abs/2211.09800",
        "https://browse.arxiv.org/html/2211.09800v2#S3",
        "https://arxiv.org/pdf/2211.09800v2.pdf#page=3",
        "https://arxiv.org/abs/2211.09800.",
        "2211.09800v1",
    ],
)
def test_every_address_of_a_paper_on_arxiv_is_that_paper(address: str) -> None:
    reference = read_reference(address)
    assert reference and (reference.arxiv, reference.doi, reference.url) == ("2211.09800", "", "")


def test_old_identifiers_behind_a_doi_and_other_dois() -> None:
    old = read_reference("https://doi.org/10.48550/arXiv.MATH.gt/9901001")
    other = read_reference("https://www.doi.org/10.1109/CVPR52729.2023.01764")
    assert old and old.arxiv == "math.GT/9901001"
    assert other and other.doi == "10.1109/CVPR52729.2023.01764"
    assert read_reference("https://arxiv.org/list/cs.CV/recent") is None


@pytest.mark.parametrize(
    "address",
    [
        "github.com/a/b",
        "git@github.com:a/b.git",
        "https://github.com/a/b/tree/main/demo",
        "ssh://git@github.com/a/b.git",
    ],
)
def test_a_repository_in_many_forms(address: str) -> None:
    assert read_repository(address) == "https://github.com/a/b"


def test_a_paper_of_that_title_with_another_identifier_is_another_paper(tmp_path: Path) -> None:
    one = document(tmp_path / "d", "one.txt", "Why A?", papers=paper("Editorial", "arXiv:2001.00001"))
    two = document(tmp_path / "d", "two.txt", "Why B?", papers=paper("Editorial", "arXiv:2001.00002"))
    report = import_documents(tmp_path, [one, two])
    assert report.conflicts == ()
    assert {paper.arxiv for paper in load(tmp_path).papers.values()} == {"2001.00001", "2001.00002"}
    assert any("has the title of" in note.what for note in report.todo)


def test_check_knows_one_paper_under_two_addresses_and_one_model_under_two_names() -> None:
    changes = {
        "catalog/papers/cat.yml": "title: A\ndoi: 10.48550/arXiv.1843.01234\n",
        "catalog/models/twin.yml": "block: TextImage2Img-hf-Ada-engine\n",
    }
    with pytest.raises(CatalogError) as caught:
        catalog_of(Path(), {name: text.encode() for name, text in {**FILES, **changes}.items()})
    assert [(one.file, one.field) for one in caught.value.problems] == [
        ("catalog/models/twin.yml", "block"),
        ("catalog/papers/cat.yml", "doi"),
    ]


# --- what is not taken in ----------------------------------------------------------------------


def test_a_fact_that_ends_as_a_conflict_leaves_no_file(project: Project) -> None:
    root = project()
    other = document(root.parent / "d", "q.txt", "And why?", more="Paper: https://doi.org/10.1234/another\n")
    report = import_documents(root, [other])
    assert [(one.field, "doi:10.1234/another" in one.what) for one in report.conflicts] == [("papers", True)]
    assert report.written == ("catalog/questions/q.md",)
    assert set(load(root).papers) == {"ada1843", "bob2020"}


def test_a_paper_that_a_known_question_does_not_take_is_not_written(project: Project) -> None:
    root = project()
    longer = document(root.parent / "d", "q.txt", "How does it match?", papers=paper("New", "arXiv:2001.00001"))
    report = import_documents(root, [longer])
    assert [one.field for one in report.conflicts] == ["papers"]
    assert report.written == ()
    assert set(load(root).papers) == {"ada1843", "bob2020"}


# --- one port, one model -------------------------------------------------------------------------


def test_spellings_of_a_port_are_one_model(tmp_path: Path) -> None:
    blocks = ["Audio2Txt-HuggingFace-openai-whisper-large-v3", "Aud2Text-hf-OpenAI-whisper-large-v3"]
    documents = [document(tmp_path / "d", f"{n}.txt", f"Why {n}?", block=block) for n, block in enumerate(blocks)]
    report = import_documents(tmp_path, documents)
    assert report.conflicts == ()
    (model,) = load(tmp_path).models.values()
    assert model.block == blocks[0]


# --- a list of what is left to do ----------------------------------------------------------------


def test_what_the_documents_do_not_say_is_listed_by_file_and_field(tmp_path: Path) -> None:
    given_one = document(
        tmp_path / "d",
        "q.txt",
        "Why?",
        block="Img2Depth-HuggingFace-depth-anything-Depth-Anything-V2-Large",
        more="Paper: arXiv:2406.09414\n",
        papers=paper("Known by Its Title"),
    )
    report = import_documents(tmp_path, [given_one])
    assert {(one.file, one.field) for one in report.todo} == {
        ("catalog/papers/arxiv-2406-09414.yml", "title, authors"),
        ("catalog/papers/known-its-title.yml", "authors"),
        ("catalog/models/depth-anything-depth-anything-v2-large.yml", "weights.repo"),
    }
    assert import_documents(tmp_path, [given_one]).todo == report.todo
    file = tmp_path / "catalog/models/depth-anything-depth-anything-v2-large.yml"
    repo = "weights: {repo: depth-anything/Depth-Anything-V2-Large, revision: main}\n"
    file.write_text(file.read_text("utf-8") + repo, "utf-8")
    assert not [one for one in import_documents(tmp_path, [given_one]).todo if one.field == "weights.repo"]


def test_a_paper_without_a_title_takes_the_title_of_a_later_import(tmp_path: Path) -> None:
    import_documents(tmp_path, [document(tmp_path / "d", "a.txt", "A?", more="Paper: arXiv:2001.00001\n")])
    assert load(tmp_path).papers["arxiv-2001-00001"] == Paper(arxiv="2001.00001")
    later = document(tmp_path / "d", "b.txt", "B?", papers=paper("Its Title", "arXiv:2001.00001"))
    assert import_documents(tmp_path, [later]).conflicts == ()
    assert load(tmp_path).papers["arxiv-2001-00001"].title == "Its Title"


# --- how much work it is -------------------------------------------------------------------------


def test_twice_the_documents_are_twice_the_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def calls(count: int) -> int:
        counted = 0

        def counting(text: str) -> str:
            nonlocal counted
            counted += 1
            return whole(text)

        root = tmp_path / str(count)
        documents = many_documents(root / "documents", count)
        whole = entry_identity.plain_text
        monkeypatch.setattr(entry_identity, "plain_text", counting)
        report: ImportReport = import_documents(root, documents)
        monkeypatch.setattr(entry_identity, "plain_text", whole)
        assert len(load(root).questions) == count and not report.conflicts
        shutil.rmtree(root)
        return counted

    few = calls(50)
    assert few > 50
    assert calls(100) / few <= 2.2


def test_what_does_not_count_in_a_fact() -> None:
    assert plain("A “quote” – and https://github.com/a/b.git") == plain('a "quote"  - and https://github.com/a/b')
    assert plain("Ｆｕｌｌ") == plain("full") and plain("li\u00adght\u200b") == plain("light")
    assert plain(["b", "a"]) == plain(("a", "b"))
