"""A sound catalog loads; of an unsound one everything is told, with line, field and what would be right."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from counting import calls

from seamline.catalog import Catalog, load, sources_for
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.reading.found_values import found_value
from seamline.errors import CatalogError, Problem

from .conftest import FILES, REPOSITORY, Project

WAVE, ENGINE = "catalog/samples/wave.yml", "catalog/models/engine.yml"
SAMPLE = FILES[WAVE]
SCENE = "scene:\n    seed: 7\n    people: 2"
QUESTION = FILES["catalog/questions/how.md"]


def problems(load_it: Callable[[], Catalog]) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        load_it()
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems[1:])
    return caught.value.problems


def test_a_sound_catalog(project: Project) -> None:
    root = project()
    catalog = load(root)
    question = catalog.questions["how"]
    assert question.body.strip() == "It does [@ada1843, §1; @ada1843-code]."
    assert question.path.read_text().split("\n")[question.body_line - 1 :] == question.body.split("\n")
    assert catalog.papers["ada1843"].arxiv == "1843.01234"
    assert catalog.samples["wave"].input.scene and catalog.samples["wave"].input.scene.people == 2
    assert list(sources_for(catalog, "how")) == ["ada1843", "ada1843-code", "engine-code", "bob2020"]


def test_the_catalog_of_this_repository_names_its_schemas() -> None:
    catalog = load(REPOSITORY)
    assert "seamless-face-swap" in catalog.questions
    for kind in ("models", "papers", "samples"):
        for path in (REPOSITORY / "catalog" / kind).glob("*.yml"):
            assert path.read_text("utf-8").startswith(f"# yaml-language-server: $schema=../schema/{kind[:-1]}.json\n")
    for path in (REPOSITORY / "catalog" / "questions").glob("*.md"):
        assert path.read_text("utf-8").startswith("---\n# yaml-language-server: $schema=../schema/question.json\n")


def test_a_missing_folder_is_an_empty_one(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    assert not catalog.questions and not catalog.samples


@pytest.mark.parametrize(
    ("file", "text", "line", "field", "said"),
    [
        # one field
        ("catalog/papers/x.yml", "title: A\ntilte: B\n", 2, "tilte", "did you mean `title`?"),
        ("catalog/papers/x.yml", "year: 2020\n", 1, "title", "is missing"),
        ("catalog/papers/x.yml", "title: A\nyear: soon\n", 2, "year", "'soon'"),
        ("catalog/papers/x.yml", "title: A\nyear: 1492\n", 2, "year", "1900"),
        ("catalog/papers/x.yml", "title: A\narxiv: 2211\n", 2, "arxiv", "arXiv identifier"),
        ("catalog/papers/x.yml", "title: A\ngithub: javascript:alert(1)\n", 2, "github", "https"),
        ("catalog/papers/x.yml", "title: A\ngithub: http://github.com/a/b\n", 2, "github", "https"),
        ("catalog/papers/x.yml", 'title: A\ngithub: "https://github.com/a/{{b}}"\n', 2, "github", "https"),
        ("catalog/papers/x.yml", "title: A\nauthors:\n  - Ada\n  - [B]\n", 4, "authors.1", "a list"),
        ("catalog/papers/x.yml", "title: A\ndoi: https://doi.org/10.1234/x\n", 2, "doi", "a DOI like"),
        (WAVE, SAMPLE + "parameters: {scheduler: os.system}\n", 13, "parameters.scheduler", "like `DDIMScheduler`"),
        ("catalog/papers/x.yml", "title:\n", 1, "title", "found nothing"),
        ("catalog/papers/x.yml", "title: A\nbibtex_type: artcle\n", 2, "bibtex_type", "did you mean `article`?"),
        ("catalog/models/x.yml", "block: instruct-pix2pix\n", 1, "block", "<inputs>2<outputs>"),
        (WAVE, SAMPLE.replace("left\n", "lefft\n"), 10, "truth.attribute.person", "`left`"),
        (WAVE, SAMPLE.replace("people: 2", "people: 4"), 6, "input.scene.people", "2 or 3"),
        (WAVE, SAMPLE + "parameters: {guidance_scale: 1}\n", 13, "parameters", "parameters: at a guidance_scale"),
        (WAVE, SAMPLE + "parameters: {guidance_scale: 0.5}\n", 13, "parameters.guidance_scale", "1"),
        (
            WAVE,
            SAMPLE + "exhibits:\n  guidance_grid:\n    guidance_scale: [3, 2]\n    image_guidance_scale: [1, 2]\n",
            15,
            "exhibits.guidance_grid.guidance_scale",
            "rise",
        ),
        (WAVE, SAMPLE.replace("input:", "input:\n  photo: 3"), 4, "input.photo", "name: value"),
        # YAML itself
        ("catalog/papers/x.yml", "title: A\ntitle: B\n", 2, "title", "given twice"),
        ("catalog/papers/x.yml", "title: &a A\nvenue: *a\n", 1, "title", "anchor"),
        ("catalog/papers/x.yml", "title: !!python/object:os.system A\n", 1, "title", "tag"),
        ("catalog/papers/x.yml", "title: [A\n", 2, "", "not YAML"),
        ("catalog/papers/x.yml", "- title: A\n", 1, "", "not a list of"),
        ("catalog/papers/x.yml", "", 1, "", "empty"),
        ("catalog/papers/x.yml", "title: A\n---\ntitle: B\n", 2, "", "second YAML document"),
        ("catalog/papers/x.yml", 'title: "A\\x07"\n', 1, "", "U+0007"),
        ("catalog/papers/x.yml", "title: " + "[" * 40 + "]" * 40, 1, "title" + ".0" * 12, "deeply"),
        ("catalog/papers/x.yml", "title: A\n#" + "x" * 1_000_001, 0, "", "bytes"),
        ("catalog/papers/X.yml", "title: A\n", 0, "", "named"),
        ("catalog/papers/x.yaml", "title: A\n", 0, "", "`x.yml`"),
        ("catalog/papers/x-code.yml", "title: A\n", 0, "", "-code"),
        ("catalog/papers/index.yml", "title: A\n", 0, "", "the page that lists"),
        ("catalog/questions/index.md", QUESTION, 0, "", "`the-index.md`"),
        ("catalog/samples/aux.yml", SAMPLE, 0, "", "Windows"),
        ("catalog/models/com1.yml", "block: Img2Img-H-o-n\n", 0, "", "Windows"),
        ("catalog/models/x.yml", "block: Img2Code-H-o-n\n", 1, "block", "unknown port type `Code`"),
        ("catalog/questions/how.md", "asked: How?\n", 1, "", "front matter"),
        ("catalog/questions/how.md", "---\nasked: How?\n", 1, "", "no end"),
        # between files
        ("catalog/questions/how.md", QUESTION.replace("[engine]", "[enigne]"), 3, "models.0", "did you mean `engine`?"),
        ("catalog/questions/how.md", QUESTION.replace("[wave]", "[wave, wave]"), 5, "samples", "2 times"),
        ("catalog/questions/how.md", QUESTION.replace("[bob2020]", "[../../etc]"), 4, "papers.0", "lower-case"),
        ("catalog/questions/how.md", QUESTION.replace("@ada1843,", "@ada1834,"), 9, "", "did you mean `ada1843`?"),
        ("catalog/questions/how.md", QUESTION.replace("[bob2020]", "[]") + "[@bob2020]", 10, "", "this question's own"),
        ("catalog/questions/how.md", QUESTION + "[@ada1843; §2]", 10, "", "names no source"),
        ("catalog/questions/how.md", QUESTION.split("It does")[0], 6, "status", "no answer"),
        (ENGINE, FILES[ENGINE].replace("ada1843", "ada1844"), 2, "papers.0", "`ada1843`"),
        ("catalog/models/twin.yml", "block: ImgTxt2Img-HuggingFace-ada-engine\n", 1, "block", "engine.yml"),
        ("catalog/papers/cat.yml", "title: A\narxiv: 1843.01234\n", 2, "arxiv", "ada1843.yml"),
        ("catalog/models/bob2020.yml", "block: Img2Img-Hub-a-b\n", 0, "", "also the name of a paper"),
        (WAVE, SAMPLE.replace("model: engine", "model: engin"), 2, "model", "`engine`"),
        (WAVE, SAMPLE.replace("value: grey", "value: gray"), 12, "truth.attribute.value", "`grey`"),
        (WAVE, SAMPLE.replace("hair_colour", "hair_color"), 11, "truth.attribute.attribute", "colour`"),
        (WAVE, SAMPLE.replace("left\n", "middle\n"), 10, "truth.attribute.person", "left and right"),
        (
            WAVE,
            SAMPLE + "exhibits:\n  word_ablation:\n    instruction: give the left person red beards\n",
            15,
            "exhibits.word_ablation.instruction",
            "in 2 words",
        ),
        (WAVE, SAMPLE + "exhibits:\n  baseline_comparison: true\n", 14, "exhibits.baseline_comparison", "`truth`"),
        (WAVE, SAMPLE + "exhibits:\n  seeds: [1, 2, 1]\n", 14, "exhibits.seeds", "`1` is listed 2 times"),
        (
            WAVE,
            SAMPLE + "exhibits: {guidance_gird: 1}\n",
            13,
            "exhibits.guidance_gird",
            "did you mean `guidance_grid`?",
        ),
        (WAVE, SAMPLE + "exhibits:\n  knobs: {}\n", 14, "exhibits.knobs", "now called `guidance_grid`"),
        (WAVE, SAMPLE + "exhibits:\n  one_word: {}\n", 14, "exhibits.one_word", "now called `word_ablation`"),
        (WAVE, SAMPLE + "exhibits:\n  four_ways: true\n", 14, "exhibits.four_ways", "now called `baseline_comparison`"),
        (
            WAVE,
            SAMPLE + "exhibits:\n  denoising:\n    moments: 9\n",
            15,
            "exhibits.denoising.moments",
            "now called `snapshots`",
        ),
        (WAVE, SAMPLE + "exhibits:\n  denoising: {snapshots: 99}\n", 14, "exhibits.denoising.snapshots", "12"),
        (
            WAVE,
            SAMPLE.replace(SCENE, "photo: {path: ../x, licence: a, credit: b, consent: c}"),
            4,
            "input.photo.path",
            "photos",
        ),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(
    project: Project, file: str, text: str, line: int, field: str, said: str
) -> None:
    root = project(**{file: text})
    found = problems(lambda: load(root))
    assert [(problem.file, problem.line, problem.field) for problem in found] == [(file, line, field)], found
    assert said in str(found[0])
    assert found[0].hint


def test_a_photo_needs_to_be_there_and_has_no_truth(project: Project) -> None:
    photo = "photo: {path: me.png, licence: CC0-1.0, credit: me, consent: mine}"
    root = project(**{"catalog/samples/wave.yml": SAMPLE.replace(SCENE, photo)})
    assert [problem.field for problem in problems(lambda: load(root))] == ["input.photo.path", "truth"]
    (root / "catalog" / "photos").mkdir()
    (root / "catalog" / "photos" / "me.png").write_bytes(b"")
    assert [problem.field for problem in problems(lambda: load(root))] == ["truth"]


@pytest.mark.parametrize(
    "name",
    [
        *("x.yml~", "#x.yml#", ".#x.yml", "x.yml.orig", "x.yml.bak", "~$x.yml", "x.swp", ".x.yml.swp", "x.yml.rej"),
        *("Thumbs.db", ".DS_Store", "desktop.ini", "Icon\r", "._x.yml", "ehthumbs.db", "DESKTOP.INI", "x.tmp"),
    ],
)
def test_files_that_are_nobodys_stop_nothing(project: Project, name: str) -> None:
    root = project(**{f"catalog/{folder}/{name}": "x" for folder in ("papers", "questions", "models", "samples")})
    assert len(load(root).papers) == 2


@pytest.mark.parametrize("name", ["x.txt", "x.yaml", "x", "x copy.yml", "x.yml.txt", "orig.md"])
def test_a_file_that_may_be_meant_is_not_passed_over(project: Project, name: str) -> None:
    root = project(**{f"catalog/papers/{name}": "title: A\n"})
    assert [problem.file for problem in problems(lambda: load(root))] == [f"catalog/papers/{name}"]


@pytest.mark.parametrize(("there", "said"), [("Mu\u0308ller.jpg", "looks the same"), ("müller.jpg", "capitals count")])
def test_a_photo_whose_name_only_looks_the_same_is_pointed_out(project: Project, there: str, said: str) -> None:
    photo = "photo: {path: Müller.jpg, licence: CC0-1.0, credit: me, consent: mine}"
    sample = SAMPLE.replace(SCENE, photo).partition("truth:")[0]
    root = project(**{"catalog/samples/wave.yml": sample, f"catalog/photos/{there}": b""})
    (problem,) = problems(lambda: load(root))
    assert problem.field == "input.photo.path" and said in problem.hint


def test_a_paper_may_lack_its_title_but_not_everything(project: Project) -> None:
    assert load(project(**{"catalog/papers/x.yml": "arxiv: 2211.09800\n"})).papers["x"].title == ""


def test_all_problems_of_all_files_at_once(project: Project) -> None:
    root = project(
        **{
            "catalog/papers/x.yml": "titel: A\n",
            "catalog/models/engine.yml": "block: 3\n",
            "catalog/questions/how.md": QUESTION.replace("ada1843", "ada1834"),
        }
    )
    files = [problem.file for problem in problems(lambda: load(root))]
    assert files == sorted(files)
    assert set(files) == {"catalog/models/engine.yml", "catalog/papers/x.yml"}


def test_a_link_out_of_the_project_is_refused(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.yml"
    outside.write_text("title: A\n")
    root = project()
    (root / "catalog" / "papers" / "x.yml").symlink_to(outside)
    with pytest.raises(CatalogError, match="link out"):
        load(root)


def test_front_matter_may_have_windows_line_ends(project: Project) -> None:
    root = project(**{"catalog/questions/how.md": "\ufeff" + QUESTION.replace("\n", "\r\n")})
    assert load(root).questions["how"].body.strip().startswith("It does")


@pytest.mark.parametrize(
    ("value", "quoted"),
    [
        (None, "nothing"),
        ([1], "a list"),
        ({"a": 1}, "`name: value` lines"),
        (3, "'3'"),
        ("x" * 80, f"'{'x' * 80}'"),
        ("x" * 81, f"'{'x' * 77}…'"),
    ],
)
def test_what_was_found_is_quoted_short(value: object, quoted: str) -> None:
    assert found_value(value) == quoted


def test_plain_words_stay_text(project: Project) -> None:
    root = project(**{"catalog/papers/x.yml": "title: No\nvenue: 1e3\nyear: 2020\narxiv: 2211.09800\n"})
    paper = load(root).papers["x"]
    assert (paper.title, paper.venue, paper.year, paper.arxiv) == ("No", "1e3", 2020, "2211.09800")


def test_loading_needs_nothing_heavy() -> None:
    code = (
        "import sys; from pathlib import Path; from seamline.catalog import load; load(Path(sys.argv[1]));"
        "from seamline.catalog.documents.importer import import_documents;"
        "from seamline.catalog.io.json_schema import schemas;"
        "print(sorted({'torch', 'numpy', 'bm25s', 'diffusers', 'PIL', 'snowballstemmer'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(REPOSITORY)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_large_catalog_costs_no_more_an_entry_than_half_of_it() -> None:
    def cost(entries: int) -> int:
        files = {}
        for index in range(entries):
            files[f"catalog/papers/p{index}.yml"] = f"title: Paper {index}\nsummary: {'word ' * 40}\n".encode()
            question = (
                f"---\nasked: Why {index}?\nmodels: [engine]\npapers: [p{index}]\n---\n" + f"So [@p{index}]. " * 5
            )
            files[f"catalog/questions/q{index}.md"] = question.encode()
        files["catalog/models/engine.yml"] = b"block: Img2Img-Hub-ada-engine\n"
        return calls(lambda: catalog_of(Path(), files))

    cost(2)
    assert cost(600) < 2.1 * cost(300)


@pytest.mark.parametrize("folder", ["papers", "questions", "samples"])
def test_an_entry_in_a_folder_below_is_not_passed_over(project: Project, folder: str) -> None:
    root = project()
    below = root / "catalog" / folder / "old"
    below.mkdir()
    load(root)
    (below / ".DS_Store").touch()
    load(root)
    (below / "sorted2020.yml").write_text("title: Sorted away\n")
    with pytest.raises(CatalogError) as caught:
        load(root)
    assert f"catalog/{folder}/old: is a folder" in str(caught.value) and "sorted2020.yml" in str(caught.value)
    assert caught.value.hint == f"move its entries up, into catalog/{folder}/"
