"""What every voice has in common."""

from __future__ import annotations

import re
from typing import Protocol

from audio.pcm import Pcm

#: Faster than any speaker: fewer milliseconds of sound a syllable than this mean that the answer was cut short.
SHORTEST_SYLLABLE_MS = 60
_WORD = re.compile(r"\w+")
#: What an engine could take for markup or control: C0 and C1 characters, brackets, angles, slashes and the like.
_NOT_SPOKEN = re.compile(r"[\x00-\x1f\x7f-\x9f<>\[\]{}|\\^`~_*#@=+/]")
_SPACES = re.compile(r"\s+")


class Engine(Protocol):
    """A voice. `synthetic` is False only where a person was recorded."""

    @property
    def name(self) -> str:
        """A short ASCII name, as in the setting."""

    @property
    def voice(self) -> str:
        """Which voice speaks: everything that shapes the sound besides the text, so that it can serve in a digest."""

    @property
    def synthetic(self) -> bool:
        """Whether a machine speaks."""

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Nothing partial: whole or an EngineError."""

    def close(self) -> None:
        """Lets go of processes and connections; may be called twice."""


def plain(text: str) -> str:
    """`text` without what an engine could take for markup or an option; spaces made single."""
    return _SPACES.sub(" ", _NOT_SPOKEN.sub(" ", text)).strip().lstrip("-–— ")


def syllables(text: str) -> int:
    """How many words are written; in Vietnamese every written word is one syllable."""
    return len(_WORD.findall(text))
