"""The shelf keeps its bounds, never at the price of what is published or planned; what is lost comes back."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from audio.measured import measured_key
from audio.shelf import Shelf
from broadcaster.approvals import article_of
from broadcaster.models import BroadcastSession, Bulletin, Placement, Plan, PlanState, Rendition, RenditionFault
from broadcaster.rendering import render
from broadcaster.rendering.keeping import kept_keys, wanted_articles
from broadcaster.tasks import tick, tidy
from tests.broadcaster.conftest import Town
from tests.broadcaster.trees import tree_of

#: Things of some months ago, a fifth of a megabyte each.
COUNT = 120


@pytest.fixture
def tight(small_town: Town) -> Town:
    """The small town with a shelf that may hold nothing but what it must."""
    settings = small_town.settings.model_copy(update={"shelf_mb": 0})
    return Town(settings, small_town.database, small_town.voice, small_town.now)


def shelf_of(town: Town) -> Shelf:
    return Shelf(town.settings.shelf_folder)


def held(town: Town) -> dict[str, int]:
    return {thing.key: thing.bytes for thing in shelf_of(town).walk()}


def must_stay(town: Town) -> frozenset[str]:
    with town.database.reading() as session:
        return kept_keys(session, town.voice, since=town.now - timedelta(days=8), now=town.now)


def unplanned(town: Town, ref: str) -> Rendition:
    """Takes an article out of all that is to come; answers its rendition."""
    with town.database.writing() as session:
        article = article_of(session, ref)
        live = select(Placement).join(Plan).where(Plan.state == PlanState.PUBLISHED, Placement.article_id == article.id)
        for placement in session.scalars(live):
            placement.removed_at, placement.removed_why = town.now, "thử"
        return session.scalars(select(Rendition).where(Rendition.article_id == article.id)).one()


def test_what_is_on_the_air_or_planned_survives_a_shelf_with_no_room_at_all(tight: Town) -> None:
    before = held(tight)
    tidy(tight.database, tight.settings, tight.voice, now=tight.now)
    assert set(held(tight)) == set(before) & must_stay(tight)
    with tight.database.reading() as session:
        rows = session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None))).all()
        keys = [row.sha256 for row in rows] + [item.frames_key for row in rows for item in row.items]
        planned = session.scalars(
            select(Rendition.frames_key).where(Rendition.article_id.in_(wanted_articles(session, now=tight.now)))
        ).all()
    assert {*keys, *planned} <= set(held(tight))


def test_half_of_what_it_holds_is_a_limit_under_which_the_least_used_goes_and_the_air_stays(small_town: Town) -> None:
    """The month's worth is made large by things that nobody has asked for lately."""
    shelf = shelf_of(small_town)
    must = must_stay(small_town)
    for number in range(COUNT):
        path = shelf.put(f"{number:064x}", ".frames", bytes(200_000))
        os.utime(path, (1_700_000_000 + number * 3_600,) * 2)
    before = held(small_town)
    limit_mb = sum(before.values()) // 2 // 1_000_000
    settings = small_town.settings.model_copy(update={"shelf_mb": limit_mb})
    tidy(small_town.database, settings, small_town.voice, now=small_town.now)
    left = held(small_town)
    assert sum(left.values()) <= limit_mb * 1_000_000
    assert must & set(before) <= set(left)
    old = [number for number in range(COUNT) if f"{number:064x}" in left]
    assert 0 < len(old) < COUNT
    assert old == list(range(COUNT - len(old), COUNT)), "of what nobody needs, the oldest went"


def without_manifests(tree: dict[str, bytes]) -> dict[str, bytes]:
    return {path: content for path, content in tree.items() if not path.endswith("manifest.json")}


def test_a_town_with_a_tight_shelf_publishes_the_same_tree_tick_after_tick(tight: Town) -> None:
    tree = tree_of(tight.settings.public_folder)
    for minutes in (1, 2, 3):
        done = tick(tight.database, tight.settings, tight.voice, now=tight.now + timedelta(minutes=minutes))
        assert done.rendered.failures == []
        assert done.rendered.renditions == []
    assert without_manifests(tree_of(tight.settings.public_folder)) == without_manifests(tree)


def test_what_nobody_has_planned_goes_and_comes_back_when_it_is_planned_again(tight: Town) -> None:
    # Posted in no column either.
    rendition = unplanned(tight, "T-07")
    # By then the bulletins that held it are no longer published.
    later = tight.now + timedelta(days=10)
    tick(tight.database, tight.settings, tight.voice, now=later)
    assert rendition.frames_key not in held(tight)
    again = tick(tight.database, tight.settings, tight.voice, now=later + timedelta(minutes=1))
    assert again.rendered.renditions == [], "nothing is evicted and made again in a circle"
    with tight.database.writing() as session:
        coming = session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at > later)).first()
        placement = session.scalars(select(Placement).where(Placement.article_id == rendition.article_id)).first()
        assert placement is not None
        assert coming is not None
        placement.session_id, placement.removed_at, placement.removed_why = coming.id, None, None
    report = render(tight.database, tight.settings, tight.voice, now=later)
    assert report.failures == []
    assert {rendition.frames_key, measured_key(rendition.frames_key), rendition.media_sha256} <= set(held(tight))


def test_everything_that_a_shelf_has_lost_comes_back_byte_for_byte(small_town: Town) -> None:
    shelf = shelf_of(small_town)
    kept = must_stay(small_town)
    before = {thing.key: thing.path.read_bytes() for thing in shelf.walk() if thing.key in kept}
    for key in list(held(small_town)):
        shelf.remove(key)
    done = tick(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert done.rendered.failures == []
    after = {thing.key: thing.path.read_bytes() for thing in shelf.walk()}
    with small_town.database.reading() as session:
        coming = session.scalars(
            select(Bulletin.sha256)
            .join(BroadcastSession)
            .where(Bulletin.superseded_at.is_(None), BroadcastSession.starts_at > small_town.now)
        ).all()
        frames = session.scalars(select(Rendition.frames_key)).all()
    assert set(coming) <= set(after)
    assert {key: after[key] for key in (*coming, *frames) if key in before and key in after} == {
        key: before[key] for key in (*coming, *frames) if key in before and key in after
    }


def test_what_killed_processes_left_half_written_is_collected(small_town: Town) -> None:
    orphan = small_town.settings.shelf_folder / "ab" / ".unfinished-x"
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"half")
    os.utime(orphan, (0, 0))
    tidy(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    assert not Path(orphan).exists()


def test_faults_of_long_ago_are_forgotten(small_town: Town) -> None:
    with small_town.database.writing() as session:
        for name, days in (("cũ", 61), ("mới", 1)):
            failed_at = small_town.now - timedelta(days=days)
            session.add(RenditionFault(shaped_by=name, title=name, why="-", can_retry=False, failed_at=failed_at))
    tidy(small_town.database, small_town.settings, small_town.voice, now=small_town.now)
    with small_town.database.reading() as session:
        assert session.scalars(select(RenditionFault.title)).all() == ["mới"]
