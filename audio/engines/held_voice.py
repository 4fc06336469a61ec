"""A voice that a child process holds: what espeak and Piper have in common."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import numpy as np

from audio.engines.answers import long_enough
from audio.engines.children import Child, Crew
from audio.engines.engine import plain, syllables
from audio.engines.errors import EngineAnswerBroken, EngineError, EngineUnreachable
from audio.pcm import Pcm

START_WITHIN_S = 30.0


class HeldVoice:
    """Speaks through a crew of children that follow the protocol of espeak_child. Safe to share between threads."""

    def __init__(self, name: str, command: Sequence[str], *, children: int, speak_within_s: float) -> None:
        self._name = name
        self._crew = Crew(command, children)
        self._speak_within_s = speak_within_s
        self._rate_hz = 0

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Raises EngineError when a fresh child fails too."""
        wanted = plain(text).encode()
        try:
            content = self._ask(wanted)
        except EngineUnreachable:
            # A child that was idle may have been killed meanwhile, by the system or a person: that is no failure yet.
            content = self._ask(wanted)
        if not content and syllables(text):
            raise EngineAnswerBroken(f"{self._name} không phát ra âm thanh nào.")
        return long_enough(Pcm(np.frombuffer(content, dtype="<i2").astype(np.int16), self._rate_hz), wanted.decode())

    def _ask(self, wanted: bytes) -> bytes:
        child, is_new = self._crew.borrow()
        usable = False
        try:
            if is_new:
                self._rate_hz = int(self._answer(child, START_WITHIN_S, EngineUnreachable))
            child.write(struct.pack("<I", len(wanted)) + wanted)
            content = self._answer(child, self._speak_within_s, EngineAnswerBroken)
            usable = True
        finally:
            self._crew.give_back(child, usable=usable)
        return content

    def _answer(self, child: Child, within_s: float, failure: type[EngineError]) -> bytes:
        status, length = struct.unpack("<BI", child.read(5, within_s=within_s))
        content = child.read(length, within_s=within_s)
        if status:
            raise failure(f"{self._name} không đọc được: {content.decode(errors='replace')[:300]}")
        return content

    def close(self) -> None:
        """Ends the child processes."""
        self._crew.close()
