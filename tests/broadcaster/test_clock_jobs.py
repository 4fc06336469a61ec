"""Four clocks on one database, killed and frozen: each due instant takes effect exactly once and in order."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from broadcaster.clockjobs import Job, run_due
from broadcaster.db import Database
from broadcaster.migrations import migrate
from broadcaster.models import ClockJob

START = datetime(2026, 11, 10, tzinfo=UTC)
#: A virtual second lasts this long: 200 beats of a second go by in ten real seconds.
SECOND_S = 0.05
TICKS = 200
LEASE_MS = 4_000
PROCESSES = 4


def database_at(path: Path) -> Database:
    return Database(f"sqlite:///{path}")


def prepared(folder: Path) -> Path:
    path = folder / "clock.sqlite"
    database = database_at(path)
    migrate(database)
    with database.writing() as session:
        session.execute(text("create table effects (number integer primary key autoincrement, due text)"))
    database.close()
    return path


def write_effect(session: Session, due: datetime) -> None:
    session.execute(text("insert into effects (due) values (:due)"), {"due": due.isoformat()})


def effects_in(database: Database) -> list[datetime]:
    with database.reading() as session:
        rows = session.scalars(text("select due from effects order by number")).all()
    return [datetime.fromisoformat(row) for row in rows]


def virtual_now(began: float) -> datetime:
    return START + timedelta(seconds=(time.time() - began) / SECOND_S)


def work(path: Path, began: float) -> None:
    """One clock process, until it is killed."""
    database = database_at(path)

    def perform(_due: datetime) -> None:
        time.sleep(random.random() * SECOND_S / 2)

    job = Job("beat", 1, perform, record=write_effect, lease_ms=LEASE_MS)
    while True:
        run_due(database, job, claimant=str(os.getpid()), clock=lambda: virtual_now(began))
        time.sleep(SECOND_S / 2)


def started(path: Path, began: float) -> multiprocessing.process.BaseProcess:
    # A server that has the modules loaded forks each clock: twenty restarts cost no twenty imports.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["broadcaster.clockjobs", "broadcaster.migrations", "hypothesis", "pytest"])
    process = context.Process(target=work, args=(path, began), daemon=True)
    process.start()
    return process


def disturb(path: Path, began: float) -> tuple[int, int]:
    """Kills and freezes clocks at random until the ticks are through; how often it did each."""
    chance = random.Random(7)
    clocks = [started(path, began) for _ in range(PROCESSES)]
    frozen: dict[int, float] = {}
    kills = freezes = 0
    database = database_at(path)
    deadline = time.time() + 300
    while len(effects_in(database)) < TICKS or kills < 20 or freezes < 10:
        assert time.time() < deadline, f"{len(effects_in(database))} effects, {kills} kills, {freezes} freezes"
        for number, since in list(frozen.items()):
            # Longer than the lease lasts in real time.
            if time.time() - since > 1.5 * LEASE_MS / 1000 * SECOND_S:
                os.kill(clocks[number].pid or 0, signal.SIGCONT)
                del frozen[number]
        number = chance.randrange(PROCESSES)
        if number not in frozen and freezes < 10 and chance.random() < 0.4:
            os.kill(clocks[number].pid or 0, signal.SIGSTOP)
            frozen[number] = time.time()
            freezes += 1
        elif number not in frozen and kills < 20 and len(frozen) < PROCESSES - 1:
            clocks[number].kill()
            clocks[number].join()
            clocks[number] = started(path, began)
            kills += 1
        time.sleep(chance.random() * 0.25)
    for clock in clocks:
        clock.kill()
    return kills, freezes


def test_four_clocks_killed_and_frozen_do_everything_once_and_in_order(tmp_path: Path) -> None:
    path = prepared(tmp_path)
    began = time.time()
    kills, freezes = disturb(path, began)
    effects = effects_in(database_at(path))
    assert (kills, freezes) == (20, 10)
    assert len(effects) >= TICKS
    assert effects == [effects[0] + timedelta(seconds=number) for number in range(len(effects))]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return database_at(prepared(tmp_path))


def run(database: Database, job: Job, at: datetime, claimant: str = "a") -> tuple[datetime, ...]:
    return run_due(database, job, claimant=claimant, clock=lambda: at)


def test_a_new_job_is_due_at_once_and_then_waits_for_its_next_beat(database: Database) -> None:
    job = Job("minute", 60, lambda due: None, record=write_effect)
    at = START + timedelta(seconds=90)
    assert run(database, job, at) == (START + timedelta(seconds=60),)
    assert run(database, job, at + timedelta(seconds=20)) == ()
    assert run(database, job, at + timedelta(seconds=30)) == (START + timedelta(seconds=120),)


def test_missed_instants_are_made_up_for_in_order(database: Database) -> None:
    job = Job("minute", 60, lambda due: None, record=write_effect)
    run(database, job, START)
    done = run(database, job, START + timedelta(minutes=3))
    assert done == tuple(START + timedelta(minutes=number) for number in (1, 2, 3))


def test_a_job_that_makes_up_for_everything_at_once_runs_once_after_an_outage(database: Database) -> None:
    seen: list[datetime] = []
    job = Job("minute", 60, seen.append, each=False)
    run(database, job, START)
    run(database, job, START + timedelta(hours=9))
    assert seen == [START, START + timedelta(hours=9)]


def test_work_that_fails_stays_due_and_the_next_beat_may_try_again_at_once(database: Database) -> None:
    def fail(_due: datetime) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        run(database, Job("minute", 60, fail, record=write_effect), START)
    assert run(database, Job("minute", 60, lambda due: None, record=write_effect), START, "b") == (START,)
    assert effects_in(database) == [START]


def test_a_clock_that_slept_beyond_its_lease_writes_nothing(database: Database) -> None:
    def overtaken(due: datetime) -> None:
        later = due + timedelta(milliseconds=LEASE_MS + 1)
        assert run(database, Job("beat", 60, lambda due: None, record=write_effect), later, "b") == (START,)

    slow = Job("beat", 60, overtaken, record=write_effect, lease_ms=LEASE_MS)
    assert run(database, slow, START, "a") == ()
    assert effects_in(database) == [START]
    with database.reading() as session:
        assert session.get_one(ClockJob, "beat").token == 2
