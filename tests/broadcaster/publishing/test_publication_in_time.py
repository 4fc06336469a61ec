"""What falls due changes the tree at its second, and nothing but the files concerned: a table, `edges.json`.

The station is that of `stations.py`. An edge has the instant before and the one after, what somebody does in between,
what is told to whom before and after (what is the same after is not repeated), and the files that change.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster import scripts
from tests.broadcaster.publishing import acts
from tests.broadcaster.publishing.stations import Station, at, copied
from tests.broadcaster.trees import tree_of

EDGES: list[dict[str, Any]] = json.loads(Path(__file__).with_name("edges.json").read_text("utf-8"))
#: Files that change together, by what they are for.
TOGETHER = {
    "COLUMN": ["feeds/columns/ntvt.json", "feeds/columns/ntvt.xml"],
    "HEARD": ["feeds/zones/tt.m3u", "feeds/zones/tt.xml", "feeds/zones/tt.xspf", "index.html"],
    "TODAY": ["zones/tt/today.m3u", "zones/tt/today.xspf"],
}


def instant(local: str) -> datetime:
    return at(f"2026-{local}")


def spelt_out(names: list[str]) -> list[str]:
    return sorted(path for name in names for path in TOGETHER.get(name, [name]))


def test_the_table_is_long_enough_and_names_each_edge_once() -> None:
    assert len({edge["edge"] for edge in EDGES}) == len(EDGES) >= 20


@pytest.mark.parametrize("edge", EDGES, ids=lambda edge: edge["edge"])
def test_an_edge_changes_exactly_what_it_concerns(edge: dict[str, Any], station: Station) -> None:
    before, after = instant(edge["from"]), instant(edge["to"])
    do: Callable[[Station, datetime], None] | None = getattr(acts, edge["act"]) if "act" in edge else None
    for earlier in edge.get("earlier", []):
        getattr(acts, earlier)(station, before)
    station.publish(before)
    assert station.told() == edge["before"]
    if do is not None:
        do(station, after)
    changes = station.publish(after)
    assert station.told() == {**edge["before"], **edge.get("after", {})}
    assert station.short(changes.added) == spelt_out(edge.get("added", []))
    assert station.short(changes.changed) == spelt_out(edge.get("changed", []))
    assert station.short(changes.removed) == spelt_out(edge.get("removed", []))
    assert changes.missing == ()
    assert not station.publish(after), "a second publication of the same instant changes nothing"


@pytest.mark.parametrize(
    ("gone_through", "now"),
    [
        (["11-10T05:00", "11-10T08:00", "11-10T17:05"], "11-11T06:00"),
        (["11-10T16:30"], "11-10T17:30"),
        (["11-11T00:00:30"], "11-10T23:59:30"),
        (["12-01T06:00", "11-10T12:00", "11-30T23:55"], "11-10T11:59:59"),
        (["11-09T00:00", "11-20T00:00"], "12-05T00:00"),
    ],
    ids=["minute by minute", "a missed hour", "back over midnight", "back and forth by weeks", "weeks of downtime"],
)
def test_the_tree_of_an_instant_is_the_same_whatever_was_published_before(
    gone_through: list[str], now: str, station: Station, station_as_made: Station, tmp_path: Path
) -> None:
    for moment in gone_through:
        station.publish(instant(moment))
    station.publish(instant(now))
    fresh = copied(station_as_made, tmp_path / "fresh")
    fresh.publish(instant(now))
    assert tree_of(station.settings.public_folder) == tree_of(fresh.settings.public_folder)
    fresh.database.close()


def test_a_session_rises_in_sequence_with_every_published_plan_and_every_change(station: Station) -> None:
    seen = []
    morning = instant("11-10T09:00")
    steps: list[Callable[[Station, datetime], None] | None] = [None, acts.withdraw_w, acts.publish_again]
    for minute, act in enumerate(steps):
        now = morning + timedelta(minutes=minute)
        if act is not None:
            act(station, now)
        station.publish(now)
        seen.append(_sequences(station))
    assert seen[0]["1700"] == 0
    assert seen[0]["1700"] < seen[1]["1700"] < seen[2]["1700"]
    # The withdrawal did not concern the next morning, the plan did.
    assert seen[0]["0530"] == seen[1]["0530"] < seen[2]["0530"]


def _sequences(station: Station) -> dict[str, int]:
    """The calendar's sequence numbers of the evening of the 10th and the morning of the 11th."""
    lines = (station.settings.public_folder / "schedule/tt.ics").read_text("utf-8").replace("\r\n ", "").splitlines()
    starts = [line[-15:] for line in lines if line.startswith("DTSTART;")]
    sequences = [int(line.partition(":")[2]) for line in lines if line.startswith("SEQUENCE:")]
    by_start = dict(zip(starts, sequences, strict=True))
    return {"1700": by_start["20261110T170000"], "0530": by_start["20261111T053000"]}


def test_publishing_again_reads_no_article_aloud_again(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    station.publish(instant("11-10T08:00"))
    read: list[str] = []
    monkeypatch.setattr(scripts, "_read", lambda text, *_rest: read.append(text))
    station.publish(instant("11-10T08:01"))
    assert read == []
    # A changed text is another text.
    with station.database.reading() as session:
        article = station.article(session, "A")
        article.title = "Bài A khác"
        with pytest.raises(AttributeError):
            scripts.article_script_digest(article, station.voice)
    assert len(read) == 1
