"""`python -m audio COMMAND`: the library over files."""

from __future__ import annotations

import sys

from audio.command_line.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
