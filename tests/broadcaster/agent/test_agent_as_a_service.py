"""The whole service as it runs beside a loudspeaker: it pulls, plays, is interrupted, reports, ends when told."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from broadcaster.agent import town_player as agent
from tests.broadcaster.agent.test_agent_keeps_its_airings import ADDRESS, BEAT, TOKEN, all_of, answering
from tests.broadcaster.agent.unruly import SOUND, Unruly, item, lie, manifest

URGENT = SOUND[::-1]
PATIENCE_S = 30.0


def until(seen: Callable[[], bool]) -> None:
    """Waits for what is bound to happen."""
    ends = time.monotonic() + PATIENCE_S
    while not seen():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.1)


def reported(server: Unruly) -> list[dict[str, Any]]:
    bodies = [json.loads(one.body) for one in list(server.asked) if one.path == ADDRESS]
    return [row for body in bodies for row in body["airings"]]


def test_a_service_plays_is_interrupted_reports_and_ends_when_told(
    server: Unruly, folder: Path, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    server.date = None
    server.always[ADDRESS] = answering(all_of("recorded"))
    server.always[BEAT] = lie(200, b"{}", Content_Length="2")
    row = item(SOUND, 1, now)
    given = {"poll_s": 1, "generated_at": now.isoformat(), "valid_until": (now + timedelta(hours=1)).isoformat()}
    server.publish(manifest(row, **given), SOUND, URGENT)
    arguments = tmp_path / "arguments"
    playing = tmp_path / "playing.py"
    playing.write_text("import time\ntime.sleep(60)\n")
    lines = ["--manifest", server.manifest_url, "--into", str(folder), "--report", server.url, "--token", TOKEN]
    lines += ["--keep-free-mb", "0", "--lang", "en", "--play", f"'{sys.executable}' '{playing}' {{file}}"]
    arguments.write_text("\n".join(lines))
    process = subprocess.Popen(
        [sys.executable, agent.__file__, "serve", f"@{arguments}"], stdout=subprocess.PIPE, text=True
    )
    try:
        until(lambda: (folder / ".town-player" / "playing.json").exists())
        urgent = {**item(URGENT, 7), "id": "tt-khan-1-aaaaaaaa", "play": "now", "length_ms": 20_000}
        urgent["expires_at"] = given["valid_until"]
        server.publish(manifest(row, interrupts=[urgent], **given))
        until(lambda: any(one["item_id"] == row["id"] for one in reported(server)))
        cut = next(one for one in reported(server) if one["item_id"] == row["id"])
        assert (cut["outcome"], cut["interrupted_by"]) == ("partial", urgent["id"])
        assert 0 < cut["played_ms"] < 30_000
        assert 0 <= cut["age_ms"] < 60_000
    finally:
        process.send_signal(signal.SIGTERM)
        said, _errors = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert f"Playing {urgent['id']}" in said
    assert TOKEN not in said
    (left,) = [
        json.loads(path.read_text("utf-8"))["row"] for path in (folder / ".town-player" / "outbox").glob("*.json")
    ]
    assert (left["item_id"], left["outcome"], left["reason"]) == (urgent["id"], "partial", "stopped by the operator")
