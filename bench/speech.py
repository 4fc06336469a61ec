"""How much of administrative Vietnamese is read aloud correctly, and how fast, beside two libraries that do the same.

All three are given the same phrases in the same run, and every reading is judged by the same list of accepted
readings, regional variants, case and punctuation aside. Rivals: sea-g2p alone, vietnormalizer.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sea_g2p import Normalizer
from vietnormalizer import VietnameseNormalizer

from audio.speech import read_aloud, spoken_line
from bench.speech_phrases import Phrase, phrases

ARTICLES = Path(__file__).parent.parent / "broadcaster" / "demo" / "articles"

_LEAST_RIGHT_PERCENT = 98.0
_LEAST_RIGHT_HELD_OUT_PERCENT = 92.0
_LEAST_WORDS_A_SECOND = 2000.0

Reader = Callable[[str], str]


def main(arguments: list[str]) -> int:
    """Prints the scores; 1 where ours is below what the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench speech")
    parser.add_argument("--faults", action="store_true", help="list our faults, held-out phrases left out")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the speed measurement")
    options = parser.parse_args(arguments)
    readers = _readers()
    right = {name: _judged(reader) for name, reader in readers.items()}
    _print_scores(right)
    if options.faults:
        _print_faults(right["ours"], readers["ours"])
    speeds = _print_speeds(readers, options.rounds)
    return 0 if _good_enough(right["ours"], speeds["ours"]) else 1


def _readers() -> dict[str, Reader]:
    sea_g2p, vietnormalizer = Normalizer(), VietnameseNormalizer()
    return {
        "ours": lambda text: spoken_line(text).spoken,
        "sea-g2p": lambda text: str(sea_g2p.normalize(text)),
        "vietnormalizer": lambda text: str(vietnormalizer.normalize(text)),
    }


def _judged(reader: Reader) -> list[tuple[Phrase, bool]]:
    return [(phrase, phrase.accepts(reader(phrase.written))) for phrase in phrases()]


def _print_scores(right: dict[str, list[tuple[Phrase, bool]]]) -> None:
    names = list(right)
    print(f"{'category':<28}{'phrases':>8}" + "".join(f"{name:>16}" for name in names))
    some = right[names[0]]
    for category in dict.fromkeys(phrase.category for phrase, _ in some):
        _print_row(category, right, {phrase for phrase, _ in some if phrase.category == category})
    _print_row("all", right, {phrase for phrase, _ in some})
    _print_row("all but held out", right, {phrase for phrase, _ in some if not phrase.held_out})
    _print_row("held out", right, {phrase for phrase, _ in some if phrase.held_out})


def _print_row(label: str, right: dict[str, list[tuple[Phrase, bool]]], belonging: set[Phrase]) -> None:
    counts = [sum(ok for phrase, ok in judged if phrase in belonging) for judged in right.values()]
    cells = "".join(f"{count:>8} {100 * count / len(belonging):>5.1f} %" for count in counts)
    print(f"{label:<28}{len(belonging):>8}{cells}")


def _print_faults(judged: list[tuple[Phrase, bool]], reader: Reader) -> None:
    for phrase, ok in judged:
        if not ok and not phrase.held_out:
            print(
                f"\n{phrase.category}: {phrase.written}\n  said   {reader(phrase.written)}\n  wanted {phrase.readings}"
            )


def _print_speeds(readers: dict[str, Reader], rounds: int) -> dict[str, float]:
    dense = [phrase.written for phrase in phrases()] * 3
    articles = _article_texts()
    print(f"\n{'words a CPU second':<36}" + "".join(f"{name:>16}" for name in readers))
    speeds = {name: _speed(reader, dense, rounds) for name, reader in readers.items()}
    print(f"{'the phrases':<36}" + "".join(f"{speed:>16,.0f}" for speed in speeds.values()))
    if articles:
        whole = {**readers, "ours": lambda text: read_aloud(text).spoken}
        of_articles = {name: _speed(reader, articles, rounds) for name, reader in whole.items()}
        label = f"{len(articles)} articles"
        print(f"{label:<36}" + "".join(f"{speed:>16,.0f}" for speed in of_articles.values()))
        speeds = {name: min(speeds[name], of_articles[name]) for name in speeds}
    return speeds


def _article_texts() -> list[str]:
    files = sorted(ARTICLES.glob("*.json"))
    return [article["body"] for file in files for article in json.loads(file.read_text(encoding="utf-8"))["articles"]]


def _speed(reader: Reader, texts: Sequence[str], rounds: int) -> float:
    """Words a second of this process's CPU time, the median of the rounds."""
    words = sum(len(text.split()) for text in texts)
    measured: list[float] = []
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            reader(text)
        measured.append(words / (time.process_time() - started))
    return statistics.median(measured)


def _good_enough(judged: list[tuple[Phrase, bool]], words_a_second: float) -> bool:
    held_out = [ok for phrase, ok in judged if phrase.held_out]
    every = [ok for _, ok in judged]
    good = (
        100 * sum(every) / len(every) >= _LEAST_RIGHT_PERCENT
        and 100 * sum(held_out) / len(held_out) >= _LEAST_RIGHT_HELD_OUT_PERCENT
        and words_a_second >= _LEAST_WORDS_A_SECOND
    )
    print(
        f"\n{'kept' if good else 'MISSED'}: {_LEAST_RIGHT_PERCENT} % right, {_LEAST_RIGHT_HELD_OUT_PERCENT} % of the "
        f"held-out fifth, {_LEAST_WORDS_A_SECOND:,.0f} words a second"
    )
    return good
