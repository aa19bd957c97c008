"""Documents of the family become entries: all their quirks, twice the same, all or nothing, nothing overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from seamline import files
from seamline.catalog import load, sources_for
from seamline.catalog.documents import importer as importing_module
from seamline.catalog.documents.importer import import_documents
from seamline.catalog.entries import Entry, Paper
from seamline.catalog.io.writing import entry_text
from seamline.errors import CatalogError, FilesError

from .conftest import DOCUMENTS, REPOSITORY, Project

GOOD = sorted(path for path in DOCUMENTS.glob("*.txt") if path.name != "misunderstood.txt")


def tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("document", GOOD, ids=lambda path: path.stem)
def test_each_document_imports_into_nothing_and_loads(tmp_path: Path, document: Path) -> None:
    report = import_documents(tmp_path, [document])
    catalog = load(tmp_path)
    assert list(catalog.questions) == [document.stem]
    assert report.written == tuple(
        sorted(report.written, key=lambda name: ("papers", "models", "questions").index(name.split("/")[1]))
    )
    assert catalog.questions[document.stem].entry.status == "draft"
    assert catalog.questions[document.stem].body == ""


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    import_documents(tmp_path, GOOD)
    before = tree(tmp_path)
    again = import_documents(tmp_path, GOOD)
    assert again.written == ()
    assert len(again.unchanged) == len(GOOD)
    assert tree(tmp_path) == before


def test_the_order_of_documents_changes_no_question(tmp_path: Path) -> None:
    import_documents(tmp_path / "one", GOOD)
    for document in GOOD:
        import_documents(tmp_path / "two", [document])
    one, two = load(tmp_path / "one"), load(tmp_path / "two")
    assert {name: question.entry for name, question in one.questions.items()} == {
        name: question.entry for name, question in two.questions.items()
    }


def test_the_seed_document_is_what_the_catalog_already_says(seed_project: Path, seed_document: Path) -> None:
    before = tree(seed_project)
    report = import_documents(seed_project, [seed_document])
    assert report.written == () and report.conflicts == ()
    assert "catalog/papers/brooks2023.yml" in report.linked
    assert report.unchanged == ("catalog/questions/seamless-face-swap.md",)
    assert tree(seed_project) == before


@pytest.fixture
def seed_document(tmp_path: Path) -> Path:
    """The seed document, put together again from the catalog, so that the repository need not hold a copy."""
    catalog = load(REPOSITORY)
    question = catalog.questions["seamless-face-swap"].entry
    lines = ["Preamble:", f'"{question.asked}"', "", "### Recommended AI Models:"]
    for name in question.models:
        model = catalog.models[name]
        lines += [f"Model: {model.block}", f"Paper: https://arxiv.org/pdf/{catalog.papers[model.papers[0]].arxiv}"]
        lines += [f"GitHub: {model.github}", ""]
    lines += ["### Related Papers:"]
    for name in question.papers:
        paper = catalog.papers[name]
        lines += [f"Model: {paper.title}", f"Paper: http://arxiv.org/pdf/{paper.arxiv}v{paper.arxiv_version}.pdf"]
        lines += [*([f"GitHub: {paper.github}"] if paper.github else []), f"Summary: {paper.summary}", ""]
    path = tmp_path.parent / f"{tmp_path.name}-documents" / "seamless-face-swap.txt"
    path.parent.mkdir()
    path.write_text("\n".join([*lines, "", "Answer:", ""]), "utf-8")
    return path


def test_ten_models_and_dozens_of_papers(tmp_path: Path) -> None:
    import_documents(tmp_path, [DOCUMENTS / "ten-models.txt"])
    catalog = load(tmp_path)
    question = catalog.questions["ten-models"].entry
    assert len(question.models) == 10 and len(question.papers) == 24
    assert catalog.models["painter"].papers == () and catalog.models["segmenter"].github is None
    assert not all(catalog.papers[name].summary for name in question.papers)
    assert "captioner-code" not in sources_for(catalog, "ten-models")
    assert "arxiv-2101-10000-code" in sources_for(catalog, "ten-models")


def test_windows_files_and_versions_mean_the_same_paper(seed_project: Path) -> None:
    report = import_documents(seed_project, [DOCUMENTS / "windows-curly.txt"])
    catalog = load(seed_project)
    question = catalog.questions["windows-curly"].entry
    assert question.asked == "Why does the ‘sky’ in my edited picture still look like “my” sky?"
    assert question.models == ("instruct-pix2pix",) and question.papers[0] == "liu2025"
    sky = catalog.papers[question.papers[1]]
    assert (sky.arxiv, sky.arxiv_version, sky.github) == ("2305.04321", 3, None)
    assert sky.summary == "We look at skies before and after an edit.  Two   spaces are kept."
    assert report.conflicts == ()


def test_a_german_question_over_two_lines_and_a_summary_of_two_paragraphs(seed_project: Path) -> None:
    import_documents(seed_project, [DOCUMENTS / "gesichtertausch.txt"])
    catalog = load(seed_project)
    question = catalog.questions["gesichtertausch"].entry
    assert question.language == "de"
    assert (
        question.asked.startswith("Ich habe") and question.asked.endswith("Bild sieht?") and "\n" not in question.asked
    )
    paper = catalog.papers[question.papers[0]]
    assert paper.doi == "10.1234/erfunden.2024.17"
    assert paper.summary.startswith("Wir untersuchen, z. B. an") and paper.summary.endswith("noch einer")
    assert "\n\nEin zweiter Absatz" in paper.summary


def test_contradictions_are_reported_and_nothing_is_overwritten(seed_project: Path) -> None:
    before = tree(seed_project)
    report = import_documents(seed_project, [DOCUMENTS / "echange-de-visages.txt"])
    after = tree(seed_project)
    assert {name: after[name] for name in before} == before
    assert sorted(problem.field for problem in report.conflicts) == ["github", "summary"]
    assert all(problem.line and "echange-de-visages.txt" in problem.file for problem in report.conflicts)
    question = load(seed_project).questions["echange-de-visages"].entry
    assert question.language == "fr" and question.asked.startswith("Comment") and question.asked.endswith("visages ?")
    assert question.papers[0] == "baltsou2024"


def test_a_summary_may_speak_of_keys_within_its_lines(tmp_path: Path) -> None:
    import_documents(tmp_path, [DOCUMENTS / "model-line-in-summary.txt"])
    catalog = load(tmp_path)
    first, second = (catalog.papers[name] for name in catalog.questions["model-line-in-summary"].entry.papers)
    assert first.arxiv == "2003.01234" and second.arxiv == "2003.04321"
    for words in ("Model: the name of the model", "Paper: where it is", "Summary: what it does", "{{ not }}"):
        assert words in first.summary
    assert second.summary == "Shorter."


def test_a_misunderstood_document_is_one_error_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        import_documents(tmp_path, [*GOOD, DOCUMENTS / "misunderstood.txt"])
    assert [problem.line for problem in caught.value.problems] == [19]
    assert "Papper" in str(caught.value) and "`Paper:`" in str(caught.value)
    assert tree(tmp_path) == {}


def test_a_model_paper_takes_its_title_from_a_related_paper_of_the_same_import(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "a.txt").write_text(
        '"A?"\n### Recommended AI Models:\nModel: Img2Img-Hub-o-one\nPaper: https://arxiv.org/abs/2003.01234\n'
    )
    shutil.copy(DOCUMENTS / "model-line-in-summary.txt", documents / "b.txt")
    import_documents(tmp_path, sorted(documents.iterdir()))
    assert load(tmp_path).papers["arxiv-2003-01234"].title == "Cards for Models: An Invented Survey"


def test_a_lacking_fact_is_added_below_what_stands_there(project: Project, tmp_path: Path) -> None:
    written = "# kept\r\ntitle:   Notes on the Engine # kept too\r\narxiv: 1843.01234\r\n"
    root = project(**{"catalog/papers/ada1843.yml": written})
    document = tmp_path / "later.txt"
    document.write_text(
        '"And why?"\n### Recommended AI Models:\nModel: ImgTxt2Img-HuggingFace-ada-engine\n### Related Papers:\n'
        "Model: Notes on the Engine\nPaper: arXiv:1843.01234\nSummary: It weaves.\n"
    )
    report = import_documents(root, [document])
    assert report.conflicts == ()
    assert (root / "catalog/papers/ada1843.yml").read_bytes().decode() == written + "summary: It weaves.\n"
    assert load(root).papers["ada1843"].summary == "It weaves."
    assert import_documents(root, [document]).written == ()


@pytest.mark.parametrize("survivors", range(6))
def test_an_interrupted_import_leaves_a_sound_catalog_and_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, survivors: int
) -> None:
    written = 0

    def dies_after_some(path: Path, data: bytes | str) -> bool:
        nonlocal written
        if written == survivors:
            raise KeyboardInterrupt
        written += 1
        return files.write_if_changed(path, data)

    documents = [DOCUMENTS / "windows-curly.txt"]
    monkeypatch.setattr(importing_module, "write_if_changed", dies_after_some)
    try:
        import_documents(tmp_path / "torn", documents)
    except KeyboardInterrupt:
        assert not load(tmp_path / "torn").questions, "a question appears only when all it names is there"
    monkeypatch.undo()
    import_documents(tmp_path / "torn", documents)
    import_documents(tmp_path / "whole", documents)
    assert tree(tmp_path / "torn") == tree(tmp_path / "whole")


def test_a_catalog_that_is_not_sound_is_left_alone(project: Project) -> None:
    root = project(**{"catalog/papers/bad.yml": "titel: x\n"})
    before = tree(root)
    with pytest.raises(CatalogError, match=r"bad\.yml"):
        import_documents(root, [GOOD[0]])
    assert tree(root) == before


def test_a_document_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(FilesError, match="no such file"):
        import_documents(tmp_path, [tmp_path / "nowhere.txt"])


def test_a_fact_left_empty_on_purpose_stays_empty(project: Project, tmp_path: Path) -> None:
    root = project(**{"catalog/papers/bob2020.yml": 'title: Another\nsummary: ""\n'})
    document = tmp_path / "later.txt"
    document.write_text(
        '"And why?"\n### Recommended AI Models:\nModel: ImgTxt2Img-HuggingFace-ada-engine\n'
        "### Related Papers:\nModel: Another\nSummary: It weaves.\n"
    )
    report = import_documents(root, [document])
    assert [problem.field for problem in report.conflicts] == ["summary"]
    assert load(root).papers["bob2020"].summary == ""


def test_a_summary_of_a_model_goes_to_its_paper_or_is_reported(tmp_path: Path) -> None:
    document = tmp_path / "model.txt"
    document.write_text(
        '"Why?"\n### Recommended AI Models:\nModel: Img2Img-Hub-a-one\nPaper: arXiv:2003.01234\n'
        "Summary: Of the paper.\n\nModel: Img2Img-Hub-a-two\nSummary: Of no paper.\n"
    )
    report = import_documents(tmp_path, [document])
    assert load(tmp_path).papers["arxiv-2003-01234"].summary == "Of the paper."
    assert [(problem.line, problem.field) for problem in report.conflicts] == [(7, "summary")]


@pytest.mark.parametrize("text", ["title: [\n", "title: Something else\n"])
def test_what_would_not_read_back_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    def wrong(entry: Entry) -> str:
        return text if isinstance(entry, Paper) else entry_text(entry)

    monkeypatch.setattr(importing_module, "entry_text", wrong)
    with pytest.raises(CatalogError, match="would not"):
        import_documents(tmp_path, [DOCUMENTS / "windows-curly.txt"])
    assert tree(tmp_path) == {}
