"""A piece of work that makes pages: the least that is made again when something that it read has changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageUnit:
    """One or several files of the site, made together.

    Attributes:
        name: unique among the units of a site, `question who`; what it stands for decides what is made.
        make: gives the files by path. All that it reads of the site, it reads while it is called.
    """

    name: str
    make: Callable[[], Mapping[str, str | bytes]]
