"""A site of one's own: what `init` writes, what comes with the package, and what is the curator's to set."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from lxml import html

from seamline import cli
from seamline.site import theming
from seamline.site.settings import INHERITED, own_addresses

ROOT = Path(__file__).parents[2]
SHEET = (ROOT / "scripts/seamline/site/assets/seamline.css").read_text("utf-8")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    assert cli.run(["init", str(tmp_path / "mine"), "--name", 'A: "site" of *mine* #1']) == 0
    return tmp_path / "mine"


def run(project: Path, *words: str) -> int:
    return cli.run(["--project", str(project), *words])


def test_any_name_is_kept(mine: Path) -> None:
    assert run(mine, "build", "--strict") == 0
    home = html.fromstring((mine / "site/index.html").read_bytes())
    assert home.xpath("//article//h1")[0].text.strip() == 'A: "site" of *mine* #1'
    assert 'A: "site" of *mine* #1' in home.xpath("//title")[0].text


@pytest.mark.parametrize("name", ["", " ", "two\nlines", "{{ macro() }}", "<b>", "x" * 81])
def test_what_can_be_no_name_is_refused_and_nothing_written(name: str, tmp_path: Path) -> None:
    assert cli.run(["init", str(tmp_path / "mine"), f"--name={name}"]) == (2 if name.strip() else 0) or name == " "
    assert not (tmp_path / "mine").exists() or not name


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert cli.run(["init", str(tmp_path)]) == 2
    assert "is not an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_new_git_repository_counts_as_empty(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert cli.run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "mkdocs.yml").is_file()


def test_the_projects_own_settings_and_a_new_sites_inherit_the_same_file(mine: Path) -> None:
    for root in (ROOT, mine):
        assert f"\nINHERIT: {INHERITED}\n" in (root / "mkdocs.yml").read_text("utf-8")
    shared = [(root / INHERITED).read_text("utf-8").partition("\nnav:")[0] for root in (ROOT, mine)]
    assert shared[0] == shared[1]
    assert set(yaml.safe_load((mine / "mkdocs.yml").read_text("utf-8"))) == {
        *("INHERIT", "site_name", "site_description", "copyright", "extra_css")
    }


def test_an_older_theme_is_renewed_and_its_drift_is_named(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, template = mine / "generated/assets/seamline.css", mine / ".seamline/theme/main.html"
    kept = sheet.read_bytes(), template.read_bytes()
    sheet.write_text("a {}\n")
    template.write_text("old\n")
    assert run(mine, "render", "--check") == 1
    said = capsys.readouterr().err
    assert "assets/seamline.css: differs" in said and ".seamline/theme/main.html:1" in said
    assert run(mine, "render") == 0
    assert (sheet.read_bytes(), template.read_bytes()) == kept


def test_the_navigation_lists_hand_written_pages() -> None:
    settings = theming.settings(["about.md", "index.md", "help/how-to.md", "assets/site.css"])
    nav = yaml.safe_load(settings[settings.index("\nnav:") :])["nav"]
    assert nav[-2:] == ["about/index.md", {"Help": ["help/how-to/index.md"]}] or nav[-1] == "about/index.md"
    assert nav[0] == {"Home": "index.md"}


@pytest.mark.parametrize("verb", ["check", "build"])
def test_what_is_missing_is_one_clear_error(mine: Path, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    (mine / "docs/index.md").rename(mine / "index.md")
    assert run(mine, verb) == 1
    assert "docs/index.md: the site has no home page\n  -> write docs/index.md" in capsys.readouterr().err
    (mine / "index.md").rename(mine / "docs/index.md")
    (mine / "mkdocs.yml").write_text("site_name: x\n")
    assert run(mine, verb) == 1
    assert f"begin the file with `INHERIT: {INHERITED}`" in capsys.readouterr().err
    (mine / "mkdocs.yml").write_text(f"INHERIT: {INHERITED}\nsite_name: x\n")
    assert run(mine, verb) == 0


def test_a_fresh_clone_without_the_rendered_settings_can_be_checked(mine: Path) -> None:
    (mine / INHERITED).unlink()
    assert run(mine, "check") == 0


def test_a_page_links_to_its_source_and_to_a_report(mine: Path) -> None:
    settings = mine / "mkdocs.yml"
    plain = settings.read_text("utf-8")
    settings.write_text(plain + "repo_url: https://example.org/ada/mine/\n")
    assert run(mine, "build", "--strict") == 0 and run(mine, "audit") == 0

    def links(page: str) -> dict[str, str]:
        tree = html.fromstring((mine / "site" / page).read_bytes())
        return {link.text: link.get("href") for link in tree.xpath("//*[@class='sl-source']/a")}

    assert links("questions/example/index.html") == {
        "Edit this page": "https://example.org/ada/mine/edit/main/catalog/questions/example.md",
        "Report a mistake": "https://example.org/ada/mine/issues/new",
    }
    assert links("about/index.html")["Edit this page"].endswith("/edit/main/docs/about.md")
    assert links("papers/conde2022/index.html")["Edit this page"].endswith("/catalog/papers/conde2022.yml")
    assert links("questions/index.html") == {}, "a list is made from no one file"
    assert 'data-md-component="source"' not in (mine / "site/index.html").read_text("utf-8"), "it asks the forge"

    settings.write_text(
        plain + "repo_url: https://gl.example/a\nextra: {edit: -/edit/x, report: 'https://b.example'}\n"
    )
    assert run(mine, "build", "--strict") == 0 and run(mine, "audit") == 0
    assert links("about/index.html") == {
        "Edit this page": "https://gl.example/a/-/edit/x/docs/about.md",
        "Report a mistake": "https://b.example",
    }


def test_without_a_repository_there_are_no_such_links(mine: Path) -> None:
    assert run(mine, "build", "--strict") == 0
    assert "sl-source" not in (mine / "site/about/index.html").read_text("utf-8")


def test_addresses_of_the_settings_are_the_sites_own(tmp_path: Path) -> None:
    assert own_addresses(tmp_path) == []
    (tmp_path / "mkdocs.yml").write_text(
        "repo_url: https://a.example/b # c\ncopyright: <a href='https://d.example/'>d</a>\n"
    )
    assert own_addresses(tmp_path) == ["https://a.example/b", "https://d.example/"]


def test_documented_variables_are_those_of_the_sheet() -> None:
    guide = (ROOT / "docs/guides/make-the-site-yours.md").read_text("utf-8")
    rows = [line for line in guide.splitlines() if line.startswith("| `--sl-")]
    documented = set(re.findall(r"`(--sl-[\w-]+)`", "\n".join(rows)))
    (light,) = re.findall(r"^:where\(:root\) \{\n(.*?)^\}", SHEET, re.MULTILINE | re.DOTALL)
    (type_,) = re.findall(r"^:root \{\n(.*?)^\}", SHEET, re.MULTILINE | re.DOTALL)
    defined = set(re.findall(r"^  (--sl-[\w-]+):", light + type_, re.MULTILINE))
    assert documented == {name for name in defined if not name.startswith(("--sl-code-", "--sl-shadow"))}
    offered = re.findall(r"--sl-[\w-]+", (ROOT / "scripts/seamline/project/template/docs/assets/site.css").read_text())
    assert offered and set(offered) <= documented


def test_no_other_rule_sets_a_colour_where_root_could_not_reach() -> None:
    """A selector with weight, other than for paper, would outdo what a curator sets in `:root`."""
    sheets = "\n".join(path.read_text("utf-8") for path in (ROOT / "scripts/seamline/site/assets").glob("*.css"))
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    setting = {name.strip() for name, body in rules if re.search(r"^\s*--sl-(?!\w+-tall)[\w-]+:", body, re.MULTILINE)}
    assert setting <= {
        ":where(:root)",
        ':where(:root:has(> body[data-md-color-scheme="slate"]))',
        ":where(:root.no-js)",
        ":root",
        ":root:root",
    }
