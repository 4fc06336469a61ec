"""Charts as values: where each bar stands, in units of the drawing. Pages draw them as SVG, with the table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

#: Width of a drawing, in its own units: that of a narrow phone, so that letters there are as large as they say.
WIDTH = 340
BAR_HEIGHT, BAR_STEP = 14, 38
COLUMN_HEIGHT = 120


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart: its words, its figure, and the lengths of its two bars."""

    label: str
    figure: str
    y: int
    planned: float
    aired: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars under one another; the mark stands where the target is reached."""

    bars: tuple[Bar, ...]
    height: int
    mark: float
    width: int = WIDTH


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a column chart."""

    day: date
    figure: str
    x: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Columns side by side, one a day."""

    columns: tuple[Column, ...]
    column_width: float
    width: int = WIDTH
    height: int = COLUMN_HEIGHT


def bar_chart(lines: Sequence[tuple[str, str, float, float]]) -> BarChart:
    """Bars for label, figure, planned and aired share, in parts of the target; full width is twice the target."""
    most = 2.0

    def length(share: float) -> float:
        return round(min(max(share, 0.0), most) / most * WIDTH, 1)

    bars = tuple(
        Bar(label, figure, number * BAR_STEP, length(planned), length(aired))
        for number, (label, figure, planned, aired) in enumerate(lines)
    )
    return BarChart(bars, len(bars) * BAR_STEP, length(1.0))


def column_chart(days: Sequence[tuple[date, str, int]]) -> ColumnChart:
    """Columns for day, figure and value; the highest value reaches the top."""
    step = WIDTH / max(1, len(days))
    most = max((value for _day, _figure, value in days), default=0) or 1
    columns = []
    for number, (day, figure, value) in enumerate(days):
        height = round(value / most * COLUMN_HEIGHT, 1)
        columns.append(Column(day, figure, round(number * step, 2), round(COLUMN_HEIGHT - height, 1), height))
    return ColumnChart(tuple(columns), round(step * 0.8, 2))
