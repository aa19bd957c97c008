"""The contract of an exhibit: a piece of a page in which readers see for themselves how an edit comes about.

An exhibit is one folder. It says what a sample declares to have it, checks that, asks the runner for what it shows
besides the plain result, and prepares what its template says. Built-in exhibits are sub-packages of
`seamline.exhibits`; other distributions add theirs by an entry point of the group `seamline.exhibits`.
A folder holds:

- `__init__.py`: `EXHIBIT`, the one instance;
- `exhibit.py`: its class. It is imported whenever a catalog is read, so it imports nothing that renders;
- `template.html.j2`: its HTML, extending `exhibit.html.j2`;
- `docs.md`: its section of the guide, without a heading;
- `style.css`: what only it needs of style, if anything.

A template finds there, besides what `prepare` gives: the macros of `parts.html.j2` as `parts`, `title`, `instruction`,
`weights` (label of those that ran), `ai` (AI-edited or AI-generated), `settings`, `run` (the record), `id` (unique on
a page, for groups of radio buttons), `eager` (pictures load at once), `small` (no picture is wider than 256 pixels),
`medium` (one is, and none wider than 512) and `gain`. A sentence that `prepare` gives as `conclusion` stands below it:
what the figure shows, with its numbers.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar

from seamline.errors import PluginError
from seamline.runners.base import PlannedRequest

if TYPE_CHECKING:
    from seamline.catalog.entries import Sample
    from seamline.exhibits.view import ExhibitView
    from seamline.scenes.variants import SceneVariant

Declaration = TypeVar("Declaration")


class Objection(NamedTuple):
    """Something wrong with a declaration.

    Attributes:
        loc: path of the field inside the sample's file, `("exhibits", "seeds")`.
        what: what was found, as a sentence without a final period.
        hint: what to do about it.
    """

    loc: tuple[str | int, ...]
    what: str
    hint: str


def unknown_step(loc: tuple[str | int, ...], name: str, sample: Sample) -> Iterator[Objection]:
    """An objection if the sample has no step of that name; `loc` is the field that names it."""
    if name not in sample.steps:
        hint = f"it has {', '.join(sample.steps) or 'one step without a name'}"
        yield Objection(loc, f"the sample has no step `{name}`", hint)


class Exhibit(ABC, Generic[Declaration]):
    """One kind of exhibit.

    Attributes:
        name: as samples and pages spell it, `guidance_grid`.
        title: what readers see above it.
        order: its place on a sample's page; those of the same place go by name.
        declaration: type of what a sample declares, as pydantic understands it: `bool`, a tuple, a class of entries;
            None if nothing is declared, and it is shown wherever a run has what it `needs`.
        description: what the declaration's field says in the schema.
        example: a declaration as YAML, for error messages and the guide; empty if nothing is declared.
        formerly: an earlier name of the field, for whoever still writes it.
        runner: name of the runner whose requests it varies; None if it varies none and works for any.
        request_order: place of its requests among those of a step, before `order`. Records list artifacts in the order
            of requests.
        needs: roles of artifacts without which it cannot be shown.
        measured: roles that it adds, of pictures that show an edit and are to be measured.
        auxiliary: pictures that it needs of the scene a sample starts from, by role, beyond those that every sample
            with a truth has.
        cost: what it makes a run do besides the plain step, in a few words for the guide.
        part: what of the model it is about, as the runner's explanation names its parts: `unet`. A workflow on the same
            page marks it while a reader moves the exhibit's slider. Empty where it is about no one part.
        for_photos: whether it works for photos, as opposed to scenes alone.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int]
    declaration: ClassVar[Any] = None
    description: ClassVar[str] = ""
    example: ClassVar[str] = ""
    formerly: ClassVar[str] = ""
    runner: ClassVar[str | None] = None
    request_order: ClassVar[int] = 0
    needs: ClassVar[tuple[str, ...]]
    measured: ClassVar[tuple[str, ...]] = ()
    auxiliary: ClassVar[tuple[str, ...]] = ()
    cost: ClassVar[str] = "nothing more"
    part: ClassVar[str] = ""
    for_photos: ClassVar[bool] = True

    def check(self, declared: Declaration, sample: Sample) -> Iterator[Objection]:
        """What is wrong with a declaration that the type of its field cannot say."""
        return iter(())

    def augment(self, declared: Declaration, request: Any) -> Any:
        """The plain request of a step, changed to keep what this exhibit shows of it; its output stays the same."""
        return request

    def variants(self, declared: Declaration, sample: Sample) -> tuple[SceneVariant, ...]:
        """Variants of the sample's scene that it shows or has edited; `name_in` names the input image of one."""
        return ()

    def requests(self, declared: Declaration, request: Any) -> Iterator[PlannedRequest[Any]]:
        """Further requests.

        Args:
            request: the plain request of the step, as no exhibit has changed it.
        """
        return iter(())

    @abstractmethod
    def prepare(self, view: ExhibitView) -> Mapping[str, Any]:
        """What the template says besides what every template can say, for a run that has what the exhibit `needs`."""

    def options(self, view: ExhibitView) -> int:
        """How many options a reader can choose from, for words in the text that choose one; 0 for none.

        Options are listed in the template as elements with `data-sl-option`.
        """
        return 0

    @cached_property
    def folder(self) -> Path:
        """Where the template, the style and the docs are: beside the module of the class."""
        return Path(str(sys.modules[type(self).__module__].__file__)).parent

    def text(self, file: str) -> str:
        """A text file of the folder, as UTF-8.

        Raises:
            PluginError: it is not there.
        """
        try:
            return (self.folder / file).read_text(encoding="utf-8")
        except OSError as error:
            what = f"the exhibit `{self.name}` has no readable `{file}`: {error.strerror}"
            hint = "install the distribution that provides it again, or uninstall it"
            raise PluginError(what, where=str(self.folder / file), hint=hint) from error

    @property
    def style(self) -> str:
        """Its own rules of style; empty if it needs none."""
        return self.text("style.css") if (self.folder / "style.css").is_file() else ""
