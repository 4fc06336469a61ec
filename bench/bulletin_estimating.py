"""Estimated against real length, over articles: learnt on one half, tried on the other.

    python -m bench estimating [FOLDER]

FOLDER holds articles in the import format (default: those of the demo town). Errors are those of whole articles.
"""

import argparse
import json
import random
import statistics
from pathlib import Path

from audio.engines import speak_by
from audio.engines.espeak import Espeak
from audio.estimating import PACES, Pace, Sample, estimate_ms, learn
from audio.speech import read_aloud
from bench.verdicts import Verdicts

ARTICLES = Path(__file__).resolve().parent.parent / "broadcaster" / "demo" / "articles"


def main(arguments: list[str]) -> int:
    """Prints the errors; 1 when the held-out half is off by more than 3 % in the mean or 10 % at worst."""
    parser = argparse.ArgumentParser(prog="bench bulletin_estimating", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ARTICLES)
    samples = spoken_samples(parser.parse_args(arguments).folder)
    minutes = sum(sample.length_ms for sample in samples) / 60_000
    print(f"{len(samples)} articles, {minutes:.0f} minutes of speech by espeak, pauses left out")
    random.Random(1).shuffle(samples)
    half = len(samples) // 2
    first, second = samples[:half], samples[half:]
    verdicts = Verdicts()
    for what, pace, tried in (
        ("shipped coefficients, all", PACES["espeak"], samples),
        ("learnt on one half, tried on the other", learn(first), second),
        ("and the other way round", learn(second), first),
    ):
        mean, worst = errors_of(pace, tried)
        words = f"  {what:40} mean {mean:.2f} % (under 3), worst {worst:.2f} % (under 10)"
        verdicts.say(words, met=mean < 3 and worst < 10)
    print(f"learnt on all: {learn(samples)}")
    return verdicts.status


def spoken_samples(folder: Path) -> list[Sample]:
    """Every article spoken once."""
    engine = Espeak()
    try:
        return [
            speak(engine, article["body"])
            for path in sorted(folder.glob("*.json"))
            for article in json.loads(path.read_bytes())["articles"]
        ]
    finally:
        engine.close()


def speak(engine: Espeak, body: str) -> Sample:
    """One article: its spoken text and how long its sentences sound."""
    script = read_aloud(body)
    spoken = speak_by(engine, [(sentence.spoken, 0) for sentence in script.sentences])
    return Sample(script.spoken, spoken.pcm.length_ms)


def errors_of(pace: Pace, samples: list[Sample]) -> tuple[float, float]:
    """The mean and the worst absolute error, per cent."""
    errors = [abs(estimate_ms(sample.spoken_text, 0, pace) / sample.length_ms - 1) * 100 for sample in samples]
    return statistics.fmean(errors), max(errors)
