"""Any server that speaks `POST /v1/audio/speech` as OpenAI's does, on this machine or far away."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from audio.engines.answers import sound_of
from audio.engines.engine import plain
from audio.engines.options import in_header, number
from audio.engines.segments import segments
from audio.engines.web import Caller, Manners
from audio.pcm import Pcm, joined

BASE_URL = "https://api.openai.com"
#: The documented limit is 4096 characters; no sentence is that long, a broken text may be.
LONGEST_TEXT = 4000
RATE_HZ = 24_000


def _is_openai(base_url: str) -> bool:
    return urlsplit(base_url).netloc == urlsplit(BASE_URL).netloc


#: Of its usual pace: a little slower, for streets with echoes.
SPEED = 0.95


class OpenAi:
    """`key` may be empty where a local server asks for none. Safe to share between threads."""

    name = "openai"
    synthetic = True

    def __init__(
        self,
        *,
        base_url: str = BASE_URL,
        key: str = "",
        model: str = "tts-1",
        voice: str = "alloy",
        speed: float = SPEED,
        caller: Caller | None = None,
    ) -> None:
        # Many programs want the address with its `/v1`; both are understood.
        self._url = base_url.rstrip("/").removesuffix("/v1") + "/v1/audio/speech"
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._model, self._voice, self._speed = model, voice, speed
        # Another server may give the same names to other voices.
        self.voice = f"{model}-{voice}-{speed:g}@{urlsplit(self._url).hostname}"
        self._caller = caller or Caller(Manners(timeout_s=(3.0, 30.0), whole_answer_s=60.0))

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> OpenAi:
        """Reads `openai.base_url`, `.key`, `.model`, `.voice`, `.speed`. Raises EngineSettingWrong."""
        base_url = options.get("openai.base_url", BASE_URL)
        key = in_header(options, "openai.key", None if _is_openai(base_url) else "")
        return cls(
            base_url=base_url,
            key=key,
            model=options.get("openai.model", "tts-1"),
            voice=options.get("openai.voice", "alloy"),
            speed=number(options, "openai.speed", SPEED),
        )

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Raises EngineError."""
        pieces = [self._say(piece) for piece in segments(plain(text), LONGEST_TEXT)]
        return joined(pieces) if pieces else Pcm.empty(RATE_HZ)

    def _say(self, piece: str) -> Pcm:
        question = {
            "model": self._model,
            "input": piece,
            "voice": self._voice,
            "speed": self._speed,
            "response_format": "wav",
        }
        return sound_of(self._caller.post(self._url, headers=self._headers, json=question), piece, rate_hz=RATE_HZ)

    def close(self) -> None:
        """Nothing is held."""
