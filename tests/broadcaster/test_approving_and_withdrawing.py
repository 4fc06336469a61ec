"""Who may approve what: endorsed, not withdrawn, not one's own, all or none, and bound to the text."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster import audit
from broadcaster.approvals import approve, article_of, withdraw
from broadcaster.db import Database
from broadcaster.errors import BroadcasterError, NotAllowed, NotFound
from broadcaster.models import Approval, AuditEntry
from broadcaster.scripts import Voice
from tests.broadcaster.books import MONDAY, open_books, take_in
from tests.broadcaster.conftest import article

VOICE = Voice.of_station("monotone")
BODY = "Hai câu ngắn gọn. Ai cũng hiểu được."


def waiting(number: int, **others: object) -> dict[str, object]:
    one = article(number, f"Bài số {number}", "phuong-mot", "nong-thon-moi", BODY, approved=False)
    return {**one, **others}


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, [waiting(1), waiting(2), waiting(3, endorsement=None)])
    return database


def approved(database: Database) -> list[str]:
    with database.reading() as session:
        return [ref for ref in ("T-01", "T-02", "T-03") if article_of(session, ref).approval is not None]


def test_a_reviewer_approves_what_is_endorsed_once(books: Database) -> None:
    with books.writing() as session:
        assert approve(session, ["T-01", "T-02", "T-01"], voice=VOICE, by="thu-ky", now=MONDAY) == ("T-01", "T-02")
    with books.writing() as session:
        assert approve(session, ["T-01"], voice=VOICE, by="thu-ky", now=MONDAY) == ()
    with books.reading() as session:
        assert len(session.scalars(select(Approval)).all()) == 2
        acts = session.scalars(select(AuditEntry.what).where(AuditEntry.act == "articles.approve")).all()
        assert sorted(acts) == ["T-01", "T-02"]
        assert audit.first_broken_link(session) is None


@pytest.mark.parametrize(
    ("refs", "by", "failure", "words"),
    [
        (["T-01"], "bien-tap", NotAllowed, "không có quyền duyệt"),
        (["T-01"], "nguoi-la", NotFound, "nguoi-la"),
        (["T-01", "T-99"], "thu-ky", NotFound, "T-99"),
        (["T-01", "T-03"], "thu-ky", NotAllowed, "chưa có xác nhận"),
    ],
)
def test_one_that_may_not_be_approved_keeps_all_from_it(
    refs: list[str], by: str, failure: type[BroadcasterError], words: str, books: Database
) -> None:
    with pytest.raises(failure, match=words), books.writing() as session:
        approve(session, refs, voice=VOICE, by=by, now=MONDAY)
    assert approved(books) == []


def test_nobody_approves_what_they_entered(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [waiting(4)], by="thu-ky")
    with pytest.raises(NotAllowed, match="T-04: người nhập bài"), books.writing() as session:
        approve(session, ["T-01", "T-04"], voice=VOICE, by="thu-ky", now=MONDAY)
    assert approved(books) == []


def test_every_reason_is_named_at_once(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [waiting(4)], by="thu-ky")
    with books.writing() as session:
        withdraw(session, "T-02", why="xin rút", by="bien-tap", now=MONDAY)
    with pytest.raises(NotAllowed) as refused, books.writing() as session:
        approve(session, ["T-02", "T-03", "T-04"], voice=VOICE, by="thu-ky", now=MONDAY)
    assert [line[:5] for line in str(refused.value).splitlines()] == ["T-02:", "T-03:", "T-04:"]


def test_an_unknown_abbreviation_stops_approval_until_somebody_has_seen_it(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [waiting(4, body="Tổ XQZK đã giúp 5 hộ.")])
    with pytest.raises(NotAllowed, match="XQZK"), books.writing() as session:
        approve(session, ["T-04"], voice=VOICE, by="thu-ky", now=MONDAY)
    with books.writing() as session:
        assert approve(session, ["T-04"], voice=VOICE, by="thu-ky", now=MONDAY, accept_doubts=True) == ("T-04",)


def test_a_withdrawn_article_can_be_heard_at_no_time_and_is_withdrawn_once(books: Database) -> None:
    with books.writing() as session:
        approve(session, ["T-01"], voice=VOICE, by="thu-ky", now=MONDAY)
        assert article_of(session, "T-01").is_airable(MONDAY)
        withdraw(session, "T-01", why="xin rút", by="bien-tap", now=MONDAY)
        assert withdraw(session, "T-01", why="lần nữa", by="bien-tap", now=MONDAY + timedelta(1)) == ()
    with books.reading() as session:
        one = article_of(session, "T-01")
        assert not one.is_airable(MONDAY)
        assert (one.withdrawn_at, one.withdrawn_why) == (MONDAY, "xin rút")
    with pytest.raises(NotFound, match="T-77"), books.writing() as session:
        withdraw(session, "T-77", why="?", by="bien-tap", now=MONDAY)


def test_the_chain_of_acts_shows_a_changed_entry(books: Database) -> None:
    with books.writing() as session:
        approve(session, ["T-01", "T-02"], voice=VOICE, by="thu-ky", now=MONDAY)
        assert audit.first_broken_link(session) is None
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        entries[-2].by = "ke-gian"
        session.flush()
        assert audit.first_broken_link(session) == entries[-2].id
    with books.writing() as session:
        session.delete(session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()[1])
        session.flush()
        assert audit.first_broken_link(session) == entries[2].id
