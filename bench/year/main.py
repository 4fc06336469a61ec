"""`python -m bench year`: a year of a station with failing players, held against the truth."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

from bench.year.comparison import Comparison, compare
from bench.year.simulation import TZ, Year
from bench.year.town import Size
from broadcaster.db import Database
from broadcaster.migrations import migrate
from broadcaster.months import last_day
from broadcaster.planning import NothingToPlan, make_draft, publish_plan
from broadcaster.scripts import Voice

#: The planner's first plan, hardly bettered: what is under test comes after it.
MOVES = 200


def main(arguments: list[str]) -> int:
    """0 where the books say what happened."""
    parser = argparse.ArgumentParser(prog="bench year", description=__doc__)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--seed", type=int, default=8)
    asked = parser.parse_args(arguments)
    size = Size(last=last_day(f"2026-{asked.months:02}"))
    began, began_cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{Path(name) / 'year.sqlite'}")
        migrate(database)
        voice = Voice.of_station("monotone")
        planning_s = [0.0]

        def plan(month: str, now: datetime) -> None:
            started = time.monotonic()
            try:
                make_draft(database, month, voice=voice, now=now, tz=TZ, by="bien-tap", moves=MOVES)
                with database.writing() as session:
                    publish_plan(session, month, by="bien-tap", now=now, tz=TZ)
            except NothingToPlan:
                pass
            planning_s[0] += time.monotonic() - started

        def told(day: date) -> None:
            if day.day == 1:
                print(f"  {day:%Y-%m} after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

        year = Year(database, Path(name), size, plan=plan, seed=asked.seed, told=told)
        now = year.live()
        with database.reading() as session:
            found = compare(session, year, now=now)
        database.close()
    print(_words(year, found))
    print(
        f"\n{time.monotonic() - began:.0f} s ({time.process_time() - began_cpu:.0f} s processor), "
        f"of which {planning_s[0]:.0f} s planning"
    )
    return 0 if found.is_right else 1


def _words(year: Year, found: Comparison) -> str:
    faults = ", ".join(f"{kind} {count:,}" for kind, count in sorted(year.faults.items()))
    answers = ", ".join(f"{status} {count:,}" for status, count in sorted(year.answers.items()))
    verdicts = ", ".join(f"{verdict} {count:,}" for verdict, count in found.verdicts.most_common())
    lines = [
        f"{year.size.units} units, {year.size.zones} zones, {year.size.players} players, {year.articles:,} articles; "
        "programmes are rows without sound",
        f"sessions        {year.sessions:,}",
        f"plays           {found.plays:,}",
        f"faults          {faults}",
        f"reported rows   {answers}",
        f"lost            {found.lost}",
        f"doubled         {found.doubled}",
        f"altered         {found.altered}",
        f"airtime         {found.months} months, differences {found.wrong_ms} ms, {found.wrong_counts} runs",
        f"closed months   {found.closed}, changed {found.closed_changed}, late entries {found.late_entries:,}",
        f"zone verdicts   {verdicts}",
        f"wrong verdicts  {found.wrong_verdicts}",
    ]
    return "\n".join([*lines, *found.examples[:20]])
