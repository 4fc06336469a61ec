"""A manifest that is broken, old or of the future never replaces a good one; a wrong clock is seen through."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.agent import town_player as agent
from tests.broadcaster.agent.unruly import KEY, NOW, SOUND, Unruly, cut_after, hang, item, lie, manifest

Pull = Callable[..., agent.Outcome]
OTHER = SOUND[::-1]
ROW, OTHER_ROW = item(SOUND), item(OTHER, 2)
ADDRESS = f"/players/{KEY}/manifest.json"


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.mp3")}


def changed(**changes: Any) -> dict[str, Any]:
    return {**manifest(OTHER_ROW), **changes}


def row(**changes: Any) -> dict[str, Any]:
    return manifest({**OTHER_ROW, **changes})


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in manifest(OTHER_ROW).items() if name != key}


BROKEN: dict[str, Any] = {
    "no JSON": b"<html>",
    "cut JSON": json.dumps(manifest(OTHER_ROW)).encode()[:-9],
    "not UTF-8": b'{"version": 1, "zone": "\xff"}',
    "nested too deep": b"[" * 100_000,
    "a list": [],
    "a newer format": changed(version=2),
    "no version": without("version"),
    "a version that is true": changed(version=True),
    "no items": without("items"),
    "items that are none": changed(items=[1]),
    "no generation": without("generation"),
    "no end": without("valid_until"),
    "an end without offset": changed(valid_until="2026-11-12T08:00:00"),
    "an end that is no moment": changed(valid_until="tomorrow"),
    "a pace of nought": changed(poll_s=0),
    "no digest": row(sha256="x"),
    "a digest in capitals": row(sha256=OTHER_ROW["sha256"].upper()),
    "a path that climbs": row(path="../../etc/passwd"),
    "an absolute path": row(path="/etc/passwd"),
    "a path on another host": row(path="http://example.com/x.mp3"),
    "a name that climbs": row(id="../x"),
    "a hidden name": row(id=".town-player"),
    "an empty name": row(id=""),
    "a name with a stroke": row(id="a/b"),
    "no bytes": row(bytes=0),
    "bytes beyond any disk": row(bytes=10**15),
    "bytes as text": row(bytes="5"),
    "no start": row(starts_at=None),
    "two of one name": manifest(OTHER_ROW, OTHER_ROW),
    "two names that a disk may take for one": manifest(
        {**OTHER_ROW, "id": "Loa-20261110-1700-aaaaaaaa"}, {**OTHER_ROW, "id": "loa-20261110-1700-aaaaaaaa"}
    ),
    "an interrupt without end": changed(interrupts=[{"id": "i", "path": "a", "sha256": "0" * 64, "bytes": 1}]),
    "older in both its dates": changed(
        generated_at=(NOW - timedelta(days=2)).isoformat(), valid_until=(NOW + timedelta(hours=1)).isoformat()
    ),
    "expired": changed(valid_until=(NOW - timedelta(minutes=1)).isoformat()),
    "from the future": changed(generated_at=(NOW + timedelta(days=1)).isoformat()),
}
ANSWERS = {
    "cut": cut_after(40),
    "500": lie(500, b"", Content_Length="0"),
    "404": lie(404, b"", Content_Length="0"),
    "410": lie(410, b"", Content_Length="0"),
    "304 unasked": lie(304, b""),
    "redirected away": lie(301, b"", Location="http://example.com/manifest.json"),
    "silence": hang(),
    "endless": lie(200, b" " * (agent.LARGEST_MANIFEST_BYTES + 1)),
    "another length": lie(200, b"{}", Content_Length="900"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_bad_manifest_changes_nothing_and_is_told(fault: str, server: Unruly, pull: Pull, folder: Path) -> None:
    server.publish(manifest(ROW), SOUND, OTHER)
    assert pull().ok
    server.publish(BROKEN[fault])
    outcome = pull()
    assert (outcome.state, outcome.ok, outcome.fresh) == ("offline", True, False)
    assert names(folder) == {f"{ROW['id']}.mp3"}
    assert "last good one" in "\n".join(outcome.lines)
    assert not (folder.parent / "x").exists()
    server.publish(manifest(OTHER_ROW, generated_at=NOW.isoformat()))
    assert pull().state == "in-line"
    assert names(folder) == {f"{OTHER_ROW['id']}.mp3"}


@pytest.mark.parametrize("answer", ANSWERS)
def test_without_a_manifest_the_last_good_one_holds_until_its_end_and_no_longer(
    answer: str, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    assert pull().ok
    (folder / ".town-player" / "etag.json").unlink()
    server.always[ADDRESS] = ANSWERS[answer]
    offline = pull()
    assert (offline.state, offline.ok) == ("offline", True)
    later = NOW + timedelta(days=2, seconds=1)
    server.date = later
    expired = pull(wall=later.timestamp)
    assert (expired.state, expired.ok) == ("expired", False)
    assert "expired" in "\n".join(expired.lines)
    assert (folder / "today.m3u").read_text("utf-8") == "#EXTM3U\n"


def test_with_nothing_ever_received_there_is_nothing_and_it_is_told(server: Unruly, pull: Pull, folder: Path) -> None:
    outcome = pull()
    assert (outcome.state, outcome.ok) == ("nothing", False)
    assert "404" in outcome.problem
    server.publish(BROKEN["a newer format"])
    assert "update this program" in pull().problem
    assert names(folder) == set()


def test_an_expired_manifest_is_better_than_none_but_nothing_of_it_is_to_be_played(
    server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(BROKEN["expired"], OTHER)
    outcome = pull()
    assert (outcome.state, outcome.ok) == ("expired", False)
    assert names(folder) == {f"{OTHER_ROW['id']}.mp3"}
    assert (folder / "today.m3u").read_text("utf-8") == "#EXTM3U\n"


CLOCKS = [timedelta(days=-20_000), timedelta(days=-1), timedelta(hours=1), timedelta(days=400), timedelta(days=40_000)]


@pytest.mark.parametrize("ahead", CLOCKS)
def test_a_wrong_clock_is_set_right_by_the_servers_word(
    ahead: timedelta, server: Unruly, pull: Pull, folder: Path
) -> None:
    server.publish(manifest(ROW), SOUND)
    outcome = pull(wall=(NOW + ahead).timestamp)
    assert (outcome.state, outcome.ok) == ("in-line", True)
    assert abs(outcome.skew_s - ahead.total_seconds()) < 5
    assert "clock is off" in "\n".join(outcome.lines)
    assert f"{ROW['id']}.mp3" in (folder / "today.m3u").read_text("utf-8"), "today is the server's today"


def test_once_told_the_time_the_agent_counts_on_by_itself_whoever_sets_the_clock() -> None:
    wall = {"at": (NOW + timedelta(hours=5)).timestamp()}
    clock = agent.Clock(lambda: wall["at"])
    assert clock.now() == NOW + timedelta(hours=5)
    clock.heard(NOW, clock.steady())
    assert abs((clock.now() - NOW).total_seconds()) < 2
    wall["at"] = NOW.timestamp() - 86_400
    assert abs((clock.now() - NOW).total_seconds()) < 2
    wall["at"] = NOW.timestamp()
    clock.heard(NOW, clock.steady())
    assert clock.skew_s == 0


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Nov 2026 01:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"])
def test_a_server_that_does_not_know_the_day_sets_no_clock(date: str, server: Unruly, pull: Pull) -> None:
    body = json.dumps(manifest()).encode()
    server.always[ADDRESS] = lie(200, body, Content_Length=str(len(body)), Date=date)
    assert pull().skew_s == 0


def test_an_own_moment_is_not_overruled_by_the_server(server: Unruly, pull: Pull) -> None:
    server.publish(manifest(ROW), SOUND)
    server.date = datetime(2030, 1, 1, tzinfo=NOW.tzinfo)
    outcome = pull(follow_server=False)
    assert (outcome.state, outcome.skew_s) == ("in-line", 0)


def test_urgent_items_come_before_everything_else(server: Unruly, pull: Pull, folder: Path) -> None:
    urgent = {**item(OTHER, 7), "id": "tt-khan-1-aaaaaaaa", "play": "now"}
    urgent["expires_at"] = (NOW + timedelta(minutes=30)).isoformat()
    server.publish(manifest(ROW, interrupts=[urgent]), SOUND, OTHER)
    assert pull().got == [urgent["id"], ROW["id"]]
    assert f"{urgent['id']}.mp3" in (folder / "urgent.m3u").read_text("utf-8")
    later = NOW + timedelta(minutes=31)
    server.date = later
    assert pull(wall=later.timestamp).removed == [f"{urgent['id']}.mp3"]
    assert "mp3" not in (folder / "urgent.m3u").read_text("utf-8")


def test_the_words_stand_in_both_languages_with_the_same_places() -> None:
    for key, (vietnamese, english) in agent.WORDS.items():
        places = [sorted(part.split("}")[0] for part in text.split("{")[1:]) for text in (vietnamese, english)]
        assert places[0] == places[1], key
