"""A voice that remembers what it has said: a sentence changed in an article costs that sentence only."""

from __future__ import annotations

from audio.digests import digest_of
from audio.engines.engine import Engine, plain
from audio.pcm import Pcm, read_wave, wave_bytes
from audio.shelf import Shelf


class Remembering:
    """An engine before a shelf.

    What is remembered is kept under engine, voice and sentence; a failure is not remembered.
    """

    def __init__(self, engine: Engine, shelf: Shelf) -> None:
        self._engine = engine
        self._shelf = shelf
        self.name = engine.name
        self.synthetic = engine.synthetic

    @property
    def voice(self) -> str:
        """The voice of the engine behind."""
        return self._engine.voice

    def synthesise(self, text: str) -> Pcm:
        """The sentence as it was said before, or said now. Raises EngineError."""
        key = digest_of("sentence", self._engine.name, self._engine.voice, plain(text))
        return read_wave(self._shelf.get_or_make(key, ".wav", lambda: wave_bytes(self._engine.synthesise(text))))

    def close(self) -> None:
        """Closes the engine behind."""
        self._engine.close()
