"""Our strict checks find nothing in any file of the tree, at any edge, nor in a column of hundreds and its archives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import feedparser
from sqlalchemy import select

from broadcaster.models import Approval, Article, Column, Endorsement, Plan, Post
from broadcaster.models.article import digest_of_text
from feeds.checks import check_published
from tests.broadcaster.publishing.stations import ENTERED, READ_KEY, Station, at
from tests.broadcaster.publishing.test_private_stays_private import MOMENTS
from tests.broadcaster.trees import tree_of

PRIVATE = ["Thủ Trưởng", "Chủ tịch"]
MANY = 230
NASTY = "Gương ]]> <b>sáng</b> & 👩🏽‍🌾\x07 quê hương \u202e"


def faults(station: Station, more: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Every fault of every published file, of `more` private words too."""
    tree = tree_of(station.settings.public_folder)
    true_bytes = {f"{station.settings.public_url}/{path}": len(content) for path, content in tree.items()}
    found = []
    for path, content in tree.items():
        private = [*PRIVATE, *more] if path.startswith("players/") else [*PRIVATE, *more, READ_KEY]
        for fault in check_published(path, content, private=private, true_bytes=true_bytes) or []:
            found.append((path, str(fault)))
    return found


def test_no_fault_at_any_edge(station: Station) -> None:
    for moment in MOMENTS:
        station.publish(at(f"2026-{moment}"))
        assert faults(station) == [], moment


def test_a_long_column_is_a_feed_and_a_chain_of_archives_that_together_hold_every_post(station: Station) -> None:
    _post_many(station)
    station.publish(at("2026-11-10T12:00"))
    assert faults(station) == []
    root = station.settings.public_folder
    seen: list[str] = []
    path: str | None = "feeds/columns/ntvt.xml"
    documents = []
    while path:
        documents.append(path)
        feed = feedparser.parse((root / path).read_bytes())
        seen += [entry.id for entry in feed.entries if entry.id not in seen]
        path = next((link.href for link in feed.feed.links if link.rel == "prev-archive"), None)
        path = path.removeprefix(f"{station.settings.public_url}/") if path else None
    assert documents == ["feeds/columns/ntvt.xml", "feeds/columns/ntvt/2.xml", "feeds/columns/ntvt/1.xml"]
    assert len(seen) == MANY + 4
    # A new post touches the subscription documents alone, until an archive fills up.
    changes = station.publish(at("2026-11-30T07:00"))
    columns = [one for one in (*changes.added, *changes.changed) if one.startswith("feeds/columns/ntvt")]
    assert columns == ["feeds/columns/ntvt.json", "feeds/columns/ntvt.xml"]


def _post_many(station: Station) -> None:
    """Hundreds of articles with titles that break careless feeds, posted a minute apart."""
    with station.database.writing() as session:
        column, plan = session.scalars(select(Column)).one(), session.scalars(select(Plan)).first()
        assert plan is not None
        unit = station.article(session, "A").unit
        for number in range(MANY):
            title, body = f"{NASTY} {number}", f"Chuyện {number}: 5.000.000 đồng."
            article = Article(
                ref=f"N/{number}", unit=unit, field="nong-thon-moi", kind="exemplar", priority="normal", title=title,
                body=body, text_digest=digest_of_text(title, None, body), subject_kind="individual",
                written_on=date(2026, 11, 2), entered_by="van-thu", received_at=ENTERED, changed_at=ENTERED,
            )  # fmt: skip
            article.endorsement = Endorsement(name="Thủ Trưởng", position="Chủ tịch", endorsed_on=date(2026, 11, 3))
            article.approvals.append(Approval(by="thu-ky", approved_at=ENTERED, text_digest=article.text_digest))
            posts_at = at("2026-11-08T07:00") + timedelta(minutes=number)
            plan.posts.append(Post(column=column, article=article, posts_at=posts_at))
