"""Only what read something that has changed is rendered again, and it comes out as if everything had been."""

from __future__ import annotations

import gc
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from many_questions import many_questions
from page_projects import DOCS, FILES, make_project, run_of

from seamline import fingerprints
from seamline.catalog.io.loading import catalog_of
from seamline.files import write_tree
from seamline.pages import SiteData, render
from seamline.pages.watching.value_digests import Digests
from seamline.pages.watching.watched_data import Watching
from seamline.runs.plan.states import SampleState
from seamline.site.keeping import code_digest, kept_pages, read_digests
from seamline.site.keeping.garbage import seldom_collected
from seamline.site.keeping.kept_pages import KeptPages

PAGES = {**DOCS, "figures.md": "# Figures\n\n{{ scale() }}\n"}
FEW = {**many_questions(4), "catalog/papers/in-role.yml": "title: What another plays\n"}


def project(changes: Mapping[str, str] | None = None, **settings: Any) -> SiteData:
    return make_project({**FEW, **(changes or {})}, **{"docs": PAGES, **settings})


def rendered(root: Path, site: SiteData) -> tuple[str, ...]:
    """Bring the folder up to date; the names of what was made for it, once all is as a full rendering has it."""
    kept, watching = KeptPages(root, "generated"), Watching(site)
    done = kept.render(watching)
    write_tree(root / "generated", done.made, as_wanted=done.kept)
    kept.save(watching.digests)
    assert_as_rendered_whole(root, site)
    return done.units


def assert_as_rendered_whole(root: Path, site: SiteData) -> None:
    folder = root / "generated"
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    whole = {path: text.encode() if isinstance(text, str) else text for path, text in render(site).items()}
    assert found.keys() == whole.keys()
    assert [path for path in whole if found[path] != whole[path]] == []


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that was rendered; tests go on from copies of its cache."""
    root = tmp_path_factory.mktemp("first")
    made = rendered(root, project())
    assert {"references", "questions 1", "question how", "workflow how", "paper bob2020", "model engine"} <= {*made}
    assert rendered(root, project()) == (), "nothing has changed"
    return root


@pytest.fixture
def root(first: Path, tmp_path: Path) -> Path:
    """A copy of it for a test of its own."""
    return Path(shutil.copytree(first, tmp_path / "project"))


def edited(name: str, old: str, new: str, files: Mapping[str, str] = FILES) -> dict[str, str]:
    assert old in files[name]
    return {name: files[name].replace(old, new)}


ANSWERED = "status: written\n---\n\nThey are drawn together [@bob2020].\n"
HOW, WHY = "catalog/questions/how.md", "catalog/questions/why.md"
ANOTHER_ANSWER = edited(HOW, "written down by hand", "written down by a hand")
NEW_QUESTION = {"catalog/questions/new.md": FILES[WHY].replace("Why do", "When do")}
CHANGES: Mapping[str, Callable[[], SiteData]] = {
    "the text of an answer": lambda: project(ANOTHER_ANSWER),
    "what is asked": lambda: project(edited(WHY, "Why do faces", "Why do the faces")),
    "a draft that is answered": lambda: project({WHY: FILES[WHY].removesuffix("---\n") + ANSWERED}),
    "a question's models": lambda: project(edited(WHY, "models: [engine]", "models: [engine, model-0]")),
    "a new question": lambda: project(NEW_QUESTION),
    "a paper's summary": lambda: project(edited("catalog/papers/bob2020.yml", "They match", "They do match")),
    "a new paper": lambda: project({"catalog/papers/new.yml": "title: New\n"}),
    "a model's block": lambda: project(edited("catalog/models/engine.yml", "ada-engine", "ada-motor")),
    "a model that plays a paper's part": lambda: project(
        {
            "catalog/models/player.yml": "block: Txt2Img-HuggingFace-own-player\nfolder: catalog/weights/player\n"
            "in_role_of: {name: Another, paper: in-role, differs: It is small.}\n"
        }
    ),
    "a sample": lambda: project(edited("catalog/samples/wave.yml", "A wave", "A large wave")),
    "a run": lambda: replace(project(), runs={"wave": {"mini": run_of("wave", roles=("input", "edited", "region"))}}),
    "a run's state": lambda: project(state="stale", why=("the code has changed",)),
    "no run": lambda: project(run=False),
    "a failed run": lambda: replace(project(), states={"wave": SampleState("wave", "failed", ("no memory",))}),
    "a measured number": lambda: replace(
        project(), measures={"wave": {"mini": {"edited-0a1b2c3d.webp": {"psnr_face": 3.0}}}}
    ),
    "a record of figures": lambda: replace(project(), records={"bench": {"scale": {"sites": [], "stages": []}}}),
    "a note on a record": lambda: replace(
        project(), records={"bench": {"scale": {"sites": [], "stages": []}}}, notes={"bench": "of other code"}
    ),
    "a box": lambda: replace(project(), boxes={("wave", "mini"): (0, 0, 8, 8)}),
    "another run's state": lambda: replace(project(), other_states={("wave", "hub"): SampleState("wave", "stale")}),
    "a hand-written page": lambda: project(docs={**PAGES, "index.md": DOCS["index.md"] + "\nMore.\n"}),
    "a new hand-written page": lambda: project(docs={**PAGES, "new.md": "# New\n"}),
    "the guide, which lists lead to": lambda: project(
        docs={name: PAGES[name] for name in ("index.md", "how-it-is-measured.md")}
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_rendered_and_comes_out_as_if_all_were(change: str, root: Path) -> None:
    changed = CHANGES[change]()
    assert render(changed) != render(project()) or change in ("a box", "another run's state")
    rendered(root, changed)
    rendered(root, project())


def test_lists_of_nothing_are_made_again_once_there_is_something(tmp_path: Path) -> None:
    bare: dict[str, Any] = {key: {} for key in ("runs", "states", "measures", "docs")}
    nothing, something = replace(project(), catalog=catalog_of(Path("project"), {}), **bare), project()
    assert not nothing.catalog.models and something.catalog.models
    for site in (nothing, something, nothing):
        rendered(tmp_path, site)


def test_a_change_reaches_what_depends_on_it_and_nothing_else(root: Path) -> None:
    assert {*rendered(root, project(ANOTHER_ANSWER))} == {"question how", "paper ada1843", "paper bob2020"}
    asked = project(ANOTHER_ANSWER | edited(WHY, "Why do faces", "Why do the faces"))
    made = {*rendered(root, asked)}
    assert {"question why", "workflow why", "questions 1", "workflows 1", "model engine", "paper bob2020"} <= made
    assert not {"question how", "papers", "references", "sample wave", "docs how-it-is-measured.md"} & made


def test_what_one_question_costs_does_not_grow_with_their_number(tmp_path: Path) -> None:
    made = {}
    for count in (20, 40):
        questions, root = many_questions(count), tmp_path / str(count)
        name = min(one for one in questions if one.startswith("catalog/questions/"))
        rendered(root, make_project(questions))
        made[count] = rendered(root, make_project({**questions, name: questions[name] + "\nMore words.\n"}))
    assert 0 < len(made[40]) <= len(made[20]) + 4, made


def test_another_title_makes_one_page_of_each_list_again(tmp_path: Path) -> None:
    questions = many_questions(70)
    name = min(one for one in questions if one.startswith("catalog/questions/"))
    every = rendered(tmp_path, make_project(questions))
    titled = questions[name].replace("---\n", "---\ntitle: Another title\n", 1)
    made = rendered(tmp_path, make_project({**questions, name: titled}))
    for kind, most in (("questions", 1), ("workflows", 1), ("topic", 3)):
        lists = [one for one in made if one.startswith(f"{kind} ")]
        assert 0 < len(lists) <= most < len([one for one in every if one.startswith(f"{kind} ")]), (kind, made)


def test_what_many_pages_read_is_compared_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[object] = []
    original = read_digests._digest_of
    monkeypatch.setattr(
        read_digests, "_digest_of", lambda read, digests: compared.append(read) or original(read, digests)
    )
    kept = KeptPages(root, "generated")
    assert kept.render(Watching(project())).units == ()
    data = json.loads((root / kept_pages.CACHE).read_text())
    assert len(compared) == len({*compared}) == len(data["reads"])
    assert sum(len(numbers) for numbers, _ in data["units"].values()) > 3 * len(compared), "pages share what they read"


@pytest.mark.parametrize("fails", [False, True])
def test_the_collector_of_garbage_is_as_it_was_after_a_build(fails: bool) -> None:
    before = gc.get_threshold()
    with suppress(ValueError), seldom_collected():
        assert gc.get_threshold()[0] > 100 * before[0] and gc.get_freeze_count() > 1000
        if fails:
            raise ValueError
    assert (gc.get_threshold(), gc.isenabled(), gc.get_freeze_count()) == (before, True, 0)


@pytest.mark.parametrize("damage", ["edited by hand", "removed", "cache lost", "cache torn", "cache of another form"])
def test_what_was_lost_is_made_again(damage: str, root: Path) -> None:
    page, cache = root / "generated/papers/bob2020/index.md", root / kept_pages.CACHE
    if damage == "edited by hand":
        page.write_text("# Mine\n")
    elif damage == "removed":
        page.unlink()
    elif damage == "cache lost":
        cache.unlink()
    elif damage == "cache torn":
        cache.write_bytes(cache.read_bytes()[:-40])
    else:
        cache.write_text(json.dumps({**json.loads(cache.read_text()), "form": 0}))
    made = rendered(root, project())
    assert made == ("paper bob2020",) if damage in ("edited by hand", "removed") else len(made) > 20


@pytest.mark.parametrize("what", ["code", "distributions"])
def test_other_code_renders_all(what: str, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if what == "code":
        package = tmp_path / "package"
        package.mkdir()
        (package / "page.md.j2").write_text("other")
        monkeypatch.setattr(code_digest, "PACKAGE", package)
    else:
        (tmp_path / "jinja2-4.0.dist-info").mkdir()
        monkeypatch.syspath_prepend(str(tmp_path))
    made = rendered(root, project())
    assert len(made) > 20
    assert rendered(root, project()) == ()


def test_where_another_distribution_adds_plug_ins_nothing_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_digest, "is_offered", lambda group: group == "seamline.exhibits")
    for _ in range(2):
        assert len(rendered(root, project())) > 20


def test_what_the_code_is_holds_its_templates() -> None:
    found = code_digest.sources(fingerprints.PACKAGE)
    assert {"pages/templates/question.md.j2", "pages/rendering.py", "exhibits/base.py"} <= {*found}
    assert not [path for path in found if "__pycache__" in path]


def test_digests_tell_values_apart_and_equal_ones_not() -> None:
    site, again = project(), project()
    values: list[Any] = [
        "a", b"a", 1, 1.0, True, None, "int 1", (), [], {}, ("a",), ["a"], {"a": 1}, {"a": {}}, ("a", "b"), ("ab",),
        {"a": 1, "b": 2}, {"b": 2, "a": 1}, frozenset({"a"}), Path("a"),
        site.catalog.papers["bob2020"], site.catalog.samples["wave"], site.catalog.questions["how"],
        site.runs["wave"], site.states["wave"], site.catalog.models["engine"],
    ]  # fmt: skip
    digests = [Digests().of(value) for value in values]
    assert len({*digests}) == len(values)
    of_runs = site.runs["wave"]["mini"]
    assert of_runs.main, "which a record remembers once somebody asked"
    for one, other in (
        (site.catalog.questions["how"], again.catalog.questions["how"]),
        (of_runs, again.runs["wave"]["mini"]),
        (frozenset("abcdefg"), frozenset("gfedcba")),
    ):
        assert Digests().of(one) == Digests().of(other)
    with pytest.raises(TypeError, match="no digest is known"):
        Digests().of(object())
