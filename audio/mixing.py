"""A voice over music: the tune sinks while the voice speaks and comes back after it. Done once for each ident."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from audio.pcm import Pcm
from audio.transcoding import resampled

with warnings.catch_warnings():
    # pydub warns that no ffmpeg is on the path; only samples in memory are given to it, so none is needed.
    warnings.simplefilter("ignore", RuntimeWarning)
    from pydub import AudioSegment

VOICE_PEAK_DBFS = -2.0


@dataclass(frozen=True)
class Ducking:
    """Milliseconds and decibels: when the voice comes in, how far the music sinks, how long that takes."""

    voice_after_ms: int = 3500
    sinks_db: float = 14.0
    ease_ms: int = 600
    #: Music after the voice, fading out.
    lingers_ms: int = 1800


def spoken_over(voice: Pcm, tune: Pcm, ducking: Ducking | None = None) -> Pcm:
    """`voice` laid over `tune`, which plays alone first, sinks beneath it, and fades out after it.

    A tune that is too short is played again beneath the voice. The result has the tune's sample rate.
    """
    wanted = ducking or Ducking()
    rate_hz = tune.rate_hz
    # By ffmpeg: pydub's own resampling leaves mirror images of the voice above 11 kHz.
    speech = _segment(resampled(voice, rate_hz))
    # Room for the music beneath, so that their sum is never clipped.
    speech = speech.apply_gain(min(0.0, VOICE_PEAK_DBFS - speech.max_dBFS))
    music = _segment(tune)
    needed_ms = wanted.voice_after_ms + len(speech) + wanted.lingers_ms
    while len(music) < needed_ms:
        music = music.append(_segment(tune), crossfade=min(200, len(music) // 2))
    ends_ms = wanted.voice_after_ms + len(speech)
    before = music[: wanted.voice_after_ms].fade(
        to_gain=-wanted.sinks_db, start=max(0, wanted.voice_after_ms - wanted.ease_ms), duration=wanted.ease_ms
    )
    beneath = (music[wanted.voice_after_ms : ends_ms] - wanted.sinks_db).overlay(speech)
    after = music[ends_ms:needed_ms].fade(from_gain=-wanted.sinks_db, start=0, duration=wanted.ease_ms)
    mixed = before + beneath + after.fade_out(wanted.lingers_ms - wanted.ease_ms // 2)
    return Pcm(np.array(mixed.get_array_of_samples(), dtype=np.int16), rate_hz)


def _segment(pcm: Pcm) -> AudioSegment:
    return AudioSegment(pcm.samples.astype("<i2").tobytes(), frame_rate=pcm.rate_hz, sample_width=2, channels=1)
