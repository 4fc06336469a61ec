"""`python -m bench [NAME] [ARGUMENTS]`: runs one benchmark, or names them all."""

from __future__ import annotations

import sys
from importlib import import_module

#: What each benchmark measures, and against whom.
BENCHMARKS = {
    "plan": "plans against the bound, beside weighted shuffle, random subset-sum and deficit-first",
    "clock": "clock processes killed and frozen, beside claiming first and working afterwards",
    "speech": "texts read aloud, beside sea-g2p and vietnormalizer",
    "bulletin": "bulletins joined, beside pydub and ffmpeg",
    "loudness": "loudness and peaks of everything a town has published, decoded",
    "rendering": "a town's articles rendered cold, warm, and after one change",
    "estimating": "lengths foretold against lengths rendered",
    "big-station": "makes a station with years behind it, to look at and to measure on",
    "year": "a simulated year of failing players, held against what really happened",
    "desk": "every page of the desk before three years of a big station",
    "players": "a thousand players that poll, pull and report, through the web process and through nginx",
    "feeds": "a long column built after one new item, served, and pulled by a hundred devices",
}
MODULES = {
    "big-station": "bench.big_station",
    "estimating": "bench.bulletin_estimating",
    "rendering": "bench.bulletin_rendering",
    "year": "bench.year.main",
}


def main(arguments: list[str]) -> int:
    """Status of the benchmark; 2 for an unknown name."""
    if not arguments or arguments[0] not in BENCHMARKS:
        for name, words in BENCHMARKS.items():
            print(f"{name:14}{words}")
        return 0 if not arguments else 2
    name, *rest = arguments
    module = import_module(MODULES.get(name, f"bench.{name}"))
    status: int = module.main(rest)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
