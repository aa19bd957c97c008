"""A folder served over HTTP on this machine, below a path of choice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class _Quiet(SimpleHTTPRequestHandler):
    below = "/"

    def log_message(self, *_: object) -> None:
        """Say nothing: a test's output is about the test."""

    def translate_path(self, path: str) -> str:
        if not path.startswith(self.below):
            return str(Path(self.directory, "there-is-nothing-here"))
        return super().translate_path(path.removeprefix(self.below.rstrip("/")))


@contextmanager
def served(folder: Path, below: str = "/") -> Iterator[str]:
    """Address of `folder`, which answers only below the path `below` (with slashes at both ends)."""
    handler = type("Handler", (_Quiet,), {"below": below})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{below}"
        server.shutdown()
        thread.join()
