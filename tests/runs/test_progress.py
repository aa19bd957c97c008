"""A bar on a terminal, a line per sample elsewhere."""

from __future__ import annotations

import io
import sys

import pytest

from seamline.runs.execute.progress import Progress


def test_lines_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress(None, 2)
    progress.expect(3)
    progress.step()
    progress.say("a: drawn")
    progress.say("b: failed: no")
    progress.close()
    assert capsys.readouterr().err == "[1/2] a: drawn\n[2/2] b: failed: no\n"


def test_a_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = Progress(None, 1)
    progress.expect(4)
    for _ in range(4):
        progress.step()
    progress.say("a: drawn")
    progress.close()
    assert "4/4" in terminal.getvalue()
    assert "image/s" in terminal.getvalue()
    assert "[1/1] a: drawn" in terminal.getvalue()
