"""Run another program's command line, and end with the process that started it.

    python -m seamline.site.attached mkdocs serve

Standard input is a pipe that the parent holds: it ends when the parent does, however that went, a kill included. A
builder would else go on alone, and a server keep its port.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

_LAST_WORDS = 5.0
"""Seconds for the program to end by itself after it was interrupted."""


def main() -> None:
    """Run the module that the first argument names, with the rest as its arguments."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(_LAST_WORDS)
    os._exit(128 + signal.SIGINT)


if __name__ == "__main__":
    main()
