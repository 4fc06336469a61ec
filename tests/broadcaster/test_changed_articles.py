"""A changed text loses its approval and its coming places; only an approval of the new text brings it back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.approvals import approve, article_of
from broadcaster.db import Database
from broadcaster.errors import ImportRefused
from broadcaster.models import Article, Placement, Plan, PlanState, Post
from broadcaster.scripts import Voice
from tests.broadcaster.books import at, draft, open_books, plan_and_bind, stored_refs, take_in
from tests.broadcaster.conftest import article

#: Wednesday noon: two days of the plan are behind.
WEDNESDAY = at("2026-11-11T12:00")
OLD_APPROVAL = {"by": "Phòng Nội vụ", "approved_on": "2026-11-05"}
LATER_APPROVAL = {"by": "Phòng Nội vụ", "approved_on": "2026-11-11"}


def story(**others: object) -> dict[str, object]:
    one = article(1, "Cầu mới", "phuong-mot", "nong-thon-moi", "Cầu dài 18 m.", columns=["nong-thon-moi"])
    return {**one, **others}


OTHERS = [
    article(2, "Lớp học đêm", "phuong-hai", "day-tot-hoc-tot", "Lớp học sáng đèn.", columns=["nong-thon-moi"]),
    article(3, "Vườn bưởi", "xa-bai", "san-xuat-kinh-doanh", "Có 600 gốc bưởi."),
]


@pytest.fixture
def books(database: Database, tmp_path: Path) -> Database:
    open_books(database, tmp_path)
    take_in(database, tmp_path, [story(), *OTHERS])
    plan_and_bind(database)
    return database


def places(database: Database, ref: str = "T-01") -> list[tuple[datetime, datetime | None]]:
    """Where the binding plan has or had the article: the session's start, and when it was taken off."""
    with database.reading() as session:
        query = (
            select(Placement)
            .join(Plan, Plan.id == Placement.plan_id)
            .join(Article, Article.id == Placement.article_id)
            .where(Plan.state == PlanState.PUBLISHED, Article.ref == ref)
        )
        return sorted((place.session.starts_at, place.removed_at) for place in session.scalars(query))


def standing_posts(database: Database, ref: str = "T-01") -> int:
    with database.reading() as session:
        query = (
            select(Post)
            .join(Plan, Plan.id == Post.plan_id)
            .join(Article, Article.id == Post.article_id)
            .where(Plan.state == PlanState.PUBLISHED, Article.ref == ref, Post.removed_at.is_(None))
        )
        return len(session.scalars(query).all())


def is_approved(database: Database) -> bool:
    with database.reading() as session:
        return article_of(session, "T-01").approval is not None


@pytest.mark.parametrize(
    "changed",
    [{"body": "Cầu dài 20 m."}, {"title": "Cầu mới xây"}, {"summary": "Tóm tắt khác"}],
    ids=["body", "title", "summary"],
)
def test_a_changed_text_loses_its_approval_and_every_place_to_come(
    changed: dict[str, object], books: Database, tmp_path: Path
) -> None:
    before = places(books)
    assert any(starts_at < WEDNESDAY for starts_at, _off in before)
    assert any(starts_at > WEDNESDAY for starts_at, _off in before)
    assert standing_posts(books) == 1
    done = take_in(books, tmp_path, [story(**changed, approval=None), *OTHERS], now=WEDNESDAY)
    assert (done.changed, done.same) == (("T-01",), ("T-02", "T-03"))
    coming = sum(starts_at > WEDNESDAY for starts_at, _off in before) + 1
    assert f"{coming} chỗ" in done.notes[0]
    assert not is_approved(books)
    expected = [(starts_at, WEDNESDAY if starts_at > WEDNESDAY else None) for starts_at, _off in before]
    assert places(books) == expected
    assert standing_posts(books) == 0
    assert all(off is None for _starts_at, off in places(books, "T-02"))


def test_places_in_a_draft_go_too(books: Database, tmp_path: Path) -> None:
    drafted = draft(books, now=WEDNESDAY)
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=None)], now=WEDNESDAY)
    with books.reading() as session:
        plan = session.get_one(Plan, drafted.plan_id)
        ours = [place for place in plan.placements if place.article.ref == "T-01"]
        assert ours
        assert all(place.removed_at for place in ours if place.session.starts_at > WEDNESDAY)


def test_the_old_approval_sent_along_does_not_count_for_the_new_text(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=OLD_APPROVAL)], now=WEDNESDAY)
    assert not is_approved(books)
    again = take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=OLD_APPROVAL)], now=WEDNESDAY)
    assert again.same == ("T-01",)
    assert not is_approved(books)


def test_going_back_to_the_old_text_does_not_revive_its_approval(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.")], now=WEDNESDAY)
    take_in(books, tmp_path, [story()], now=WEDNESDAY)
    assert not is_approved(books)


def test_an_approval_older_than_the_one_that_fell_does_not_count(books: Database, tmp_path: Path) -> None:
    older = {"by": "Người khác", "approved_on": "2026-11-04"}
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=older)], now=WEDNESDAY)
    assert not is_approved(books)


def test_a_later_approval_in_the_file_counts(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=LATER_APPROVAL)], now=WEDNESDAY)
    assert is_approved(books)
    # The places on the air are gone all the same: they were decided for another text.
    assert all(off == WEDNESDAY for starts_at, off in places(books) if starts_at > WEDNESDAY)


def test_a_reviewer_may_approve_the_new_text(books: Database, tmp_path: Path) -> None:
    take_in(books, tmp_path, [story(body="Cầu dài 20 m.", approval=None)], now=WEDNESDAY)
    with books.writing() as session:
        approve(session, ["T-01"], voice=Voice.of_station("monotone"), by="thu-ky", now=WEDNESDAY)
    assert is_approved(books)
    plan_and_bind(books, now=WEDNESDAY)
    assert any(off is None and starts_at > WEDNESDAY for starts_at, off in places(books))


@pytest.mark.parametrize(
    "changed",
    [
        {"priority": "priority"},
        {"columns": ["nguoi-tot-viec-tot"]},
        {"air_by": "2026-11-20T00:00:00+07:00"},
        {"author": {"name": "Tên Khác", "position": "Tổ trưởng"}},
    ],
    ids=["priority", "columns", "air_by", "author"],
)
def test_what_is_not_text_may_change_without_a_new_approval(
    changed: dict[str, object], books: Database, tmp_path: Path
) -> None:
    before = places(books)
    assert take_in(books, tmp_path, [story(**changed)], now=WEDNESDAY).changed == ("T-01",)
    assert is_approved(books)
    assert places(books) == before


def test_a_file_that_is_refused_changes_no_stored_article(books: Database, tmp_path: Path) -> None:
    before = places(books)
    with pytest.raises(ImportRefused):
        take_in(books, tmp_path, [story(body="Cầu dài 20 m."), story(ref="T-09", unit="xa-la")], now=WEDNESDAY)
    assert is_approved(books)
    assert places(books) == before
    assert stored_refs(books) == ["T-01", "T-02", "T-03"]
