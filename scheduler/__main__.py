"""``python -m scheduler``: the scheduler as a command over files."""

from __future__ import annotations

import sys
import time

BEGAN = time.monotonic()

# After the clock is read, so that loading counts as part of the time that a plan may take.
from scheduler.command_line import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], began=BEGAN))
