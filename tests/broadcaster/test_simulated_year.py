"""A part of the simulated year: the books say what happened, and one month's papers come out as they always have.

`python -m tests.broadcaster.test_simulated_year` writes the golden files anew; look at what changed before keeping it.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest

from bench.year.booth import PlainPlanner
from bench.year.comparison import Comparison, compare
from bench.year.simulation import TZ, Year
from bench.year.town import Size
from broadcaster.db import Database
from broadcaster.migrations import migrate
from broadcaster.reports.broadcast_log import LOG_FIELDS, LogRow, broadcast_log, log_document
from broadcaster.reports.monthly_airtime import monthly_airtime, monthly_document

GOLDEN = Path(__file__).with_name("golden")
#: Units merge within it, and two of its months are closed.
SIZE = Size(units=8, zones=2, players=5, articles_a_week=5, first=date(2026, 6, 15), last=date(2026, 8, 14), rough=4)
MONTH = "2026-07"
FIRST, LAST = date(2026, 7, 1), date(2026, 7, 31)


@dataclass(frozen=True)
class Lived:
    database: Database
    year: Year
    now: datetime

    def compared(self) -> Comparison:
        with self.database.reading() as session:
            return compare(session, self.year, now=self.now)

    def log(self) -> tuple[LogRow, ...]:
        with self.database.reading() as session:
            return broadcast_log(session, FIRST, LAST, now=self.now, tz=TZ)

    def table(self) -> dict[str, object]:
        with self.database.reading() as session:
            return monthly_document(monthly_airtime(session, MONTH, now=self.now, tz=TZ))


@contextmanager
def lived() -> Iterator[Lived]:
    with tempfile.TemporaryDirectory() as name:
        database = Database(f"sqlite:///{Path(name) / 'year.sqlite'}")
        migrate(database)

        def plan(month: str, now: datetime) -> None:
            with database.writing() as session:
                PlainPlanner().plan(session, month, now=now, tz=TZ)

        year = Year(database, Path(name), SIZE, plan=plan, seed=3)
        now = year.live()
        yield Lived(database, year, now)
        database.close()


@pytest.fixture(scope="module")
def weeks() -> Iterator[Lived]:
    with lived() as found:
        yield found


def log_text(rows: tuple[LogRow, ...]) -> str:
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, LOG_FIELDS, delimiter="\t", lineterminator="\n")
    writer.writeheader()
    writer.writerows(log_document(rows))
    return sheet.getvalue()


def table_text(table: dict[str, object]) -> str:
    # The digest holds moments of closing and everything else; that it holds is looked at elsewhere.
    return json.dumps({**table, "digest": None}, ensure_ascii=False, indent=1) + "\n"


def test_the_books_say_what_happened(weeks: Lived) -> None:
    found = weeks.compared()
    assert found.is_right, found.examples[:5]
    assert (found.closed, found.months) == (2, 3)
    assert found.plays > 300
    assert found.late_entries > 0


def test_everything_that_can_break_broke(weeks: Lived) -> None:
    kinds = ("line", "power", "disk", "clock", "answer", "moved", "replayed", "called off", "withdrawn", "corrected")
    assert [kind for kind in (*kinds, "mergers") if not weeks.year.faults[kind]] == []
    just = Counter(weeks.year.verdicts.values())
    wanted = {"as_planned", "late", "displaced", "partial", "missed", "duplicate", "unplanned"}
    assert wanted <= just.keys(), just


def test_a_broken_book_is_noticed(weeks: Lived) -> None:
    """The comparison itself: a second of airtime, a verdict or a play too many does not pass."""
    play = next(iter(weeks.year.truth.plays.values()))
    try:
        weeks.year.truth.turned_out(play, max(0, play.played_ms - 1_000))
        found = weeks.compared()
        assert (found.altered, found.is_right) == (1, False)
    finally:
        weeks.year.truth.turned_out(play, play.played_ms)
    key, verdict = next((key, verdict) for key, verdict in weeks.year.verdicts.items() if verdict == "as_planned")
    try:
        weeks.year.verdicts[key] = "late"
        assert weeks.compared().wrong_verdicts == 1
    finally:
        weeks.year.verdicts[key] = verdict


def test_the_broadcast_log_of_a_month_comes_out_as_ever(weeks: Lived) -> None:
    assert log_text(weeks.log()) == (GOLDEN / "broadcast-log-2026-07.tsv").read_text("utf-8")


def test_the_monthly_table_comes_out_as_ever(weeks: Lived) -> None:
    assert table_text(weeks.table()) == (GOLDEN / "monthly-airtime-2026-07.json").read_text("utf-8")


def test_the_log_adds_up_to_what_was_really_heard(weeks: Lived) -> None:
    """The log is kept by the day on which a session was to be, the truth by the moment it was heard."""
    heard: Counter[str] = Counter()
    for row in weeks.log():
        if row.started_at is not None and f"{row.started_at:%Y-%m}" == MONTH:
            heard[row.unit] += row.heard_ms
    truth = {unit: sums.aired_ms for (month, unit), sums in weeks.year.truth.sums().items() if month == MONTH}
    assert heard == truth


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    with lived() as once:
        (GOLDEN / "broadcast-log-2026-07.tsv").write_text(log_text(once.log()), "utf-8")
        (GOLDEN / "monthly-airtime-2026-07.json").write_text(table_text(once.table()), "utf-8")
