"""An editor changes the published plan: every hard rule is kept, everything is told, nobody overwrites anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from broadcaster.approvals import withdraw
from broadcaster.audit import first_broken_link
from broadcaster.db import Database
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import speaking
from broadcaster.models import Article, AuditEntry, BroadcastSession, Placement, Plan, PlanState, Zone
from broadcaster.planning import (
    Desk,
    PlanChanged,
    RuleBroken,
    add,
    lock,
    month_account,
    move,
    put_urgent,
    remove,
    reorder,
    unlock,
)
from broadcaster.scripts import Voice
from tests.broadcaster.books import MONDAY, MONTH, TZ, at, open_books, plan_and_bind, take_in
from tests.broadcaster.conftest import ARTICLES, article

VOICE = Voice.of_station("monotone")
NOON = at("2026-11-11T12:00")


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, ARTICLES)
    plan_and_bind(database)
    return database


def desk(database: Database, *, now: datetime = MONDAY, by: str = "bien-tap") -> Desk:
    return Desk(database, VOICE, TZ, now, by)


def row_id(database: Database, zone: str, starts_at: datetime) -> int:
    with database.reading() as session:
        query = select(BroadcastSession).join(Zone).where(Zone.code == zone, BroadcastSession.starts_at == starts_at)
        return session.scalars(query).one().id


def standing(database: Database, session_id: int) -> list[str]:
    """Who is read in a session, in order."""
    with database.reading() as session:
        query = (
            select(Placement)
            .join(Plan, Plan.id == Placement.plan_id)
            .where(
                Plan.state == PlanState.PUBLISHED, Placement.session_id == session_id, Placement.removed_at.is_(None)
            )
            .order_by(Placement.position)
        )
        return [placement.article.ref for placement in session.scalars(query)]


def version(database: Database, session_id: int) -> int:
    with database.reading() as session:
        return session.get_one(BroadcastSession, session_id).programme_version


def sessions_of(database: Database, zone: str) -> list[int]:
    with database.reading() as session:
        query = select(BroadcastSession).join(Zone).where(Zone.code == zone, BroadcastSession.cancelled_why.is_(None))
        query = query.where(BroadcastSession.starts_at > MONDAY, BroadcastSession.starts_at < at("2026-12-01T00:00"))
        return [row.id for row in session.scalars(query.order_by(BroadcastSession.starts_at))]


def place_of(database: Database, ref: str, zone: str = "tt") -> int:
    """The first session of the zone in which the article stands."""
    return next(one for one in sessions_of(database, zone) if ref in standing(database, one))


def session_that_takes(database: Database, ref: str, zone: str = "tt", *, but: int | None = None) -> int:
    """The first session that the article can be added to without breaking a rule, found by trying."""
    for one in sessions_of(database, zone):
        if ref in standing(database, one) or one == but:
            continue
        try:
            add(desk(database), ref, to_session=one)
        except RuleBroken:
            continue
        remove(desk(database), ref, from_session=one, why="chỉ thử")
        return one
    raise AssertionError("no session takes it")


def test_an_airing_is_taken_out_and_put_back_in_the_same_row(books: Database) -> None:
    here = place_of(books, "T-01")
    before, first = standing(books, here), version(books, here)
    changed = remove(desk(books), "T-01", from_session=here, why="Đợi ảnh")
    assert "T-01" not in standing(books, here)
    assert changed.sessions == {here: first + 1}
    with books.reading() as session:
        gone = session.scalars(select(Placement).where(Placement.removed_why == "Đợi ảnh")).one()
        assert gone.removed_at == MONDAY
    add(desk(books), "T-01", to_session=here)
    assert sorted(standing(books, here)) == sorted(before)
    with books.reading() as session:
        assert session.get_one(Placement, gone.id).removed_at is None


def test_an_airing_moves_to_another_session(books: Database) -> None:
    here = place_of(books, "T-01")
    remove(desk(books), "T-01", from_session=here, why="để chuyển")
    there = session_that_takes(books, "T-01", but=here)
    add(desk(books), "T-01", to_session=here)
    moved = move(desk(books), "T-01", from_session=here, to_session=there, position=0)
    assert "T-01" not in standing(books, here)
    assert standing(books, there)[0] == "T-01"
    assert set(moved.sessions) == {here, there}
    with books.reading() as session:
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert last is not None
        assert (last.act, last.by, last.detail["article"]) == ("plan.move", "bien-tap", "T-01")
        assert first_broken_link(session) is None


def test_what_would_break_a_rule_is_refused_in_words_and_changes_nothing(books: Database) -> None:
    here = place_of(books, "T-01")
    later = next(one for one in sessions_of(books, "tt") if one > here and "T-01" not in standing(books, one))
    before = {one: standing(books, one) for one in sessions_of(books, "tt")}
    embargoed = sessions_of(books, "tt")[0]
    with pytest.raises(RuleBroken, match=r"T-10 .*chưa được phát trước 05:00 20/11/2026") as refused:
        add(desk(books), "T-10", to_session=embargoed)
    assert not refused.value.can_retry
    with speaking("en"), pytest.raises(RuleBroken, match="may not air before 05:00 20/11/2026"):
        add(desk(books), "T-10", to_session=embargoed)
    with pytest.raises(NotFound, match="không có trong buổi"):
        move(desk(books), "T-01", from_session=later, to_session=here)
    with pytest.raises(NotAllowed, match="T-08: chưa có xác nhận"):
        add(desk(books), "T-08", to_session=later)
    assert {one: standing(books, one) for one in sessions_of(books, "tt")} == before


def test_a_full_session_takes_nothing_more_and_says_how_much_too_long_it_would_be(
    books: Database, tmp_path: Path
) -> None:
    long = article(40, "Bài rất dài", "giao-duc", "day-tot-hoc-tot", "Một câu rất dài về việc tốt. " * 60)
    take_in(books, tmp_path, [long])
    full = next(one for one in sessions_of(books, "tt") if standing(books, one))
    with pytest.raises(RuleBroken, match="chỉ chứa 4:00, các bài cần"):
        add(desk(books), "T-40", to_session=full)


def test_a_session_that_has_begun_is_left_alone(books: Database) -> None:
    here = place_of(books, "T-01")
    with books.reading() as session:
        begun = session.get_one(BroadcastSession, here).starts_at + timedelta(minutes=1)
    with pytest.raises(NotAllowed, match="đã bắt đầu"):
        remove(desk(books, now=begun), "T-01", from_session=here, why="muộn rồi")


def test_the_order_of_a_session_is_the_editors_and_planning_again_keeps_it(books: Database) -> None:
    here = next(
        one for one in sessions_of(books, "tt") if len(standing(books, one)) > 1 and one != sessions_of(books, "tt")[0]
    )
    turned = standing(books, here)[::-1]
    reorder(desk(books), here, turned)
    assert standing(books, here) == turned
    with pytest.raises(NotAllowed, match="đúng các bài của buổi"):
        reorder(desk(books), here, turned[:-1])
    plan_and_bind(books)
    assert standing(books, here) == turned


def test_a_lock_holds_against_hands_and_against_planning_anew(books: Database, tmp_path: Path) -> None:
    here = place_of(books, "T-03")
    lock(desk(books), "T-03", here)
    with pytest.raises(NotAllowed, match="khóa"):
        remove(desk(books), "T-03", from_session=here, why="không được")
    urgent = [
        article(50 + n, f"Khẩn {n}", "giao-duc" if n else "cong-an", "y-duc", "Câu khẩn. " * 40, priority="urgent")
        for n in range(2)
    ]
    take_in(books, tmp_path, urgent)
    plan_and_bind(books)
    assert "T-03" in standing(books, here)
    plan_and_bind(books)  # the lock went over to the plan that binds now
    with pytest.raises(NotAllowed, match="khóa"):
        remove(desk(books), "T-03", from_session=here, why="không được")
    unlock(desk(books), "T-03", here)
    remove(desk(books), "T-03", from_session=here, why="nay được")
    assert "T-03" not in standing(books, here)


def test_the_second_of_two_editors_is_told_who_did_what_and_nothing_is_lost(books: Database) -> None:
    here = place_of(books, "T-01")
    seen = {here: version(books, here)}
    others = [ref for ref in standing(books, here) if ref != "T-01"]
    remove(desk(books, by="lan"), "T-01", from_session=here, why="Đợi ảnh", seen=seen)
    with pytest.raises(PlanChanged, match=r"lan lúc .*bỏ T-01 khỏi tt-202611") as told:
        lock(desk(books, by="minh"), others[0], here, seen=seen)
    assert told.value.can_retry
    assert len(told.value.changes) == 1
    assert standing(books, here) == others
    lock(desk(books, by="minh"), others[0], here, seen={here: version(books, here)})


def test_an_editor_is_told_of_a_withdrawal_too(books: Database) -> None:
    here = place_of(books, "T-01")
    seen = {here: version(books, here)}
    with books.writing() as session:
        withdraw(session, "T-01", why="xin rút", by="lan", now=MONDAY)
    with pytest.raises(PlanChanged):
        reorder(desk(books), here, standing(books, here), seen=seen)


def test_an_editor_is_told_of_a_new_plan_too(books: Database, tmp_path: Path) -> None:
    here = place_of(books, "T-01")
    seen = {here: version(books, here)}
    with books.writing() as session:
        withdraw(session, "T-01", why="xin rút", by="lan", now=MONDAY)
    plan_and_bind(books)
    with pytest.raises(PlanChanged):
        reorder(desk(books), here, standing(books, here), seen=seen)


def test_urgent_news_stands_first_in_the_next_session_of_every_zone(books: Database, tmp_path: Path) -> None:
    news = article(60, "Cảnh báo lũ", "cong-an", "an-ninh-to-quoc", "Nước đang lên. " * 150, priority="urgent")
    take_in(books, tmp_path, [news], now=NOON)
    nexts = {zone: row_id(books, zone, at("2026-11-11T17:00")) for zone in ("tt", "vb")}
    before = {zone: standing(books, one) for zone, one in nexts.items()}
    (changed,) = put_urgent(desk(books, now=NOON), "T-60")
    for zone, one in nexts.items():
        now = standing(books, one)
        assert now[0] == "T-60"
        assert set(now) <= {"T-60", *before[zone]}
    gone = {ref for zone, one in nexts.items() for ref in set(before[zone]) - set(standing(books, one))}
    assert gone
    assert all(any(ref in note for note in changed.notes) for ref in gone)


def test_what_is_not_urgent_is_not_put_on_the_air_now(books: Database) -> None:
    with pytest.raises(NotAllowed, match="chỉ tin khẩn cấp"):
        put_urgent(desk(books), "T-01")


def test_after_a_change_everything_is_explained_from_what_stands_now(books: Database) -> None:
    for one in [*sessions_of(books, "tt"), *sessions_of(books, "vb")]:
        if "T-01" in standing(books, one):
            remove(desk(books), "T-01", from_session=one, why="thử")
    with books.reading() as session:
        account = month_account(session, MONTH, voice=VOICE, now=MONDAY, tz=TZ)
        assert "T-01" in account.waiting()
        assert "Phường Một" in account.unit("phuong-mot")
        stored = session.scalars(select(Plan).where(Plan.state == PlanState.PUBLISHED)).one()
        assert stored.bound is None
        units = {unit.unit_id: unit for unit in stored.units}
        assert len(units) == 6
        nowhere = {row.article_id for row in stored.reasons if row.zone_code is None}
        assert session.scalars(select(Article.id).where(Article.ref == "T-01")).one() in nowhere
    with speaking("en"), books.reading() as session:
        account = month_account(session, MONTH, voice=VOICE, now=MONDAY, tz=TZ)
        assert "earliest" in account.waiting()["T-01"]


def test_one_reading_of_the_books_answers_for_every_cell(books: Database) -> None:
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    with books.reading() as session:
        articles = {one.ref: one for one in session.scalars(select(Article))}
        sessions = session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at > MONDAY)).all()
        event.listen(books.engine, "before_cursor_execute", count)
        account = month_account(session, MONTH, voice=VOICE, now=MONDAY, tz=TZ)
        told = [account.airing(row, articles["T-01"]) for row in sessions]
        told += [account.article(articles[ref]) for ref in ("T-01", "T-02", "T-03")]
        told += [account.unit(code) for code in ("phuong-mot", "xa-bai")]
        event.remove(books.engine, "before_cursor_execute", count)
    assert all(told)
    # The same however many airings, articles and units are asked about.
    assert len(asked) <= 25
