"""The plan by command: told beforehand, compared, accepted in part, changed by hand; and what players then hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from broadcaster.cli import cli
from broadcaster.models import Bulletin
from broadcaster.planning import PlanChanged, RuleBroken
from broadcaster.rendering import render
from tests.broadcaster.conftest import Town

TUESDAY_EVENING, WEDNESDAY_EVENING = "tt-20261110-1700", "tt-20261111-1700"
Command = Callable[..., Any]


@pytest.fixture
def command(small_town: Town, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `broadcaster plan ARGUMENTS…` and answers its JSON document; what it refuses is raised."""
    monkeypatch.setenv("BROADCASTER_DATA", str(small_town.settings.data))
    monkeypatch.setenv("BROADCASTER_TTS", "monotone")

    def run(*arguments: str, words: bool = False) -> Any:
        asked = ["plan", *arguments, "--now", small_town.now.isoformat(), *([] if words else ["--json"])]
        done = CliRunner(mix_stderr=False).invoke(cli, asked)
        if done.exception is not None:
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout if words else json.loads(done.stdout)

    return run


def read_in(town: Town, code: str) -> list[str]:
    """What a session's standing bulletin holds, brought up to date first."""
    rendered = render(town.database, town.settings, town.voice, now=town.now)
    assert not rendered.failures
    with town.database.reading() as session:
        query = select(Bulletin).where(Bulletin.code.startswith(code), Bulletin.superseded_at.is_(None))
        return [item.article.ref for item in session.scalars(query).one().items if item.article is not None]


def test_a_month_is_told_of_before_it_is_planned(command: Command) -> None:
    told = command("outlook", "--month", "2026-11")
    assert {zone["zone"] for zone in told["zones"]} == {"tt", "vb"}
    said = command("--month", "2026-11", "--moves", "50", words=True)
    assert said.index("Còn ") < said.index("Bản nháp tháng 2026-11")
    drafted = command("--month", "2026-11", "--moves", "50")
    assert drafted["outlook"]["room_ms"] == told["room_ms"]


def test_what_is_changed_by_command_is_what_the_loudspeakers_say(command: Command, small_town: Town) -> None:
    before = read_in(small_town, TUESDAY_EVENING)
    turned = before[::-1]
    command("order", TUESDAY_EVENING, *turned, "--by", "bien-tap")
    assert read_in(small_town, TUESDAY_EVENING) == turned
    gone = turned[0]
    command("remove", gone, "--from", TUESDAY_EVENING, "--why", "Đợi ảnh")
    assert gone not in read_in(small_town, TUESDAY_EVENING)
    command("add", gone, "--to", TUESDAY_EVENING, "--position", "1")
    assert read_in(small_town, TUESDAY_EVENING)[0] == gone
    command("lock", gone, "--session", TUESDAY_EVENING)
    command("unlock", gone, "--session", TUESDAY_EVENING)


def test_a_draft_is_compared_and_accepted_for_one_session(command: Command) -> None:
    free = command("compare", "--month", "2026-11") if command("--month", "2026-11", "--moves", "50") else {}
    assert free["stale"] is False
    assert "Thêm 0, chuyển 0, bỏ 0" in command("compare", "--month", "2026-11", words=True)
    done = command("publish", "--month", "2026-11", "--session", WEDNESDAY_EVENING)
    assert done["sessions"] == {}
    said = command("publish", "--month", "2026-11", "--session", WEDNESDAY_EVENING, words=True)
    assert "các buổi khác giữ nguyên" in said


def test_what_is_refused_says_why(command: Command, small_town: Town) -> None:
    standing = read_in(small_town, TUESDAY_EVENING)
    with pytest.raises(RuleBroken, match="đứng hai lần"):
        command("add", standing[0], "--to", TUESDAY_EVENING)
    command("--month", "2026-11", "--moves", "50")
    command("remove", standing[0], "--from", TUESDAY_EVENING, "--why", "Đợi ảnh", "--by", "lan")
    with pytest.raises(PlanChanged, match=f"lan lúc 08:00 10/11/2026: bỏ {standing[0]} khỏi {TUESDAY_EVENING}"):
        command("publish", "--month", "2026-11")


def test_a_unit_is_explained_by_command(command: Command) -> None:
    assert "Phường Một" in command("explain", "--unit", "phuong-mot")["text"]
    assert "Its minimum is" in command("explain", "--unit", "phuong-mot", "--lang", "en")["text"]
