"""Espeak-ng 1.52 from the espeakng-loader wheel, in child processes: always there, needs no network, draft-grade."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import espeakng_loader

from audio.engines.errors import EngineSettingWrong
from audio.engines.held_voice import HeldVoice
from audio.engines.options import whole_number

#: Only this voice; the central and southern ones are far less intelligible.
VOICE = "vi"
#: Words a minute in espeak's own count; gives some 3.7 Vietnamese syllables a second with its own short breaths.
#: Its default of 175 is made for screen readers at the ear, not for a street with echoes.
RATE_WPM = 155
PITCH = 45
PITCH_RANGE = 60
#: Of 200. At the default of 100 the loudest vowels are clipped.
VOLUME = 80
SPEAK_WITHIN_S = 30.0
_CHILD = Path(__file__).with_name("espeak_child.py")


class Espeak(HeldVoice):
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
        command = [sys.executable, "-I", "-S", str(_CHILD), *paths, VOICE, *map(str, numbers)]
        super().__init__(self.name, command, children=children, speak_within_s=SPEAK_WITHIN_S)

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Espeak:
        """Reads `espeak.rate_wpm` and `espeak.children`. Raises EngineSettingWrong."""
        return cls(
            rate_wpm=whole_number(options, "espeak.rate_wpm", RATE_WPM),
            children=whole_number(options, "espeak.children", 2),
        )
