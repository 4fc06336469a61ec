"""With a play command the agent plays what is due, an interrupt before anything else, and books what was heard."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.agent import town_player as agent
from tests.broadcaster.agent.unruly import NOW, SOUND, Unruly, item, manifest, options

URGENT = SOUND[::-1]
PYTHON = shlex.quote(sys.executable)
SLEEPS = f"{PYTHON} -c 'import time; time.sleep(60)' {{file}}"
ENDS = f"{PYTHON} -c pass {{file}}"
FAILS = f"{PYTHON} -c 'import sys; sys.exit(3)' {{file}}"


class Station:
    """An agent whose clock a test moves."""

    def __init__(self, server: Unruly, folder: Path) -> None:
        self.server, self.folder, self.shift_s = server, folder, 0.0
        self.players: list[agent.Player] = []
        self.agent = self.started()

    def started(self) -> agent.Agent:
        """A process that begins now."""
        made = agent.Agent(
            options(self.server, self.folder, wall=lambda: NOW.timestamp() + self.shift_s, follow_server=False)
        )
        steady = made.clock.steady
        begun = steady()
        # Both clocks go by the test's hand alone.
        made.clock.steady = lambda: begun + self.shift_s  # type: ignore[method-assign]
        return made

    def player(self, command: str) -> agent.Player:
        self.players.append(agent.Player(self.agent, command))
        return self.players[-1]

    def step(self, player: agent.Player) -> None:
        player.step(self.agent.held_manifest())

    def until_over(self, player: agent.Player) -> None:
        """Waits for the command that plays to end, and lets the player see it."""
        assert player.current is not None
        player.current.process.wait(20)
        self.step(player)

    def airings(self) -> list[dict[str, Any]]:
        paths = sorted(
            (self.folder / ".town-player" / "outbox").glob("*.json"), key=lambda path: path.stat().st_mtime_ns
        )
        return [json.loads(path.read_text("utf-8"))["row"] for path in paths]


@pytest.fixture
def station(server: Unruly, folder: Path) -> Iterator[Station]:
    made = Station(server, folder)
    yield made
    for player in made.players:
        if player.current is not None:
            player.current.process.kill()
            player.current.process.wait()


def on_air(player: agent.Player) -> agent.Playing | None:
    return player.current


def due(after_s: float = 0, sound: bytes = SOUND, number: int = 1) -> dict[str, Any]:
    return item(sound, number, NOW + timedelta(seconds=after_s))


def interrupt(**changes: Any) -> dict[str, Any]:
    row = {**item(URGENT, 7), "id": "tt-khan-1-aaaaaaaa", "play": "now", "length_ms": 20_000, **changes}
    row.setdefault("expires_at", (NOW + timedelta(minutes=30)).isoformat())
    return row


def test_what_is_due_is_played_once_and_booked_whole(server: Unruly, station: Station) -> None:
    row = due(30)
    server.publish(manifest(row), SOUND)
    station.agent.pull()
    player = station.player(ENDS)
    station.step(player)
    assert on_air(player) is None, "it is not its time yet"
    station.shift_s = 31
    station.step(player)
    assert on_air(player) is not None
    station.shift_s = 31 + 61
    station.until_over(player)
    station.step(player)
    (airing,) = station.airings()
    assert (airing["item_id"], airing["outcome"], airing["played_ms"]) == (row["id"], "played", row["length_ms"])
    again = agent.Player(station.started(), ENDS)
    again.step(station.agent.held_manifest())
    assert again.current is None, "a process that is started again does not play it again"


@pytest.mark.parametrize(
    ("command", "after_s", "outcome", "played_ms", "words"),
    [
        (ENDS, 20, "partial", 20_000, "ended early"),
        (FAILS, 20, "partial", 20_000, "status 3"),
        (FAILS, 0.5, "failed", 500, "status 3"),
    ],
)
def test_a_command_that_ends_too_soon_is_no_whole_play(
    command: str, after_s: float, outcome: str, played_ms: int, words: str, server: Unruly, station: Station
) -> None:
    server.publish(manifest(due()), SOUND)
    station.agent.pull()
    player = station.player(command)
    station.step(player)
    station.shift_s = after_s
    station.until_over(player)
    (airing,) = station.airings()
    assert (airing["outcome"], airing["played_ms"]) == (outcome, played_ms)
    assert words in airing["reason"]


def test_an_interrupt_is_played_at_once_and_the_seconds_it_took_are_booked(server: Unruly, station: Station) -> None:
    row, urgent = due(), interrupt()
    server.publish(manifest(row), SOUND, URGENT)
    station.agent.pull()
    player = station.player(SLEEPS)
    station.step(player)
    station.shift_s = 12
    server.publish(manifest(row, interrupts=[urgent]))
    station.agent.pull()
    station.step(player)
    assert player.current is not None
    assert player.current.item.id == urgent["id"]
    (cut,) = station.airings()
    assert (cut["item_id"], cut["outcome"], cut["played_ms"]) == (row["id"], "partial", 12_000)
    assert cut["interrupted_by"] == urgent["id"]
    station.shift_s = 32
    player.current.process.kill()
    station.until_over(player)
    assert station.airings()[-1]["item_id"] == urgent["id"]
    station.step(player)
    assert player.current is None, "neither is played a second time"


def test_an_interrupt_that_has_expired_or_is_not_here_yet_interrupts_nothing(server: Unruly, station: Station) -> None:
    gone = interrupt(expires_at=(NOW + timedelta(seconds=5)).isoformat())
    server.publish(manifest(due(60), interrupts=[gone]), SOUND, URGENT)
    station.agent.pull()
    (station.folder / f"{gone['id']}.mp3").unlink()
    player = station.player(SLEEPS)
    station.step(player)
    assert player.current is None
    station.agent.pull()
    station.shift_s = 6
    station.step(player)
    assert player.current is None


def test_a_drill_is_said_to_be_one(server: Unruly, station: Station) -> None:
    said: list[str] = []
    station.agent.on_line = said.append
    server.publish(manifest(interrupts=[interrupt(drill=True)]), URGENT)
    station.agent.pull()
    station.step(station.player(SLEEPS))
    assert said[-1].startswith("DRILL")


def test_after_a_power_cut_the_play_is_booked_as_far_as_it_was_noted(server: Unruly, station: Station) -> None:
    server.publish(manifest(due()), SOUND)
    station.agent.pull()
    player = station.player(SLEEPS)
    station.step(player)
    station.shift_s = 10
    station.step(player)
    station.shift_s = 13
    agent.Player(station.started(), SLEEPS)
    (airing,) = station.airings()
    assert (airing["outcome"], airing["played_ms"]) == ("partial", 10_000)
    assert "stopped in the middle" in airing["reason"]


def test_what_was_not_on_the_air_is_told_with_the_reason(server: Unruly, station: Station) -> None:
    rows = [due(30), due(60, URGENT, 2)]
    server.publish(manifest(*rows), SOUND)
    station.agent.pull()
    player = station.player(SLEEPS)
    station.shift_s = 20
    station.step(player)
    station.shift_s = 400
    restarted = agent.Player(station.started(), SLEEPS)
    restarted.step(station.agent.held_manifest())
    told = {airing["item_id"]: (airing["outcome"], airing["reason"]) for airing in station.airings()}
    assert told == {
        rows[0]["id"]: ("failed", "the player was not running when it was due"),
        rows[1]["id"]: ("failed", "the player was not running when it was due"),
    }
    restarted.step(station.agent.held_manifest())
    assert len(station.airings()) == 2


def test_an_item_that_never_came_is_told_by_a_player_that_was_there(server: Unruly, station: Station) -> None:
    row = due(30)
    server.publish(manifest(row))
    station.agent.pull()
    player = station.player(SLEEPS)
    station.step(player)
    for station.shift_s in (31, 100, 160):
        station.step(player)
    (airing,) = station.airings()
    assert (airing["item_id"], airing["reason"]) == (row["id"], "the item had not been received when it was due")


def test_a_command_that_cannot_be_run_is_a_failed_play(server: Unruly, station: Station) -> None:
    server.publish(manifest(due()), SOUND)
    station.agent.pull()
    station.step(station.player("no-such-player-anywhere {file}"))
    (airing,) = station.airings()
    assert (airing["outcome"], airing["played_ms"]) == ("failed", 0)


def test_nothing_is_played_by_a_manifest_that_has_expired(server: Unruly, station: Station) -> None:
    server.publish(manifest(due(100), valid_until=(NOW + timedelta(seconds=50)).isoformat()), SOUND)
    station.agent.pull()
    player = station.player(SLEEPS)
    station.shift_s = 101
    station.step(player)
    assert player.current is None


def test_the_service_pulls_at_the_manifests_pace_and_slows_down_in_vain(server: Unruly, station: Station) -> None:
    service = agent.Service(station.agent)
    assert 50 < service.wait_s() < 70
    server.publish(manifest(poll_s=30))
    station.agent.pull()
    assert 25 < service.wait_s() < 35
    service.failures = 3
    assert 200 < service.wait_s() < 280
    service.failures = 60
    assert 250 < service.wait_s() < 350
