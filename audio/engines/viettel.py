"""Viettel AI's voices: one call a text, the sound comes in the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from audio.engines.answers import sound_of
from audio.engines.engine import plain
from audio.engines.errors import EngineRefused
from audio.engines.options import number, required
from audio.engines.segments import segments
from audio.engines.web import Caller, Manners
from audio.pcm import Pcm, joined

BASE_URL = "https://viettelai.vn"
VOICE = "hn-quynhanh"
LONGEST_TEXT = 500
RATE_HZ = 24_000
#: What `tts_return_option` means: 2 is WAV, 3 MP3.
_AS_MP3 = 3
#: Of its usual pace: a little slower, for streets with echoes.
SPEED = 0.9


class Viettel:
    """Safe to share between threads."""

    name = "viettel"
    synthetic = True

    def __init__(
        self,
        token: str,
        *,
        base_url: str = BASE_URL,
        voice: str = VOICE,
        speed: float = SPEED,
        caller: Caller | None = None,
    ) -> None:
        self._token = token
        self._url = base_url.rstrip("/") + "/tts/speech_synthesis"
        self._voice, self._speed = voice, speed
        self.voice = f"{voice}-{speed:g}"
        self._caller = caller or Caller(Manners(timeout_s=(3.0, 20.0)))

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Viettel:
        """Reads `viettel.token`, `.voice`, `.speed`, `.base_url`. Raises EngineSettingWrong."""
        return cls(
            required(options, "viettel.token"),
            base_url=options.get("viettel.base_url", BASE_URL),
            voice=options.get("viettel.voice", VOICE),
            speed=number(options, "viettel.speed", SPEED),
        )

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Raises EngineError."""
        pieces = [self._say(piece) for piece in segments(plain(text), LONGEST_TEXT)]
        return joined(pieces) if pieces else Pcm.empty(RATE_HZ)

    def _say(self, piece: str) -> Pcm:
        question = {
            "text": piece,
            "voice": self._voice,
            "speed": self._speed,
            "tts_return_option": _AS_MP3,
            "token": self._token,
            # The filter is one of sound: slower, and the voice is better for it.
            "without_filter": False,
        }
        answer = self._caller.post(self._url, headers={"accept": "*/*"}, json=question)
        if answer.lstrip()[:1] == b"{":
            raise EngineRefused(f"Viettel AI từ chối yêu cầu (mã {_code(answer)}).")
        return sound_of(answer, piece, rate_hz=RATE_HZ)

    def close(self) -> None:
        """Nothing is held."""


def _code(answer: bytes) -> str:
    """The code of an error; never its text, which may repeat what was sent."""
    try:
        code = json.loads(answer).get("code")
    except ValueError:
        return "không rõ"
    return str(code) if isinstance(code, int) else "không rõ"
