"""Judging the sound that a service sent."""

from __future__ import annotations

from audio.engines.engine import SHORTEST_SYLLABLE_MS, syllables
from audio.engines.errors import EngineAnswerBroken
from audio.pcm import Pcm
from audio.transcoding import TranscodingFailed, decode


def sound_of(encoded: bytes, text: str, *, rate_hz: int) -> Pcm:
    """An answer (MP3, WAV, Ogg …) decoded. Raises EngineAnswerBroken for no sound, or too little for `text`."""
    try:
        pcm = decode(encoded, rate_hz=rate_hz)
    except TranscodingFailed as error:
        raise EngineAnswerBroken("Dịch vụ giọng đọc trả về tệp không phải âm thanh.") from error
    return long_enough(pcm, text)


def long_enough(pcm: Pcm, text: str) -> Pcm:
    """`pcm` itself. Raises EngineAnswerBroken where no voice could have said `text` in so short a time."""
    count = syllables(text)
    if pcm.length_ms < count * SHORTEST_SYLLABLE_MS:
        raise EngineAnswerBroken(f"Âm thanh chỉ dài {pcm.length_ms} ms cho {count} tiếng, đã bị cắt cụt.")
    return pcm
