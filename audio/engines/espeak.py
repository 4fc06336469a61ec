"""Espeak-ng 1.52 from the espeakng-loader wheel, in child processes: always there, needs no network, draft-grade."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from pathlib import Path

import espeakng_loader
import numpy as np

from audio.engines.children import Child, Crew
from audio.engines.engine import plain, syllables
from audio.engines.errors import EngineAnswerBroken, EngineError, EngineSettingWrong, EngineUnreachable
from audio.engines.options import whole_number
from audio.pcm import Pcm

#: Only this voice; the central and southern ones are far less intelligible.
VOICE = "vi"
#: Words a minute in espeak's own count; gives some 3.7 Vietnamese syllables a second with its own short breaths.
#: Its default of 175 is made for screen readers at the ear, not for a street with echoes.
RATE_WPM = 155
PITCH = 45
PITCH_RANGE = 60
#: Of 200. At the default of 100 the loudest vowels are clipped.
VOLUME = 80
START_WITHIN_S = 20.0
SPEAK_WITHIN_S = 30.0
_CHILD = Path(__file__).with_name("espeak_child.py")


class Espeak:
    """The same text gives the same bytes in every process (see espeak_child). Safe to share between threads."""

    name = "espeak"
    synthetic = True

    def __init__(self, *, rate_wpm: int = RATE_WPM, children: int = 2) -> None:
        if not 80 <= rate_wpm <= 300:
            raise EngineSettingWrong(f"espeak.rate_wpm phải từ 80 đến 300, không phải {rate_wpm}.")
        if not 1 <= children <= 64:
            raise EngineSettingWrong(f"espeak.children phải từ 1 đến 64, không phải {children}.")
        self.voice = f"{VOICE}-{rate_wpm}-{PITCH}-{PITCH_RANGE}-{VOLUME}"
        numbers = (rate_wpm, PITCH, PITCH_RANGE, VOLUME)
        paths = (espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
        # -I -S: no user settings and no site-packages; the child needs the standard library only and starts at once.
        self._crew = Crew([sys.executable, "-I", "-S", str(_CHILD), *paths, VOICE, *map(str, numbers)], children)
        self._rate_hz = 0

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Espeak:
        """Reads `espeak.rate_wpm` and `espeak.children`. Raises EngineSettingWrong."""
        return cls(
            rate_wpm=whole_number(options, "espeak.rate_wpm", RATE_WPM),
            children=whole_number(options, "espeak.children", 2),
        )

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Raises EngineError when a fresh child fails too."""
        wanted = plain(text).encode()
        try:
            content = self._ask(wanted)
        except EngineUnreachable:
            # A child that was idle may have been killed meanwhile, by the system or a person: that is no failure yet.
            content = self._ask(wanted)
        if not content and syllables(text):
            raise EngineAnswerBroken("espeak không phát ra âm thanh nào.")
        return Pcm(np.frombuffer(content, dtype="<i2").astype(np.int16), self._rate_hz)

    def _ask(self, wanted: bytes) -> bytes:
        child, is_new = self._crew.borrow()
        usable = False
        try:
            if is_new:
                self._rate_hz = int(_answer(child, START_WITHIN_S, EngineUnreachable))
            child.write(struct.pack("<I", len(wanted)) + wanted)
            content = _answer(child, SPEAK_WITHIN_S, EngineAnswerBroken)
            usable = True
        finally:
            self._crew.give_back(child, usable=usable)
        return content

    def close(self) -> None:
        """Ends the child processes."""
        self._crew.close()


def _answer(child: Child, within_s: float, failure: type[EngineError]) -> bytes:
    status, length = struct.unpack("<BI", child.read(5, within_s=within_s))
    content = child.read(length, within_s=within_s)
    if status:
        raise failure(f"espeak không đọc được: {content.decode(errors='replace')}")
    return content
