"""Four clocks on one database, killed and frozen: each due instant takes effect exactly once and in order."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bench.clock_crew import (
    FREEZES,
    KILLS,
    LEASE_MS,
    START,
    TICKS,
    Effect,
    Ordeal,
    database_at,
    effects_in,
    leased,
    ordeal,
    prepared,
    write_effect,
)
from broadcaster.clockjobs import Job, run_due
from broadcaster.db import Database
from broadcaster.models import ClockJob


def test_four_clocks_killed_and_frozen_do_everything_once_and_in_order(tmp_path: Path) -> None:
    done = ordeal(tmp_path, leased)
    assert (done.kills, done.freezes) == (KILLS, FREEZES)
    worked = [effect.due for effect in done.effects]
    assert len(worked) >= TICKS
    assert worked == [worked[0] + timedelta(seconds=number) for number in range(len(worked))]
    late = sorted(effect.late_s for effect in done.effects)
    print(f"lateness: median {late[len(late) // 2]:.3f} s, at most {late[-1]:.3f} s")


def test_the_ordeals_counts_can_tell_lost_doubled_and_swapped_effects() -> None:
    def at(*seconds: int) -> Ordeal:
        return Ordeal(0, 0, tuple(Effect(START + timedelta(seconds=one), START) for one in seconds))

    assert [(one.doubled, one.missing, one.is_in_order) for one in (at(1, 2, 3), at(1, 3), at(1, 1, 2), at(2, 1))] == [
        (0, 0, True),
        (0, 1, True),
        (1, 0, True),
        (0, 0, False),
    ]


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return prepared(tmp_path)


@pytest.fixture
def database(books: Path) -> Database:
    return database_at(books)


def record(session: Session, due: datetime) -> None:
    write_effect(session, due, 0.0)


def dues(books: Path) -> list[datetime]:
    return [effect.due for effect in effects_in(books)]


def run(database: Database, job: Job, at: datetime, claimant: str = "a") -> tuple[datetime, ...]:
    return run_due(database, job, claimant=claimant, clock=lambda: at)


def test_a_new_job_is_due_at_once_and_then_waits_for_its_next_beat(database: Database) -> None:
    job = Job("minute", 60, lambda due: None, record=record)
    at = START + timedelta(seconds=90)
    assert run(database, job, at) == (START + timedelta(seconds=60),)
    assert run(database, job, at + timedelta(seconds=20)) == ()
    assert run(database, job, at + timedelta(seconds=30)) == (START + timedelta(seconds=120),)


def test_missed_instants_are_made_up_for_in_order(database: Database) -> None:
    job = Job("minute", 60, lambda due: None, record=record)
    run(database, job, START)
    done = run(database, job, START + timedelta(minutes=3))
    assert done == tuple(START + timedelta(minutes=number) for number in (1, 2, 3))


def test_a_job_that_makes_up_for_everything_at_once_runs_once_after_an_outage(database: Database) -> None:
    seen: list[datetime] = []
    job = Job("minute", 60, seen.append, each=False)
    run(database, job, START)
    run(database, job, START + timedelta(hours=9))
    assert seen == [START, START + timedelta(hours=9)]


def test_work_that_fails_stays_due_and_the_next_beat_may_try_again_at_once(database: Database, books: Path) -> None:
    def fail(_due: datetime) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        run(database, Job("minute", 60, fail, record=record), START)
    assert run(database, Job("minute", 60, lambda due: None, record=record), START, "b") == (START,)
    assert dues(books) == [START]


def test_a_clock_that_slept_beyond_its_lease_writes_nothing(database: Database, books: Path) -> None:
    def overtaken(due: datetime) -> None:
        later = due + timedelta(milliseconds=LEASE_MS + 1)
        assert run(database, Job("beat", 60, lambda due: None, record=record), later, "b") == (START,)

    slow = Job("beat", 60, overtaken, record=record, lease_ms=LEASE_MS)
    assert run(database, slow, START, "a") == ()
    assert dues(books) == [START]
    with database.reading() as session:
        assert session.get_one(ClockJob, "beat").token == 2
