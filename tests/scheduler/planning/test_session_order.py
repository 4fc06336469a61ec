"""Items of a session in an order that parts the fields."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.planning.ordering import alternated

ITEMS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=9)


@given(ITEMS)
def test_fields_alternate_exactly_when_no_field_has_more_than_half_rounded_up(items: list[tuple[int, int]]) -> None:
    most = max(Counter(field for _, field in items).values(), default=0)
    if 2 * most <= len(items) + 1:
        order = alternated(items, same_field_allowed=False)
        assert sorted(order) == list(range(len(items)))
        assert all(items[one][1] != items[other][1] for one, other in pairwise(order))
    else:
        with pytest.raises(ValueError, match="alternates"):
            alternated(items, same_field_allowed=False)


@given(ITEMS)
def test_rank_alone_decides_where_neighbours_may_be_alike(items: list[tuple[int, int]]) -> None:
    order = alternated(items, same_field_allowed=True)
    assert [items[index][0] for index in order] == sorted(rank for rank, _ in items)


def test_the_most_urgent_goes_first_unless_the_rest_could_not_alternate() -> None:
    assert alternated([(1, 0), (0, 1), (1, 2)], same_field_allowed=False)[0] == 1
    assert alternated([(1, 0), (0, 1), (1, 0)], same_field_allowed=False) == [0, 1, 2]
