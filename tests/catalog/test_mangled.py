"""Whatever is thrown at it: an error of the tree or a sound catalog, never a traceback, never half an import."""

from __future__ import annotations

import random
import re
import tempfile
from pathlib import Path

import yaml
from hypothesis import given
from hypothesis import strategies as st

from seamline.catalog import load
from seamline.catalog.documents.importer import import_documents
from seamline.catalog.entries import Model, Paper, Question
from seamline.catalog.io.loading import catalog_of
from seamline.catalog.io.writing import entry_text
from seamline.errors import SeamlineError

from .conftest import DOCUMENTS, FILES

SOURCES = [path.read_bytes() for path in sorted(DOCUMENTS.glob("*.txt")) if path.stem != "ten-models"]
SHARDS = [
    b"Model: ",
    b"Paper: ",
    b"GitHub: ",
    b"Summary: ",
    b"\n\n",
    b"### Related Papers:\n",
    b"### Recommended AI Models:\n",
    b"Answer:\n",
    b'"',
    "„".encode(),
    "»".encode(),
    b"https://arxiv.org/abs/",
    b"\r",
    b"\xef\xbb\xbf",
    b"\x00",
    b"\xff",
    b"<script>",
    b"{{ 7*7 }}",
    b"../../etc/passwd",
    b"javascript:alert(1)",
    b"Img2Img-Hub-owner-name\n",
    b"---\n",
    b"&a [*a, *a]",
    b"!!python/name:os.system",
    b": ",
    b"- ",
    "\u2028".encode(),
    "\u202e".encode(),
    "é😀".encode(),
]


@st.composite
def mangled(draw: st.DrawFn, sources: list[bytes]) -> bytes:
    """One of `sources` with pieces cut out, doubled, moved and put in."""
    data = draw(st.sampled_from(sources))
    rng = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 5))):
        lines = data.split(b"\n")
        start = rng.randrange(len(lines))
        end = min(len(lines), start + rng.randrange(1, 4))
        kind = rng.randrange(4)
        if kind == 0:
            lines[start:end] = []
        elif kind == 1:
            lines[start:start] = rng.choices(lines, k=end - start)
        elif kind == 2:
            at = rng.randrange(len(lines[start]) + 1)
            lines[start] = lines[start][:at] + rng.choice(SHARDS) + lines[start][at:]
        else:
            rng.shuffle(lines) if rng.random() < 0.2 else lines.reverse() if rng.random() < 0.1 else lines.pop(start)
        data = b"\n".join(lines)
    return data


@given(mangled(SOURCES))
def test_mangled_documents(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        document = root / "mangled.txt"
        document.write_bytes(data)
        try:
            import_documents(root, [document])
        except SeamlineError as error:
            assert str(error)
            assert not (root / "catalog").exists()
            return
        catalog = load(root)
        assert len(catalog.questions) == 1
        before = {path: path.read_bytes() for path in (root / "catalog").rglob("*.*")}
        assert import_documents(root, [document]).written == ()
        assert {path: path.read_bytes() for path in (root / "catalog").rglob("*.*")} == before


@given(st.sampled_from(sorted(FILES)), mangled([text.encode() for text in FILES.values()]))
def test_mangled_catalogs(name: str, data: bytes) -> None:
    files = {**{file: text.encode() for file, text in FILES.items()}, name: data}
    try:
        catalog_of(Path(), files)
    except SeamlineError as error:
        assert name.rpartition("/")[2] in str(error) or "catalog/" in str(error)


@given(st.binary(max_size=60), st.sampled_from(sorted(FILES)))
def test_bytes_for_a_catalog(data: bytes, name: str) -> None:
    try:
        catalog_of(Path(), {name: data})
    except SeamlineError as error:
        assert name in str(error)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from(
    ["title", "authors", "year", "arxiv", "summary", "github", "asked", "models", "input", "truth", "exhibits"]
)


@given(st.dictionaries(names, values), st.sampled_from(sorted(FILES)))
def test_yaml_of_any_shape(fields: dict[str, object], name: str) -> None:
    text = yaml.safe_dump(fields, allow_unicode=True)
    try:
        catalog_of(Path(), {name: (f"---\n{text}---\n" if name.endswith(".md") else text).encode()})
    except SeamlineError as error:
        assert name in str(error)


words = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"]), min_size=1, max_size=40).filter(str.strip)
long_words = st.lists(
    words | st.sampled_from(["\n", "\n\n", " ", "  ", "# ", "- ", "---", ": ", "\u2028", "'", '"']), max_size=30
).map("".join)


names_of_authors = words.map(lambda text: "{A" + re.sub("[{}@＠]", "", text) + "}")


@given(title=words, summary=long_words, venue=words, authors=st.lists(names_of_authors, max_size=3))
def test_what_is_written_reads_back_the_same(title: str, summary: str, venue: str, authors: list[str]) -> None:
    paper = Paper(title=title, summary=summary, venue=venue, authors=tuple(authors), arxiv="2211.09800")
    model = Model(block="Img2Img-Hub-a-b", title=title, papers=("p",))
    question = Question(asked=title, models=("m",), document=venue)
    catalog = catalog_of(
        Path(),
        {
            "catalog/papers/p.yml": entry_text(paper).encode(),
            "catalog/models/m.yml": entry_text(model).encode(),
            "catalog/questions/q.md": entry_text(question).encode(),
        },
    )
    assert catalog.papers["p"] == paper
    assert catalog.models["m"] == model
    assert catalog.questions["q"].entry == question
