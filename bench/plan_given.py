"""The given problem maker and judge (../shared/tools), loaded as they stand, and what they say."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
#: How often a running command's memory is looked at.
LOOK_EVERY_S = 0.02
TOOLS = PROJECT.parent / "shared" / "tools"


class ToolsMissing(Exception):
    """The given tools are not beside the project; nothing can be judged without them."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: its plan, wall and processor seconds, and the peak of its memory."""

    plan: dict[str, Any]
    wall_s: float
    processor_s: float
    peak_mb: float


def given(name: str) -> ModuleType:
    """The tool's module.

    Raises:
        ToolsMissing: if its file is not there.
    """
    path = TOOLS / f"{name}.py"
    if not path.exists():
        raise ToolsMissing(f"../shared/tools/{name}.py is not there: problems and judge are given beside the project")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def month_of(judge: ModuleType, problem: dict[str, Any]) -> Any:
    """The judge's own view of a problem, with an index where it searches all that is locked for each article and zone.

    Planning a province anew, that search would take hours: 45,000 airings of the past, asked 100,000 times.
    """

    class IndexedMonth(judge.Month):  # type: ignore[misc, name-defined]  # the judge is loaded from a file
        locked: list[dict[str, str]]

        def __init__(self, problem: dict[str, Any]) -> None:
            super().__init__(problem)
            self.locked_by_article: dict[str, list[dict[str, str]]] = {}
            for pair in self.locked:
                self.locked_by_article.setdefault(pair["article"], []).append(pair)

        def open_sessions(self, article: dict[str, Any], zone: str) -> Any:
            everything, self.locked = self.locked, self.locked_by_article.get(article["id"], [])
            try:
                return super().open_sessions(article, zone)
            finally:
                self.locked = everything

    return IndexedMonth(problem)


def run_command(problem: Path, output: Path, *arguments: str) -> Run:
    """``python -m scheduler plan`` as a process of its own, as others call it."""
    command = [sys.executable, "-m", "scheduler", "plan", str(problem), "-o", str(output), *arguments]
    began = time.monotonic()
    child = subprocess.Popen(command, cwd=PROJECT)
    peak_mb = 0.0
    while True:
        peak_mb = max(peak_mb, _peak_mb(child.pid))
        ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(LOOK_EVERY_S)
    wall = time.monotonic() - began
    if status:
        raise RuntimeError(f"the command failed: {' '.join(command)}")
    plan = json.loads(output.read_text(encoding="utf-8"))
    return Run(plan, wall, usage.ru_utime + usage.ru_stime, peak_mb)


def _peak_mb(process: int) -> float:
    """The process's own peak so far. What wait4 reports would include this program's memory at the fork."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    line = next((line for line in status.splitlines() if line.startswith("VmHWM")), "VmHWM: 0 kB")
    return int(line.split()[1]) / 1024
