"""Several processes that freeze and die at any step, over one stored state: every effect exactly once, in order."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.clockwork import Claim, JobState, LeaseLost, complete, decide

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LEASE_MS = 90_000


@dataclass
class Database:
    """One row and the effects; each method is one transaction."""

    state: JobState
    effects: list[datetime] = field(default_factory=list)

    def store_claim(self, read: JobState, claim: Claim) -> bool:
        if self.state.lease.token != read.lease.token:
            return False
        self.state = replace(self.state, lease=claim.lease)
        return True

    def write_effect(self, claim: Claim) -> None:
        self.state = complete(self.state, claim)
        self.effects.append(claim.due)


@dataclass
class Process:
    """A worker as three steps: read and decide, store the claim, write the effect."""

    name: str
    read: JobState | None = None
    claim: Claim | None = None
    holds: bool = False

    def step(self, database: Database, now: datetime) -> None:
        if self.claim is None:
            self.read = database.state
            decision = decide(database.state, self.name, now, LEASE_MS)
            self.claim = decision if isinstance(decision, Claim) else None
        elif not self.holds:
            assert self.read is not None
            self.holds = database.store_claim(self.read, self.claim)
            if not self.holds:
                self.die()
        else:
            with suppress(LeaseLost):  # frozen beyond the lease: somebody else does it
                database.write_effect(self.claim)
            self.die()

    def die(self) -> None:
        self.read, self.claim, self.holds = None, None, False


STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["step"] * 8 + ["die"]), st.integers(0, 200)), max_size=200
)


@given(STEPS)
@settings(max_examples=200, deadline=None)
def test_every_effect_happens_exactly_once_and_in_order_whoever_dies_or_freezes(
    steps: list[tuple[int, str, int]],
) -> None:
    database = Database(JobState("tick", 60, NOON))
    processes = [Process(name) for name in "abcd"]
    now = NOON
    for number, what, seconds in steps:
        now += timedelta(seconds=seconds)
        if what == "die":
            processes[number].die()
        else:
            processes[number].step(database, now)
    last_due = now
    survivor = Process("e")
    for _ in range(20_000):
        now += timedelta(seconds=1)
        survivor.step(database, now)
        if database.state.done_through >= last_due - timedelta(seconds=59):
            break
    minutes = (database.state.done_through - NOON) // timedelta(minutes=1)
    assert database.state.done_through >= last_due - timedelta(seconds=59)
    assert database.effects == [NOON + timedelta(minutes=number + 1) for number in range(minutes)]
