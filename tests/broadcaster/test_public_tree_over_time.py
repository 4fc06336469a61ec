"""Nothing that may not be heard or read at a moment is in the tree at that moment, whatever was there before."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from broadcaster.approvals import withdraw
from broadcaster.models import Bulletin, Rendition
from broadcaster.publishing import publish
from broadcaster.tasks import tick
from tests.broadcaster.books import at, take_in
from tests.broadcaster.conftest import ARTICLES, Town
from tests.broadcaster.trees import tree_of, who_says

TITLES = {str(one["ref"]): str(one["title"]) for one in ARTICLES}
NEVER = ("T-08", "T-09", "T-11", "T-12")
EMBARGOED = "T-10"
LIFTED = at("2026-11-20T05:00")


def published(town: Town) -> dict[str, bytes]:
    return tree_of(town.settings.public_folder)


def sound_of(town: Town, ref: str) -> set[str]:
    """Every file of the tree in which the article sounds or would sound: its own, and the bulletins that hold it."""
    with town.database.reading() as session:
        renditions = session.scalars(select(Rendition)).all()
        bulletins = session.scalars(select(Bulletin)).all()
        names = {row.media_sha256 for row in renditions if row.article is not None and row.article.ref == ref}
        for bulletin in bulletins:
            if any(item.article is not None and item.article.ref == ref for item in bulletin.items):
                names.add(bulletin.sha256)
    return names


def holding(town: Town, ref: str) -> list[str]:
    """The files of the tree that name or sound the article."""
    files = published(town)
    named = who_says(files, TITLES[ref])
    sounds = sound_of(town, ref)
    return sorted({*named, *(path for path in files if path.rpartition("/")[2].removesuffix(".mp3") in sounds)})


@pytest.mark.parametrize(
    "now",
    [at("2026-11-10T08:00"), at("2026-11-12T12:00"), at("2026-11-20T04:59"), at("2026-11-20T17:01")],
    ids=lambda now: f"{now:%d %H:%M}",
)
def test_what_may_not_be_heard_is_nowhere(now: datetime, small_town: Town) -> None:
    town = small_town
    done = tick(town.database, town.settings, town.voice, now=now)
    assert done.rendered.failures == []
    assert {ref: holding(town, ref) for ref in NEVER} == {ref: [] for ref in NEVER}
    if now < LIFTED:
        # Not even players hold it: what they hold can be heard.
        assert holding(town, EMBARGOED) == []
    else:
        assert any(path.startswith("zones/tt/2026-11-") for path in published(town))
        assert "articles/T-10.html" in holding(town, EMBARGOED)


def test_a_withdrawn_article_is_gone_with_the_next_publication_and_bulletins_come_back_without_it(
    small_town: Town,
) -> None:
    town = small_town
    before = holding(town, "T-01")
    assert {"articles/T-01.html", "feeds/columns/nong-thon-moi.xml"} <= set(before)
    assert any(path.startswith("zones/") for path in before)
    with town.database.writing() as session:
        withdraw(session, "T-01", why="xin rút", by="bien-tap", now=town.now)
    # Even before anything is rendered anew.
    publish(town.database, town.settings, town.voice, now=town.now)
    assert holding(town, "T-01") == []
    done = tick(town.database, town.settings, town.voice, now=town.now)
    assert done.rendered.failures == []
    assert holding(town, "T-01") == []
    files = published(town)
    bulletins = {path for path in before if path.startswith("zones/") and path.endswith(".mp3")}
    assert bulletins <= set(files), "the sessions have a bulletin again, of what is left"
    assert not publish(town.database, town.settings, town.voice, now=town.now)


def test_a_changed_text_is_gone_until_it_is_approved_again(small_town: Town, tmp_path: Path) -> None:
    town = small_town
    changed = [dict(one, body="Văn bản khác.", approval=None) for one in ARTICLES if one["ref"] == "T-02"]
    assert holding(town, "T-02")
    take_in(town.database, tmp_path, changed, now=town.now)
    publish(town.database, town.settings, town.voice, now=town.now)
    assert holding(town, "T-02") == []
    tick(town.database, town.settings, town.voice, now=town.now)
    assert holding(town, "T-02") == []


def test_an_article_that_expires_leaves_bulletins_that_were_on_the_air(small_town: Town, tmp_path: Path) -> None:
    town = small_town
    aired = [path for path in holding(town, "T-01") if path == "feeds/zones/tt.xml"]
    assert aired, "the morning's bulletin holds it"
    end = at("2026-11-10T12:00")
    take_in(
        town.database,
        tmp_path,
        [dict(one, expires_at=end.isoformat()) for one in ARTICLES if one["ref"] == "T-01"],
        now=town.now,
    )
    tick(town.database, town.settings, town.voice, now=town.now)
    assert "feeds/zones/tt.xml" in holding(town, "T-01"), "it has not expired yet"
    later = at("2026-11-10T12:00")
    tick(town.database, town.settings, town.voice, now=later)
    assert holding(town, "T-01") == []
    assert "zones/tt/2026-11-10/0530.mp3" in published(town)
