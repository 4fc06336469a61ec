"""One town's Tuesday, told on the real command line with a real voice: from the first file to the airtime report."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import pytest

from broadcaster.cli import main
from tests.broadcaster.conftest import ARTICLES, STATION, TARGETS, UNITS, article
from tests.broadcaster.trees import tree_of, who_says

DAWN = "2026-11-10T05:00:00+07:00"
NIGHT = "2026-11-10T20:00:00+07:00"
MONTH = "2026-11"


@dataclass(frozen=True)
class Answer:
    """What a command answered."""

    status: int
    said: str
    complained: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.said)


Run = Callable[..., Answer]


@pytest.fixture
def broadcaster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `broadcaster ARGUMENTS…` on a fresh installation."""
    monkeypatch.chdir(tmp_path)
    for name, value in (("DATA", "du-lieu"), ("TTS", "espeak"), ("STATION", "Đài thị xã Thử")):
        monkeypatch.setenv(f"BROADCASTER_{name}", value)

    def run(*arguments: str, now: str | None = DAWN, json: bool = False) -> Answer:
        asked = [*arguments, *(["--now", now] if now else []), *(["--json"] if json else [])]
        monkeypatch.setattr(sys, "argv", ["broadcaster", *asked])
        capsys.readouterr()
        status = 0
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return Answer(status, captured.out, captured.err)

    return run


def done(answer: Answer) -> Any:
    assert answer.status == 0, answer.complained
    return answer.document


def written(folder: Path, name: str, document: object) -> str:
    path = folder / name
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_town_from_its_first_file_to_its_airtime_report(broadcaster: Run, tmp_path: Path) -> None:
    set_up(broadcaster, tmp_path)
    take_in_articles(broadcaster, tmp_path)
    plan_the_month(broadcaster)
    tree = render_and_publish(broadcaster, tmp_path / "du-lieu" / "public")
    heard = report_what_aired(broadcaster, tmp_path, tree)
    count_the_airtime(broadcaster, tmp_path, heard)
    take_one_back(broadcaster, tmp_path / "du-lieu" / "public")


def set_up(broadcaster: Run, folder: Path) -> None:
    early = broadcaster("units", "import", written(folder, "units.json", {"units": UNITS}))
    assert early.status == 1
    assert "broadcaster init" in early.complained
    assert Path(done(broadcaster("init", json=True))["data"]) == folder / "du-lieu"
    assert broadcaster("init").status == 0
    tokens = done(broadcaster("station", "import", written(folder, "station.json", STATION), json=True))["tokens"]
    assert sorted(tokens) == ["loa-tt", "loa-vb"]
    units = done(broadcaster("units", "import", str(folder / "units.json"), json=True))["files"]["units.json"]
    assert len(units["added"]) == len(UNITS)
    assert broadcaster("station", "import", written(folder, "targets.json", {"targets": TARGETS})).status == 0


def take_in_articles(broadcaster: Run, folder: Path) -> None:
    # Tuesday's town is small: what the story needs of its articles, and one that waits for approval.
    wanted = [one for one in ARTICLES if one["ref"] in {"T-01", "T-02", "T-03", "T-08", "T-09"}]
    good = written(folder, "bai.json", {"articles": wanted})
    tried = done(broadcaster("articles", "import", good, "--dry-run", json=True))["files"]["bai.json"]
    taken = done(broadcaster("articles", "import", good, json=True))["files"]["bai.json"]
    assert tried == taken
    again = done(broadcaster("articles", "import", good, json=True))["files"]["bai.json"]
    assert (again["added"], again["changed"], len(again["same"])) == ([], [], len(wanted))
    bad = written(folder, "hong.json", {"articles": [article(50, "", "xa-la", "y-duc", "Một câu.")]})
    refused = broadcaster("articles", "import", bad, good, json=True)
    assert refused.status == 1
    places = [fault["place"] for fault in refused.document["refused"]["hong.json"]]
    assert places == ["hong.json: articles[0] (ref T-50).unit", "hong.json: articles[0] (ref T-50).title"]
    assert "xa-la" in refused.complained
    assert broadcaster("articles", "approve", "T-09", "--by", "bien-tap").status == 1
    assert broadcaster("articles", "approve", "T-08", "--by", "thu-ky").status == 1
    assert done(broadcaster("articles", "approve", "T-09", "--by", "thu-ky", json=True))["approved"] == ["T-09"]
    assert done(broadcaster("articles", "approve", "T-09", "--by", "thu-ky", json=True))["already"] == ["T-09"]


def plan_the_month(broadcaster: Run) -> None:
    assert broadcaster("plan", "publish", "--month", MONTH).status == 1, "there is no draft yet"
    drafted = done(broadcaster("plan", "--month", MONTH, "--moves", "500", json=True))
    assert {place["article"] for place in drafted["placements"]} == {"T-01", "T-02", "T-03", "T-09"}
    assert drafted["posts"] == 3
    published = done(broadcaster("plan", "publish", "--month", MONTH, json=True))
    assert published["added"] == len(drafted["placements"])
    assert "T-01" in done(broadcaster("plan", "explain", "T-01", json=True))["text"]
    assert "xác nhận" in broadcaster("plan", "explain", "T-08").said


def render_and_publish(broadcaster: Run, root: Path) -> dict[str, bytes]:
    rendered = done(broadcaster("render", "--date", "2026-11-10", json=True))
    assert rendered["failures"] == []
    assert sorted(code[:16] for code in rendered["bulletins"]) == [
        f"{zone}-20261110-{time}" for zone in ("tt", "vb") for time in ("0530", "1700")
    ]
    again = done(broadcaster("render", "--date", "2026-11-10", json=True))
    assert (again["renditions"], again["bulletins"]) == ([], [])
    changes = done(broadcaster("publish", json=True))
    tree = tree_of(root)
    assert sorted(changes["added"]) == sorted(tree)
    assert "không có gì thay đổi" in broadcaster("publish").said
    assert len(tree["zones/tt/2026-11-10/0530.mp3"]) > 100_000
    assert not feedparser.parse(tree["feeds/zones/tt.xml"]).bozo
    return tree


def report_what_aired(broadcaster: Run, folder: Path, tree: dict[str, bytes]) -> dict[str, int]:
    manifests = [json.loads(content) for path, content in tree.items() if path.startswith("players/")]
    items = {item["id"]: item for manifest in manifests for item in manifest["items"]}
    rows = [
        {
            "event_id": f"sự kiện {name}",
            "item_id": name,
            "started_at": item["starts_at"],
            "played_ms": item["length_ms"],
            "outcome": "played",
            "player": f"loa-{name[:2]}",
        }
        for name, item in sorted(items.items())
    ]
    assert len(rows) == 4
    first = written(folder, "sang.json", {"airings": rows[:2]})
    answered = done(broadcaster("airings", "import", first, now=NIGHT, json=True))["results"]
    assert [result["status"] for result in answered] == ["recorded", "recorded"]
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows([*rows, {**rows[0], "event_id": "hỏng", "item_id": "khong-co"}])
    (folder / "toi.csv").write_text(sheet.getvalue(), encoding="utf-8")
    mixed = broadcaster("airings", "import", str(folder / "toi.csv"), now=NIGHT, json=True)
    assert mixed.status == 1, "one row was rejected, and that is said"
    statuses = [result["status"] for result in mixed.document["results"]]
    assert statuses == ["duplicate", "duplicate", "recorded", "recorded", "rejected"]
    assert "khong-co" in mixed.complained
    return {str(row["item_id"]): int(row["played_ms"]) for row in rows}


def count_the_airtime(broadcaster: Run, folder: Path, heard: dict[str, int]) -> None:
    table = done(broadcaster("report", "airtime", "--month", MONTH, "--format", "json", now=NIGHT))
    units = {unit["unit"]: unit for unit in table["units"]}
    assert sorted(units) == sorted(str(unit["code"]) for unit in UNITS)
    assert units["phuong-mot"]["target_ms"] == 120_000
    assert 0 < table["totals"]["aired_ms"] < sum(heard.values())
    for unit in table["units"]:
        assert unit["aired_ms"] == unit["first_run_ms"] + unit["repeat_ms"]
        assert unit["shortfall_ms"] == max(0, unit["target_ms"] - unit["aired_ms"])
        assert unit["aired_ms"] <= unit["planned_ms"]
    assert units["giao-duc"]["aired_ms"] == 0
    out = folder / "thoi-luong.csv"
    assert broadcaster(
        "report", "airtime", "--month", MONTH, "--format", "csv", "-o", str(out), now=NIGHT, json=True
    ).document == {"file": str(out)}
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert {row["unit"]: int(row["aired_ms"]) for row in rows} == {
        code: unit["aired_ms"] for code, unit in units.items()
    }


def take_one_back(broadcaster: Run, root: Path) -> None:
    morning = "2026-11-11T04:00:00+07:00"
    ticked = done(broadcaster("tick", now=morning, json=True))
    assert ticked["rendered"]["failures"] == []
    title = "Chiếc cầu tre thành cầu bê tông"
    assert who_says(tree_of(root), title)
    gone = done(broadcaster("withdraw", "T-01", "--why", "đơn vị xin rút", now=morning, json=True))
    assert gone["freed"]
    assert all(place["at"] >= morning or place["where"] == "nong-thon-moi" for place in gone["freed"])
    assert "articles/T-01.html" in gone["removed"]
    assert who_says(tree_of(root), title) == []
    assert broadcaster("withdraw", "T-77", "--why", "?", now=morning).status == 1
    table = done(broadcaster("report", "airtime", "--month", MONTH, now=morning))
    aired = {unit["unit"]: unit["aired_ms"] for unit in table["units"]}
    assert aired["phuong-mot"] > 0, "what was heard was heard"


@pytest.mark.parametrize(
    "arguments",
    [
        ["không-có"],
        ["plan"],
        ["plan", "--month", MONTH, "--moves", "1", "--seconds", "1"],
        ["plan", "--month", MONTH, "--moves", "-1"],
        ["articles", "import"],
        ["articles", "approve", "T-01"],
        ["withdraw", "T-01"],
        ["report", "airtime"],
        ["report", "airtime", "--month", MONTH, "--format", "poem"],
        ["tick", "--now", "2026-11-10T05:00:00"],
        ["tick", "--now", "hôm nay"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_end_with_status_2(arguments: list[str], broadcaster: Run) -> None:
    broadcaster("init")
    answer = broadcaster(*arguments, now=None)
    assert answer.status == 2
    assert answer.complained


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--month", "11/2026", "--moves", "1"],
        ["plan", "--month", MONTH, "--moves", "1", "--zone", "xa-la"],
        ["report", "airtime", "--month", "2026-13"],
        ["articles", "import", "mat.json"],
        ["render", "--article", "T-77"],
        ["plan", "explain", "T-77"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_ends_with_status_1_and_words(arguments: list[str], broadcaster: Run) -> None:
    broadcaster("init")
    answer = broadcaster(*arguments)
    assert answer.status == 1
    assert answer.complained.strip()


@pytest.mark.parametrize(
    ("variable", "value"),
    [("TZ", "Mars/Base"), ("PUBLIC_URL", "đài"), ("QUEUE_URL", "redis://x"), ("STORAGE_URL", "ftp://x"), ("TTS", "la")],
)
def test_a_wrong_setting_is_named_by_its_variable(
    variable: str, value: str, broadcaster: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert broadcaster("init").status == 0
    monkeypatch.setenv(f"BROADCASTER_{variable}", value)
    answer = broadcaster("tick")
    assert answer.status == 1
    assert (f"BROADCASTER_{variable}" if variable != "TTS" else "“la”") in answer.complained


def test_the_command_is_a_program_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from broadcaster.cli import main; main()", "init", "--json"]
    house = Path(__file__).resolve().parents[2]
    environment = {"BROADCASTER_DATA": str(tmp_path / "d"), "PYTHONPATH": str(house), "PATH": "", "HOME": str(tmp_path)}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    said = json.loads(ended.stdout)
    assert said["data"] == str(tmp_path / "d")
    # Nobody can sign in yet, so the first administrator gets a letter.
    assert said["invitation"].startswith("http://127.0.0.1:8000/invitation/")
