"""Bulletins hold what was published for them, in order, within their session, and say so in their chapters."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audio.loudness import block_energies, integrated_lufs, step_energies, true_peak_dbtp
from audio.pcm import FULL_SCALE
from audio.tags import SPEECH_ORIGIN, SYNTHETIC
from audio.transcoding import decode
from broadcaster.models import (
    BroadcastSession,
    Bulletin,
    BulletinItem,
    ItemKind,
    Placement,
    Plan,
    PlanState,
    Rendition,
)
from broadcaster.rendering import render
from tests.broadcaster.books import at
from tests.broadcaster.conftest import Town
from tests.broadcaster.trees import tree_of

#: mutagen says that it has types, but its classes have none.
MP3: Any = import_module("mutagen.mp3").MP3
#: One frame: what a decoder may round the length of a file by.
FRAME_MS = 24


def chapters_of(content: bytes) -> list[tuple[str, int, int]]:
    """Title, start and end of each chapter, in the order in which the table of contents names them."""
    tags: Any = MP3(BytesIO(content)).tags
    (contents,) = tags.getall("CTOC")
    found = {chapter.element_id: chapter for chapter in tags.getall("CHAP")}
    assert sorted(found) == sorted(contents.child_element_ids)
    listed = [found[name] for name in contents.child_element_ids]
    return [(str(one.sub_frames["TIT2"]), int(one.start_time), int(one.end_time)) for one in listed]


def standing(town: Town) -> list[Bulletin]:
    with town.database.reading() as session:
        rows = session.scalars(select(Bulletin).where(Bulletin.superseded_at.is_(None)).order_by(Bulletin.code)).all()
        for row in rows:
            assert row.session.zone.code
            assert all(item.article is None or item.article.ref for item in row.items)
        return list(rows)


def planned(town: Town, session_id: int) -> list[str]:
    with town.database.reading() as session:
        query = (
            select(Placement)
            .join(Plan, Plan.id == Placement.plan_id)
            .where(
                Plan.state == PlanState.PUBLISHED, Placement.session_id == session_id, Placement.removed_at.is_(None)
            )
            .order_by(Placement.position)
        )
        return [place.article.ref for place in session.scalars(query)]


def items_of(bulletin: Bulletin) -> list[str]:
    return [item.article.ref for item in bulletin.items if item.article is not None]


def test_a_bulletin_holds_what_was_planned_and_its_chapters_say_so(small_town: Town) -> None:
    town = small_town
    files = tree_of(town.settings.public_folder)
    bulletins = standing(town)
    assert len(bulletins) == 8
    for bulletin in bulletins:
        content = files[f"media/{bulletin.sha256[:2]}/{bulletin.sha256}.mp3"]
        assert len(content) == bulletin.size_bytes
        assert items_of(bulletin) == planned(town, bulletin.session_id)
        rows = [(item.title, item.starts_ms) for item in bulletin.items]
        chapters = chapters_of(content)
        assert [(title, starts_ms) for title, starts_ms, _ends_ms in chapters] == rows
        assert all(starts_ms < ends_ms <= bulletin.length_ms for _title, starts_ms, ends_ms in chapters)
        kinds = [item.kind for item in bulletin.items]
        assert kinds[:2] == [ItemKind.IDENT, ItemKind.IDENT]
        assert kinds[-2:] == [ItemKind.SIGN_OFF, ItemKind.TUNE]
        assert set(kinds[2:-2]) == {ItemKind.ITEM}


def test_every_bulletin_lies_within_its_session(small_town: Town) -> None:
    town = small_town
    files = tree_of(town.settings.public_folder)
    for bulletin in standing(town):
        content = files[f"media/{bulletin.sha256[:2]}/{bulletin.sha256}.mp3"]
        sounding_ms = round(MP3(BytesIO(content)).info.length * 1000)
        assert abs(sounding_ms - bulletin.length_ms) <= FRAME_MS
        assert sounding_ms <= bulletin.session.length_ms
        local = bulletin.session.starts_at.astimezone(town.settings.zone_info)
        stable = f"zones/{bulletin.session.zone.code}/{local:%Y-%m-%d/%H%M}.mp3"
        assert files[stable] == content


def test_a_bulletin_says_to_machines_that_a_machine_speaks(small_town: Town) -> None:
    files = tree_of(small_town.settings.public_folder)
    for path, content in files.items():
        if path.startswith("media/"):
            tags: Any = MP3(BytesIO(content)).tags
            assert str(tags[f"TXXX:{SPEECH_ORIGIN}"]) == SYNTHETIC, path


def shortened(town: Town, starts_at: datetime, length_ms: int) -> int:
    with town.database.writing() as session:
        rows = session.scalars(select(BroadcastSession).where(BroadcastSession.starts_at == starts_at)).all()
        row = next(one for one in rows if one.zone.code == "tt")
        row.length_ms = length_ms
        return row.id


def test_too_full_a_session_drops_the_least_urgent_and_of_equals_the_last_and_says_so(small_town: Town) -> None:
    town = small_town
    evening = at("2026-11-10T17:00")
    was = next(one for one in standing(town) if one.code.startswith("tt-20261110-1700"))
    refs = items_of(was)
    assert len(refs) >= 3
    with town.database.writing() as session:
        # The first of them is made urgent: it stays whatever goes.
        row = session.get_one(BulletinItem, (was.id, 2))
        assert row.article is not None
        row.article.priority = "urgent"
    longest = max(item.length_ms for item in was.items if item.kind == ItemKind.ITEM)
    session_id = shortened(town, evening, was.length_ms - longest)
    report = render(town.database, town.settings, town.voice, now=town.now)
    assert report.failures == []
    now_standing = next(one for one in standing(town) if one.session_id == session_id)
    left = items_of(now_standing)
    dropped = [ref for ref in refs if ref not in left]
    assert left[0] == refs[0]
    assert dropped
    assert left == refs[: len(left)]
    assert now_standing.length_ms <= was.length_ms - longest
    told = [note for note in now_standing.notes if "không đủ chỗ" in note]
    assert len(told) == len(dropped)
    assert report.notes == [f"{now_standing.code}: {note}" for note in now_standing.notes]


def test_a_session_too_short_for_the_stations_own_lines_is_a_failure_in_words(small_town: Town) -> None:
    town = small_town
    shortened(town, at("2026-11-10T17:00"), 1_000)
    report = render(town.database, town.settings, town.voice, now=town.now)
    assert len(report.failures) == 1
    assert len(report.bulletins) == 0


def test_an_older_version_stays_in_the_books_when_a_new_one_takes_its_place(small_town: Town) -> None:
    town = small_town
    was = next(one for one in standing(town) if one.code.startswith("tt-20261110-1700"))
    shortened(town, at("2026-11-10T17:00"), was.length_ms - 10_000)
    render(town.database, town.settings, town.voice, now=town.now)
    with town.database.reading() as session:
        old = session.get_one(Bulletin, was.id)
        assert (old.superseded_at, old.sha256) == (town.now, was.sha256)
        assert [item.title for item in old.items] == [item.title for item in was.items]


def test_a_session_has_one_standing_bulletin(small_town: Town) -> None:
    was = standing(small_town)[0]
    twin = Bulletin(session_id=was.session_id, code=f"{was.code}x", composition="c", sha256="s", size_bytes=1)
    twin.length_ms, twin.made_at, twin.synthetic, twin.spoken_by, twin.notes = 1, small_town.now, True, [], []
    with pytest.raises(IntegrityError), small_town.database.writing() as session:
        session.add(twin)


def test_one_article_is_rendered_alone(small_town: Town) -> None:
    town = small_town
    report = render(town.database, town.settings, town.voice, now=town.now, refs=["T-01"])
    assert (report.renditions, report.bulletins) == ([], [])


def test_the_portal_gets_articles_at_a_higher_bit_rate_than_loudspeakers_and_as_loud(small_town: Town) -> None:
    files = tree_of(small_town.settings.public_folder)
    with small_town.database.reading() as session:
        posted = [row.media_sha256 for row in session.scalars(select(Rendition)) if row.media_sha256]
    own = [files[path] for path in (f"media/{name[:2]}/{name}.mp3" for name in posted) if path in files]
    assert own
    assert {MP3(BytesIO(content)).info.bitrate for content in own} == {96_000}
    bulletins = [files[f"media/{row.sha256[:2]}/{row.sha256}.mp3"] for row in standing(small_town)]
    assert {MP3(BytesIO(content)).info.bitrate for content in bulletins} == {64_000}
    for content in own:
        heard = decode(content).samples / np.float32(FULL_SCALE)
        assert abs(integrated_lufs(block_energies(step_energies(heard))) + 16) <= 0.5
        assert true_peak_dbtp(heard) <= -1.0
