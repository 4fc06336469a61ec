from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clockwork import (
    Busy,
    Claim,
    Idle,
    JobState,
    Lease,
    LeaseLost,
    complete,
    decide,
    give_back_lease,
    missed_ticks,
    renew_lease,
    take_lease,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MINUTE_MS = 60_000


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("lease", "now", "taken"),
    [
        (Lease(), NOON, True),
        (Lease(4), NOON, True),
        (Lease(4, "a", after(60)), after(59.999), False),
        (Lease(4, "a", after(60)), after(60), True),
        (Lease(4, "a", after(60)), after(61), True),
        (Lease(4, "b", after(60)), after(1), False),
    ],
    ids=["never-taken", "given-back", "about-to-expire", "expiring-now", "expired", "held-by-oneself"],
)
def test_a_lease_is_taken_only_when_free_and_always_under_a_new_token(lease: Lease, now: datetime, taken: bool) -> None:
    found = take_lease(lease, "b", now, MINUTE_MS)
    assert found == (Lease(lease.token + 1, "b", now + timedelta(minutes=1)) if taken else None)


def test_renewing_keeps_the_token_and_never_shortens() -> None:
    lease = Lease(7, "a", after(600))
    assert renew_lease(lease, 7, NOON, MINUTE_MS) == lease
    assert renew_lease(lease, 7, after(590), MINUTE_MS) == Lease(7, "a", after(650))


def test_an_expired_lease_that_nobody_took_may_still_be_renewed() -> None:
    assert renew_lease(Lease(7, "a", after(1)), 7, after(30), MINUTE_MS) == Lease(7, "a", after(90))


def test_giving_back_keeps_the_token_so_that_the_next_one_is_higher() -> None:
    given_back = give_back_lease(Lease(7, "a", after(60)), 7)
    assert given_back == Lease(7)
    taken = take_lease(given_back, "b", NOON, MINUTE_MS)
    assert taken is not None
    assert taken.token == 8


@pytest.mark.parametrize(
    "lease", [Lease(8, "b", after(60)), Lease(7), Lease(8)], ids=["taken-over", "given-back", "taken-and-given-back"]
)
def test_who_lost_the_lease_may_neither_renew_nor_give_back_nor_finish(lease: Lease) -> None:
    with pytest.raises(LeaseLost):
        renew_lease(lease, 7, NOON, MINUTE_MS)
    with pytest.raises(LeaseLost):
        give_back_lease(lease, 7)
    claim = Claim(NOON, Lease(7, "a", after(60)), 0, 0)
    with pytest.raises(LeaseLost):
        complete(JobState("tick", 60, after(-60), lease), claim)


@pytest.mark.parametrize(
    ("done_through", "now", "missed"),
    [
        (NOON, after(59), []),
        (NOON, after(60), [60]),
        (NOON, after(185), [60, 120, 180]),
        (NOON, after(-300), []),
        (after(-30), NOON, [0]),
    ],
    ids=["too-early", "on-the-dot", "after-a-pause", "clock-set-back", "done-through-between-beats"],
)
def test_missed_ticks_come_in_order(done_through: datetime, now: datetime, missed: list[int]) -> None:
    state = JobState("tick", 60, done_through)
    assert missed_ticks(state, now) == tuple(after(seconds) for seconds in missed)


def test_nothing_due_says_when_to_come_back() -> None:
    assert decide(JobState("tick", 60, NOON), "a", after(59), MINUTE_MS) == Idle(after(60))
    assert decide(JobState("tick", 60, NOON), "a", after(-300), MINUTE_MS) == Idle(after(60))


def test_the_oldest_missed_tick_is_claimed_first_with_its_lateness() -> None:
    decision = decide(JobState("tick", 60, NOON), "a", after(185), 5_000)
    assert decision == Claim(after(60), Lease(1, "a", after(190)), lateness_ms=125_000, waiting=2)


def test_what_somebody_else_holds_is_left_alone_until_it_expires() -> None:
    state = JobState("tick", 60, NOON, Lease(3, "b", after(70)))
    assert decide(state, "a", after(60), MINUTE_MS) == Busy("b", after(70))
    later = decide(state, "a", after(70), MINUTE_MS)
    assert isinstance(later, Claim)
    assert later.lease.token == 4


def test_completing_moves_on_by_one_tick_and_frees_the_lease() -> None:
    state = JobState("tick", 60, NOON)
    claim = decide(state, "a", after(130), MINUTE_MS)
    assert isinstance(claim, Claim)
    done = complete(JobState("tick", 60, NOON, claim.lease), claim)
    assert done == JobState("tick", 60, after(60), Lease(1))


def test_a_tick_that_is_done_already_is_not_done_again() -> None:
    lease = Lease(1, "a", after(60))
    with pytest.raises(LeaseLost, match="already done"):
        complete(JobState("tick", 60, NOON, lease), Claim(NOON, lease, 0, 0))


def test_losing_a_lease_is_nothing_that_trying_again_mends() -> None:
    assert LeaseLost.retry_helps is False
