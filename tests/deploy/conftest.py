"""Prints what the real clients got, as a table, at the end of a run."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    rows = sorted(value for report in reports for name, value in report.user_properties if name == "client")
    if rows:
        terminalreporter.section("clients that read our feeds")
        for row in rows:
            terminalreporter.write_line(row)
