"""What can be added without changing a line elsewhere: runners, operations and exhibits.

Measures have a registry of their own, `seamline.measures.registry`.

Each kind has one `Registry`. Built in is what lies in the registry's package, one sub-package or module a plug-in;
other distributions add theirs by an entry point of the registry's group:

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
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
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


@dataclass(frozen=True)
class Registry(Generic[AnyPlugin]):
    """The plug-ins of one kind.

    Attributes:
        group: group of entry points by which other distributions add plug-ins.
        package: package whose sub-packages and modules are the built-in ones.
        attribute: module attribute that holds the plug-in.
        noun: what a plug-in is called in errors.
    """

    group: str
    package: str
    attribute: str
    noun: str
    _skipped: frozenset[str] = field(default=frozenset({"base", "registry"}))

    @cached_property
    def all(self) -> Mapping[str, AnyPlugin]:
        """Every plug-in by name: built-in ones by their module's name, then those of other distributions.

        Raises:
            PluginError: a plug-in cannot be imported, is not what it should be, or takes a name that is in use.
        """
        return MappingProxyType({name: plugin for name, (plugin, _) in self._found.items()})

    def provider(self, name: str) -> str:
        """The distribution that provides a plug-in.

        Raises:
            KeyError: there is no such plug-in.
        """
        return self._found[name][1]

    def forget(self) -> None:
        """Look again at what is installed, the next time somebody asks."""
        for known in ("all", "_found"):
            self.__dict__.pop(known, None)

    @cached_property
    def _found(self) -> Mapping[str, tuple[AnyPlugin, str]]:
        found: dict[str, tuple[AnyPlugin, str]] = {}
        for plugin, provider in (*((plugin, "seamline") for plugin in self._built_in()), *self._added()):
            if plugin.name in found:
                raise PluginError(
                    f"two {self.noun}s are called `{plugin.name}`",
                    where=self.group,
                    hint="uninstall one of the distributions that provide them",
                )
            found[plugin.name] = plugin, provider
        return found

    def _built_in(self) -> Iterator[AnyPlugin]:
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            if module.name not in self._skipped and not module.name.startswith("_"):
                plugin = getattr(importlib.import_module(f"{self.package}.{module.name}"), self.attribute, None)
                if plugin is not None:
                    yield plugin

    def _added(self) -> Iterator[tuple[AnyPlugin, str]]:
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

    `importlib.metadata`, which reads them, takes longer to import than the rest of a command that has nothing to do;
    it is left alone where no `entry_points.txt` on `sys.path` names the group. An archive on it may hold one.
    """
    header = f"[{group}]".encode()
    for place in dict.fromkeys(sys.path):
        try:
            with os.scandir(place or ".") as inside:
                found = [one.path for one in inside if one.name.endswith((".dist-info", ".egg-info"))]
        except NotADirectoryError:
            return True
        except OSError:
            continue
        for folder in found:
            with suppress(OSError):
                if header in Path(folder, "entry_points.txt").read_bytes():
                    return True
    return False


RUNNERS: Registry[Any] = Registry("seamline.runners", "seamline.runners", "RUNNER", "runner")
OPERATIONS: Registry[Any] = Registry("seamline.operations", "seamline.operations", "OPERATION", "operation")
EXHIBITS: Registry[Any] = Registry(
    "seamline.exhibits",
    "seamline.exhibits",
    "EXHIBIT",
    "exhibit",
    # What the exhibits share renders pages: reading a catalog must not wait for it.
    frozenset({"base", "fragments", "numbers", "style", "view"}),
)
REGISTRIES = (RUNNERS, OPERATIONS, EXHIBITS)
