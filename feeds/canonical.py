"""JSON that is written in one way only."""

import json


def compact(value: object) -> str:
    """One line, keys in the order given, Vietnamese as it is, no blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def sorted_lines(value: object) -> bytes:
    """A document with sorted keys, indented so that a person can read and compare it."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
