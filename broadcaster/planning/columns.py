"""The portal's columns, planned by the same library: a column is a zone, a day's posts a session of single seconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.models import Column, Plan, PlanState, Post
from broadcaster.months import first_day, next_month
from broadcaster.planning.problem import airable_articles, article_value
from scheduler import planning

#: The length that a post stands for in the planning problem: a session's capacity is its posts times this.
POST_MS = 1_000


def columns_problem(session: Session, month: str, *, now: datetime, tz: ZoneInfo) -> planning.Problem:
    """What is left of a month's posts: so many a day in each column, no article twice, urgent first."""
    columns = list(session.scalars(select(Column).order_by(Column.position)))
    articles = [article for article in airable_articles(session) if article.columns]
    posted = published_posts(session)
    done = [post for post in posted if post.posts_at <= now]
    coming = [post for post in posted if post.posts_at > now and f"{post.posts_at.astimezone(tz):%Y-%m}" == month]
    sessions = [
        planning.Session(session_key(column.code, day), column.code, at, 60_000, column.posts_a_day * POST_MS)
        for column in columns
        for day in _days(month)
        if (at := datetime.combine(day, column.posts_at, tzinfo=tz)) > now
    ]
    known = {item.id for item in sessions}
    refs = {article.ref for article in articles}
    return planning.Problem(
        tz=str(tz),
        now=now,
        period_starts_at=datetime.combine(first_day(month), time(0), tzinfo=tz),
        sessions=tuple(sessions),
        articles=tuple(
            article_value(article, POST_MS, [column.code for column in article.columns], 1, tz) for article in articles
        ),
        history=tuple(
            planning.PastAiring(post.article.ref, post.article.unit.code, post.posts_at, post.column.code, POST_MS)
            for post in done
        ),
        previous=tuple(
            planning.Pair(key, post.article.ref)
            for post in coming
            if (key := session_key(post.column.code, post.posts_at.astimezone(tz).date())) in known
            and post.article.ref in refs
        ),
        rules=planning.Rules(adjacent_same_field=True),
    )


def published_posts(session: Session) -> list[Post]:
    """Every post of a plan that binds and that was not taken out, oldest first."""
    query = (
        select(Post)
        .join(Plan, Plan.id == Post.plan_id)
        .where(Plan.state == PlanState.PUBLISHED, Post.removed_at.is_(None))
        .order_by(Post.posts_at, Post.id)
    )
    return list(session.scalars(query))


def session_key(column_code: str, day: date) -> str:
    """What a day of a column is called in the planning problem."""
    return f"{column_code}@{day.isoformat()}"


def post_instant(key: str, columns: Mapping[str, Column], tz: ZoneInfo) -> tuple[Column, datetime]:
    """The column and the instant that a session's key stands for."""
    code, day = key.split("@")
    column = columns[code]
    return column, datetime.combine(date.fromisoformat(day), column.posts_at, tzinfo=tz)


def _days(month: str) -> list[date]:
    first, after = first_day(month), first_day(next_month(month))
    return [first + timedelta(days=offset) for offset in range((after - first).days)]
