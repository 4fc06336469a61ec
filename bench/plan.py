"""Plans of the given problems (../shared/tools), judged by the given judge in the same run, beside three rivals.

    python -m bench plan [--parts quality first growth replan] [--sizes town district province] [--seeds 5]

quality  the gap to the judge's bound in the time each size has, wall and processor time, peak memory, rivals' gaps
first    how good a plan is after 0.3, 1.5 and 10 seconds, against deficit-first
growth   time to a first plan from town to province, as a plot in docs/
replan   the same month on a later day, with news

Each row ends with "met", or with the limits that it missed; a table of all limits stands at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.plan_given import ToolsMissing, given, month_of, run_command
from bench.plan_growth import growth
from bench.plan_limits import (
    BELOW_FREE_LIMIT,
    CLOSED_LIMIT,
    FIFTH,
    FIRST_SECONDS,
    GAP_LIMIT,
    KEPT_LIMIT,
    MEMORY_LIMIT_MB,
    SECONDS,
    TIME_GRACE,
    Verdicts,
    avoidable_lacks,
    kept_of_what_could_stay,
)
from bench.plan_rivals import RIVALS, plan_of
from scheduler.planning import make_plan, plan_to_json, problem_from_json
from scheduler.planning.layout import lay_out

DAY = 10


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench plan", description=__doc__.split("\n")[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--sizes", nargs="+", choices=list(SECONDS), default=list(SECONDS))
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args(arguments)
    try:
        maker, judge = given("plan_problem"), given("plan_judge")
    except ToolsMissing as missing:
        print(missing, file=sys.stderr)
        return 1
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; wall times count only on a quiet machine")
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(maker, judge, Path(folder))
        bench.warm_up()
        for part in asked.parts:
            PARTS[part](bench, asked.sizes, asked.seeds)
    print("limits, over all rows:", *bench.verdicts.summary(), sep="\n  ")
    return 0 if bench.verdicts.all_met else 1


class Bench:
    """Problems, bounds, verdicts and published plans, each made once in a run."""

    def __init__(self, maker: ModuleType, judge: ModuleType, folder: Path) -> None:
        self.maker, self.judge, self.folder = maker, judge, folder
        self.verdicts = Verdicts()
        #: Plans of the time that each size has, by problem: what is published where planning anew begins.
        self.published: dict[str, dict[str, Any]] = {}
        self._bounds: dict[str, float] = {}
        self._deficit: dict[str, float] = {}

    def problem(self, size: str, seed: int) -> dict[str, Any]:
        made: dict[str, Any] = json.loads(json.dumps(self.maker.make(size, seed)))
        return made

    def verdict(self, problem: dict[str, Any], plan: dict[str, Any]) -> dict[str, Any]:
        judged: dict[str, Any] = self.judge.judge(month_of(self.judge, problem), plan)
        if judged["broken"]:
            print("BROKEN RULES:", judged["examples"])
        self.verdicts.check(no_rule_broken=not judged["broken"])
        return judged

    def bound(self, name: str, problem: dict[str, Any]) -> float:
        if name not in self._bounds:
            month = month_of(self.judge, problem)
            self._bounds[name] = self.judge.bound(month, self.judge.finest_period(month))
        return self._bounds[name]

    def gap(self, name: str, problem: dict[str, Any], judged: dict[str, Any]) -> float:
        """In percent of the judge's bound."""
        bound = self.bound(name, problem)
        return 100 * (bound - float(judged["score"])) / abs(bound)

    def deficit_score(self, name: str, problem: dict[str, Any], seed: int) -> float:
        if name not in self._deficit:
            layout = lay_out(problem_from_json(problem))
            plan = plan_of(layout, RIVALS["deficit-first"], seed)
            self._deficit[name] = float(self.verdict(problem, plan)["score"])
        return self._deficit[name]

    def write(self, name: str, document: dict[str, Any]) -> Path:
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return path

    def warm_up(self) -> None:
        """Compiles the inner loops, once for this machine, outside of all measurements."""
        path = self.write("warm", self.problem("town", 99))
        run = run_command(path, self.folder / "warm.plan", "--moves", "4000")
        print(f"loading (the first time: compiling) and a town in 4,000 moves: {run.wall_s:.1f} s")


def quality(bench: Bench, sizes: list[str], seeds: int) -> None:
    head = f"{'size':9}{'seed':>4}{'gap %':>8}{'limit':>6}{'wall s':>8}{'cpu s':>7}{'MB':>5}{'late':>5}{'never':>6}"
    print(head + f"{'short':>6}{'at min':>7}{'closed':>8}  rivals' gaps, %")
    for size in sizes:
        for seed in range(1, seeds + 1):
            _quality_row(bench, size, seed)


def _quality_row(bench: Bench, size: str, seed: int) -> None:
    name, problem = f"{size}-{seed}", bench.problem(size, seed)
    path = bench.write(name, problem)
    run = run_command(path, bench.folder / f"{name}.plan", "--seconds", str(SECONDS[size]))
    bench.published[name] = run.plan
    judged = bench.verdict(problem, run.plan)
    gap = bench.gap(name, problem, judged)
    layout = lay_out(problem_from_json(problem))
    gaps = {}
    for rival, choose in RIVALS.items():
        gaps[rival] = bench.gap(name, problem, bench.verdict(problem, plan_of(layout, choose, seed)))
    closed = 100 * (1 - gap / gaps["deficit-first"])
    lacking, unheard = judged["articles_short"], judged["never_aired"]
    if lacking or unheard:
        lacking, unheard = avoidable_lacks(problem, run.plan)
    met = bench.verdicts.check(
        gap=gap <= GAP_LIMIT[size],
        time=run.wall_s <= TIME_GRACE * SECONDS[size],
        memory=run.peak_mb < MEMORY_LIMIT_MB.get(size, float("inf")),
        nobody_late=judged["late"] == 0,
        units_have_their_articles=lacking == 0,
        no_article_unheard_that_has_room=unheard == 0,
        deficit_firsts_gap_closed=closed >= CLOSED_LIMIT[size],
    )
    row = f"{size:9}{seed:4}{gap:8.3f}{GAP_LIMIT[size]:6}{run.wall_s:8.1f}{run.processor_s:7.1f}"
    row += f"{run.peak_mb:5.0f}{judged['late']:5}{judged['never_aired']:6}{judged['articles_short']:6}"
    row += f"{judged['units_at_minimum']:7.3f}{closed:7.1f}%  "
    print(row + ", ".join(f"{rival} {value:.2f}" for rival, value in gaps.items()) + f"  {met}", flush=True)


def first(bench: Bench, sizes: list[str], seeds: int) -> None:
    """In this process, loops loaded: what is measured is planning, not starting."""
    print("a first plan in so many seconds, and deficit-first: gaps in %")
    make_plan(problem_from_json(bench.problem("town", 98)), moves=3_001)
    for size in sizes:
        for seed in range(1, seeds + 1):
            name, document = f"{size}-{seed}", bench.problem(size, seed)
            plan = make_plan(problem_from_json(document), seconds=FIRST_SECONDS[size])
            ours = bench.gap(name, document, bench.verdict(document, plan_to_json(plan)))
            bound = bench.bound(name, document)
            theirs = 100 * (bound - bench.deficit_score(name, document, seed)) / abs(bound)
            in_time = plan.elapsed_ms / 1000 <= TIME_GRACE * FIRST_SECONDS[size]
            met = bench.verdicts.check(first_plan_as_good=ours <= theirs, first_plan_in_time=in_time)
            after = f"after {plan.elapsed_ms / 1000:.2f} of {FIRST_SECONDS[size]} s"
            print(f"{size:9}{seed:4}{ours:8.3f} {after}, deficit-first {theirs:.3f}  {met}", flush=True)


def replan(bench: Bench, sizes: list[str], seeds: int) -> None:
    print(f"published, then news on day {DAY}: in a fifth of the time, against the same problem planned freely")
    for size in sizes:
        for seed in range(1, seeds + 1):
            _replan_row(bench, size, seed)


def _replan_row(bench: Bench, size: str, seed: int) -> None:
    name = f"{size}-{seed}"
    if name not in bench.published:
        path = bench.write(name, bench.problem(size, seed))
        run = run_command(path, bench.folder / f"{name}.plan", "--seconds", str(SECONDS[size]))
        bench.published[name] = run.plan
    published = bench.published[name]
    document = json.loads(json.dumps(bench.maker.replan(bench.problem(size, seed), published, DAY, seed)))
    unbound = {**document, "previous": []}
    news, free = bench.write("news", document), bench.write("free", unbound)
    again = run_command(news, bench.folder / "again.plan", "--seconds", str(SECONDS[size] * FIFTH))
    fresh = run_command(free, bench.folder / "fresh.plan", "--seconds", str(SECONDS[size]))
    judged = bench.verdict(document, again.plan)
    own = float(bench.verdict(unbound, again.plan)["score"])
    freely = float(bench.verdict(unbound, fresh.plan)["score"])
    below = 100 * (freely - own) / abs(freely)
    kept, could_stay = kept_of_what_could_stay(document, again.plan)
    share = 100 * kept / max(1, could_stay)
    same = run_command(bench.write("same", _unchanged(bench, size, seed, published)), bench.folder / "same.plan")
    moved = _pairs(same.plan) ^ _pairs(published)
    met = bench.verdicts.check(
        kept_where_it_could_stay=share >= KEPT_LIMIT,
        all_urgent_in_time=judged["late"] == 0,
        near_a_free_plan=below <= BELOW_FREE_LIMIT,
        a_fifth_of_the_time=again.wall_s <= FIFTH * TIME_GRACE * max(fresh.wall_s, SECONDS[size]),
        no_news_no_change=not moved,
    )
    print(
        f"{size:9}{seed:4} kept {kept} of {could_stay} that could stay ({share:.2f} %), "
        f"late {judged['late']}, score {below:+.3f} % below a free plan, wall {again.wall_s:.1f} against "
        f"{fresh.wall_s:.1f} s, processor {again.processor_s:.1f} against {fresh.processor_s:.1f} s; "
        f"without news {len(moved)} changes  {met}",
        flush=True,
    )


def _unchanged(bench: Bench, size: str, seed: int, published: dict[str, Any]) -> dict[str, Any]:
    rows = [{"session": row["session"], "article": row["article"]} for row in published["placements"]]
    return {**bench.problem(size, seed), "previous": rows}


def _pairs(plan: dict[str, Any]) -> set[tuple[str, str]]:
    return {(row["session"], row["article"]) for row in plan["placements"]}


def _growth(bench: Bench, sizes: list[str], seeds: int) -> None:
    bench.verdicts.check(growth_no_worse_than_n_log_n=growth(bench.maker))


PARTS = {"quality": quality, "first": first, "growth": _growth, "replan": replan}
