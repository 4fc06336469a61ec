"""Which bytes a Range header asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadcaster.web.ranges import Span, Unsatisfiable, asked_span

CONTENT = b"0123456789"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", b"0"),
        ("bytes=0-", CONTENT),
        ("bytes=4-6", b"456"),
        ("bytes=7-", b"789"),
        ("bytes=7-999", b"789"),
        ("bytes=-3", b"789"),
        ("bytes=-999", CONTENT),
        ("Bytes = 4 - 6 ", b"456"),
        ("bytes=9-9", b"9"),
    ],
)
def test_one_range_is_taken_by_the_letter(header: str, expected: bytes) -> None:
    span = asked_span(header, len(CONTENT))
    assert span is not None
    assert CONTENT[span.first : span.last + 1] == expected
    assert span.size_bytes == len(expected)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=6-4",
        "bytes=0-1,4-5",
        "seconds=0-1",
        "bytes=+1-2",
        "bytes=١-٢",
        "bytes=0-1\r\nX: y",
        "bytes=" + "9" * 400 + "-",
    ],
)
def test_what_makes_no_sense_or_names_several_ranges_gets_the_whole_file(header: str | None) -> None:
    assert asked_span(header, len(CONTENT)) is None


@pytest.mark.parametrize(("header", "size"), [("bytes=10-", 10), ("bytes=999-", 10), ("bytes=-0", 10), ("bytes=0-", 0)])
def test_a_range_behind_the_end_is_unsatisfiable(header: str, size: int) -> None:
    with pytest.raises(Unsatisfiable):
        asked_span(header, size)


@given(first=st.integers(0, 40), last=st.integers(0, 40), size=st.integers(0, 30))
def test_a_range_never_leaves_the_file(first: int, last: int, size: int) -> None:
    try:
        span = asked_span(f"bytes={first}-{last}", size)
    except Unsatisfiable:
        assert first >= size
        return
    if span is None:
        assert last < first
    else:
        assert span == Span(first, min(last, size - 1))
        assert 0 <= span.first <= span.last < size
