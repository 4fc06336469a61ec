"""Many threads and processes that speak at the same time: nobody crashes, nobody gets another's sound."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import TypeAlias

import pytest

from audio.engines import EngineChain
from audio.engines.espeak import Espeak

ARTICLES = 500
PROCESSES, THREADS = 4, 2
#: Seconds after which a worker that never came is a failure, and not a test that waits for ever.
ALL_THERE_WITHIN_S = 120.0
_NAMES = ("An", "Bình", "Cường", "Dũng", "Giang", "Hạnh", "Khánh", "Lan", "Minh", "Phúc")
_GIFTS = ("", " tre", " xi măng", " một sào đất")
#: Number of the article → length in milliseconds, digest of its samples.
Spoken: TypeAlias = dict[int, tuple[int, str]]


def article(number: int) -> list[tuple[str, int]]:
    """Short, and like no other: a mix-up of two shows in their samples and mostly in their lengths too."""
    first = f"Bà {_NAMES[number % 10]} số {number} góp{_GIFTS[number // 10 % 4]}."
    return [(first, 300), ("Xin cảm ơn.", 500)] if number % 5 == 0 else [(first, 300)]


def speak(engines: EngineChain, numbers: Iterable[int]) -> Spoken:
    spoken = {}
    for number in numbers:
        pcm = engines.speak(article(number)).pcm
        spoken[number] = (pcm.length_ms, sha256(pcm.samples.tobytes()).hexdigest())
    return spoken


def speak_in_a_process(numbers: list[int]) -> Spoken:
    engines = EngineChain([Espeak(children=1)])
    try:
        return speak(engines, numbers)
    finally:
        engines.close()


def test_two_threads_and_four_processes_speak_500_articles_as_one_alone_would() -> None:
    """Threads share one chain, processes have their own; none begins before all are there."""
    shares = [list(range(start, ARTICLES, PROCESSES + THREADS)) for start in range(PROCESSES + THREADS)]
    spawn = multiprocessing.get_context("spawn")
    all_there = spawn.Barrier(PROCESSES + THREADS)
    meet = partial(all_there.wait, ALL_THERE_WITHIN_S)
    shared = EngineChain([Espeak(children=2)])
    try:
        with (
            ProcessPoolExecutor(PROCESSES, mp_context=spawn, initializer=meet) as processes,
            ThreadPoolExecutor(THREADS, initializer=meet) as threads,
        ):
            asked: list[Future[Spoken]] = [processes.submit(speak_in_a_process, share) for share in shares[THREADS:]]
            asked += [threads.submit(speak, shared, share) for share in shares[:THREADS]]
            together: Spoken = dict(chain.from_iterable(future.result().items() for future in asked))
    finally:
        shared.close()
    alone = speak_in_a_process(list(range(ARTICLES)))
    assert len(together) == len({digest for _, digest in alone.values()}) == ARTICLES
    for number, (length_ms, digest) in alone.items():
        length_together_ms, digest_together = together[number]
        assert length_together_ms == pytest.approx(length_ms, rel=0.01), f"article {number}"
        assert digest_together == digest, f"article {number} is not to the sample what one alone speaks"
