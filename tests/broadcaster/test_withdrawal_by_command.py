"""Withdrawing by command: what could not be rendered afterwards is said, and the command does not call it done."""

from __future__ import annotations

from importlib import import_module

import pytest
from click.testing import CliRunner

from broadcaster.cli import cli
from broadcaster.cli.house import RenderIncomplete
from broadcaster.rendering import RenderReport
from tests.broadcaster.conftest import Town


@pytest.fixture
def at_the_desk(small_town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("BROADCASTER_DATA", str(small_town.settings.data))
    monkeypatch.setenv("BROADCASTER_TTS", "monotone")
    return small_town


def test_a_bulletin_that_cannot_be_joined_again_is_named(at_the_desk: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = RenderReport(failures=["tt-20261110-1700: Thiếu âm thanh"])
    # By name: in the package the command of that name stands before its module.
    monkeypatch.setattr(import_module("broadcaster.cli.articles"), "render", lambda *_given, **_named: broken)
    moment = ["--now", at_the_desk.now.isoformat()]
    done = CliRunner().invoke(cli, ["withdraw", "T-04", "--why", "thử", *moment])
    assert isinstance(done.exception, RenderIncomplete)
    assert "tt-20261110-1700" in str(done.exception)
    assert "Đã rút «T-04»" in done.output


def test_a_withdrawal_that_goes_through_ends_well(at_the_desk: Town) -> None:
    moment = ["--now", at_the_desk.now.isoformat()]
    done = CliRunner().invoke(cli, ["withdraw", "T-04", "--why", "thử", *moment])
    assert done.exit_code == 0, done.output
