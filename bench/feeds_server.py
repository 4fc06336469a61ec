"""The web process over a public tree, on its own, for the benchmarks: `python -m bench.feeds_server DATA PORT`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from broadcaster.app import create_app, listening
from broadcaster.config import Settings
from broadcaster.db import Database


def main(arguments: list[str]) -> int:
    data, port = arguments
    settings = Settings(data=Path(data))
    # The tree is served without a database; where the benchmark made none, a place where there can be none shows it.
    there = (settings.data / "broadcaster.sqlite").exists()
    database = Database(settings.database if there else "sqlite:////proc/no-such-place.sqlite")
    app = create_app(settings, database, clock=lambda: datetime.now(UTC))
    with listening(app, host="127.0.0.1", port=int(port), clock=lambda: datetime.now(UTC), tick=None) as server:
        server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
