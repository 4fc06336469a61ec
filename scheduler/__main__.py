"""``python -m scheduler``: the scheduler as a command over files."""

from __future__ import annotations

import sys

from scheduler.command_line import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
