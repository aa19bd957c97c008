"""Which runner runs a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamline.plugins import RUNNERS
from seamline.runners.base import Runner

AnyRunner = Runner[Any, Any]


def runners() -> Mapping[str, AnyRunner]:
    """Every runner by name.

    Raises:
        PluginError: one of another distribution does not work.
    """
    return RUNNERS.all


def runner_named(name: str) -> AnyRunner:
    """The runner called `name`.

    Raises:
        KeyError: there is none.
    """
    found: AnyRunner = RUNNERS.all[name]
    return found
