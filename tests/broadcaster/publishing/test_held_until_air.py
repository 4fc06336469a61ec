"""Until its last minute a bulletin is for players alone, though everybody can guess its name from the calendar."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from broadcaster.app import create_app
from broadcaster.models import BroadcastSession, Player, Zone
from broadcaster.publishing.held import Markers
from broadcaster.web.kept import KeptAnswers, Sent
from broadcaster.web.plainfiles import open_plain
from tests.broadcaster.publishing.buckets import KEYS, bucket_service
from tests.broadcaster.publishing.stations import READ_KEY, SESSIONS, Station, at
from tests.broadcaster.trees import tree_of

MORNING = "zones/tt/2026-11-10/0530.mp3"
FOREIGN_KEY = "khoa-cua-dia-ban-khac-0123456789"
MOMENTS = ["11-09T06:00", "11-10T05:28", "11-10T05:29", "11-10T05:30", "11-10T12:00", "11-11T05:30", "12-01T05:30"]


@pytest.fixture
def client(station: Station) -> FlaskClient:
    return create_app(station.settings, station.database, clock=lambda: at("2026-11-10T04:00")).test_client()


def guessed(now: datetime) -> Iterator[tuple[datetime, str]]:
    """Every hour that the calendar tells, as the path that anybody can make of it."""
    for name in SESSIONS:
        starts_at = at(f"2026-{name}")
        yield starts_at, f"zones/tt/{starts_at:%Y-%m-%d}/{starts_at:%H%M}.mp3"


def asked(client: FlaskClient, path: str, key: str | None = None) -> int:
    """The one status that GET, HEAD and a part all come to."""
    query = {} if key is None else {"key": key}
    answers: list[TestResponse] = [
        client.get(f"/{path}", query_string=query),
        client.head(f"/{path}", query_string=query),
        client.get(f"/{path}", query_string=query, headers={"Range": "bytes=1-"}),
    ]
    found = {200 if answer.status_code == 206 else answer.status_code for answer in answers}
    assert len(found) == 1, found
    return found.pop()


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_path_that_the_calendar_gives_away_can_be_fetched_before_its_last_minute(
    station: Station, client: FlaskClient, moment: str
) -> None:
    now = at(f"2026-{moment}")
    station.publish(now)
    there = tree_of(station.settings.public_folder)
    for starts_at, path in guessed(now):
        if starts_at - now > timedelta(minutes=1):
            assert asked(client, path) == 404, path
            assert asked(client, path, READ_KEY) == (200 if path in there else 404), path
        elif path in there:
            assert asked(client, path) == 200, path
    assert {path for path in there if path in Markers(station.settings.public_folder).paths()} == {
        path for starts_at, path in guessed(now) if path in there and starts_at - now > timedelta(minutes=1)
    }


@pytest.mark.parametrize(
    ("moment", "status"),
    [("05:27:59", 404), ("05:28:00", 404), ("05:28:59", 404), ("05:29:00", 200), ("05:29:59", 200), ("05:30:00", 200)],
)
def test_it_opens_with_the_publication_of_the_last_minute(
    station: Station, client: FlaskClient, moment: str, status: int
) -> None:
    station.publish(at(f"2026-11-10T{moment}"))
    assert asked(client, MORNING) == status
    assert asked(client, MORNING, READ_KEY) == 200


def test_publishing_again_changes_no_marker_and_a_missed_minute_is_caught_up(
    station: Station, client: FlaskClient
) -> None:
    markers = Markers(station.settings.public_folder)
    station.publish(at("2026-11-10T04:00"))
    before = markers.paths()
    assert MORNING in before
    assert not station.publish(at("2026-11-10T04:00"))
    assert markers.paths() == before
    station.publish(at("2026-11-10T06:00"))
    assert MORNING not in markers.paths()
    assert asked(client, MORNING) == 200


def test_a_session_that_moved_is_held_under_its_new_name(station: Station, client: FlaskClient) -> None:
    station.publish(at("2026-11-10T05:29"))
    with station.database.writing() as session:
        station.broadcast(session, "11-10T05:30").starts_at = at("2026-11-10T06:15")
    station.publish(at("2026-11-10T05:29"))
    assert asked(client, MORNING) == 410
    assert asked(client, "zones/tt/2026-11-10/0615.mp3") == 404
    station.publish(at("2026-11-10T06:14"))
    assert asked(client, "zones/tt/2026-11-10/0615.mp3") == 200


def test_what_is_taken_out_before_it_aired_leaves_no_marker(station: Station) -> None:
    root = station.settings.public_folder
    station.publish(at("2026-11-10T04:00"))
    with station.database.writing() as session:
        station.broadcast(session, "11-10T05:30").cancelled_why = "closed"
        row = session.scalars(
            select(BroadcastSession).where(BroadcastSession.starts_at == at("2026-11-10T05:30"))
        ).one()
        row.starts_at = at("2026-12-20T05:30")
    station.publish(at("2026-11-10T04:00"))
    assert not (root / MORNING).exists()
    assert MORNING not in Markers(root).paths()
    assert not (Markers(root).folder / MORNING).parent.joinpath("0530.mp3").exists()


def test_a_clock_that_went_back_closes_it_again_also_for_who_asked_before(
    station: Station, client: FlaskClient
) -> None:
    root = station.settings.public_folder
    station.publish(at("2026-11-10T05:30"))
    kept, question = KeptAnswers(root), b"GET /" + MORNING.encode() + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    file = open_plain(root, MORNING)
    assert file is not None
    kept.keep(question, b"HTTP/1.1 304\r\nDate: x\r\n\r\n", Sent(MORNING, file.identity), closes=False)
    assert kept.find(question, 1) is not None
    station.publish(at("2026-11-10T05:00"))
    assert asked(client, MORNING) == 404
    kept.keep(question, b"HTTP/1.1 304\r\nDate: x\r\n\r\n", Sent(MORNING, file.identity), closes=False)
    assert kept.find(question, 1) is None


def test_the_key_of_another_zone_or_of_a_revoked_player_opens_nothing(station: Station, client: FlaskClient) -> None:
    now = at("2026-11-10T04:00")
    with station.database.writing() as session:
        zone = Zone(code="vb", name="Ven bãi")
        session.add(Player(code="loa-vb", name="Loa", zone=zone, read_key=FOREIGN_KEY, token_hash="-"))
    station.publish(now)
    for key in (FOREIGN_KEY, "", READ_KEY[:-1], f"../players/{READ_KEY}", READ_KEY + "\0", "a" * 5000):
        assert asked(client, MORNING, key) == 404
    assert asked(client, MORNING, READ_KEY) == 200
    with station.database.writing() as session:
        session.scalars(select(Player).where(Player.code == "loa")).one().revoked_at = now
    station.publish(now)
    assert asked(client, MORNING, READ_KEY) == 404


def test_a_bucket_gets_a_bulletin_under_its_name_in_the_last_minute(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret)
    with bucket_service() as (url, bucket):
        station.settings = station.settings.model_copy(update={"storage_url": url})
        for moment, is_there in (("05:28", False), ("05:29", True), ("05:00", False)):
            station.publish(at(f"2026-11-10T{moment}"))
            assert any(key.endswith(MORNING) for key in bucket.objects) is is_there, moment
        manifest = next(data for key, (data, _headers) in bucket.objects.items() if key.endswith("/manifest.json"))
        item = next(item for item in json.loads(manifest)["items"] if item["id"] == "11-10T05:30")
        # Players hold it all the same, under the name that nobody guesses.
        assert item["path"].startswith("media/")
        assert any(key.endswith(item["path"]) for key in bucket.objects)


def test_a_marker_stands_before_its_bulletin_can_be_seen(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    root, seen = station.settings.public_folder, []
    really = Path.replace

    def watched(self: Path, target: Path) -> Path:
        path = Path(target).relative_to(root).as_posix() if Path(target).is_relative_to(root) else ""
        if path.startswith("zones/") and path.endswith(".mp3"):
            seen.append(Markers(root).stands(path))
        return really(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    station.publish(at("2026-11-10T04:00"))
    assert seen
    assert all(seen)
