"""An airing stays until the server has answered for it; what is rejected is put aside; the token stays secret."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from broadcaster.agent import town_player as agent
from broadcaster.app import create_app
from broadcaster.models import Airing
from broadcaster.players import player_of_code, rotate_keys
from broadcaster.publishing import publish
from tests.broadcaster.agent.unruly import NOW, SOUND, Asked, Trick, Unruly, hang, item, lie, manifest, options
from tests.broadcaster.conftest import Town
from tests.broadcaster.web.conftest import served

TOKEN = "bcw_" + "Secret" * 7 + "x"
ADDRESS, BEAT = "/api/v1/airings", "/api/v1/heartbeat"
Answer = Callable[[list[dict[str, Any]]], object]


def answering(answer: Answer, status: int = 200) -> Trick:
    """A server that answers what a test makes of the rows."""

    def trick(line: socket.socket, asked: Asked, _content: bytes) -> None:
        body = json.dumps(answer(json.loads(asked.body)["airings"])).encode()
        head = f"HTTP/1.1 {status} Words\r\nContent-Length: {len(body)}\r\n\r\n"
        line.sendall(head.encode() + body)

    return trick


def all_of(status: str) -> Answer:
    return lambda rows: {
        "results": [{"event_id": row["event_id"], "status": status, "reason": "vì sao"} for row in rows]
    }


@pytest.fixture
def kept(server: Unruly, folder: Path) -> agent.Agent:
    """An agent with three airings that wait, and a server that is well."""
    server.publish(manifest(item()), SOUND)
    server.always[BEAT] = lie(200, b"{}", Content_Length="2")
    made = agent.Agent(options(server, folder, report=server.url, token=TOKEN))
    for number in range(3):
        made.outbox.add(
            item()["id"], started_at=NOW, steady=None, played_ms=number, outcome="played", event_id=str(number)
        )
    return made


def waiting(folder: Path) -> list[str]:
    """The events that wait, by a process that starts anew."""
    rows = [json.loads(path.read_text("utf-8"))["row"] for path in (folder / ".town-player" / "outbox").glob("*.json")]
    return sorted(row["event_id"] for row in rows)


def test_what_is_answered_for_goes_and_the_rest_stays(server: Unruly, folder: Path, kept: agent.Agent) -> None:
    some: list[object] = [{"event_id": "0", "status": "recorded"}, {"event_id": "1", "status": "duplicate"}, 7]
    server.always[ADDRESS] = answering(lambda _rows: {"results": some})
    outcome = kept.pull()
    assert waiting(folder) == ["2"]
    assert outcome.waiting == 1
    assert "not whole" in outcome.problem
    server.always[ADDRESS] = answering(all_of("recorded"))
    assert kept.pull().waiting == 0


UNANSWERED = {
    "500": lie(500, b"", Content_Length="0"),
    "404": lie(404, b"", Content_Length="0"),
    "429": lie(429, b"", Content_Length="0"),
    "401": lie(401, b"", Content_Length="0"),
    "a page": lie(200, b"<html>", Content_Length="6"),
    "no results": lie(200, b"{}", Content_Length="2"),
    "results that are none": lie(200, b'{"results": 1}', Content_Length="14"),
    "cut": lie(200, b'{"results": [', Content_Length="900"),
    "silence": hang(),
    "nothing": lambda _line, _asked, _content: None,
    "a redirect": lie(307, b"", Location="/api/v1/other"),
    "a redirect elsewhere": lie(302, b"", Location="http://localhost:9/x"),
}


@pytest.mark.parametrize("answer", UNANSWERED)
def test_without_an_answer_nothing_is_lost_and_the_folder_is_kept_all_the_same(
    answer: str, server: Unruly, folder: Path, kept: agent.Agent
) -> None:
    server.always[ADDRESS] = UNANSWERED[answer]
    outcome = kept.pull()
    assert waiting(folder) == ["0", "1", "2"]
    assert (outcome.ok, outcome.waiting) == (True, 3)
    assert "3" in outcome.problem
    assert all(one.path != "/api/v1/other" for one in server.asked), "a token follows no redirect"


def test_what_the_server_rejects_is_put_aside_with_its_reason_and_shown(
    server: Unruly, folder: Path, kept: agent.Agent
) -> None:
    server.always[ADDRESS] = answering(all_of("rejected"))
    outcome = kept.pull()
    assert waiting(folder) == []
    assert len(outcome.rejected) == 3
    assert "vì sao" in "\n".join(outcome.lines)
    again = kept.pull()
    assert len(again.rejected) == 3, "it is shown until somebody has looked after it"
    beat = json.loads(next(one for one in server.asked if one.path == BEAT).body)
    assert beat["airings_rejected"] == 3


def test_one_row_that_breaks_the_server_does_not_hold_up_the_others(
    server: Unruly, folder: Path, kept: agent.Agent
) -> None:
    def trick(line: socket.socket, asked: Asked, content: bytes) -> None:
        rows = json.loads(asked.body)["airings"]
        poison = any(row["event_id"] == "2" for row in rows)
        answering(all_of("recorded"), 500 if poison else 200)(line, asked, content)

    server.always[ADDRESS] = trick
    kept.pull()
    assert waiting(folder) == ["2"]


def test_a_note_that_was_torn_is_put_aside_and_the_others_are_sent(
    server: Unruly, folder: Path, kept: agent.Agent
) -> None:
    (folder / ".town-player" / "outbox" / "0torn.json").write_text("{")
    server.always[ADDRESS] = answering(all_of("recorded"))
    assert kept.pull().sent == 3
    assert [path.name for path in (folder / ".town-player" / "rejected").iterdir()] == ["0torn.broken"]


def test_the_age_of_a_play_goes_along_within_one_boot_and_what_was_known_then_beyond(
    server: Unruly, folder: Path, kept: agent.Agent
) -> None:
    wrong = datetime(1999, 1, 1, tzinfo=UTC)
    steady = kept.clock.steady() - 100
    kept.outbox.add("a", started_at=wrong, steady=steady, played_ms=1, outcome="played", event_id="same boot")
    kept.outbox.add("a", started_at=wrong, steady=steady, played_ms=1, outcome="played", event_id="old", known_at=NOW)
    for path in (folder / ".town-player" / "outbox").glob("*.json"):
        note = json.loads(path.read_text("utf-8"))
        if note["row"]["event_id"] == "old":
            note["notes"]["boot"] = "another"
            path.write_text(json.dumps(note))
    server.always[ADDRESS] = answering(all_of("recorded"))
    kept.pull()
    body = json.loads(next(one for one in server.asked if one.path == ADDRESS).body)
    rows = {row["event_id"]: row for row in body["airings"]}
    assert 100_000 <= rows["same boot"]["age_ms"] < 130_000
    assert rows["same boot"]["started_at"].startswith("1999-01-01")
    assert "age_ms" not in rows["old"]
    assert datetime.fromisoformat(rows["old"]["started_at"]) == NOW
    assert datetime.fromisoformat(body["sent_at"]) == NOW


def test_the_token_is_sent_to_the_report_address_and_printed_nowhere(
    server: Unruly, folder: Path, tmp_path: Path
) -> None:
    secret = tmp_path / "khoa"
    secret.write_text(TOKEN + "\n")
    server.publish(manifest(item(), valid_until="2190-01-01T00:00:00Z"), SOUND)
    server.date = None
    said = io.StringIO()
    command = ["pull", "--manifest", server.manifest_url, "--into", str(folder), "--report", server.url + ADDRESS]
    command += ["--timeout", "0.3", "--token-file", str(secret)]
    agent.Outbox(agent.Folder(folder), agent.Clock()).add(
        item()["id"], started_at=NOW, steady=None, played_ms=1, outcome="played"
    )
    with redirect_stdout(said), redirect_stderr(said):
        for answer in [*UNANSWERED.values(), answering(all_of("rejected"))]:
            server.always[ADDRESS] = server.always[BEAT] = answer
            agent.main(command)
            agent.main([*command, "--json"])
        agent.main(["status", "--into", str(folder)])
    shown = [one.headers.get("authorization") for one in server.asked]
    assert set(shown) == {None, f"Bearer {TOKEN}"}
    assert {one.path for one in server.asked if "authorization" in one.headers} <= {ADDRESS, BEAT}
    kept = said.getvalue() + "".join(path.read_text("utf-8", "replace") for path in folder.rglob("*.json"))
    assert "Secret" not in kept
    assert "f" * 64 not in said.getvalue(), "nor is the read key"
    assert TOKEN not in repr(options(server, folder, token=TOKEN))


def test_a_play_is_reported_by_hand_and_goes_with_the_next_pull(
    server: Unruly, folder: Path, kept: agent.Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    server.always[ADDRESS] = answering(all_of("recorded"))
    kept.pull()
    command = ["report", item()["id"], "--into", str(folder), "--outcome", "partial", "--played-ms", "900"]
    assert agent.main([*command, "--reason", "mất điện"]) == 0
    assert agent.main(["report", "khong-co", "--into", str(folder)]) == 1
    assert agent.main([*command, "--started-at", "nay"]) == 1
    assert "khong-co" in capsys.readouterr().err
    kept.pull()
    row = json.loads([one for one in server.asked if one.path == ADDRESS][-1].body)["airings"][0]
    assert (row["outcome"], row["played_ms"], row["reason"]) == ("partial", 900, "mất điện")
    assert datetime.fromisoformat(row["started_at"]) == NOW + timedelta(hours=2)


def test_with_the_real_server_a_day_is_pulled_played_reported_and_told(small_town: Town, tmp_path: Path) -> None:
    town = small_town
    with town.database.writing() as session:
        keys = rotate_keys(session, "loa-vb", read_key=True, token=True, by="quan-tri", now=town.now)
    publish(town.database, town.settings, town.voice, now=town.now)
    app = create_app(town.settings, town.database, clock=lambda: town.now)
    with served(app) as host:
        made = agent.Agent(
            agent.Options(
                manifest=f"http://{host}/players/{keys.read_key}/manifest.json",
                into=tmp_path / "loa",
                report=f"http://{host}",
                token=keys.token or "",
                keep_free_bytes=0,
                wall=town.now.timestamp,
                follow_server=False,
            )
        )
        first = made.pull()
        assert first.state == "in-line", first.lines
        assert made.pull().got == []
        held = made.held_manifest()
        assert held is not None
        for one in held.items:
            assert agent.digest_of(made.folder.root / one.name) == one.sha256
        (played,) = [one for one in held.items if "-20261110-0530-" in one.id]
        assert played.starts_at is not None
        made.outbox.add(
            played.id,
            started_at=played.starts_at,
            steady=None,
            played_ms=played.length_ms,
            outcome="played",
            event_id="1",
        )
        made.outbox.add("la-lung", started_at=town.now, steady=None, played_ms=1, outcome="played", event_id="2")
        outcome = made.pull()
    assert (outcome.sent, outcome.waiting, len(outcome.rejected)) == (1, 0, 1)
    assert "la-lung" in outcome.rejected[0]["rejected"]["reason"]
    with town.database.reading() as session:
        player = player_of_code(session, "loa-vb")
        airing = session.scalars(select(Airing).where(Airing.player_id == player.id)).one()
        assert (airing.started_at, airing.played_ms, airing.skew_ms) == (played.starts_at, played.length_ms, 0)
        assert player.status is not None
        assert sorted(player.status.holds) == sorted(one.id for one in held.items)
        assert (player.status.agent, player.status.skew_ms) == (f"town-player/{agent.VERSION}", 0)
