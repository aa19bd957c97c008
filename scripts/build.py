#!/usr/bin/env python3
"""Build everything: run the samples that are due, render, build the site, audit it.

python scripts/build.py            the whole line, stopping at the first stage that fails
python scripts/build.py VERB …     one stage: the same as `seamline VERB …`
"""

from __future__ import annotations

import sys

from seamline.cli import run

STAGES = (["check"], ["samples"], ["build", "--strict"], ["audit"])
"""`build` renders first."""

HOW_TO_LOOK = """
The site is in site/. Look at it with
    make serve                              live, while you write
    python3 -m http.server --directory site any static file server will do
"""


def build() -> int:
    """Run every stage in order; the exit code of the first that fails, else 0."""
    for stage in STAGES:
        if code := run(stage):
            return code
    print(HOW_TO_LOOK)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]) if sys.argv[1:] else build())
