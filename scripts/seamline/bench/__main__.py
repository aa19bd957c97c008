"""`python -m seamline.bench [name …]`: measure from the project's folder."""

from __future__ import annotations

import sys
from pathlib import Path

from seamline.bench import run

if __name__ == "__main__":
    run(Path.cwd(), sys.argv[1:])
