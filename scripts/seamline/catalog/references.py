"""What no entry can check alone: that the names it uses exist, and that entries agree with one another."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from seamline.blocks.names import parse_block
from seamline.catalog.citing import faults_in
from seamline.catalog.entries import Model, Paper, Question, Sample, Truth
from seamline.catalog.identity import addresses
from seamline.catalog.loading import Read
from seamline.catalog.positions import contradicts, positions_in
from seamline.catalog.reading import Loc
from seamline.catalog.runnable import why_not_run
from seamline.catalog.sources import sources_of
from seamline.catalog.validating import suggestion
from seamline.errors import Problem

Entries = Mapping[str, Mapping[str, Read]]
"""Files that are sound in themselves, by folder and id."""


def problems_between(root: Path, entries: Entries, known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    """Problems between the files of a catalog.

    Args:
        root: the project's folder, in which photos are looked for.
        known: ids by folder, including those of files that are not sound: a name that points there is right.
    """
    yield from _doubled(entries)
    models = {name: one.entry for name, one in entries["models"].items() if isinstance(one.entry, Model)}
    papers = {name: one.entry for name, one in entries["papers"].items() if isinstance(one.entry, Paper)}
    for read in entries["questions"].values():
        yield from _of_question(read, entries, known)
        yield from _citations(read, models, papers, known)
    for read in entries["models"].values():
        if isinstance(read.entry, Model):
            yield from _unknown(read, ("papers",), read.entry.papers, known["papers"], "paper")
    for read in entries["samples"].values():
        yield from _of_sample(root, read, known)
        yield from _not_to_be_run(read, models)


def _of_question(read: Read, entries: Entries, known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    question = read.entry
    assert isinstance(question, Question)
    for field in ("models", "papers", "samples"):
        yield from _unknown(read, (field,), getattr(question, field), known[field], field.removesuffix("s"))
    for index, sample_id in enumerate(question.samples):
        sample = entries["samples"].get(sample_id)
        if not sample or not isinstance(sample.entry, Sample) or sample.entry.model not in known["models"]:
            continue
        if sample.entry.model not in question.models and known["models"] >= set(question.models):
            yield _problem(
                read,
                ("samples", index),
                f"`{sample_id}` runs `{sample.entry.model}`, which this question does not list",
                "add the model to `models`, or show another sample",
            )
    if question.status == "written" and not read.body.strip():
        hint = "write the answer below the front matter, or set `status: draft`"
        yield _problem(read, ("status",), "says `written`, but there is no answer", hint)


def _citations(
    read: Read, models: Mapping[str, Model], papers: Mapping[str, Paper], known: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    question = read.entry
    assert isinstance(question, Question)
    if not _is_whole(question, models, papers):
        return
    own = sources_of(question, models, papers)
    for fault in faults_in(read.body, own, known["papers"]):
        yield Problem(read.file, read.body_line + fault.line - 1, "", fault.what, fault.hint)


def _is_whole(question: Question, models: Mapping[str, Model], papers: Mapping[str, Paper]) -> bool:
    """Whether all that the question names is sound, so that what it may cite is known."""
    given = [models[name] for name in question.models if name in models]
    needed = {*question.papers, *(name for model in given for name in model.papers)}
    return len(given) == len(question.models) and needed <= papers.keys()


def _of_sample(root: Path, read: Read, known: Mapping[str, frozenset[str]]) -> Iterator[Problem]:
    sample = read.entry
    assert isinstance(sample, Sample)
    yield from _unknown(read, ("model",), (sample.model,), known["models"], "model")
    scene, photo = sample.input.scene, sample.input.photo
    if photo and not _is_file_below(root / "catalog" / "photos", photo.path):
        hint = _same_to_the_eye(root / "catalog" / "photos", photo.path)
        hint = hint or "put the photo below catalog/photos/ and give its path from there"
        yield _problem(read, ("input", "photo", "path"), f"no photo {photo.path!r} below catalog/photos/", hint)
    if not scene:
        for loc, wanted in ((("truth",), sample.truth), (("exhibits", "four_ways"), sample.exhibits.four_ways)):
            if wanted:
                yield _problem(read, loc, "needs a scene: of a photo no true picture is known", "leave it out")
    if sample.exhibits.four_ways and not (sample.truth and (sample.truth.swap or sample.truth.exchange)):
        hint = "say in `truth` which swap the instruction means, or leave `four_ways` out"
        yield _problem(read, ("exhibits", "four_ways"), "shows a swap, and `truth` names none", hint)
    if scene and sample.truth:
        yield from _truth(read, sample.truth, scene.seed, scene.people)
        yield from _whom(read, sample.instruction, sample.truth, scene.seed, scene.people)
    if sample.exhibits.one_word:
        yield from _one_word(read, sample.instruction, sample.exhibits.one_word.instruction)
    yield from _repeated(read, ("exhibits", "seeds"), map(str, sample.exhibits.seeds))


def _not_to_be_run(read: Read, models: Mapping[str, Model]) -> Iterator[Problem]:
    """No picture may pass for the work of a model that did not draw it."""
    sample = read.entry
    assert isinstance(sample, Sample)
    if model := models.get(sample.model):
        what, hint = why_not_run(sample.model, model)
        if what:
            yield _problem(read, ("model",), what, hint)


def _truth(read: Read, truth: Truth, seed: int, people: int | None) -> Iterator[Problem]:
    from seamline.scenes.sampling import scene_from_seed
    from seamline.scenes.state import EXPRESSIONS, IDENTITY_GRID

    standing = scene_from_seed(seed, people).positions
    for name in ("swap", "exchange", "attribute", "expression"):
        if part := getattr(truth, name):
            for field in ("person", "other"):
                place = getattr(part, field, standing[0])
                if place not in standing:
                    hint = f"this scene has {' and '.join(standing)}"
                    yield _problem(read, ("truth", name, field), f"nobody stands at `{place}`", hint)
    if truth.exchange and truth.exchange.person == truth.exchange.other:
        yield _problem(read, ("truth", "exchange", "other"), "is the same person", "name the other of the two")
    for name_loc, value_loc, attribute, value in _changes(truth):
        if attribute not in IDENTITY_GRID:
            yield _problem(read, name_loc, f"no attribute `{attribute}`", suggestion(attribute, IDENTITY_GRID))
        elif value not in IDENTITY_GRID[attribute]:
            yield _problem(read, value_loc, f"no {attribute} `{value}`", suggestion(value, IDENTITY_GRID[attribute]))
    if truth.expression and truth.expression.expression not in EXPRESSIONS:
        wrong = truth.expression.expression
        expression_loc = ("truth", "expression", "expression")
        yield _problem(read, expression_loc, f"no expression `{wrong}`", suggestion(wrong, EXPRESSIONS))


def _whom(read: Read, instruction: str, truth: Truth, seed: int, count: int | None) -> Iterator[Problem]:
    """Measures compare with the truth: of another person than the instruction's, they would say nothing."""
    from seamline.scenes.sampling import scene_from_seed

    name, part = next((name, part) for name, part in truth if part is not None)
    people = frozenset(getattr(part, field) for field in ("person", "other") if hasattr(part, field))
    if people <= set(scene_from_seed(seed, count).positions) and contradicts(instruction, people):
        said = " and ".join(sorted(positions_in(instruction)))
        meant = " and ".join(f"`{place}`" for place in sorted(people))
        hint = "name the same person in both; if the words mean something else, say it without a place"
        yield _problem(read, ("truth", name, "person"), f"means {meant}, and `instruction` says {said}", hint)


def _changes(truth: Truth) -> Iterator[tuple[Loc, Loc, str, str]]:
    """Places of an attribute's name and value in the file, and the two."""
    if truth.swap:
        for attribute, value in truth.swap.to.items():
            loc = ("truth", "swap", "to", attribute)
            yield loc, loc, attribute, value
    if change := truth.attribute:
        at = ("truth", "attribute")
        yield (*at, "attribute"), (*at, "value"), change.attribute, change.value


def _one_word(read: Read, instruction: str, other: str) -> Iterator[Problem]:
    one, two = instruction.split(), other.split()
    differing = sum(first != second for first, second in zip(one, two, strict=False)) + abs(len(one) - len(two))
    if len(one) != len(two) or differing != 1:
        hint = f"repeat `{instruction}` and change a single word"
        loc = ("exhibits", "one_word", "instruction")
        yield _problem(read, loc, f"differs from `instruction` in {differing} words, should be exactly one", hint)


def _doubled(entries: Entries) -> Iterator[Problem]:
    first: dict[object, str] = {}
    for read in entries["papers"].values():
        assert isinstance(read.entry, Paper)
        for kind, value in addresses(read.entry):
            other = first.setdefault((kind, value), read.file)
            if kind != "url" and other != read.file:
                field = kind if getattr(read.entry, kind) else "doi" if read.entry.doi else "url"
                what = f"`{getattr(read.entry, field)}` is also that of {other}"
                yield _problem(read, (field,), what, "keep one of the two files")
        if not read.entry.title and not any(addresses(read.entry)):
            hint = "write the title, or at least the `arxiv` identifier, the `doi` or the `url`"
            yield _problem(read, ("title",), "is missing", hint)
    for read in entries["models"].values():
        assert isinstance(read.entry, Model)
        other = first.setdefault(parse_block(read.entry.block).identity, read.file)
        if other != read.file:
            yield _problem(
                read, ("block",), f"`{read.entry.block}` is also that of {other}", "keep one of the two files"
            )
    for name, read in entries["papers"].items():
        if name.endswith("-code"):
            yield Problem(read.file, 0, "", "the ending `-code` is kept for repositories", "give the file another name")
    for name in entries["models"].keys() & entries["papers"].keys():
        read = entries["models"][name]
        hint = "give one of the two files another name"
        yield Problem(read.file, 0, "", f"`{name}` is also the name of a paper", hint)


def _unknown(read: Read, loc: Loc, names: Iterable[str], known: Collection[str], kind: str) -> Iterator[Problem]:
    names = tuple(names)
    for index, name in enumerate(names):
        where = (*loc, index) if loc[-1] != kind else loc
        if name not in known:
            yield _problem(read, where, f"no {kind} `{name}`", suggestion(name, known))
    yield from _repeated(read, loc, names)


def _repeated(read: Read, loc: Loc, values: Iterable[str]) -> Iterator[Problem]:
    for value, times in Counter(values).items():
        if times > 1:
            yield _problem(read, loc, f"`{value}` is listed {times} times", "list it once")


def _is_file_below(folder: Path, path: str) -> bool:
    wanted = (folder / path).resolve()
    return wanted.is_relative_to(folder.resolve()) and wanted.is_file()


def _same_to_the_eye(folder: Path, path: str) -> str:
    """What to do when a photo is there under a name that differs in the form of its characters, or in capitals only."""
    wanted = unicodedata.normalize("NFC", path)
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        there = file.relative_to(folder).as_posix()
        if unicodedata.normalize("NFC", there) == wanted:
            return (
                f"{there!r} is there and looks the same, but one of the two has accents as characters of their own "
                "(macOS writes them so): rename the file to plain ASCII, and write that name"
            )
        if unicodedata.normalize("NFC", there).casefold() == wanted.casefold():
            return f"capitals count: the file is called {there!r}"
    return ""


def _problem(read: Read, loc: Loc, what: str, hint: str) -> Problem:
    return Problem(read.file, read.located.line(loc), ".".join(map(str, loc)), what, hint)
