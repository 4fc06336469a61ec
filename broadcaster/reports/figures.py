"""Values of tables in words, in the language of the moment."""

from __future__ import annotations

from datetime import date, time

from broadcaster.language import SOURCE_LANGUAGE, current_language
from broadcaster.reports.paper import Kind, Value

MINUS = "\u2212"


def shown(value: Value, kind: Kind) -> str:
    """A value as it is printed; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    if isinstance(value, str):
        return value
    return _figure(value, kind)


def count_words(count: int) -> str:
    """A count with its thousands set apart: "1.234" in Vietnamese, "1,234" in English."""
    text = f"{count:,}"
    return text.replace(",", ".") if current_language() == SOURCE_LANGUAGE else text


def percent_words(percent: float) -> str:
    """A percentage with one digit behind the comma, without the sign."""
    text = f"{percent:.1f}"
    return text.replace(".", ",") if current_language() == SOURCE_LANGUAGE else text


def length_words(length_ms: int) -> str:
    """Minutes and seconds, to the nearest second: "12:05", "125:00"; never hours, so that columns compare."""
    minutes, seconds = divmod(seconds_of(length_ms), 60)
    return f"{minutes}:{seconds:02}"


def change_words(change_ms: int) -> str:
    """A length with its sign: "+3:20", "−0:45", "0:00"."""
    if seconds_of(abs(change_ms)) == 0:
        return length_words(0)
    return ("+" if change_ms > 0 else MINUS) + length_words(abs(change_ms))


def seconds_of(length_ms: int) -> int:
    """Milliseconds to the nearest second; halves go up, as people round."""
    return (length_ms + 500) // 1000


def _figure(value: float, kind: Kind) -> str:
    if kind == Kind.PERCENT:
        return percent_words(value)
    number = round(value)
    if kind == Kind.LENGTH:
        return length_words(number)
    if kind == Kind.CHANGE:
        return change_words(number)
    if kind == Kind.SECONDS:
        return count_words(seconds_of(number))
    return count_words(number)
