"""The benchmark runs; what it measures is not for a test to judge."""

import pytest

from bench.feeds import main


def test_the_benchmark_runs_on_a_small_column(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--items", "250", "--rounds", "2", "--only", "building"]) in (0, 1)
    printed = capsys.readouterr().out
    assert "a column of 250 articles" in printed
    assert "plain feedgen" in printed
