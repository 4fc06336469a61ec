from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines import (
    BreakerSettings,
    Degradation,
    EngineAnswerBroken,
    EngineBusy,
    EngineChain,
    EngineError,
    EngineRefused,
    EngineSettingWrong,
    EngineTimedOut,
    EngineUnreachable,
    NoEngineSpoke,
    NothingToSay,
    engines_from_setting,
    speak_by,
)
from audio.engines.breaker import Breaker
from audio.engines.monotone import Monotone
from audio.pcm import Pcm

SCRIPT = (("Kính thưa bà con.", 500), ("Hôm nay trời đẹp.", 300), ("Xin cảm ơn.", 900))


class Clock:
    """Moments that pass only when told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class Voice(Monotone):
    """Hums, or raises what it was given, in turn; each call takes `takes_s` of the clock."""

    def __init__(
        self, name: str, *failures: EngineError | None, clock: Clock | None = None, takes_s: float = 0
    ) -> None:
        super().__init__()
        self.name = name
        self.failures = list(failures)
        self.calls = 0
        self.closed = False
        self._clock = clock
        self._takes_s = takes_s

    def synthesise(self, text: str) -> Pcm:
        self.calls += 1
        if self._clock:
            self._clock.now_s += self._takes_s
        failure = self.failures.pop(0) if self.failures else None
        if failure:
            raise failure
        return super().synthesise(text)

    def close(self) -> None:
        self.closed = True


def test_the_first_engine_that_can_speaks_the_whole_script() -> None:
    spoken = EngineChain([Voice("first"), Voice("second")]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded, spoken.synthetic) == ("first", (), True)
    assert len(spoken.sentence_spans_ms) == 3


def test_pauses_are_kept_to_the_sample_and_spans_name_each_sentence() -> None:
    spoken = speak_by(Monotone(), SCRIPT)
    pauses = [after[0] - before[1] for before, after in pairwise(spoken.sentence_spans_ms)]
    assert pauses == [500, 300]
    assert spoken.pcm.length_ms - spoken.sentence_spans_ms[-1][1] == 900
    for start, end in spoken.sentence_spans_ms:
        assert np.abs(spoken.pcm.samples[start * 16 : end * 16]).max() > 1000
    for (_, quiet_from), (quiet_to, _) in pairwise(spoken.sentence_spans_ms):
        assert not spoken.pcm.samples[quiet_from * 16 + 16 : quiet_to * 16 - 16].any()


def test_an_article_that_fails_in_its_middle_is_spoken_anew_from_its_start_by_the_next_engine() -> None:
    first = Voice("first", None, EngineBusy("bận"))
    spoken = EngineChain([first, Voice("second")]).speak(SCRIPT)
    alone = speak_by(Voice("second"), SCRIPT)
    assert spoken.engine == "second"
    assert spoken.pcm == alone.pcm, "nothing of the first engine is kept"
    assert spoken.degraded == (Degradation("first", "busy"),)


@pytest.mark.parametrize("failure", [EngineUnreachable("đứt mạng"), EngineTimedOut("im lặng")])
def test_one_missing_connection_opens_the_breaker_so_that_no_other_article_waits(failure: EngineError) -> None:
    clock = Clock()
    first = Voice("first", failure)
    chain = EngineChain([first, Voice("second")], breaker=BreakerSettings(rest_s=300), clock=clock)
    assert chain.speak(SCRIPT).degraded == (Degradation("first", failure.why),)
    for _ in range(5):
        assert chain.speak(SCRIPT).degraded == (Degradation("first", "breaker_open"),)
    assert first.calls == 1
    clock.now_s += 300
    assert chain.speak(SCRIPT).engine == "first", "after the rest it is tried again"
    assert chain.speak(SCRIPT).engine == "first"


def test_other_failures_open_the_breaker_only_after_several_in_a_row() -> None:
    first = Voice("first", EngineBusy("bận"), EngineBusy("bận"), None, None, None, *[EngineRefused("từ chối")] * 3)
    chain = EngineChain([first, Voice("second")], breaker=BreakerSettings(failures_to_open=3), clock=Clock())
    engines = [chain.speak(SCRIPT).engine for _ in range(3)]
    assert engines == ["second", "second", "first"], "a success forgets the failures before it"
    whys = [chain.speak(SCRIPT).degraded[0].why for _ in range(4)]
    assert whys == ["refused", "refused", "refused", "breaker_open"]


def test_a_failed_trial_after_the_rest_opens_the_breaker_again_at_once() -> None:
    clock = Clock()
    breaker = Breaker(BreakerSettings(failures_to_open=3, rest_s=60), clock)
    breaker.failed(at_once=True)
    assert not breaker.lets_pass()
    clock.now_s += 60
    assert breaker.lets_pass()
    assert not breaker.lets_pass(), "only one call is the trial"
    breaker.failed(at_once=False)
    clock.now_s += 59
    assert not breaker.lets_pass()


def test_a_slow_engine_speaks_only_until_its_budget_is_used_up_and_finishes_what_it_began() -> None:
    clock = Clock()
    slow = Voice("slow", clock=clock, takes_s=4)
    chain = EngineChain([slow, Voice("quick")], clock=clock, budget_s={"slow": 20})
    engines = [chain.speak(SCRIPT).engine for _ in range(3)]
    assert engines == ["slow", "slow", "quick"], "12 s an article: the second begins at 12 s and ends at 24 s"
    assert chain.speak(SCRIPT).degraded == (Degradation("slow", "budget"),)


def test_when_nobody_can_speak_the_error_names_each_engine_with_its_reason() -> None:
    chain = EngineChain([Voice("a", EngineBusy("quá tải")), Voice("b", EngineRefused("sai khóa"))])
    with pytest.raises(NoEngineSpoke, match=r"a: quá tải; b: sai khóa") as failed:
        chain.speak(SCRIPT)
    assert failed.value.can_retry


@pytest.mark.parametrize("script", [(), (("", 500),), (("…", 500), (" – ", 100))])
def test_a_script_without_a_word_is_an_error_and_no_engine_is_blamed(script: tuple[tuple[str, int], ...]) -> None:
    voice = Voice("first")
    with pytest.raises(NothingToSay):
        EngineChain([voice]).speak(script)
    assert voice.calls == 0


def test_a_sentence_without_a_word_is_a_pause() -> None:
    spoken = speak_by(Monotone(), (("Một.", 100), ("…", 700), ("Hai.", 100)))
    _, (start, end), (after, _) = spoken.sentence_spans_ms
    assert start == end
    assert after - end == 700


def test_an_engine_that_answers_silence_has_not_spoken() -> None:
    class Mute(Voice):
        def synthesise(self, text: str) -> Pcm:
            return Pcm(np.zeros(16_000, dtype=np.int16), 16_000)

    spoken = EngineChain([Mute("mute"), Voice("second")]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("second", (Degradation("mute", "broken_answer"),))


def test_closing_the_chain_closes_every_engine() -> None:
    voices = [Voice("a"), Voice("b")]
    EngineChain(voices).close()
    assert all(voice.closed for voice in voices)


@pytest.mark.parametrize(
    ("failure", "can_retry"),
    [
        (EngineUnreachable, True),
        (EngineTimedOut, True),
        (EngineBusy, True),
        (EngineAnswerBroken, True),
        (EngineRefused, False),
        (EngineSettingWrong, False),
        (NothingToSay, False),
    ],
)
def test_each_failure_says_whether_trying_again_can_help(failure: type[EngineError], can_retry: bool) -> None:
    assert failure("vì sao").can_retry is can_retry
    assert failure("vì sao", can_retry=not can_retry).can_retry is not can_retry


@given(
    script=st.lists(st.tuples(st.text(alphabet="aăâ .,…bc", max_size=30), st.integers(0, 2000)), min_size=1, max_size=8)
)
def test_whatever_the_script_the_length_is_the_sounds_and_the_pauses(script: list[tuple[str, int]]) -> None:
    try:
        spoken = speak_by(Monotone(), script)
    except NothingToSay:
        return
    sounds_ms = sum(end - start for start, end in spoken.sentence_spans_ms)
    assert spoken.pcm.length_ms == pytest.approx(sounds_ms + sum(pause for _, pause in script), abs=len(script))


def test_engines_come_in_the_order_of_the_setting() -> None:
    engines = engines_from_setting(" gtts, monotone ", {})
    assert [engine.name for engine in engines] == ["gtts", "monotone"]


@pytest.mark.parametrize(
    ("setting", "options", "faults"),
    [
        ("", {}, ["chưa nêu"]),
        ("festival,monotone,monotone", {}, ["“festival”", "“monotone” được nêu hai lần"]),
        ("espeak,siri", {"espeak.rate_wpm": "nhanh"}, ["espeak.rate_wpm", "“siri”"]),
        ("espeak", {"espeak.rate_wpm": "20"}, ["từ 80 đến 300"]),
    ],
)
def test_every_fault_of_a_setting_is_named_at_once(setting: str, options: Mapping[str, str], faults: list[str]) -> None:
    with pytest.raises(EngineSettingWrong) as refused:
        engines_from_setting(setting, options)
    for fault in faults:
        assert fault in str(refused.value)
