"""``python -m scheduler`` over files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.command_line import main
from scheduler.planning import plan_from_json, problem_to_json
from tests.scheduler.planning.odd_problems import small_town


@pytest.fixture
def problem_file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(problem_to_json(small_town())), encoding="utf-8")
    return path


def test_a_plan_is_written_and_the_same_moves_write_the_same(problem_file: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert main(["plan", str(problem_file), "-o", str(tmp_path / name), "--moves", "300", "--seed", "4"]) == 0
    one, two = (plan_from_json(json.loads((tmp_path / name).read_text())) for name in ("one", "two"))
    assert one == two
    assert one.placements
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "problem.json", "two"]


def test_a_plan_is_printed_where_no_file_is_named(problem_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(problem_file), "--moves", "0"]) == 0
    assert json.loads(capsys.readouterr().out)["placements"]


def test_articles_airings_and_units_are_explained(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_file = tmp_path / "plan.json"
    assert main(["plan", str(problem_file), "-o", str(plan_file), "--moves", "0"]) == 0
    first = json.loads(plan_file.read_text())["placements"][0]
    files = [str(problem_file), str(plan_file)]
    for what in (["--article", first["article"]], ["--unit", "u1"], ["--airing", first["session"], first["article"]]):
        assert main(["explain", *files, *what, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert first["article"] in said
    assert "Unit u1" in said


@pytest.mark.parametrize("content", [None, "{", '{"tz": 5}', '{"locked": [{"session": "s", "article": "a"}]}'])
def test_what_cannot_be_done_is_said_without_a_traceback(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert main(["plan", str(path)]) == 1
    captured = capsys.readouterr()
    assert captured.err
    assert not captured.out


def test_a_folder_that_is_not_there_cannot_be_written_to(
    problem_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", str(problem_file), "-o", str(tmp_path / "no" / "plan.json"), "--moves", "0"]) == 1
    assert "Không ghi được" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["plan"], ["plan", "x", "--moves", "-1"], ["plan", "x", "--seconds", "1", "--moves", "1"]]
)
def test_wrong_arguments_end_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_planning_needs_neither_scipy_nor_the_web_nor_a_database() -> None:
    strangers = "[name for name in ('scipy', 'flask', 'sqlalchemy') if name in sys.modules]"
    code = f"import sys; import scheduler.planning; print({strangers})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("seconds", "is_loaded"), [("0.6", False), ("2.0", True)])
def test_where_there_is_little_time_none_of_it_goes_into_loading_compiled_loops(
    problem_file: Path, seconds: str, is_loaded: bool
) -> None:
    pytest.importorskip("numba")
    code = (
        "import sys; from scheduler.command_line import main; "
        f"main(['plan', {str(problem_file)!r}, '-o', {str(problem_file) + '.plan'!r}, '--seconds', '{seconds}']); "
        "print('numba' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip().endswith(str(is_loaded))
