"""How long a text will sound, before anyone has spoken it: from its syllables, commas and stops.

Planning needs no audio then. The coefficients are learnt, per voice, from what has been rendered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audio.engines.engine import syllables

_SHORT_BREATH = re.compile(r"[,;:–—]")
_STOP = re.compile(r"[.!?…]+")


@dataclass(frozen=True)
class Pace:
    """How a voice reads, milliseconds: a syllable, a letter more, a breath at a comma, the end of a sentence."""

    syllable_ms: float
    letter_ms: float
    comma_ms: float
    stop_ms: float


@dataclass(frozen=True)
class Sample:
    """What has been rendered: the spoken text and how long it sounded, pauses of the script left out."""

    spoken_text: str
    length_ms: int


#: Fitted with `learn` on rendered sentences, as `bench estimating` prints it.
PACES: Mapping[str, Pace] = {
    "espeak": Pace(syllable_ms=168.0, letter_ms=26.0, comma_ms=190.0, stop_ms=60.0),
    "gtts": Pace(syllable_ms=205.0, letter_ms=8.0, comma_ms=180.0, stop_ms=120.0),
    "monotone": Pace(syllable_ms=250.0, letter_ms=0.0, comma_ms=0.0, stop_ms=0.0),
}


def estimate_ms(spoken_text: str, pauses_ms: int, pace: Pace) -> int:
    """How long `spoken_text` sounds with `pauses_ms` of pauses in all, milliseconds."""
    syllable, letter, comma, stop = _counts(spoken_text)
    sound = syllable * pace.syllable_ms + letter * pace.letter_ms + comma * pace.comma_ms + stop * pace.stop_ms
    return max(0, round(sound)) + pauses_ms


def learn(samples: Iterable[Sample]) -> Pace:
    """The pace that fits the samples best, relative errors squared; several samples of different texts are needed.

    Raises ValueError for fewer than eight.
    """
    held: Sequence[Sample] = [sample for sample in samples if syllables(sample.spoken_text) and sample.length_ms > 0]
    if len(held) < 8:
        raise ValueError("at least eight samples are needed to learn a pace")
    # Divided by the real length: what counts is the error in per cent, of short and long texts alike.
    rows = np.array([[count / sample.length_ms for count in _counts(sample.spoken_text)] for sample in held])
    # A little pull towards the usual, so that samples without a comma do not make nonsense of commas.
    usual = np.array([180.0, 20.0, 150.0, 80.0])
    pull = np.diag(1e-4 / usual)
    wanted = np.concatenate([np.ones(len(held)), pull @ usual])
    solved, *_ = np.linalg.lstsq(np.vstack([rows, pull]), wanted, rcond=None)
    return Pace(*(round(max(0.0, float(value)), 2) for value in solved))


def _counts(text: str) -> tuple[int, int, int, int]:
    letters = sum(character.isalnum() for character in text)
    return syllables(text), letters, len(_SHORT_BREATH.findall(text)), len(_STOP.findall(text))
