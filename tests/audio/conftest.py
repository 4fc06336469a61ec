"""What the tests of sound share: tones, speech-like sound, mastered frames made once, and a local speech service."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import numpy as np
import pytest

from audio.mastering import Mastered, MasteringProfile, master
from audio.pcm import Pcm, from_floats

MakeTone: TypeAlias = Callable[..., Pcm]


def speechlike(length_ms: int, *, pitch_hz: float = 180.0, rate_hz: int = 22_050, seed: int = 1) -> Pcm:
    """Sound that comes and goes like syllables, with overtones and a little noise."""
    chance = np.random.default_rng(seed)
    moments = np.arange(length_ms * rate_hz // 1000) / rate_hz
    voice = sum(np.sin(2 * np.pi * pitch_hz * number * moments) / number for number in range(1, 12))
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * moments), 0, None) ** 0.5
    loudness = 0.6 + 0.4 * np.sin(2 * np.pi * 0.4 * moments)
    return from_floats(0.12 * syllables * loudness * (voice + 0.2 * chance.standard_normal(len(moments))), rate_hz)


@pytest.fixture(name="speechlike", scope="session")
def _speechlike() -> MakeTone:
    return speechlike


@pytest.fixture(scope="session")
def mastered_items() -> tuple[Mastered, ...]:
    """Three items of 3, 5 and 4 seconds."""
    lengths = (3000, 5000, 4000)
    return tuple(master(speechlike(length, seed=number), MasteringProfile()) for number, length in enumerate(lengths))


@dataclass
class Imitation:
    """A speech service on this machine. `answers` are given in turn, the last one for ever after."""

    url: str
    answers: list[Callable[[BaseHTTPRequestHandler, bytes], None]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def next_answer(self) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def imitation() -> Iterator[Imitation]:
    """Serves on a port of its own until the test ends; a handler that hangs is let go then."""

    class Handler(BaseHTTPRequestHandler):
        over = threading.Event()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            service.asked.append((self.path, dict(self.headers.items()), body))
            service.next_answer()(self, body)

        do_GET = do_POST  # noqa: N815  # the name that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Imitation(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield service
    Handler.over.set()
    server.shutdown()
    server.server_close()
    thread.join()
