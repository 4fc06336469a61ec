"""What people do to the station of these tests, at an instant."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from broadcaster import approvals
from broadcaster.models import Placement, Plan, PlanState, Player, Post
from broadcaster.models.article import digest_of_text
from tests.broadcaster.publishing.stations import Station


def _withdraw(station: Station, ref: str, now: datetime) -> None:
    with station.database.writing() as session:
        approvals.withdraw(session, ref, why="Đơn vị xin rút", by="bien-tap", now=now)


def withdraw_a(station: Station, now: datetime) -> None:
    _withdraw(station, "A", now)


def withdraw_b(station: Station, now: datetime) -> None:
    _withdraw(station, "B", now)


def withdraw_w(station: Station, now: datetime) -> None:
    _withdraw(station, "W", now)


def change_a(station: Station, now: datetime) -> None:
    with station.database.writing() as session:
        article = station.article(session, "A")
        article.title, article.changed_at = "Bài A khác", now
        article.text_digest = digest_of_text(article.title, None, article.body)
        article.drop_approvals(now)


def approve_a_again(station: Station, now: datetime) -> None:
    """The old text comes back and is approved: what was rendered of it counts again."""
    with station.database.writing() as session:
        article = station.article(session, "A")
        article.title, article.changed_at = "Bài A", now
        article.text_digest = digest_of_text(article.title, None, article.body)
        article.approve("thu-ky", now)


def cancel_evening(station: Station, now: datetime) -> None:
    with station.database.writing() as session:
        station.broadcast(session, "11-10T17:00").cancelled_why = "Mất điện"


def publish_again(station: Station, now: datetime) -> None:
    """November's plan is replaced by one that says the same."""
    with station.database.writing() as session:
        former = session.scalars(select(Plan).where(Plan.month == "2026-11")).one()
        former.state = PlanState.SUPERSEDED
        session.flush()
        anew = Plan(month="2026-11", state=PlanState.PUBLISHED, made_at=now, published_at=now, score=0, moves=0)
        for place in former.placements:
            again = Placement(session=place.session, article=place.article, position=place.position, length_ms=60_000)
            again.first_run = True
            anew.placements.append(again)
        anew.posts = [Post(column=post.column, article=post.article, posts_at=post.posts_at) for post in former.posts]
        session.add(anew)


def revoke(station: Station, now: datetime) -> None:
    with station.database.writing() as session:
        session.scalars(select(Player)).one().revoked_at = now
