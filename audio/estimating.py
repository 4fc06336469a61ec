"""How long a text will sound, before anyone has spoken it: from its syllables, commas and stops.

Planning needs no audio then. The coefficients are learnt, per voice, from what has been rendered; three are enough:
letters, tones and final consonants as further terms left the error on unseen articles where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from audio.engines.engine import syllables

_SHORT_BREATH = re.compile(r"[,;:–—]")
_STOP = re.compile(r"[.!?…]+")
#: Fewer articles teach nothing that can be trusted.
FEWEST_SAMPLES = 8


@dataclass(frozen=True)
class Pace:
    """How a voice reads, milliseconds: a syllable, a breath at a comma, the end of a sentence."""

    syllable_ms: float
    comma_ms: float
    stop_ms: float


@dataclass(frozen=True)
class Sample:
    """What has been rendered: the spoken text, and how long it sounded, pauses of the script left out."""

    spoken_text: str
    length_ms: int


#: By name of the engine; fitted by `bench estimating`.
PACES: Mapping[str, Pace] = {
    "espeak": Pace(syllable_ms=245.48, comma_ms=214.51, stop_ms=44.01),
    "monotone": Pace(syllable_ms=250.0, comma_ms=0.0, stop_ms=0.0),
}


def pace_of(engine: str) -> Pace:
    """The pace to begin with; a voice that has not been heard yet counts as espeak until it has been learnt."""
    return PACES.get(engine, PACES["espeak"])


def estimate_ms(spoken_text: str, pauses_ms: int, pace: Pace) -> int:
    """How long `spoken_text` sounds with `pauses_ms` of pauses in all, milliseconds."""
    syllable, comma, stop = _counts(spoken_text)
    return round(syllable * pace.syllable_ms + comma * pace.comma_ms + stop * pace.stop_ms) + pauses_ms


def learn(samples: Iterable[Sample]) -> Pace:
    """The pace that fits the samples (articles) best, errors in per cent squared.

    Raises ValueError for fewer than `FEWEST_SAMPLES`.
    """
    held = [sample for sample in samples if syllables(sample.spoken_text) and sample.length_ms > 0]
    if len(held) < FEWEST_SAMPLES:
        raise ValueError(f"at least {FEWEST_SAMPLES} samples are needed to learn a pace, not {len(held)}")
    # Divided by the real length: what counts is the error in per cent, of short and long texts alike.
    rows = np.array([[count / sample.length_ms for count in _counts(sample.spoken_text)] for sample in held])
    # A little pull towards the usual, so that samples without a comma do not make nonsense of commas.
    usual = np.array([PACES["espeak"].syllable_ms, PACES["espeak"].comma_ms, PACES["espeak"].stop_ms])
    pull = np.diag(1e-3 / usual)
    wanted = np.concatenate([np.ones(len(held)), pull @ usual])
    solved, *_ = np.linalg.lstsq(np.vstack([rows, pull]), wanted, rcond=None)
    syllable_ms, comma_ms, stop_ms = (round(max(0.0, float(value)), 2) for value in solved)
    return Pace(syllable_ms, comma_ms, stop_ms)


def _counts(text: str) -> tuple[int, int, int]:
    return syllables(text), len(_SHORT_BREATH.findall(text)), len(_STOP.findall(text))
