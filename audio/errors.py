"""The root of what can go wrong with sound."""

from __future__ import annotations


class AudioError(Exception):
    """Something about sound that could not be done; the message says what, in Vietnamese, for the person at the desk.

    `can_retry` says whether the same call may succeed later without anything being changed by a person.
    """

    can_retry = False
