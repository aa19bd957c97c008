"""A page waits for one stylesheet, and looks as it did with several."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from seamline.errors import SiteError
from seamline.site.css_bundle import join, joined_sheet

HEAD = """<!doctype html><html><head><meta charset="utf-8">
<link rel="stylesheet" href="{up}assets/theme/main.css">

  <link rel="stylesheet" href="{up}assets/ours.css">
</head><body></body></html>"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "assets/theme").mkdir(parents=True)
    (tmp_path / "assets/theme/main.css").write_text(
        '@charset "UTF-8";a{color:red;content:"→"}/*# sourceMappingURL=main.css.map */', encoding="utf-8"
    )
    (tmp_path / "assets/ours.css").write_text("a { color: blue }\n", encoding="utf-8")
    for page, up in (("index.html", ""), ("a/b/index.html", "../../")):
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_text(HEAD.format(up=up), encoding="utf-8")
    return tmp_path


@pytest.fixture
def built_palette() -> bytes:
    import material

    (sheet,) = Path(material.__file__).parent.glob("templates/assets/stylesheets/palette.*.min.css")
    return sheet.read_bytes()


def sheets(page: Path) -> list[Path]:
    found = re.findall(r'<link rel="stylesheet" href="([^"]+)">', page.read_text(encoding="utf-8"))
    return [(page.parent / href).resolve() for href in found]


def test_every_page_waits_for_one_sheet_and_all_for_the_same(site: Path) -> None:
    join(site)
    (one,) = sheets(site / "index.html")
    assert sheets(site / "a/b/index.html") == [one.resolve()]
    assert one.read_text(encoding="utf-8") == '@charset "UTF-8";\na{color:red;content:"→"}\na { color: blue }\n'


def test_the_themes_rule_that_holds_every_transition_is_left_out() -> None:
    held = b"[data-md-color-switching] *,[data-md-color-switching] :after{transition-duration:0s!important}"
    sheet = joined_sheet({"assets/theme/palette.css": b"a{}" + held + b"b{}", "assets/ours.css": b"c{}"})
    assert sheet == b'@charset "UTF-8";\na{}b{}\nc{}\n'


def test_the_theme_still_has_that_rule(built_palette: bytes) -> None:
    """When a new version of the theme words it otherwise, this says so."""
    assert b"transition-duration:0s" in built_palette
    joined = joined_sheet({"assets/palette.css": built_palette, "assets/ours.css": b""})
    assert joined is not None
    assert b"transition-duration:0s" not in joined


@pytest.mark.parametrize(
    "worded",
    [
        "[data-md-color-switching] *{transition-duration:0ms!important}",
        "[data-md-color-switching]*{transition:none}",
        ":root[data-md-color-switching=on] *{color:red;transition-duration:0s}",
    ],
)
def test_a_theme_that_words_that_rule_otherwise_is_an_error(worded: str) -> None:
    with pytest.raises(SiteError, match="data-md-color-switching") as raised:
        joined_sheet({"assets/theme/palette.css": worded.encode(), "assets/ours.css": b"c{}"})
    assert raised.value.where == "assets/theme/palette.css" and "constraints.txt" in raised.value.hint


def test_another_use_of_that_attribute_is_none() -> None:
    assert joined_sheet({"assets/a.css": b"[data-md-color-switching]{color:red}", "assets/b.css": b"c{}"})


def test_links_in_a_form_that_is_not_known_are_an_error(site: Path) -> None:
    page = '<link href="assets/a.css" rel=stylesheet>\n<link href="assets/b.css" rel=stylesheet>\n'
    (site / "index.html").write_text(page, encoding="utf-8")
    with pytest.raises(SiteError, match="not known: <link href=") as raised:
        join(site)
    assert raised.value.where == str(site / "index.html")


def test_joining_twice_changes_nothing(site: Path) -> None:
    join(site)
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    join(site)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_its_name_follows_from_its_content(site: Path) -> None:
    join(site)
    (before,) = sheets(site / "index.html")
    (site / "index.html").write_text(HEAD.format(up=""), encoding="utf-8")
    (site / "assets/ours.css").write_text("a { color: green }\n", encoding="utf-8")
    join(site)
    assert sheets(site / "index.html") != [before]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="stylesheet" href="https://example.org/far.css">',
        '<link rel="stylesheet" href="assets/gone.css">',
        '<link rel="stylesheet" href="../outside.css">',
        '<link rel="stylesheet" href="/assets/ours.css">',
    ],
)
def test_a_sheet_that_is_not_the_sites_leaves_the_page_alone(site: Path, link: str) -> None:
    (site.parent / "outside.css").write_text("b{}", encoding="utf-8")
    page = f'<link rel="stylesheet" href="assets/ours.css">\n{link}\n'
    (site / "index.html").write_text(page, encoding="utf-8")
    join(site)
    assert (site / "index.html").read_text(encoding="utf-8") == page


@pytest.mark.parametrize("first", ['@import "x.css";', "@namespace svg url(x);", '@charset "latin1";'])
def test_what_must_stand_first_in_a_file_is_not_joined(first: str) -> None:
    assert joined_sheet({"assets/a.css": b"a{}", "assets/b.css": first.encode() + b"b{}"}) is None


@pytest.mark.parametrize(
    ("there", "here"),
    [
        ('url("fonts/a.woff2")', 'url("theme/fonts/a.woff2")'),
        ("url(../images/a.png)", "url(images/a.png)"),
        ("url('a b.png')", "url('theme/a b.png')"),
        ("url(data:image/png;base64,AA==)", "url(data:image/png;base64,AA==)"),
        ('url("data:image/svg+xml;utf8,<svg/>")', 'url("data:image/svg+xml;utf8,<svg/>")'),
        ("url(https://example.org/a.png)", "url(https://example.org/a.png)"),
        ("url(/a.png)", "url(/a.png)"),
        ("url(#mark)", "url(#mark)"),
    ],
)
def test_addresses_still_lead_where_they_led(there: str, here: str) -> None:
    sheet = joined_sheet({"assets/theme/main.css": f"a{{b:{there}}}".encode()})
    assert sheet == f'@charset "UTF-8";\na{{b:{here}}}\n'.encode()


def test_sheets_with_something_between_them_are_not_neighbours(site: Path) -> None:
    page = HEAD.format(up="").replace('main.css">', 'main.css"><style>a{}</style>')
    (site / "index.html").write_text(page, encoding="utf-8")
    join(site)
    assert len(sheets(site / "index.html")) == 2
