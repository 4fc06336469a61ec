"""What can go wrong in the application, in words a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class BroadcasterError(Exception):
    """A failure that is told to the user as it stands; `can_retry` says whether trying again may help."""

    can_retry = False


class BadSetting(BroadcasterError):
    """A setting is missing or wrong; every fault of the configuration is named at once."""


class NotFound(BroadcasterError):
    """What was asked for is not there."""


class NotAllowed(BroadcasterError):
    """The act is refused by a rule of the house, such as approving what one entered oneself."""


class OutOfDate(BroadcasterError):
    """Somebody changed the same thing in between; look at it again, then try again."""

    can_retry = True


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of an imported file: where it is and what is wrong."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class ImportRefused(BroadcasterError):
    """A file was not taken in: all its faults, each with its place. Nothing of it was stored."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
