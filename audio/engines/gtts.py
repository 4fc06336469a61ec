"""Google Translate's voice by gTTS: natural, needs the network, and is easily told to slow down.

gTTS itself only writes the question here (its public `get_bodies`); the asking is ours, because gTTS sends without
verifying TLS, and its failures do not say what happened.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from gtts import gTTS

from audio.engines.answers import sound_of
from audio.engines.engine import plain
from audio.engines.errors import EngineAnswerBroken
from audio.engines.options import number
from audio.engines.segments import segments
from audio.engines.web import Caller, Manners
from audio.pcm import Pcm, joined

LONGEST_TEXT = int(gTTS.GOOGLE_TTS_MAX_CHARS)
BASE_URL = "https://translate.google.com"
PATH = "/_/TranslateWebserverUi/data/batchexecute"
LEAST_BETWEEN_REQUESTS_S = 1.0
RATE_HZ = 24_000


class Gtts:
    """`base_url` lets a local server stand in for the service. Safe to share between threads."""

    name = "gtts"
    synthetic = True
    voice = "vi"

    def __init__(self, *, base_url: str = BASE_URL, caller: Caller | None = None) -> None:
        self._url = base_url.rstrip("/") + PATH
        self._caller = caller or Caller(Manners(least_between_requests_s=LEAST_BETWEEN_REQUESTS_S))

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Gtts:
        """Reads `gtts.base_url` and `gtts.least_between_requests_s`. Raises EngineSettingWrong."""
        between_s = number(options, "gtts.least_between_requests_s", LEAST_BETWEEN_REQUESTS_S)
        caller = Caller(Manners(least_between_requests_s=between_s))
        return cls(base_url=options.get("gtts.base_url", BASE_URL), caller=caller)

    def synthesise(self, text: str) -> Pcm:
        """Speaks one sentence, a call for each 100 characters. Raises EngineError."""
        pieces = [
            sound_of(self._mp3_of(piece), piece, rate_hz=RATE_HZ) for piece in segments(plain(text), LONGEST_TEXT)
        ]
        return joined(pieces) if pieces else Pcm.empty(RATE_HZ)

    def _mp3_of(self, piece: str) -> bytes:
        # Without pre-processors: the text is ready to be spoken, nothing in it is to be replaced.
        question = gTTS(piece, lang="vi", lang_check=False, pre_processor_funcs=[]).get_bodies()[0]

        def attempt() -> bytes:
            return _mp3_in(self._caller.ask_once("POST", self._url, headers=gTTS.GOOGLE_TTS_HEADERS, data=question))

        return self._caller.with_retries(attempt)

    def close(self) -> None:
        """Nothing is held."""


def _mp3_in(answer: bytes) -> bytes:
    """The sound in an answer: lines of JSON; the entry of our procedure holds a JSON list in a string."""
    for line in answer.splitlines():
        if gTTS.GOOGLE_TTS_RPC.encode() not in line:
            continue
        try:
            entries = json.loads(line)
            inner = next(entry[2] for entry in entries if entry[1] == gTTS.GOOGLE_TTS_RPC)
            return base64.b64decode(json.loads(inner)[0], validate=True)
        except (ValueError, TypeError, IndexError, StopIteration, binascii.Error) as error:
            raise EngineAnswerBroken("gTTS trả lời không trọn vẹn, không có âm thanh.") from error
    raise EngineAnswerBroken("gTTS trả lời không có âm thanh.")
