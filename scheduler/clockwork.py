"""The heartbeat, and the pure decisions of who does what when.

APScheduler beats; it decides nothing and remembers nothing, since its memory dies with the process. What is due, who
may do it and what was missed follow from frozen values, which the application keeps in its database: a due instant is
worked by whoever holds the job's lease, and its effect is written in one transaction with the check of the lease's
token, so a process that was frozen beyond its lease wakes up unable to do harm.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from scheduler.slots.instants import days_between, local_instant

logger = logging.getLogger(__name__)


class ClockworkError(RuntimeError):
    """The clockwork was asked for what cannot be. `retry_helps` says whether the same may work later."""

    retry_helps = False


class LeaseLost(ClockworkError):
    """Somebody else took the work over in the meantime: nothing may be written, the other one does it."""


# Which instants are due


def due_instants(every_s: int, since: datetime, until: datetime, at_most: int | None = None) -> tuple[datetime, ...]:
    """The multiples of `every_s` since 1970 (UTC) in `since` < instant ≤ `until`, oldest first.

    Cases: `until` before `since` (a clock set back): none; `since` on a multiple: not that one again; `at_most` keeps
    the oldest, so that a long outage is caught up piece by piece and in order. Raises ValueError for naive instants
    and for an `every_s` below one.
    """
    if every_s < 1:
        raise ValueError("every_s must be at least 1")
    _refuse_naive(since, until)
    epoch, step = datetime(1970, 1, 1, tzinfo=UTC), timedelta(seconds=every_s)
    first, last = (since - epoch) // step + 1, (until - epoch) // step
    if at_most is not None:
        last = min(last, first + at_most - 1)
    return tuple(epoch + number * step for number in range(first, last + 1))


def due_daily(at: time, tz: tzinfo, since: datetime, until: datetime) -> tuple[datetime, ...]:
    """The instants in `since` < instant ≤ `until` at which station clocks in `tz` show `at`, oldest first.

    A time that the clocks skip comes with the offset before the jump; one that comes twice counts once, the first.
    """
    _refuse_naive(since, until)
    first: date = since.astimezone(tz).date()
    candidates = (
        local_instant(day, at, tz).astimezone(UTC) for day in days_between(first, until.astimezone(tz).date())
    )
    return tuple(instant for instant in candidates if since < instant <= until)


def _refuse_naive(*instants: datetime) -> None:
    if any(instant.tzinfo is None for instant in instants):
        raise ValueError("instants must be aware")


# Who may work


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one job for a while.

    Attributes:
        token: Grows by one with every taking, never shrinks; work is written only under the newest token.
        holder: Who took it last; None: nobody since it was given back.
        expires_at: From this instant on anybody may take it; None when nobody holds it.
    """

    token: int = 0
    holder: str | None = None
    expires_at: datetime | None = None

    def is_free(self, now: datetime) -> bool:
        return self.holder is None or self.expires_at is None or self.expires_at <= now


def take_lease(lease: Lease, claimant: str, now: datetime, length_ms: int) -> Lease | None:
    """The lease under a new token, or None while somebody holds it.

    Cases: held by the claimant itself counts as held (two threads of one process are two workers); expiring at `now`
    is free. In the database this is one UPDATE conditional on the token that was read, so of two who decide alike
    one wins. `now` should come from one clock for all, the database's.
    """
    if not lease.is_free(now):
        return None
    return Lease(lease.token + 1, claimant, now + timedelta(milliseconds=length_ms))


def renew_lease(lease: Lease, token: int, now: datetime, length_ms: int) -> Lease:
    """The same lease for longer, under the same token; never shortened. Raises LeaseLost when it is no longer ours.

    An expired lease that nobody took yet may be renewed: the token proves that no other work came in between.
    """
    _refuse_stale(lease, token)
    until = now + timedelta(milliseconds=length_ms)
    return replace(lease, expires_at=until if lease.expires_at is None else max(lease.expires_at, until))


def give_back_lease(lease: Lease, token: int) -> Lease:
    """The lease free again, its token kept so that the next taking exceeds it. Raises LeaseLost."""
    _refuse_stale(lease, token)
    return Lease(lease.token)


def _refuse_stale(lease: Lease, token: int) -> None:
    if lease.holder is None or lease.token != token:
        raise LeaseLost(f"token {token} is stale, the lease stands at {lease.token}")


# What to do now


@dataclass(frozen=True, slots=True)
class JobState:
    """What the database knows of a recurring job.

    Attributes:
        job: Its name.
        every_s: Its beat.
        done_through: Every due instant up to this one is done.
        lease: Who works on it.
    """

    job: str
    every_s: int
    done_through: datetime
    lease: Lease = Lease()


@dataclass(frozen=True, slots=True)
class Claim:
    """Work that is ours now: the oldest due instant, under `lease`.

    Attributes:
        due: The instant to work for.
        lease: The lease to store before working, and to show when done.
        lateness_ms: How long ago it was due.
        waiting: Due instants after this one.
    """

    due: datetime
    lease: Lease
    lateness_ms: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Busy:
    """Something is due, but somebody else holds it until `until`."""

    holder: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is due before `next_due`."""

    next_due: datetime


def missed_ticks(state: JobState, now: datetime) -> tuple[datetime, ...]:
    """All that is due and not done, in the order in which it has to be done."""
    return due_instants(state.every_s, state.done_through, now)


def decide(state: JobState, claimant: str, now: datetime, lease_ms: int) -> Claim | Busy | Idle:
    """What `claimant` should do at `now`."""
    missed = missed_ticks(state, now)
    if not missed:
        step = timedelta(seconds=state.every_s)
        after = max(now, state.done_through)
        return Idle(due_instants(state.every_s, after, after + step)[0])
    lease = take_lease(state.lease, claimant, now, lease_ms)
    if lease is None:
        assert state.lease.holder is not None  # else it would be free
        assert state.lease.expires_at is not None
        return Busy(state.lease.holder, state.lease.expires_at)
    return Claim(missed[0], lease, (now - missed[0]) // timedelta(milliseconds=1), len(missed) - 1)


def complete(state: JobState, claim: Claim) -> JobState:
    """The state after the claim's work, to be written in one transaction with its effect.

    `state` is what the database says in that transaction. Raises LeaseLost when the claim's token is no longer the
    newest, or its due instant is already done: then the effect must not be written either.
    """
    free = give_back_lease(state.lease, claim.lease.token)
    if claim.due <= state.done_through:
        raise LeaseLost(f"{state.job}: {claim.due.isoformat()} is already done")
    return replace(state, done_through=claim.due, lease=free)


# The heartbeat


def report_to_log(error: Exception) -> None:
    """The on_error of a heartbeat that was given none."""
    logger.error("tick failed; the next one comes in time", exc_info=error)


class Heartbeat:
    """Calls `tick(clock())` at once and then on every multiple of `every_s`, in a thread of its own, until stopped.

    Cases: a tick that fails is reported through `on_error` and the next one comes all the same; a tick that takes
    longer than the beat is not joined by a second one; beats missed meanwhile, or while the machine slept, come as
    one (the tick itself asks the database what it missed); `clock` is what the tick is told, the beat itself follows
    the machine's clock, so setting that back by an hour means an hour without beats.
    """

    def __init__(
        self,
        tick: Callable[[datetime], None],
        every_s: int = 60,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_error: Callable[[Exception], None] = report_to_log,
    ) -> None:
        self._tick = tick
        self._every_s = every_s
        self._clock = clock
        self._on_error = on_error
        self._scheduler: BackgroundScheduler | None = None

    @property
    def is_beating(self) -> bool:
        return self._scheduler is not None

    def start(self) -> None:
        """Begins to beat. Raises ClockworkError when it beats already."""
        if self._scheduler is not None:
            raise ClockworkError("the heartbeat was already started")
        self._scheduler = new_scheduler()
        self._scheduler.add_job(self.beat, WholeMultiples(self._every_s), next_run_time=datetime.now(UTC))
        self._scheduler.start()

    def stop(self, wait: bool = True) -> None:
        """Ends beating; `wait`: after a tick that is under way. Without a start, nothing."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=wait)

    def beat(self) -> None:
        """One tick, now; never raises an Exception."""
        try:
            self._tick(self._clock())
        except Exception as error:  # noqa: BLE001 - whatever one tick does, the loudspeakers need the next one
            self._report(error)

    def _report(self, error: Exception) -> None:
        try:
            self._on_error(error)
        except Exception:  # a reporter that fails must not silence the heartbeat either
            logger.exception("reporting a failed tick failed")


def new_scheduler() -> BackgroundScheduler:
    """APScheduler as we want it.

    Its default grace of one second drops late jobs: None keeps them. Coalesced, in memory, one thread: the database
    knows the rest.
    """
    return BackgroundScheduler(
        jobstores={"default": MemoryJobStore()},
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        timezone=UTC,
    )


class WholeMultiples(BaseTrigger):  # type: ignore[misc]  # APScheduler is published without types
    """Beats on whole multiples of `every_s`, whenever the process began: each minute at its second 0.

    APScheduler's own interval counts on from its first run, and a one-shot job for that first run races with shutdown.
    """

    def __init__(self, every_s: int) -> None:
        self.every_s = every_s

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        after = now if previous_fire_time is None else max(previous_fire_time, now)
        return due_instants(self.every_s, after, after + timedelta(seconds=self.every_s))[0]
