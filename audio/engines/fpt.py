"""FPT.AI's voices: a text is handed in, the answer names an address where the sound will lie after some seconds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from audio.engines.answers import sound_of
from audio.engines.engine import plain
from audio.engines.errors import EngineAnswerBroken, EngineRefused, EngineTimedOut
from audio.engines.options import in_header, whole_number
from audio.engines.segments import segments
from audio.engines.web import Caller, Manners
from audio.pcm import Pcm, joined

BASE_URL = "https://api.fpt.ai"
VOICE = "banmai"
LONGEST_TEXT = 1000
#: The service refuses texts of fewer characters.
SHORTEST_TEXT = 3
RATE_HZ = 24_000
#: Seconds before each look whether the sound is there; in all a little more than the two minutes that the service's
#: documentation speaks of.
LOOK_AFTER_S = (0.5, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 10.0, 10.0, 15.0, 15.0, 20.0, 30.0)
_NOT_YET = 404
#: How a bucket that does not tell its contents says that nothing is there.
_NOT_YET_IN_STORAGE = 403
#: Where sounds lie besides the service's own hosts; the documentation's example shows this one.
_STORAGE_HOST, _STORAGE_PATH = "s3-ap-southeast-1.amazonaws.com", "/text2speech-"


class Fpt:
    """Safe to share between threads."""

    name = "fpt"
    synthetic = True

    def __init__(
        self,
        key: str,
        *,
        base_url: str = BASE_URL,
        voice: str = VOICE,
        speed: int = -1,
        caller: Caller | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = base_url.rstrip("/") + "/hmi/tts/v5"
        self._headers = {"api_key": key, "voice": voice, "speed": str(speed)}
        self.voice = f"{voice}{speed:+d}"
        self._caller = caller or Caller(Manners())
        self._sleep = sleep

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Fpt:
        """Reads `fpt.key`, `.voice`, `.speed` (−3 … 3), `.base_url`. Raises EngineSettingWrong."""
        return cls(
            in_header(options, "fpt.key"),
            base_url=options.get("fpt.base_url", BASE_URL),
            voice=in_header(options, "fpt.voice", VOICE),
            speed=whole_number(options, "fpt.speed", -1),
        )

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence. Raises EngineError."""
        pieces = [self._say(piece) for piece in segments(plain(text), LONGEST_TEXT)]
        return joined(pieces) if pieces else Pcm.empty(RATE_HZ)

    def _say(self, piece: str) -> Pcm:
        body = piece.ljust(SHORTEST_TEXT, ".").encode()
        answer = self._caller.post(self._url, headers=self._headers, data=body)
        return sound_of(self._collect(self._address_in(answer)), piece, rate_hz=RATE_HZ)

    def _address_in(self, answer: bytes) -> str:
        try:
            said = json.loads(answer)
            error, address = said["error"], said["async"]
        except (ValueError, KeyError, TypeError) as failure:
            raise EngineAnswerBroken("FPT.AI trả lời không đúng dạng.") from failure
        if error:
            raise EngineRefused(f"FPT.AI từ chối yêu cầu (mã {error if isinstance(error, int) else 'không rõ'}).")
        return self._trusted(str(address))

    def _trusted(self, address: str) -> str:
        """The address, if it belongs to the service: an answer must not send us to a machine of its choice."""
        asked, offered = urlsplit(self._url), urlsplit(address)
        host = offered.hostname or ""
        own = (offered.scheme, offered.netloc) == (asked.scheme, asked.netloc)
        known = _is_stored(address) or (offered.scheme == "https" and host.endswith(".fpt.ai"))
        if not own and not known:
            raise EngineAnswerBroken("FPT.AI trả về địa chỉ lạ cho tệp âm thanh.", can_retry=False)
        return address

    def _collect(self, address: str) -> bytes:
        for pause_s in LOOK_AFTER_S:
            self._sleep(pause_s)
            try:
                return self._caller.get(address, headers={})
            except EngineRefused as refused:
                if refused.status not in (_NOT_YET, _NOT_YET_IN_STORAGE if _is_stored(address) else None):
                    raise
        raise EngineTimedOut(f"FPT.AI chưa có âm thanh sau {sum(LOOK_AFTER_S):.0f} giây.")

    def close(self) -> None:
        """Nothing is held."""


def _is_stored(address: str) -> bool:
    parts = urlsplit(address)
    return (parts.scheme, parts.netloc) == ("https", _STORAGE_HOST) and parts.path.startswith(_STORAGE_PATH)
