"""Clock processes on one database that are killed and frozen at random, and what takes effect meanwhile.

A virtual second lasts 50 ms, so that 200 beats of a second go by in ten real seconds; the lease lasts four of them.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broadcaster.clockjobs import Job, run_due
from broadcaster.db import Database
from broadcaster.migrations import migrate

START = datetime(2026, 11, 10, tzinfo=UTC)
SECOND_S = 0.05
LEASE_MS = 4_000
PROCESSES, TICKS, KILLS, FREEZES = 4, 200, 20, 10
PATIENCE_S = 300
TABLES = (
    "create table effects (number integer primary key autoincrement, due text, written_at float)",
    "create table claims (due text primary key)",
)

#: One clock process over the database at this path, begun at this moment of the wall's clock, until it is killed.
Clock = Callable[[Path, float], None]


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect: for which instant, and when it was written, both in virtual time."""

    due: datetime
    written_at: datetime

    @property
    def late_s(self) -> float:
        """In real seconds."""
        return (self.written_at - self.due).total_seconds() * SECOND_S


@dataclass(frozen=True, slots=True)
class Ordeal:
    """What was done to the clocks, and every effect they had, in the order of writing."""

    kills: int
    freezes: int
    effects: tuple[Effect, ...]

    @property
    def doubled(self) -> int:
        return len(self.effects) - len({effect.due for effect in self.effects})

    @property
    def missing(self) -> int:
        """Instants between the first and the last effect that have none."""
        dues = [effect.due for effect in self.effects]
        span = int((max(dues) - min(dues)).total_seconds()) + 1 if dues else 0
        return span - len(set(dues))

    @property
    def is_in_order(self) -> bool:
        dues = [effect.due for effect in self.effects]
        return dues == sorted(dues)


def database_at(path: Path) -> Database:
    return Database(f"sqlite:///{path}")


def prepared(folder: Path) -> Path:
    """A migrated database with the tables that effects are written to."""
    path = folder / "clock.sqlite"
    database = database_at(path)
    migrate(database)
    with database.writing() as session:
        for table in TABLES:
            session.execute(text(table))
    database.close()
    return path


def virtual_now(began: float) -> datetime:
    return START + timedelta(seconds=(time.time() - began) / SECOND_S)


def leased(path: Path, began: float) -> None:
    """Our clock: a lease with a fencing token; effect and "done" in one transaction."""
    database = database_at(path)

    def record(session: Session, due: datetime) -> None:
        write_effect(session, due, began)

    job = Job("beat", 1, _work, record=record, lease_ms=LEASE_MS)
    while True:
        run_due(database, job, claimant=str(os.getpid()), clock=lambda: virtual_now(began))
        time.sleep(SECOND_S / 2)


def claimed_first(path: Path, began: float) -> None:
    """What is often done instead: claim the instant under a unique key, then work, then write; nothing is made up."""
    database = database_at(path)
    while True:
        now = virtual_now(began)
        due = START + timedelta(seconds=int((now - START).total_seconds()))
        try:
            with database.writing() as session:
                session.execute(text("insert into claims (due) values (:due)"), {"due": due.isoformat()})
        except IntegrityError:
            time.sleep(SECOND_S / 2)
            continue
        _work(due)
        with database.writing() as session:
            write_effect(session, due, began)


def _work(_due: datetime) -> None:
    time.sleep(random.random() * SECOND_S / 2)


def write_effect(session: Session, due: datetime, began: float) -> None:
    """Writes down that an instant took effect, and when."""
    row = {"due": due.isoformat(), "written_at": (virtual_now(began) - START).total_seconds()}
    session.execute(text("insert into effects (due, written_at) values (:due, :written_at)"), row)


def effects_in(path: Path) -> tuple[Effect, ...]:
    database = database_at(path)
    with database.reading() as session:
        rows = session.execute(text("select due, written_at from effects order by number")).tuples().all()
    database.close()
    return tuple(Effect(datetime.fromisoformat(due), START + timedelta(seconds=at)) for due, at in rows)


def ordeal(folder: Path, clock: Clock, *, seed: int = 7) -> Ordeal:
    """Lets four clocks beat and kills and freezes them at random until the ticks are through.

    Raises:
        TimeoutError: they did not come through.
    """
    path, began = prepared(folder), time.time()
    chance = random.Random(seed)
    clocks = [_started(clock, path, began) for _ in range(PROCESSES)]
    frozen: dict[int, float] = {}
    kills = freezes = 0
    until = time.time() + PATIENCE_S
    while _ticks_through(path) < TICKS or kills < KILLS or freezes < FREEZES or frozen:
        if time.time() > until:
            raise TimeoutError(f"{len(effects_in(path))} effects, {kills} kills, {freezes} freezes")
        for number, since in list(frozen.items()):
            # Longer than the lease lasts in real time.
            if time.time() - since > 1.5 * LEASE_MS / 1000 * SECOND_S:
                os.kill(clocks[number].pid or 0, signal.SIGCONT)
                del frozen[number]
        number = chance.randrange(PROCESSES)
        if number not in frozen and freezes < FREEZES and chance.random() < 0.4:
            os.kill(clocks[number].pid or 0, signal.SIGSTOP)
            frozen[number] = time.time()
            freezes += 1
        elif number not in frozen and kills < KILLS and len(frozen) < PROCESSES - 1:
            clocks[number].kill()
            clocks[number].join()
            clocks[number] = _started(clock, path, began)
            kills += 1
        time.sleep(chance.random() * 0.25)
    for one in clocks:
        one.kill()
    for one in clocks:
        one.join()
    return Ordeal(kills, freezes, effects_in(path))


def _ticks_through(path: Path) -> int:
    """How many ticks lie between the first effect and the newest, lost ones included."""
    effects = effects_in(path)
    if not effects:
        return 0
    return int((max(effect.due for effect in effects) - effects[0].due).total_seconds()) + 1


def _started(clock: Clock, path: Path, began: float) -> BaseProcess:
    # A server that has the modules loaded forks each clock: twenty restarts cost no twenty imports.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.clock_crew", "broadcaster.clockjobs", "broadcaster.migrations"])
    process = context.Process(target=clock, args=(path, began), daemon=True)
    process.start()
    return process
