"""A draft beside the published plan: compared, accepted as a whole or session by session, planned in the background."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.db import Database
from broadcaster.errors import NotFound
from broadcaster.language import speaking
from broadcaster.models import BroadcastSession, Placement, Plan, PlanRun, PlanState, RunState
from broadcaster.planning import (
    AlreadyPlanning,
    Desk,
    PlanChanged,
    RuleBroken,
    Wanted,
    accept_sessions,
    compare_draft,
    latest_run,
    make_draft,
    month_outlook,
    publish_plan,
    remove,
    run_status,
    start_planning,
)
from broadcaster.scripts import Voice
from scheduler.planning import Outlook
from tests.broadcaster.books import MONDAY, MONTH, TZ, at, bind, draft, open_books, plan_and_bind, take_in
from tests.broadcaster.conftest import ARTICLES, article

VOICE = Voice.of_station("monotone")
NOON = at("2026-11-11T12:00")
NEWS = article(21, "Thêm một bài", "giao-duc", "y-duc", "Một bài mới. " * 20, priority="priority")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    plan_and_bind(database)
    return database


@pytest.fixture
def drafted(books: Database, tmp_path: Path) -> Database:
    """News came in, and a draft with it stands beside what is published."""
    take_in(books, tmp_path, [NEWS], now=NOON)
    draft(books, now=NOON)
    return books


def desk(database: Database, by: str = "bien-tap") -> Desk:
    return Desk(database, VOICE, TZ, NOON, by)


def refs_by_session(database: Database, state: PlanState) -> dict[int, list[str]]:
    with database.reading() as session:
        query = select(Placement).join(Plan, Plan.id == Placement.plan_id)
        query = query.where(Plan.state == state, Placement.removed_at.is_(None)).order_by(Placement.position)
        found: dict[int, list[str]] = {}
        for placement in session.scalars(query):
            found.setdefault(placement.session_id, []).append(placement.article.ref)
        return found


def test_a_draft_is_compared_as_a_value_with_a_reason_for_each_change(drafted: Database) -> None:
    with drafted.reading() as session:
        done = compare_draft(session, MONTH, voice=VOICE, now=NOON, tz=TZ)
    assert not done.stale
    added = [change for change in done.of_kind("added") if change.article == "T-21"]
    assert added
    assert all("T-21 «Thêm một bài»" in change.words for change in added)
    assert any("chưa được phát lần nào" in change.words for change in added)
    before, after = refs_by_session(drafted, PlanState.PUBLISHED), refs_by_session(drafted, PlanState.DRAFT)
    assert {change.session_id for change in added} == {
        one for one, refs in after.items() if "T-21" in refs and "T-21" not in before.get(one, [])
    }
    assert done.kept
    assert done.sessions
    with speaking("en"), drafted.reading() as session:
        english = compare_draft(session, MONTH, voice=VOICE, now=NOON, tz=TZ)
    assert [change.reason for change in english.changes] == [change.reason for change in done.changes]
    assert all("is added to" in change.words for change in english.of_kind("added"))


def test_some_sessions_of_a_draft_are_accepted_and_the_others_stay(drafted: Database) -> None:
    before, wanted = refs_by_session(drafted, PlanState.PUBLISHED), refs_by_session(drafted, PlanState.DRAFT)
    with drafted.reading() as session:
        done = compare_draft(session, MONTH, voice=VOICE, now=NOON, tz=TZ)
    first, second, *_ = (change.session_id for change in done.of_kind("added") if change.article == "T-21")
    accept_sessions(desk(drafted), MONTH, [first])
    after = refs_by_session(drafted, PlanState.PUBLISHED)
    assert after[first] == wanted[first]
    assert {one: refs for one, refs in after.items() if one != first} == {
        one: refs for one, refs in before.items() if one != first
    }
    # The draft was brought up to date by that, so more of it can follow.
    accept_sessions(desk(drafted), MONTH, [second], draft_id=done.draft_id)
    assert refs_by_session(drafted, PlanState.PUBLISHED)[second] == wanted[second]


def test_a_month_without_a_plan_begins_with_the_sessions_that_are_accepted(database: Database, tmp_path: Path) -> None:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    draft(database)
    wanted = refs_by_session(database, PlanState.DRAFT)
    chosen = sorted(wanted)[3]
    accept_sessions(Desk(database, VOICE, TZ, MONDAY, "bien-tap"), MONTH, [chosen])
    assert refs_by_session(database, PlanState.PUBLISHED) == {chosen: wanted[chosen]}


def test_what_would_break_a_rule_together_with_what_stays_is_refused(drafted: Database) -> None:
    """The draft has an article on another day; with the published airing a day before it would air too soon again."""
    with drafted.writing() as session:
        places = session.scalars(select(Placement).join(Plan).where(Plan.state == PlanState.PUBLISHED))
        sessions = session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at > NOON)).all()
        place, close = next(
            (place, near)
            for place in places
            for near in sessions
            if place.session.starts_at > NOON
            and near.zone_id == place.session.zone_id
            and timedelta(0) < near.starts_at - place.session.starts_at < timedelta(hours=13)
        )
        plan = session.scalars(select(Plan).where(Plan.state == PlanState.DRAFT)).one()
        for own in list(plan.placements):
            if own.session_id == close.id:
                plan.placements.remove(own)
        session.flush()
        plan.placements.append(
            Placement(session_id=close.id, article_id=place.article_id, position=0, length_ms=1_000, first_run=False)
        )
        for zone in {close.zone}:
            zone.min_between_airings_h = 13
    before = refs_by_session(drafted, PlanState.PUBLISHED)
    with pytest.raises(RuleBroken, match="chưa đủ 13 giờ"):
        accept_sessions(desk(drafted), MONTH, [close.id])
    assert refs_by_session(drafted, PlanState.PUBLISHED) == before


def test_a_draft_is_stale_once_somebody_changed_the_plan_and_says_who_did_what(drafted: Database) -> None:
    published = refs_by_session(drafted, PlanState.PUBLISHED)
    with drafted.reading() as session:
        here = next(one for one in sorted(published) if session.get_one(BroadcastSession, one).starts_at > NOON)
    ref = published[here][0]
    remove(desk(drafted, by="lan"), ref, from_session=here, why="Đợi ảnh")
    with pytest.raises(PlanChanged, match=f"lan lúc 12:00 11/11/2026: bỏ {ref} khỏi"):
        bind(drafted, now=NOON)
    with pytest.raises(PlanChanged, match="lan"):
        accept_sessions(desk(drafted), MONTH, [here])
    with drafted.reading() as session:
        assert compare_draft(session, MONTH, voice=VOICE, now=NOON, tz=TZ).stale
    # Nothing is lost: the change stands, the draft is there, and a new one starts from the change.
    assert ref not in refs_by_session(drafted, PlanState.PUBLISHED).get(here, [])
    draft(drafted, now=NOON)
    bind(drafted, now=NOON)


def test_only_the_draft_that_was_looked_at_is_published(drafted: Database) -> None:
    with drafted.reading() as session:
        seen = compare_draft(session, MONTH, voice=VOICE, now=NOON, tz=TZ)
    draft(drafted, now=NOON)
    with pytest.raises(PlanChanged, match="bien-tap lập lại"), drafted.writing() as session:
        publish_plan(session, MONTH, by="lan", now=NOON, tz=TZ, draft_id=seen.draft_id)


def test_what_no_plan_can_reach_is_told_before_planning(books: Database) -> None:
    order: list[str] = []
    heard: list[Outlook] = []

    def told(outlook: Outlook) -> None:
        order.append("told")
        heard.append(outlook)

    make_draft(
        books,
        MONTH,
        voice=VOICE,
        now=NOON,
        tz=TZ,
        by="bien-tap",
        moves=50,
        progress=lambda _share: order.append("progress"),
        told=told,
    )
    assert order[0] == "told"
    assert "progress" in order
    with books.reading() as session:
        assert month_outlook(session, MONTH, voice=VOICE, now=NOON, tz=TZ) == heard[0]
        plan = session.scalars(select(Plan).where(Plan.state == PlanState.DRAFT)).one()
        reachable = {unit.unit_id: unit.reachable_ms for unit in plan.units if unit.reachable_ms is not None}
    assert len(reachable) == sum(1 for unit in heard[0].unreachable if unit.target_ms)
    assert reachable
    assert {zone.zone for zone in heard[0].zones} == {"tt", "vb"}


class Clock:
    """The machine's clock; a test may move it on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return NOON.astimezone(UTC) + self.ahead


def finished(database: Database, run_id: int) -> RunState:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with database.reading() as session:
            status = run_status(session, run_id, now=NOON)
        assert status is not None
        if status.state is not RunState.RUNNING:
            return status.state
        time.sleep(0.02)
    raise AssertionError("the run did not end")


def test_planning_goes_on_in_the_background_and_anybody_may_ask_how_far_it_is(books: Database) -> None:
    run = start_planning(books, Wanted(MONTH, "bien-tap", moves=200), voice=VOICE, tz=TZ, clock=Clock())
    assert run.state is RunState.RUNNING
    assert finished(books, run.id) is RunState.DONE
    with books.reading() as session:
        done = latest_run(session, MONTH, now=NOON)
        assert done is not None
        assert (done.id, done.share, done.by) == (run.id, 1.0, "bien-tap")
        assert session.get_one(Plan, done.plan_id).state == PlanState.DRAFT
    bind(books, now=NOON)


def test_a_run_that_cannot_be_done_ends_with_words(books: Database) -> None:
    wanted = Wanted("2026-10", "bien-tap", moves=10)
    run = start_planning(books, wanted, voice=VOICE, tz=TZ, clock=Clock())
    assert finished(books, run.id) is RunState.FAILED
    with books.reading() as session:
        ended = run_status(session, run.id, now=NOON)
    assert ended is not None
    assert "2026-10" in (ended.message or "")


def test_a_month_is_planned_once_at_a_time_and_a_dead_run_does_not_stand_in_the_way(books: Database) -> None:
    clock = Clock()
    with books.writing() as session:
        session.add(
            PlanRun(month=MONTH, by="lan", state=RunState.RUNNING, started_at=clock(), told_at=clock(), permille=310)
        )
    with pytest.raises(AlreadyPlanning, match="lan") as running:
        start_planning(books, Wanted(MONTH, "minh", moves=10), voice=VOICE, tz=TZ, clock=clock)
    assert running.value.run.share == 0.31
    clock.ahead = timedelta(minutes=10)
    run = start_planning(books, Wanted(MONTH, "minh", moves=10), voice=VOICE, tz=TZ, clock=clock)
    assert finished(books, run.id) is RunState.DONE


def test_other_zones_and_columns_leave_no_place_behind(books: Database, tmp_path: Path) -> None:
    changed = [dict(one, zones=["vb"], columns=[]) for one in ARTICLES if one["ref"] == "T-01"]
    (note,) = take_in(books, tmp_path, changed, now=NOON).notes
    assert "T-01: địa bàn, chuyên mục hoặc thời hạn đã đổi" in note
    with books.reading() as session:
        query = select(Placement).join(Plan).where(Plan.state == PlanState.PUBLISHED, Placement.removed_at.is_(None))
        places = [one for one in session.scalars(query) if one.article.ref == "T-01" and one.session.starts_at > NOON]
        assert places
        assert {one.session.zone.code for one in places} == {"vb"}
    with pytest.raises(NotFound):
        accept_sessions(desk(books), MONTH, [1])
