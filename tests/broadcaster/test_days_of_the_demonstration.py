"""The demonstration's past weeks never wait for a network; today's news may be spoken by a voice over it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.demo.days import SLOW_ENGINE_BUDGET_S, Town
from broadcaster.scripts import Voice

NOW = datetime.fromisoformat("2026-11-23T00:30:00+07:00")


@pytest.mark.parametrize(
    ("day", "budget_s"),
    [(date(2026, 11, 1), 0), (date(2026, 11, 22), 0), (date(2026, 11, 23), SLOW_ENGINE_BUDGET_S)],
    ids=["weeks ago", "yesterday, still today in UTC", "today"],
)
def test_only_today_has_time_for_a_slow_voice(
    day: date, budget_s: int, settings: Settings, database: Database, tmp_path: Path
) -> None:
    voice = Voice.of_station("monotone")
    town = Town(database, settings, voice, tmp_path, {}, date(2026, 11, 1), lambda _stage, _done, _total: None)
    assert town.on(day, NOW).settings.slow_engine_budget_s == budget_s
