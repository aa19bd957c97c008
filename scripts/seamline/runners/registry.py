"""Runners by name, and the fingerprint of the code of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seamline.fingerprints import fingerprint_of
from seamline.hashing import Hashes
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


def code_of_runner(name: str, hashes: Hashes) -> str:
    """Fingerprint of the code that decides a runner's outputs, taken once in the life of `hashes`.

    Raises:
        KeyError: there is no such runner.
    """
    code = runner_named(name).code
    return hashes.once((name, *code), lambda: fingerprint_of(name, code, hashes))
