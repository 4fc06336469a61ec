"""The town's own files, with days counted from the demonstration's present turned into dates."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from audio.files import write_whole
from broadcaster.months import day_start

HERE = files("broadcaster.sample")
#: Instants of an article; its other dates are days.
INSTANTS = ("not_before", "expires_at", "air_by")


def lay_out(folder: Path, *, today: date, first_day: date, tz: ZoneInfo, with_users: bool = True) -> dict[date, Path]:
    """Writes the town's files as a centre would receive them; answers the article files by the day they came in.

    What was approved before the demonstration's first day comes in on that day. Without users, nobody's account is
    made or changed by taking the files in.
    """
    text = HERE.joinpath("duties.json").read_text("utf-8")
    deadline = first_day + timedelta(days=60)
    duties = json.loads(text.replace("%MONTH%", f"{first_day:%Y-%m}").replace("%DEADLINE%", deadline.isoformat()))
    for name, document in (("station", _read("station.json")), ("duties", duties)):
        _write(folder / f"{name}.json", document if with_users else {**document, "users": []})
    _write(folder / "units.json", _read("units.json"))
    received: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for article in sample_articles():
        came = today + timedelta(days=_arrival(article))
        received[max(came, first_day)].append(_dated(article, today, tz))
    paths = {}
    for day, articles in sorted(received.items()):
        paths[day] = folder / f"articles-{day.isoformat()}.json"
        _write(paths[day], {"articles": sorted(articles, key=lambda article: article["ref"])})
    return paths


def sample_articles() -> list[dict[str, Any]]:
    """All sample articles as written, days counted from the present; in order of their references."""
    found: list[dict[str, Any]] = []
    for path in HERE.joinpath("articles").iterdir():
        if path.name.endswith(".json"):
            found += json.loads(path.read_text("utf-8"))["articles"]
    return sorted(found, key=lambda article: article["ref"])


def _arrival(article: dict[str, Any]) -> int:
    """The day on which an article reached the centre: approved if it was, else as far as it had come."""
    if article["approval"]:
        return int(article["approval"]["approved_on"])
    if article["endorsement"]:
        return int(article["endorsement"]["endorsed_on"])
    return int(article["written_on"])


def _dated(article: dict[str, Any], today: date, tz: ZoneInfo) -> dict[str, Any]:
    def day(offset: int) -> str:
        return (today + timedelta(days=offset)).isoformat()

    dated = dict(article, written_on=day(article["written_on"]))
    for field in INSTANTS:
        if article[field] is not None:
            dated[field] = day_start(today + timedelta(days=article[field]), tz).isoformat()
    if article["endorsement"]:
        dated["endorsement"] = dict(article["endorsement"], endorsed_on=day(article["endorsement"]["endorsed_on"]))
    if article["approval"]:
        dated["approval"] = dict(article["approval"], approved_on=day(article["approval"]["approved_on"]))
    return dated


def _read(name: str) -> Any:
    return json.loads(HERE.joinpath(name).read_text("utf-8"))


def _write(path: Path, document: object) -> None:
    data = json.dumps(document, ensure_ascii=False, indent=1).encode()
    if not path.exists() or path.read_bytes() != data:
        write_whole(path, data)
