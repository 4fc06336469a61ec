"""Espeak under load: 500 short articles by four processes of two threads each, against the same spoken one by one.

    python -m bench.bulletin_espeak [--articles N]

Says how fast both are and whether a single byte differs.
"""

import argparse
import hashlib
import json
import multiprocessing
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from audio.engines import EngineChain
from audio.engines.espeak import Espeak
from audio.speech import read_aloud

ARTICLES = Path(__file__).resolve().parent.parent / "broadcaster" / "demo" / "articles"
PROCESSES, THREADS = 4, 2
SENTENCES = 4
Script = list[tuple[str, int]]
#: Digest of the sound, and its length in milliseconds.
Said = tuple[str, int]


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 when the two ways do not sound the same."""
    parser = argparse.ArgumentParser(prog="bench bulletin_espeak", description=__doc__)
    parser.add_argument("--articles", type=int, default=500)
    scripts = short_articles(parser.parse_args(arguments).articles)
    began = time.perf_counter()
    one_by_one = say_all(scripts, threads=1)
    serial_s = time.perf_counter() - began
    began = time.perf_counter()
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        shares = pool.map(say_share, [scripts[number::PROCESSES] for number in range(PROCESSES)])
    at_once_s = time.perf_counter() - began
    at_once = [shares[number % PROCESSES][number // PROCESSES] for number in range(len(scripts))]
    minutes = sum(length_ms for _, length_ms in one_by_one) / 60_000
    differing = sum(one != other for one, other in zip(one_by_one, at_once, strict=True))
    print(f"{len(scripts)} articles, {minutes:.0f} minutes of speech")
    print(f"  one by one {serial_s:.1f} s, {PROCESSES} processes of {THREADS} threads {at_once_s:.1f} s")
    print(f"  articles that differ in a byte or in length: {differing}")
    return int(differing > 0)


def short_articles(count: int) -> list[Script]:
    """Scripts of a few sentences each, cut from the articles of the demo town over and over."""
    sentences = [
        (sentence.spoken, sentence.pause_ms)
        for path in sorted(ARTICLES.glob("*.json"))
        for article in json.loads(path.read_bytes())["articles"]
        for sentence in read_aloud(article["body"]).sentences
    ]
    starts = (number * 7 % (len(sentences) - SENTENCES) for number in range(count))
    return [sentences[start : start + SENTENCES] for start in starts]


def say_share(scripts: list[Script]) -> list[Said]:
    """What one process says."""
    return say_all(scripts, threads=THREADS)


def say_all(scripts: list[Script], *, threads: int) -> list[Said]:
    """The scripts spoken by as many threads and children."""
    chain = EngineChain([Espeak(children=threads)])
    try:
        with ThreadPoolExecutor(threads) as pool:
            spoken = pool.map(chain.speak, scripts)
            return [(hashlib.sha256(one.pcm.samples.tobytes()).hexdigest(), one.pcm.length_ms) for one in spoken]
    finally:
        chain.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
