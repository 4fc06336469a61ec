"""The application over a town at a moment that stands still, in a process of its own: `… DATA PORT NOW`."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from broadcaster.app import create_app, listening
from broadcaster.config import Settings
from broadcaster.db import Database


def main(arguments: list[str]) -> int:
    data, port, moment = arguments
    now = datetime.fromisoformat(moment)
    settings = Settings(data=Path(data), tts="monotone", public_url="http://127.0.0.1:8000", station="Đài thị xã Thử")
    app = create_app(settings, Database(settings.database), clock=lambda: now)
    with listening(app, host="127.0.0.1", port=int(port), clock=lambda: now, tick=None) as server:
        print("ready", flush=True)
        server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
