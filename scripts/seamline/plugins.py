"""What can be added without changing a line elsewhere: runners, operations and exhibits.

Measures have a registry of their own, `seamline.measures.registry`.

Each kind has one `Registry`. Built in is what lies in the registry's package, one sub-package or module a plug-in,
of the same name; it is imported when somebody asks for it by that name, so that listing names costs no import and a
command loads the plug-ins it needs. Other distributions add theirs by an entry point of the registry's group:

    [project.entry-points."seamline.runners"]
    inpaint = "my_package.inpaint:RUNNER"

Rooms below a plug-in's own (the catalog, which must validate what a plug-in declares) reach it through here
and never by an import: nothing points up.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from seamline.errors import PluginError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Named(Protocol):
    """What a registry holds."""

    @property
    def name(self) -> str:
        """Unique in its registry."""
        ...


AnyPlugin = TypeVar("AnyPlugin", bound=Named)


class StandInDeclaration(Protocol):
    """What rooms below need to know of a stand-in; `seamline.runners.base.StandIn` is the whole of it."""

    @property
    def folder(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def how_to_get(self) -> str: ...


class RunnerDeclaration(Protocol):
    """What rooms below need to know of a runner; `seamline.runners.base.Runner` is the whole of it."""

    @property
    def name(self) -> str: ...
    @property
    def signature(self) -> str: ...
    @property
    def pipelines(self) -> frozenset[str]: ...
    @property
    def known_repositories(self) -> Mapping[str, str]: ...
    @property
    def parts(self) -> tuple[str, ...]: ...
    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def native_size(self) -> tuple[int, int]: ...
    @property
    def stand_in(self) -> StandInDeclaration | None: ...
    @property
    def stand_in_size(self) -> tuple[int, int]: ...


class ExhibitDeclaration(Protocol):
    """What the catalog needs to know of an exhibit; `seamline.exhibits.base.Exhibit` is the whole of it."""

    @property
    def name(self) -> str: ...
    @property
    def order(self) -> int: ...
    @property
    def declaration(self) -> Any: ...
    @property
    def description(self) -> str: ...
    @property
    def formerly(self) -> str: ...
    @property
    def runner(self) -> str | None: ...


class _Plugins(Mapping[str, AnyPlugin]):
    """Plug-ins by name; a built-in one is imported when it is asked for.

    Args:
        built_in: imports the one of that name.
    """

    def __init__(self, names: Iterable[str], built_in: Callable[[str], AnyPlugin], added: Mapping[str, AnyPlugin]):
        self._names = tuple(names)
        self._built_in = built_in
        self._loaded = dict(added)

    def __getitem__(self, name: str) -> AnyPlugin:
        """The plug-in called `name`.

        Raises:
            KeyError: there is none.
            PluginError: what is there is not what it should be.
        """
        if name not in self._names:
            raise KeyError(name)
        if name not in self._loaded:
            self._loaded[name] = self._built_in(name)
        return self._loaded[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a plug-in; imports none."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Names, built-in ones first; imports none."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are; imports none."""
        return len(self._names)


@dataclass(frozen=True)
class Registry(Generic[AnyPlugin]):
    """The plug-ins of one kind.

    Attributes:
        group: group of entry points by which other distributions add plug-ins.
        package: package whose sub-packages or modules are the built-in ones.
        attribute: module attribute that holds the plug-in.
        noun: what a plug-in is called in errors.
        modules: whether a built-in one is a module, as opposed to a sub-package. `base` holds their contract.
    """

    group: str
    package: str
    attribute: str
    noun: str
    modules: bool = False

    @cached_property
    def all(self) -> Mapping[str, AnyPlugin]:
        """Every plug-in by name: built-in ones by their module's name, then those of other distributions.

        Built-in ones are imported when they are looked up, those of other distributions at once.

        Raises:
            PluginError: a plug-in cannot be imported, is not what it should be, or takes a name that is in use.
        """
        names = [*self._built_in, *self._added]
        return _Plugins(names, self._import, {name: plugin for name, (plugin, _) in self._added.items()})

    @property
    def added(self) -> Mapping[str, AnyPlugin]:
        """The plug-ins of other distributions by name.

        Raises:
            PluginError: as `all`.
        """
        return {name: self.all[name] for name in self.all if name not in self._built_in}

    def provider(self, name: str) -> str:
        """The distribution that provides a plug-in.

        Raises:
            KeyError: there is no such plug-in.
        """
        return "seamline" if name in self._built_in else self._added[name][1]

    def forget(self) -> None:
        """Look again at what is installed, the next time somebody asks."""
        for known in ("all", "_built_in", "_added"):
            self.__dict__.pop(known, None)
        offered_groups.cache_clear()

    @cached_property
    def _built_in(self) -> tuple[str, ...]:
        inside = pkgutil.iter_modules(importlib.import_module(self.package).__path__)
        return tuple(one.name for one in inside if one.ispkg is not self.modules and one.name != "base")

    def _import(self, name: str) -> AnyPlugin:
        module = importlib.import_module(f"{self.package}.{name}")
        plugin: AnyPlugin | None = getattr(module, self.attribute, None)
        if plugin is None or plugin.name != name:
            what = f"holds no {self.noun} called `{name}`"
            raise PluginError(what, where=module.__name__, hint=f"name `{self.attribute}` as its module is named")
        return plugin

    @cached_property
    def _added(self) -> Mapping[str, tuple[AnyPlugin, str]]:
        added: dict[str, tuple[AnyPlugin, str]] = {}
        for plugin, provider in self._offered():
            if plugin.name in added or plugin.name in self._built_in:
                raise PluginError(
                    f"two {self.noun}s are called `{plugin.name}`",
                    where=self.group,
                    hint="uninstall one of the distributions that provide them",
                )
            added[plugin.name] = plugin, provider
        return added

    def _offered(self) -> Iterator[tuple[AnyPlugin, str]]:
        if not is_offered(self.group):
            return
        from importlib.metadata import entry_points

        for point in sorted(entry_points(group=self.group), key=lambda point: point.name):
            yield self._loaded(point), point.dist.name if point.dist else "an installed distribution"

    def _loaded(self, point: EntryPoint) -> AnyPlugin:
        where = f"{point.dist.name if point.dist else 'an installed distribution'} ({point.value})"
        remedy = "update or uninstall that distribution"
        try:
            plugin: AnyPlugin = point.load()
        except Exception as error:  # whatever a foreign module raises while it is imported
            what = f"the {self.noun} `{point.name}` cannot be loaded: {type(error).__name__}: {error}"
            raise PluginError(what, where=where, hint=remedy) from error
        if not isinstance(getattr(plugin, "name", None), str):
            raise PluginError(f"`{point.name}` is not a {self.noun}: it has no name", where=where, hint=remedy)
        return plugin


def is_offered(group: str) -> bool:
    """Whether an installed distribution may have entry points of a group.

    `importlib.metadata`, which reads them, takes longer than the rest of a command that has nothing to do; it is left
    alone where no `entry_points.txt` on `sys.path` names the group. An archive on it may hold one.
    """
    groups = offered_groups(tuple(sys.path))
    return groups is None or group in groups


@cache
def offered_groups(path: tuple[str, ...]) -> frozenset[str] | None:
    """The groups of entry points that distributions on an import path name; None where it holds an archive.

    It is read once a process: `Registry.forget` reads it again.
    """
    groups: set[str] = set()
    for place in dict.fromkeys(path):
        try:
            with os.scandir(place or ".") as inside:
                found = [one.path for one in inside if one.name.endswith((".dist-info", ".egg-info"))]
        except NotADirectoryError:
            return None
        except OSError:
            continue
        for folder in found:
            with suppress(OSError):
                lines = Path(folder, "entry_points.txt").read_bytes().splitlines()
                groups.update(
                    line[1:-1].decode(errors="replace") for line in map(bytes.strip, lines) if line[:1] == b"["
                )
    return frozenset(groups)


RUNNERS: Registry[Any] = Registry("seamline.runners", "seamline.runners", "RUNNER", "runner")
OPERATIONS: Registry[Any] = Registry(
    "seamline.operations", "seamline.operations", "OPERATION", "operation", modules=True
)
EXHIBITS: Registry[Any] = Registry("seamline.exhibits", "seamline.exhibits", "EXHIBIT", "exhibit")
REGISTRIES = (RUNNERS, OPERATIONS, EXHIBITS)
