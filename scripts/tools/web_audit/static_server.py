"""The built site served on this machine the way forges serve it: text compressed, kept by browsers for a while."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_PACKET = 16_384
_COMPRESSED = {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt", ".md"}


class _Handler(SimpleHTTPRequestHandler):
    """Serves text compressed and lets browsers keep it, as forges do."""

    protocol_version = "HTTP/1.1"
    link: _Link | None = None

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        if path.suffix in _COMPRESSED:
            body = gzip.compress(body, mtime=0)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        if self.link is None:
            self.wfile.write(body)
        else:
            self.link.send(body, self.wfile.write)


class _Link:
    """A line that all answers share: no more than so many bytes a second go through it, whoever they are for."""

    def __init__(self, bytes_per_second: float) -> None:
        self._rate = bytes_per_second
        self._one_at_a_time = threading.Lock()

    def send(self, body: bytes, write: Callable[[bytes], object]) -> None:
        for at in range(0, len(body), _PACKET):
            packet = body[at : at + _PACKET]
            with self._one_at_a_time:
                time.sleep(len(packet) / self._rate)
            write(packet)


@contextmanager
def served(site: Path, bytes_per_second: float | None = None) -> Iterator[str]:
    """Address at which the built site answers while the context lasts, with a final slash.

    Args:
        bytes_per_second: what goes through the line at most, all answers together; as fast as can be when not given.
    """
    link = _Link(bytes_per_second) if bytes_per_second else None
    handler = type("Handler", (_Handler,), {"link": link})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
