"""Several engines, best first: each article is spoken whole by the first one that can."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from audio.engines.breaker import Breaker, BreakerSettings
from audio.engines.engine import Engine, syllables
from audio.engines.errors import (
    EngineAnswerBroken,
    EngineError,
    EngineTimedOut,
    EngineUnreachable,
    NoEngineSpoke,
    NothingToSay,
)
from audio.pcm import Pcm, joined, silence, trimmed

#: One script's sentences: what is spoken, and the pause after it in milliseconds.
Sentences = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Degradation:
    """An engine that should have spoken but did not, and why (`why` is an ASCII code, `message` Vietnamese)."""

    engine: str
    why: str
    message: str = field(default="", compare=False)


@dataclass(frozen=True)
class Spoken:
    """A whole script, spoken by one engine. Spans are start and end of each sentence in `pcm`, pauses left out."""

    pcm: Pcm
    engine: str
    voice: str
    synthetic: bool
    sentence_spans_ms: tuple[tuple[int, int], ...]
    degraded: tuple[Degradation, ...] = ()


def speak_by(engine: Engine, script_sentences: Sentences) -> Spoken:
    """The script spoken by one engine, each sentence trimmed to its sound, each pause to the sample.

    A sentence without a word gives an empty span. Raises EngineError; NothingToSay when there is no word at all.
    """
    sounds = [trimmed(engine.synthesise(text)) if syllables(text) else None for text, _ in script_sentences]
    rates = {sound.rate_hz for sound in sounds if sound is not None}
    if not rates:
        raise NothingToSay("Bản đọc không có tiếng nào để đọc.")
    if len(rates) > 1:
        raise EngineAnswerBroken(f"Giọng {engine.name} đổi tần số lấy mẫu giữa bài.")
    rate_hz = rates.pop()
    pieces: list[Pcm] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for sound, (text, pause_ms) in zip(sounds, script_sentences, strict=True):
        spoken = sound or Pcm.empty(rate_hz)
        if sound is not None and not len(sound.samples):
            raise EngineAnswerBroken(f"Giọng {engine.name} trả về im lặng cho câu: {text[:60]}")
        pause = silence(pause_ms, rate_hz)
        pieces += [spoken, pause]
        end = at + len(spoken.samples)
        spans.append((round(at * 1000 / rate_hz), round(end * 1000 / rate_hz)))
        at = end + len(pause.samples)
    return Spoken(joined(pieces), engine.name, engine.voice, engine.synthetic, tuple(spans))


class EngineChain:
    """Safe to share between threads; breakers and budgets then count for all of them.

    `budget_s` bounds, by engine name, the seconds that an engine may use over the life of this chain (one rendering
    run): a slow service then speaks as many articles as fit, and the next engine the rest. An article once begun is
    finished.
    """

    def __init__(
        self,
        engines: Sequence[Engine],
        *,
        breaker: BreakerSettings | None = None,
        clock: Callable[[], float] = time.monotonic,
        budget_s: Mapping[str, float] | None = None,
    ) -> None:
        if not engines:
            raise ValueError("a chain needs at least one engine")
        self.engines = tuple(engines)
        self._clock = clock
        self._breakers = {engine.name: Breaker(breaker or BreakerSettings(), clock) for engine in self.engines}
        self._budget_s = dict(budget_s or {})
        self._used_s = {engine.name: 0.0 for engine in self.engines}
        self._lock = threading.Lock()

    def speak(self, script_sentences: Sentences) -> Spoken:
        """The whole script by the first engine that can speak it all.

        Raises NothingToSay for a script without a word, NoEngineSpoke when all engines failed.
        """
        if not any(syllables(text) for text, _ in script_sentences):
            raise NothingToSay("Bản đọc không có tiếng nào để đọc.")
        degraded: list[Degradation] = []
        for engine in self.engines:
            outcome = self._try(engine, script_sentences)
            if isinstance(outcome, Spoken):
                return Spoken(
                    outcome.pcm,
                    outcome.engine,
                    outcome.voice,
                    outcome.synthetic,
                    outcome.sentence_spans_ms,
                    tuple(degraded),
                )
            degraded.append(outcome)
        reasons = "; ".join(f"{one.engine}: {one.message or one.why}" for one in degraded)
        raise NoEngineSpoke(f"Không giọng đọc nào đọc được bài. {reasons}")

    def _try(self, engine: Engine, script_sentences: Sentences) -> Spoken | Degradation:
        budget_s = self._budget_s.get(engine.name)
        with self._lock:
            used_up = budget_s is not None and self._used_s[engine.name] >= budget_s
        if used_up:
            return Degradation(engine.name, "budget", f"đã dùng hết {budget_s:.0f} giây dành cho lần dựng này")
        breaker = self._breakers[engine.name]
        if not breaker.lets_pass():
            return Degradation(engine.name, "breaker_open", "đang tạm nghỉ sau khi không kết nối được")
        began = self._clock()
        try:
            spoken = speak_by(engine, script_sentences)
        except EngineError as error:
            # Nobody answers: the next article would wait just as long. Other failures may be this article's own.
            breaker.failed(at_once=isinstance(error, EngineUnreachable | EngineTimedOut))
            return Degradation(engine.name, error.why, str(error))
        finally:
            with self._lock:
                self._used_s[engine.name] += self._clock() - began
        breaker.succeeded()
        return spoken

    def close(self) -> None:
        """Closes every engine."""
        for engine in self.engines:
            engine.close()
