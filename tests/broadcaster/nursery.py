"""A process that starts ticks as its children and kills them: imports are paid for once, each child begins clean.

Reads one JSON object a line: the data folder, the moment, and optionally after how many steps of the child's work, and
how many milliseconds more, it is to be killed. Answers how many steps were made and how the child ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.scripts import Voice
from broadcaster.tasks import tick

#: What counts as a step: everything that changes a folder, starts a process, or speaks to the database.
STEPS = frozenset({"open", "os.rename", "os.link", "os.remove", "os.mkdir", "subprocess.Popen", "fcntl.flock"})


def settings_of(folder: Path) -> Settings:
    return Settings(data=folder, tts="monotone", public_url="http://127.0.0.1:8000", station="Đài thị xã Thử")


def work(folder: Path, now: datetime, kill_after: int | None, said: int) -> int:
    """The child: one tick; says so on the pipe when it has come to its step, and how many there were at the end."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1
        if steps == kill_after:
            os.write(said, b"!")

    def audited(name: str, _arguments: object) -> None:
        if name in STEPS:
            step()

    def executed(*_arguments: Any) -> None:
        step()

    sys.addaudithook(audited)
    event.listen(Engine, "before_cursor_execute", executed)
    event.listen(Engine, "commit", executed)
    settings = settings_of(folder)
    database = Database(settings.database)
    done = tick(database, settings, Voice.of_station(settings.tts), now=now)
    database.close()
    os.write(said, json.dumps({"steps": steps, "failures": done.rendered.failures}).encode())
    return 0


def one_run(asked: dict[str, Any]) -> dict[str, Any]:
    """Starts a child, kills it at its moment, and answers how it ended."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            code = work(Path(asked["data"]), datetime.fromisoformat(asked["now"]), asked.get("kill_after"), said)
        except BaseException as failure:  # noqa: BLE001 - a child must never return into its parent's loop
            print(repr(failure), file=sys.stderr)
            code = 1
        os._exit(code)
    os.close(said)
    words = b""
    with os.fdopen(heard, "rb", buffering=0) as pipe:
        while piece := pipe.read(65536):
            if piece.startswith(b"!"):
                time.sleep(asked.get("delay_ms", 0) / 1000)
                os.kill(child, signal.SIGKILL)
                piece = piece[1:]
            words += piece
    _pid, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {"killed": killed, "code": os.waitstatus_to_exitcode(status), "said": words.decode()}


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(one_run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
