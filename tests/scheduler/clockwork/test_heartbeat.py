import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from scheduler.clockwork import ClockworkError, Heartbeat, WholeMultiples, new_scheduler

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PATIENCE_S = 20  # only ever waited out by a test that fails


def test_a_beat_passes_the_clocks_moment_to_the_tick() -> None:
    seen: list[datetime] = []
    Heartbeat(seen.append, clock=lambda: NOON).beat()
    assert seen == [NOON]


def test_a_failing_tick_is_reported_and_does_not_stop_the_heartbeat() -> None:
    again = threading.Event()
    errors: list[Exception] = []
    calls = 0

    def tick(now: datetime) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise OSError("disk full")
        again.set()

    heartbeat = Heartbeat(tick, every_s=1, clock=lambda: NOON, on_error=errors.append)
    heartbeat.start()
    try:
        assert again.wait(PATIENCE_S)
    finally:
        heartbeat.stop()
    assert [str(error) for error in errors] == ["disk full"]


def test_a_failing_reporter_does_not_stop_the_heartbeat_either(caplog: pytest.LogCaptureFixture) -> None:
    def tick(now: datetime) -> None:
        raise OSError("disk full")

    def report(error: Exception) -> None:
        raise ValueError("no mail server")

    Heartbeat(tick, clock=lambda: NOON, on_error=report).beat()
    assert "no mail server" in caplog.text


def test_without_a_reporter_failures_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    def tick(now: datetime) -> None:
        raise OSError("disk full")

    with caplog.at_level(logging.ERROR):
        Heartbeat(tick, clock=lambda: NOON).beat()
    assert "disk full" in caplog.text


def test_the_first_tick_comes_at_once_not_after_a_beat() -> None:
    ticked = threading.Event()
    heartbeat = Heartbeat(lambda now: ticked.set(), every_s=86_400)
    heartbeat.start()
    try:
        assert ticked.wait(PATIENCE_S)
    finally:
        heartbeat.stop()


def test_stopping_waits_for_the_tick_under_way() -> None:
    begun, may_end = threading.Event(), threading.Event()
    finished: list[datetime] = []

    def tick(now: datetime) -> None:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        finished.append(now)

    heartbeat = Heartbeat(tick, every_s=86_400, clock=lambda: NOON)
    heartbeat.start()
    assert begun.wait(PATIENCE_S)
    threading.Timer(0.05, may_end.set).start()
    heartbeat.stop()
    assert finished == [NOON]


def test_starting_twice_is_refused_and_stopping_twice_is_nothing() -> None:
    heartbeat = Heartbeat(lambda now: None, every_s=86_400)
    heartbeat.start()
    try:
        assert heartbeat.is_beating
        with pytest.raises(ClockworkError):
            heartbeat.start()
    finally:
        heartbeat.stop()
    heartbeat.stop()
    assert not heartbeat.is_beating


def test_a_stopped_heartbeat_can_be_started_again() -> None:
    ticks = threading.Semaphore(0)
    heartbeat = Heartbeat(lambda now: ticks.release(), every_s=86_400)
    for _ in range(2):
        heartbeat.start()
        try:
            assert ticks.acquire(timeout=PATIENCE_S)
        finally:
            heartbeat.stop()


def test_beats_missed_in_two_hours_of_sleep_come_late_and_as_one() -> None:
    ran = threading.Semaphore(0)
    scheduler = new_scheduler()
    begun = datetime.now(UTC) - timedelta(hours=2, minutes=10)  # so even the latest beat is ten minutes late
    scheduler.add_job(ran.release, "interval", seconds=1800, next_run_time=begun)
    scheduler.start()
    try:
        assert ran.acquire(timeout=PATIENCE_S), "APScheduler's grace of one second would drop it"
    finally:
        scheduler.shutdown(wait=True)
    assert not ran.acquire(blocking=False), "five missed beats are one"


@pytest.mark.parametrize(
    ("previous_s", "now_s", "expected_s"),
    [(None, 0, 60), (None, 0.001, 60), (None, 59.999, 60), (0, 0.01, 60), (7, 7.01, 60), (0, 7_201, 7_260)],
    ids=["on-the-dot", "just-after", "just-before", "on-time", "after-the-first-at-once", "after-a-sleep"],
)
def test_beats_fall_on_whole_minutes_whenever_the_process_began(
    previous_s: float | None, now_s: float, expected_s: int
) -> None:
    previous = None if previous_s is None else NOON + timedelta(seconds=previous_s)
    found = WholeMultiples(60).get_next_fire_time(previous, NOON + timedelta(seconds=now_s))
    assert found == NOON + timedelta(seconds=expected_s)
