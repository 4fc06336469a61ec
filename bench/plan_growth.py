"""Time to a first plan from a town to a province, as a plot: does it grow no faster than n log n?"""

from __future__ import annotations

import math
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from scheduler.planning import problem_from_json
from scheduler.planning.search import first_plan_only

PLOT = Path(__file__).resolve().parents[1] / "docs" / "planning-growth.svg"
#: Zones, towns, articles and units between the given town, district and province.
STEPS = (
    {"zones": 1, "towns": 1, "hours": (5.5, 17.0), "articles": 240, "units": 100},
    {"zones": 5, "towns": 1, "hours": (5.5, 11.0, 17.0, 19.0), "articles": 300, "units": 100},
    {"zones": 15, "towns": 1, "hours": (5.5, 11.0, 17.0, 19.0), "articles": 600, "units": 100},
    {"zones": 45, "towns": 3, "hours": (5.5, 11.0, 17.0, 19.0), "articles": 1800, "units": 300},
    {"zones": 90, "towns": 6, "hours": (5.5, 11.0, 17.0, 19.0), "articles": 3600, "units": 600},
    {"zones": 150, "towns": 10, "hours": (5.5, 11.0, 17.0, 19.0), "articles": 6000, "units": 1000},
)
REPEATS = 3
#: Which of the steps is the given district, and by how much the constant may rise from there to the province.
DISTRICT, STEADY = 2, 1.5


def growth(maker: ModuleType) -> bool:
    """Measures processor time (the fastest of three), prints and draws it; n is sessions and article-zone pairs.

    True if time grows no faster than n log n from a district on: the constant in front of it does not rise by more than
    half, which is what memory beyond the caches costs.
    """
    points: list[tuple[int, float]] = []
    ratios = []
    for step in STEPS:
        maker.SIZES["step"] = dict(step)
        document: dict[str, Any] = maker.make("step", 1)
        problem = problem_from_json(document)
        n = len(problem.sessions) + sum(len(article.zones) for article in problem.articles)
        spent = []
        for _ in range(REPEATS):
            began = time.process_time()
            placed = first_plan_only(problem)
            spent.append(time.process_time() - began)
        points.append((n, min(spent)))
        ratios.append(1e6 * points[-1][1] / (n * math.log(n)))
        print(f"n {n:7}  {placed:7} airings  {points[-1][1]:7.3f} s  {ratios[-1]:6.3f} µs per n log n", flush=True)
    PLOT.write_text(_svg(points), encoding="utf-8")
    print(f"plot: docs/{PLOT.name}")
    return ratios[-1] <= STEADY * ratios[DISTRICT]


def _svg(points: list[tuple[int, float]]) -> str:
    """Both axes logarithmic; the line is n log n through the largest problem."""
    width, height, margin = 640, 400, 60
    low_n, high_n = points[0][0] / 1.5, points[-1][0] * 1.5
    times = [seconds for _, seconds in points]
    largest_n, largest_s = points[-1]
    scale = largest_s / (largest_n * math.log(largest_n))
    low_s, high_s = min(*times, scale * low_n * math.log(low_n)) / 1.5, max(times) * 2

    def place(n: float, seconds: float) -> tuple[float, float]:
        x = margin + (width - 2 * margin) * math.log(n / low_n) / math.log(high_n / low_n)
        y = height - margin - (height - 2 * margin) * math.log(seconds / low_s) / math.log(high_s / low_s)
        return round(x, 1), round(y, 1)

    curve_n = [low_n * (high_n / low_n) ** (step / 40) for step in range(41)]
    curve = " ".join(f"{x},{y}" for x, y in (place(n, scale * n * math.log(n)) for n in curve_n))
    marks = []
    for n, seconds in points:
        x, y = place(n, seconds)
        marks.append(f'<circle cx="{x}" cy="{y}" r="4" fill="#0b6"/>')
        marks.append(f'<text x="{x + 7}" y="{y + 14}">n = {n:,}: {seconds:.3g} s</text>')
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
            'font-size="11">',
            "<title>Time to a first plan against the size of the problem</title>",
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<path d="M{margin},{margin / 2} V{height - margin} H{width - margin / 2}" fill="none" stroke="#444"/>',
            f'<text x="{width / 2}" y="{height - 20}">sessions + article-zone pairs, n (logarithmic)</text>',
            f'<text x="12" y="{margin / 2 - 8}">processor seconds (logarithmic)</text>',
            f'<polyline points="{curve}" fill="none" stroke="#888" stroke-dasharray="5 4"/>',
            f'<text x="{margin + 12}" y="{margin}">dashed: n log n through the largest problem</text>',
            *marks,
            "</svg>\n",
        ]
    )
