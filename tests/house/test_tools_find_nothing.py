"""What the linters, the type checker and the import rules say of the house as it stands: nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent

CHECKS = [
    pytest.param([sys.executable, "-m", "mypy"], id="types are strict everywhere"),
    pytest.param([sys.executable, "-m", "ruff", "check", "."], id="ruff finds nothing"),
    pytest.param([sys.executable, "-m", "ruff", "format", "--check", "."], id="everything is formatted alike"),
    pytest.param([str(PROGRAMS / "lint-imports"), "--no-cache"], id="nobody imports upwards or sideways"),
]


@pytest.mark.parametrize("command", CHECKS)
def test_the_tool_has_no_complaint(command: list[str]) -> None:
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
