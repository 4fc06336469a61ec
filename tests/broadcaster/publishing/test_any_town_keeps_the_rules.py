"""Towns with any words in them: whatever intake lets in, every published file keeps every rule."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import feedparser
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select

from broadcaster.errors import ImportRefused
from broadcaster.intake.articles import take_in_articles
from broadcaster.models import Approval, Article, Column, Endorsement, Plan, Post, Unit, Zone
from broadcaster.models.article import digest_of_text
from broadcaster.publishing.publish import tree_at
from feeds.checks import check_published
from tests.broadcaster.publishing.stations import ENTERED, READ_KEY, TZ, Station, air, at, copied, render
from tests.broadcaster.publishing.test_published_files_keep_the_rules import NASTY, faults

PIECES = st.one_of(
    st.sampled_from(
        [
            "]]>",
            "<b>",
            "</title>",
            "&amp;",
            "&",
            "\x00",
            "\x07",
            "\x1b",
            "\ufffe",
            "\u202e",
            "\u2028",
            "\r\n",
            "\t",
            "👩🏽‍🌾",
            "🇻🇳",
            "e\u0302\u0301",
            "Nguyễn",
            "đ",
            "<script>alert(1)</script>",
            "onclick=",
            "http://x/y",
            "../..",
            "-->",
            "{",
            "}",
            '"',
            "'",
            ",",
            ";",
            ":",
            "#EXTM3U",
            "BEGIN:VEVENT",
            "a" * 300,
            "\ud800",
            "\udfff",
        ]
    ),
    st.text(max_size=12),
    st.characters(),
)
WORDS = st.lists(PIECES, max_size=6).map("".join)
ARTICLES = st.lists(st.tuples(WORDS, WORDS, st.one_of(st.none(), WORDS)), max_size=6)
PHONE = "0912 345 678"
MINUTE = timedelta(minutes=1)


def document(ref: str, title: str, body: str, summary: str | None) -> dict[str, object]:
    person = {"name": "Trần Thị Kín", "position": "Cán bộ", "workplace": "UBND", "address": None, "phone": PHONE}
    return {
        "ref": ref, "title": title, "unit": "phuong-mot", "field": "nong-thon-moi", "kind": "exemplar",
        "priority": "normal", "author": person, "subject": {**person, "subject_kind": "individual"}, "body": body,
        "summary": summary, "written_on": "2026-11-02",
        "endorsement": {"name": "Thủ Trưởng", "position": "Chủ tịch", "endorsed_on": "2026-11-03"},
        "approval": None, "not_before": None, "expires_at": None, "air_by": None, "zones": [], "columns": ["ntvt"],
    }  # fmt: skip


def take_in(station: Station, ref: str, words: tuple[str, str, str | None]) -> bool:
    """Whether intake lets an article in; what it refuses is not stored."""
    # As a file holds it: JSON can name characters that are none.
    asked = json.loads(json.dumps({"articles": [document(ref, *words)]}))
    try:
        with station.database.writing() as session:
            take_in_articles(session, asked, "bai.json", now=ENTERED, tz=TZ, by="van-thu")
    except ImportRefused:
        return False
    return True


def put_on_the_air(station: Station, refs: Sequence[str]) -> int:
    """Approves, posts, renders and broadcasts; answers how many. Of the same words only one: they share their sound."""
    with station.database.writing() as session:
        known = [station.article(session, ref) for ref in refs]
        articles = list({(article.title, article.body): article for article in known}.values())
        column, zone = session.scalars(select(Column)).one(), session.scalars(select(Zone)).one()
        plan = session.scalars(select(Plan).where(Plan.month == "2026-11")).one()
        for number, article in enumerate(articles):
            article.approve("thu-ky", ENTERED)
            plan.posts.append(Post(column=column, article=article, posts_at=at("2026-11-09T07:00") + number * MINUTE))
            render(session, station, article, zone)
        air(session, station, plan, zone, "11-10T11:00", articles)
        return len(articles)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(towns=[])
@example(towns=[("Một bài", "Nội dung.", None), ("Một bài", "Nội dung.", None)])
@example(towns=[(NASTY, NASTY, NASTY), ("\ud800", "\ud800", None), ("👩🏽‍🌾", "]]>", ""), ("\x07", "\x07", None)])
@given(towns=ARTICLES)
def test_whatever_intake_lets_in_is_published_by_the_rules(
    towns: list[tuple[str, str, str | None]], station_as_made: Station, tmp_path: Path
) -> None:
    station = copied(station_as_made, tmp_path / str(uuid4()))
    taken = [f"N{number}" for number, words in enumerate(towns) if take_in(station, f"N{number}", words)]
    posted = put_on_the_air(station, taken)
    changes = station.publish(at("2026-11-10T12:00"))
    assert changes.missing == ()
    assert faults(station, more=[PHONE, "Trần Thị Kín"]) == []
    root = station.settings.public_folder
    read = feedparser.parse((root / "feeds/columns/ntvt.xml").read_bytes())
    listed = json.loads((root / "feeds/columns/ntvt.json").read_bytes())["items"]
    # A and W and X and B of the station itself, and every article that was let in.
    assert len(read.entries) == len(listed) == posted + 4
    assert all(unicodedata.is_normalized("NFC", item["title"]) and item["title"] for item in listed)
    assert not station.publish(at("2026-11-10T12:00"))
    station.database.close()


@pytest.mark.parametrize("count", [0, 10_000])
def test_a_town_of_no_and_of_ten_thousand_posts_keeps_every_rule(count: int, station: Station) -> None:
    post(station, count)
    every = station.settings.model_copy(update={"feed_items": 20_000})
    with station.database.reading() as session:
        tree = tree_at(session, every, station.voice, now=at("2026-11-09T06:00"))
    columns = {path: content for path, content in tree.items() if path.startswith("feeds/columns/")}
    found = [
        (path, str(fault))
        for path, content in columns.items()
        for fault in check_published(path, content if isinstance(content, bytes) else b"", private=[READ_KEY]) or []
    ]
    assert found == []
    assert len(columns) == (2 if count == 0 else 200)
    assert sum(path.startswith("articles/N") for path in tree) == count


def post(station: Station, count: int) -> None:
    """Articles with titles that break careless feeds, written straight into the books."""
    with station.database.writing() as session:
        unit, column = session.scalars(select(Unit)).one(), session.scalars(select(Column)).one()
        plan = session.scalars(select(Plan).where(Plan.month == "2026-11")).one()
        body = "Chuyện hay."
        texts = {1_000 + number: f"{NASTY} {number}" for number in range(count)}
        digests = {key: digest_of_text(title, None, body) for key, title in texts.items()}
        rows = [
            {
                "id": key, "ref": f"N{key}", "unit_id": unit.id, "field": "nong-thon-moi", "kind": "exemplar",
                "priority": "normal", "title": title, "body": body, "text_digest": digests[key],
                "subject_kind": "individual", "written_on": date(2026, 11, 2), "entered_by": "van-thu",
                "received_at": ENTERED, "changed_at": ENTERED,
            }
            for key, title in texts.items()
        ]  # fmt: skip
        if not rows:
            return
        session.execute(insert(Article), rows)
        endorsement = {"name": "Thủ Trưởng", "position": "Chủ tịch", "endorsed_on": date(2026, 11, 3)}
        session.execute(insert(Endorsement), [{"article_id": key, **endorsement} for key in texts])
        approval = {"by": "thu-ky", "approved_at": ENTERED}
        approvals = [{"article_id": key, "text_digest": digests[key], **approval} for key in texts]
        session.execute(insert(Approval), approvals)
        posts_at = at("2026-11-08T07:00")
        posts = [{"plan_id": plan.id, "column_id": column.id, "article_id": key, "posts_at": posts_at} for key in texts]
        session.execute(insert(Post), posts)
