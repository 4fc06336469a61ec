"""The scheduler's command line: plans and explanations over JSON files."""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from scheduler.planning import (
    ProblemError,
    explain_airing,
    explain_article,
    explain_unit,
    make_plan,
    plan_from_json,
    plan_to_json,
    problem_from_json,
)

DONE, FAILED = 0, 1
#: A first plan is made even where starting up took all the time.
LEAST_SECONDS = 0.05
WRITING_SHARE = 1.0
#: What the interpreter takes to come up and to go down.
COMING_AND_GOING_S = 0.2
#: The number of glibc for the parameter "how many heaps" (malloc.h).
_M_ARENA_MAX = -8


class CommandError(Exception):
    """What was asked could not be done; the message is for people and says what and where."""


def _share_one_heap() -> None:
    """Lets all threads take memory from one heap: with one for each, a province's plan holds a dozen megabytes more."""
    if sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library: nothing is lost but those megabytes
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def main(arguments: list[str], *, began: float | None = None) -> int:
    """Exit status: 0 done, 1 could not be done (message on stderr), 2 wrong arguments.

    ``began`` is when the process did, on the monotonic clock: ``--seconds`` are the whole command's.
    """
    _share_one_heap()
    asked = _parser().parse_args(arguments)
    asked.began = time.monotonic() if began is None else began
    try:
        return int(asked.run(asked))
    except (CommandError, ProblemError) as failure:
        print(failure, file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduler", description="Lập kế hoạch phát thanh từ tệp JSON.")
    commands = parser.add_subparsers(required=True, metavar="LỆNH")
    plan = commands.add_parser("plan", help="lập kế hoạch cho một bài toán")
    plan.add_argument("problem", metavar="PROBLEM.json", type=Path)
    plan.add_argument("-o", "--output", metavar="PLAN.json", type=Path, help="mặc định: in ra")
    effort = plan.add_mutually_exclusive_group()
    effort.add_argument("--seconds", type=_positive, help="thời gian tối đa")
    effort.add_argument(
        "--moves", type=_count, help="số bước tìm: cùng bài toán, số bước và hạt giống thì cùng kế hoạch"
    )
    plan.add_argument("--seed", type=_count, default=0)
    plan.add_argument("--plain", action="store_true", help="không dùng mã biên dịch sẵn (kết quả như nhau)")
    plan.set_defaults(run=_plan)
    explain = commands.add_parser("explain", help="giải thích một kế hoạch")
    explain.add_argument("problem", metavar="PROBLEM.json", type=Path)
    explain.add_argument("plan", metavar="PLAN.json", type=Path)
    what = explain.add_mutually_exclusive_group(required=True)
    what.add_argument("--article")
    what.add_argument("--airing", nargs=2, metavar=("SESSION", "ARTICLE"))
    what.add_argument("--unit")
    explain.add_argument("--lang", choices=["vi", "en"], default="vi")
    explain.set_defaults(run=_explain)
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"phải lớn hơn 0: {text}")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"không được âm: {text}")
    return value


def _plan(asked: argparse.Namespace) -> int:
    problem = problem_from_json(_read(asked.problem))
    seconds = asked.seconds
    if seconds is not None:
        # Starting and reading are over; writing takes as long at most.
        spent = time.monotonic() - asked.began
        seconds = max(LEAST_SECONDS, seconds - spent - WRITING_SHARE * spent - COMING_AND_GOING_S)
    plan = make_plan(problem, seconds=seconds, moves=asked.moves, seed=asked.seed, compiled=not asked.plain)
    text = json.dumps(plan_to_json(plan), ensure_ascii=False) + "\n"
    if asked.output is None:
        sys.stdout.write(text)
    else:
        _write(asked.output, text)
    return DONE


def _explain(asked: argparse.Namespace) -> int:
    problem = problem_from_json(_read(asked.problem))
    try:
        plan = plan_from_json(_read(asked.plan))
    except ValueError as failure:
        raise CommandError(f"{asked.plan}: {failure}") from failure
    if asked.article is not None:
        text = explain_article(problem, plan, asked.article, asked.lang)
    elif asked.unit is not None:
        text = explain_unit(problem, plan, asked.unit, asked.lang)
    else:
        session, article = asked.airing
        text = explain_airing(problem, plan, session, article, asked.lang)
    sys.stdout.write(text + "\n")
    return DONE


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as failure:
        raise CommandError(f"Không đọc được {path}: {failure.strerror}") from failure
    except ValueError as failure:
        raise CommandError(f"{path} không phải JSON hợp lệ: {failure}") from failure


def _write(path: Path, text: str) -> None:
    """Beside, then renamed: whoever reads the file finds the old one or the new one, whole."""
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as failure:
        raise CommandError(f"Không ghi được {path}: {failure.strerror}") from failure
