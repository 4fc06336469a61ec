"""From what everybody may see, nothing leads to what only players may hold or to what nobody may hear.

The public part is the front page, feeds, calendars and articles. Every link in it is followed, and so on from there;
what is reached, and every word of it, is held against the books. Bulletins lie under `zones/` by their hour, for
players; until a session begins nothing public may lead there.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import PurePosixPath

import pytest
from sqlalchemy import select

from broadcaster.models import Article, Bulletin, Rendition
from broadcaster.publishing import is_gone
from tests.broadcaster.publishing import acts
from tests.broadcaster.publishing.stations import READ_KEY, Station, at
from tests.broadcaster.trees import tree_of

PUBLIC = ("index.html", "feeds/", "schedule/", "articles/")
_URL = re.compile(rb"http://127\.0\.0\.1:8000/([^\s\"'<>\\,;]*)")
_HREF = re.compile(rb"(?:href|src)=\"([^\":]+)\"")

MOMENTS = [
    "11-09T04:00", "11-09T14:00", "11-10T05:29:59", "11-10T05:30", "11-10T11:59:59", "11-10T12:00", "11-10T17:05",
    "11-10T17:10", "11-11T00:00", "11-11T05:30", "11-30T23:55", "12-01T00:00", "12-08T12:00",
]  # fmt: skip
ACTS: dict[str, Callable[[Station, datetime], None] | None] = {
    "as planned": None,
    "A withdrawn": acts.withdraw_a,
    "B withdrawn": acts.withdraw_b,
    "W withdrawn": acts.withdraw_w,
    "A changed": acts.change_a,
}


def reached(tree: Mapping[str, bytes]) -> dict[str, bytes]:
    """Every file that the public part is or leads to, links followed to the end."""
    found: dict[str, bytes] = {}
    waiting = [path for path in tree if path.startswith(PUBLIC)]
    while waiting:
        path = waiting.pop()
        if path in found or path not in tree:
            continue
        found[path] = tree[path]
        if not path.endswith((".mp3", ".png")):
            waiting += links(path, tree[path])
    return found


def links(path: str, content: bytes) -> list[str]:
    absolute = [match.decode() for match in _URL.findall(content)]
    here = PurePosixPath(path).parent
    relative = [_joined(here, match.decode()) for match in _HREF.findall(content)]
    return [link.partition("#")[0] for link in absolute + relative]


def _joined(here: PurePosixPath, link: str) -> str:
    parts: list[str] = []
    for part in (*here.parts, *PurePosixPath(link).parts):
        if part == "..":
            parts = parts[:-1]
        else:
            parts.append(part)
    return "/".join(parts)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_nothing_private_can_be_reached_from_the_public_part(
    act: Callable[[Station, datetime], None] | None, station: Station
) -> None:
    if act is not None:
        act(station, at("2026-11-09T03:00"))
    looked_at = 0
    for moment in MOMENTS:
        now = at(f"2026-{moment}")
        station.publish(now)
        tree = tree_of(station.settings.public_folder)
        seen = reached(tree)
        looked_at += len(seen)
        texts = b"\n".join(content for path, content in seen.items() if not path.endswith(".mp3"))
        assert not [path for path in seen if path.startswith("players/")], moment
        assert READ_KEY.encode() not in texts
        for sha256, zone_path in unheard(station, now).items():
            assert sha256.encode() not in texts, (moment, zone_path)
            assert zone_path.encode() not in texts, (moment, zone_path)
            assert not [path for path in seen if sha256 in path or path == zone_path], moment
        for word in untold(station, now):
            assert word.encode() not in texts, (moment, word)
    assert looked_at > 100, "there was something to look at"


def unheard(station: Station, now: datetime) -> dict[str, str]:
    """The digest and the stable path of every sound that nobody but players may have at an instant."""
    found = {}
    with station.database.reading() as session:
        for bulletin in session.scalars(select(Bulletin)):
            starts_at = bulletin.session.starts_at
            stands = all(item.article is None or item.article.is_airable(now) for item in bulletin.items)
            if starts_at > now or not stands:
                local = starts_at.astimezone(now.tzinfo)
                found[bulletin.sha256] = f"zones/tt/{local:%Y-%m-%d}/{local:%H%M}.mp3"
        for rendition in session.scalars(select(Rendition)):
            if rendition.article is not None and not rendition.article.is_airable(now):
                found[rendition.media_sha256] = "no path of its own"
    return found


def untold(station: Station, now: datetime) -> list[str]:
    """Words of articles that nobody may read at an instant."""
    with station.database.reading() as session:
        return [
            f"Chuyện của {article.ref}" for article in session.scalars(select(Article)) if not article.is_airable(now)
        ]


def test_packed_twins_say_what_their_texts_say_and_nothing_older(station: Station) -> None:
    for moment in MOMENTS:
        station.publish(at(f"2026-{moment}"))
        root = station.settings.public_folder
        twins = {path.relative_to(root).as_posix(): path for path in root.rglob("*.gz")}
        texts = [path for path in tree_of(root) if not path.endswith((".mp3", ".png"))]
        assert sorted(twins) == sorted(f"{path}.gz" for path in texts)
        assert all(gzip.decompress(twins[f"{path}.gz"].read_bytes()) == (root / path).read_bytes() for path in texts)


def test_what_was_taken_away_is_remembered_and_what_comes_back_is_not_called_gone(station: Station) -> None:
    root = station.settings.public_folder
    noon, before = at("2026-11-10T12:00"), at("2026-11-10T11:00")
    station.publish(noon)
    held = set(tree_of(root))
    assert not any(is_gone(root, path) for path in held)
    changes = station.publish(before)
    assert "articles/B.html" in changes.removed
    assert all(is_gone(root, path) for path in changes.removed)
    assert not any(is_gone(root, path) for path in tree_of(root))
    station.publish(noon)
    assert not any(is_gone(root, path) for path in changes.removed)
    for path in ("articles/never.html", "articles", "", "/", "../data.sqlite", "articles/../articles/B.html", "a\0b"):
        assert not is_gone(root, path)
