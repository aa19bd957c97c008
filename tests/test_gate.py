"""With CI=true a skipped test, a skipped module and a missing Ray are failures."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MODULES = {
    "a test": "import pytest\ndef test_it():\n    pytest.skip('no luck')\n",
    "a mark": "import pytest\n@pytest.mark.skipif(True, reason='no luck')\ndef test_it(): pass\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef x(): pytest.skip('no luck')\ndef test_it(x): pass\n",
    "a module": "import pytest\npytest.importorskip('no_such_module')\ndef test_it(): pass\n",
    "a library": "import pytest\ndef test_it():\n    pytest.importorskip('no_such_module')\n",
}


def run(folder: Path, source: str, ci: str) -> int:
    (folder / "conftest.py").write_text(Path(__file__).with_name("gate.py").read_text("utf-8"))
    (folder / "test_one.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(
        command, env={**os.environ, "CI": ci}, cwd=folder, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize("kind", MODULES)
def test_a_skip_fails_where_it_is_the_gate(kind: str, tmp_path: Path) -> None:
    assert run(tmp_path, MODULES[kind], "true") != 0
    assert run(tmp_path, MODULES[kind], "") in (0, 5)  # 5: nothing was left to run
