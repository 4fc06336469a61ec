"""The state under search: every sum follows from who stands where, whatever moves were made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scheduler.planning import Problem
from scheduler.planning.backend import compiled, plain
from scheduler.planning.kernel_search import random_below
from scheduler.planning.kernel_state import put_in, take_out
from scheduler.planning.lanes import Lanes
from scheduler.planning.layout import Layout, lay_out
from scheduler.planning.score import score_of
from scheduler.planning.start import started
from scheduler.planning.tables import State
from tests.scheduler.planning.odd_problems import odd_problem, small_town

SURPRISE = [2.0, 0.5, 0.1]


def rebuilt(layout: Layout, state: State) -> State:
    """The state that putting the same airings in from nothing leads to."""
    fresh = State(*(list(column) for column in layout.empty))
    width = layout.tables.limits[0]
    for session in range(len(layout.sessions)):
        for pair in state.item[session * width : session * width + state.item_count[session]]:
            put_in(layout.tables, fresh, pair, session)
    return fresh


def airings(layout: Layout, state: State) -> list[list[int]]:
    first = layout.tables.airing_first
    return [state.airing[first[p] : first[p] + state.airing_count[p]] for p in range(len(layout.pair_zone))]


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("problem", [small_town(), small_town(3, zones=4), odd_problem(11), odd_problem(12)])
def test_all_sums_hold_after_many_moves_in_lanes(problem: Problem, together: bool) -> None:
    layout = lay_out(replace(problem, now=None))
    state = started(layout).state
    state.random[0] = 77 << 32 | 5
    lanes = Lanes(layout, plain(), layout.tables, state, SURPRISE)
    if not layout.sessions or not layout.pair_zone:
        pytest.skip("nothing to search in")
    for _ in range(6):
        lanes.round(100, 50.0, together=together)
    lanes.close()
    fresh = rebuilt(layout, state)
    for name in ("item_count", "room_ms", "field_count", "airing_count", "pair_in_time"):
        assert getattr(state, name) == getattr(fresh, name), name
    for name in ("article_airings", "unit_ms", "unit_articles"):
        assert getattr(state, name) == getattr(fresh, name), name
    assert airings(layout, state) == airings(layout, fresh)


def test_gains_add_up_to_the_score() -> None:
    layout = lay_out(small_town())
    state = started(layout).state
    state.random[0] = 3 << 32 | 9
    before = score_of(layout, state)
    gained = plain().search(layout.tables, state, list(range(len(layout.sessions))), 800, 100.0, SURPRISE)
    assert score_of(layout, state) == pytest.approx(before + gained, abs=1e-3)


def test_taking_out_undoes_putting_in() -> None:
    layout = lay_out(small_town())
    state = started(layout).state
    before = [list(column) for column in state]
    gain = put_in(layout.tables, state, 0, layout.tables.pair_from[0])
    loss = take_out(layout.tables, state, 0, layout.tables.pair_from[0])
    assert gain == pytest.approx(-loss)
    touched = {"item", "airing"}  # what lies beyond their counts means nothing
    for name, old, new in zip(State._fields, before, state, strict=True):
        assert name in touched or old == new, name


@pytest.mark.skipif(compiled() is None, reason="numba is not installed: there is one backend only")
def test_lanes_in_threads_do_as_lanes_in_turns() -> None:
    layout = lay_out(small_town(5, zones=4))
    ends = []
    for backend in (plain(), compiled()):
        assert backend is not None
        state = backend.state(started(layout).state)
        state.random[0] = 9 << 32 | 1
        lanes = Lanes(layout, backend, backend.tables(layout.tables), state, backend.reals(SURPRISE))
        for _ in range(5):
            lanes.round(400, 20.0, together=False)
        lanes.close()
        ends.append([list(map(int, column)) for column in state._replace(scratch=[])])
    assert ends[0] == ends[1]


def test_random_numbers_are_even_and_in_range() -> None:
    state = started(lay_out(small_town())).state
    state.random[0] = 1 << 32 | 1
    counts = [0] * 7
    for _ in range(7_000):
        counts[random_below(state, 7)] += 1
    assert min(counts) > 850
    assert max(counts) < 1150
