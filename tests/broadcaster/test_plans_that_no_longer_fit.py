"""Real lengths take the place of estimates; a plan that no longer fits says so before it is published."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from broadcaster.cli import main
from broadcaster.models import BroadcastSession, Plan, PlanState, Rendition
from broadcaster.planning import PlanNoLongerFits, check_room, make_draft, overfull_sessions
from tests.broadcaster.books import TZ
from tests.broadcaster.conftest import MONTH, Town


def drafted(town: Town) -> None:
    make_draft(town.database, MONTH, voice=town.voice, now=town.now, tz=TZ, by="bien-tap", moves=500)


def grown(town: Town, share: float) -> None:
    """Every article turns out longer than it was when the plan was made."""
    with town.database.writing() as session:
        for row in session.scalars(select(Rendition).where(Rendition.article_id.is_not(None))):
            row.length_ms = round(row.length_ms * share)


def emptied(town: Town) -> None:
    """Nothing is published yet, so that all of the draft is new."""
    with town.database.writing() as session:
        for plan in session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)):
            plan.state = PlanState.SUPERSEDED
        for draft in session.scalars(select(Plan).where(Plan.state == PlanState.DRAFT)):
            draft.base_id, draft.base_version = None, 0


def status(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["broadcaster", *arguments])
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_a_fresh_draft_fits(small_town: Town) -> None:
    drafted(small_town)
    with small_town.database.reading() as session:
        assert check_room(session, MONTH, small_town.voice, now=small_town.now, tz=TZ) == ()


def test_a_draft_whose_articles_became_much_longer_is_not_published_and_names_its_sessions(small_town: Town) -> None:
    drafted(small_town)
    grown(small_town, 6)
    emptied(small_town)
    with small_town.database.reading() as session, pytest.raises(PlanNoLongerFits) as refused:
        check_room(session, MONTH, small_town.voice, now=small_town.now, tz=TZ)
    assert all(one.loses_items and one.is_new and one.over_ms > 0 for one in refused.value.sessions)
    assert "sẽ phải bỏ bớt bài" in str(refused.value)
    assert "--anyway" in str(refused.value)


def test_what_is_published_so_already_hinders_nobody_from_publishing_the_rest(small_town: Town) -> None:
    with small_town.database.writing() as session:
        plan = session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)).one()
        grown_plan = overfull_sessions(session, plan, small_town.voice, now=small_town.now, standing=plan)
        assert grown_plan == ()
    grown(small_town, 6)
    with small_town.database.reading() as session:
        plan = session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)).one()
        full = overfull_sessions(session, plan, small_town.voice, now=small_town.now, standing=plan)
        assert full
        assert not any(one.is_new for one in full)
        assert [one.starts_at for one in full] == sorted(one.starts_at for one in full)


def test_a_little_too_full_is_said_and_published_since_a_change_of_pace_makes_up_for_it(small_town: Town) -> None:
    drafted(small_town)
    emptied(small_town)
    with small_town.database.writing() as session:
        draft = session.scalars(select(Plan).where(Plan.state == PlanState.DRAFT)).one()
        coming = [row for row in draft.placements if row.session.starts_at > small_town.now]
        counts = Counter(row.session_id for row in coming)
        fullest = max((row.session for row in coming), key=lambda one: counts[one.id])
        needed_ms = sum(row.length_ms + fullest.zone.gap_ms for row in draft.placements if row.session is fullest)
        fullest.length_ms = needed_ms + fullest.zone.frame_ms - 500
    with small_town.database.reading() as session:
        (full,) = check_room(session, MONTH, small_town.voice, now=small_town.now, tz=TZ)
    assert (full.over_ms, full.loses_items) == (500, False)
    assert "đọc nhanh hơn" in full.words(TZ)


def test_the_command_refuses_and_obeys_when_told_so(
    small_town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    drafted(small_town)
    grown(small_town, 6)
    emptied(small_town)
    settings = small_town.settings
    monkeypatch.setenv("BROADCASTER_DATA", str(settings.data))
    monkeypatch.setenv("BROADCASTER_TTS", settings.tts)
    command = ["plan", "publish", "--month", MONTH, "--now", (small_town.now + timedelta(minutes=1)).isoformat()]
    assert status(monkeypatch, *command) == 1
    assert "bỏ bớt bài" in capsys.readouterr().err
    with small_town.database.reading() as session:
        assert session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)).all() == []
        assert session.scalars(select(BroadcastSession)).first() is not None
    assert status(monkeypatch, *command, "--anyway", "--json") == 0
    assert json.loads(capsys.readouterr().out)["month"] == MONTH
