"""The portal's columns and the zones' channels: their addresses, and what is newest in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from broadcaster.models import Article, Plan, PlanState, Post
from broadcaster.web.books import Books

#: So many posts of a column stand on the page; its feed has more.
NEWEST = 4
#: Looked through for those: a post that lost its approval a moment ago is passed over.
_CANDIDATES = 24


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post of a column."""

    title: str
    unit: str
    posted_at: datetime
    path: str


@dataclass(frozen=True, slots=True)
class ColumnCard:
    """A column with its feeds, as paths in the public tree and as addresses to copy."""

    name: str
    description: str
    rss_path: str
    json_path: str
    rss_url: str
    posts: Sequence[PostLine]


@dataclass(frozen=True, slots=True)
class ZoneLinks:
    """What a zone publishes besides its bulletins."""

    name: str
    podcast_path: str
    podcast_url: str
    calendar_path: str
    m3u_path: str
    xspf_path: str


def columns_of(session: Session, books: Books) -> list[ColumnCard]:
    """Every column with its newest posts that may be read now."""
    posts = _newest(session, books)
    addresses = books.addresses
    return [
        ColumnCard(
            name=column.name,
            description=column.description,
            rss_path=addresses.column_feed(column.code),
            json_path=addresses.column_feed(column.code, "json"),
            rss_url=addresses.url(addresses.column_feed(column.code)),
            posts=[_line(post, books) for post in posts.get(column.id, [])],
        )
        for column in books.columns
    ]


def zone_links(books: Books) -> list[ZoneLinks]:
    """The addresses of every zone."""
    addresses = books.addresses
    return [
        ZoneLinks(
            name=zone.name,
            podcast_path=addresses.zone_feed(zone.code),
            podcast_url=addresses.url(addresses.zone_feed(zone.code)),
            calendar_path=addresses.calendar(zone.code),
            m3u_path=addresses.today(zone.code, "m3u"),
            xspf_path=addresses.today(zone.code, "xspf"),
        )
        for zone in books.zones
    ]


def _newest(session: Session, books: Books) -> dict[int, list[Post]]:
    """The newest posts by column: one query for all of them."""
    turn = func.row_number().over(partition_by=Post.column_id, order_by=(Post.posts_at.desc(), Post.id.desc()))
    ranked = (
        select(Post.id, turn.label("turn"))
        .join(Plan, Plan.id == Post.plan_id)
        .join(Article, Article.id == Post.article_id)
        .where(
            Plan.state == PlanState.PUBLISHED,
            Post.removed_at.is_(None),
            Post.posts_at <= books.now,
            Article.withdrawn_at.is_(None),
            or_(Article.expires_at.is_(None), Article.expires_at > books.now),
        )
        .subquery()
    )
    query = select(Post).join(ranked, ranked.c.id == Post.id).where(ranked.c.turn <= _CANDIDATES)
    found: dict[int, list[Post]] = {}
    posts = session.scalars(query.order_by(Post.posts_at.desc(), Post.id.desc())).all()
    books.articles.ask(post.article_id for post in posts)
    for post in posts:
        listed = found.setdefault(post.column_id, [])
        again = any(known.article_id == post.article_id for known in listed)
        if len(listed) < NEWEST and not again and books.articles[post.article_id].is_airable(books.now):
            listed.append(post)
    return found


def _line(post: Post, books: Books) -> PostLine:
    article = books.articles[post.article_id]
    return PostLine(
        title=article.title,
        unit=books.units[article.unit_id].name,
        posted_at=books.local(post.posts_at),
        path=books.addresses.article(article.ref),
    )
