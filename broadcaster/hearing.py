"""Hearing before air: one sentence as any voice of the house says it, at once and without touching what is planned."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from audio.engines import Engine, engines_from_setting, speak_by
from audio.engines.remembering import Remembering
from audio.pcm import wave_bytes
from audio.shelf import Shelf
from broadcaster.config import Settings
from broadcaster.errors import NotFound
from broadcaster.language import gettext as _


@dataclass(frozen=True, slots=True)
class Heard:
    """A sentence as sound."""

    wav: bytes
    length_ms: int
    engine: str


class Booth:
    """The voices of the house, opened when they are first asked for and kept for the next sentence."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._memory = Shelf(settings.speech_folder)
        self._engines: dict[str, Engine] = {}
        self._lock = threading.Lock()

    @property
    def voices(self) -> tuple[str, ...]:
        """The names of the voices, best first."""
        return tuple(name.strip().lower() for name in self._settings.tts.split(",") if name.strip())

    def hear(self, text: str, voice: str | None = None) -> Heard:
        """A sentence spoken by one voice of the house, the best one unless another is named.

        Raises:
            NotFound: the house has no such voice.
            AudioError: the voice could not speak; `can_retry` says whether to try again.
        """
        spoken = speak_by(self._engine(voice or self.voices[0]), [(text, 0)])
        return Heard(wave_bytes(spoken.pcm), spoken.pcm.length_ms, spoken.engine)

    def _engine(self, name: str) -> Engine:
        if name not in self.voices:
            raise NotFound(_("đài không có giọng «{name}»", name=name))
        with self._lock:
            if name not in self._engines:
                (engine,) = engines_from_setting(name, self._settings.engines, role="reader")
                self._engines[name] = Remembering(engine, self._memory)
            return self._engines[name]

    def close(self) -> None:
        """Lets go of every voice."""
        with self._lock:
            engines, self._engines = list(self._engines.values()), {}
        for engine in engines:
            engine.close()
