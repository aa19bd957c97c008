"""What no entry can check alone: that the names it uses exist, and that entries agree with one another."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from seamline.blocks.names import parse_block
from seamline.catalog.citations.checks import faults_in
from seamline.catalog.closed_catalog import Read
from seamline.catalog.entries import Model, Paper, Question, Sample, Truth
from seamline.catalog.entries.parameters import UnknownParameters
from seamline.catalog.entries.sample import texts_of
from seamline.catalog.entry_identity import addresses
from seamline.catalog.reading.validation import suggestion
from seamline.catalog.reading.yaml_reader import Loc
from seamline.catalog.recipe_reading import crops_outside, faults_of, recipe_of
from seamline.catalog.sources import sources_of
from seamline.catalog.truth_checks import truth_problems
from seamline.errors import Problem
from seamline.plugins import EXHIBITS, OPERATIONS, RUNNERS

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
    own = frozenset(name for name, model in models.items() if model.in_role_of)
    for read in entries["questions"].values():
        yield from _of_question(read, entries, own, known)
        yield from _citations(read, models, papers, known)
    for read in entries["models"].values():
        if isinstance(read.entry, Model):
            yield from _unknown(read, ("papers",), read.entry.papers, known["papers"], "paper")
            if (role := read.entry.in_role_of) and role.paper:
                yield from _unknown(read, ("in_role_of", "paper"), (role.paper,), known["papers"], "paper")
    for read in entries["samples"].values():
        yield from _of_sample(root, read, models, known)


def _of_question(
    read: Read, entries: Entries, own: Collection[str], known: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    question = read.entry
    assert isinstance(question, Question)
    for field in ("models", "papers", "samples"):
        yield from _unknown(read, (field,), getattr(question, field), known[field], field.removesuffix("s"))
    for index, name in enumerate(question.models):
        if name in own:
            hint = "take it out of `models`; a sample that runs it may be shown all the same"
            yield _problem(read, ("models", index), f"`{name}` is the project's own: no question recommends it", hint)
    for index, described in enumerate(question.described):
        at = ("described", index)
        if described.paper not in question.papers:
            hint = suggestion(described.paper, question.papers)
            yield _problem(read, (*at, "paper"), f"`{described.paper}` is not among the question's papers", hint)
        yield from _unknown(
            read,
            (*at, "in_its_role"),
            described.in_its_role,
            known["models"] | OPERATIONS.all.keys(),
            "model or operation",
        )
    for index, sample_id in enumerate(question.samples):
        sample = entries["samples"].get(sample_id)
        if not sample or not isinstance(sample.entry, Sample) or not known["models"] >= set(question.models):
            continue
        for model in sample.entry.models:
            if model in known["models"] and model not in (*question.models, *own):
                yield _problem(
                    read,
                    ("samples", index),
                    f"`{sample_id}` runs `{model}`, which this question does not list",
                    "add the model to `models`, or show another sample",
                )
    if question.status == "written" and not read.body.strip():
        hint = "write the answer below the front matter, or set `status: draft`"
        yield _problem(read, ("status",), "says `written`, but there is no answer", hint)
    if question.status == "draft" and question.answer_language:
        hint = "set `status: written` once the answer stands below the front matter; leave the field out until then"
        what = f"says `{question.answer_language}`, but a draft is composed in English"
        yield _problem(read, ("answer_language",), what, hint)


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


def _of_sample(
    root: Path, read: Read, models: Mapping[str, Model], known: Mapping[str, frozenset[str]]
) -> Iterator[Problem]:
    sample = read.entry
    assert isinstance(sample, Sample)
    unread = known["models"] - models.keys()
    faults = faults_of(sample, models, unread)
    for fault in faults:
        yield _problem(read, fault.loc, fault.what, fault.hint)
    crops = any(step.operation == "crop" for step in sample.steps.values())
    if crops and not faults and not unread.intersection(sample.models):
        for step, what, hint in crops_outside(recipe_of(sample, models), models):
            yield _problem(read, ("steps", step, "parameters"), what, hint)
    scene, photo = sample.scene, sample.photo
    if photo and not _is_file_below(root / "catalog" / "photos", photo.path):
        hint = _same_to_the_eye(root / "catalog" / "photos", photo.path)
        hint = hint or "put the photo below catalog/photos/ and give its path from there"
        yield _problem(read, ("input", "photo", "path"), f"no photo {photo.path!r} below catalog/photos/", hint)
    if scene:
        for at, truth, instruction in _truths(sample):
            yield from truth_problems(read, at, truth, instruction, scene)
    yield from _exhibits(read, sample)


def _exhibits(read: Read, sample: Sample) -> Iterator[Problem]:
    for name in sample.exhibits.declared:
        exhibit, declared = EXHIBITS.all[name], sample.exhibits[name]
        if not _has_step_for(exhibit.runner, sample):
            what = f"is of steps that `{exhibit.runner}` runs, and this sample has none"
            yield _problem(read, ("exhibits", name), what, "leave it out")
        for loc, what, hint in exhibit.check(declared, sample):
            yield _problem(read, loc, what, hint)


def _has_step_for(runner: str | None, sample: Sample) -> bool:
    """Whether an exhibit of a runner has something to show; True where it is not known what a step runs."""
    if runner is None:
        return True
    given = {type(step.parameters) for step in sample.steps.values()} or {type(sample.parameters)}
    return UnknownParameters in given or (runner in RUNNERS.all and RUNNERS.all[runner].parameters in given)


def _truths(sample: Sample) -> Iterator[tuple[Loc, Truth, str]]:
    """Place of each truth in the file, and the instruction whose meaning it says."""
    if sample.truth:
        yield ("truth",), sample.truth, sample.instruction
    for name, step in sample.steps.items():
        if step.truth:
            yield ("steps", name, "truth"), step.truth, " ".join(texts_of(step))


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
    return read.problem(loc, what, hint)
