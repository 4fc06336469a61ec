"""The hub hears of every feed that changed, also after it was deaf for a while, and of nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broadcaster.config import load_settings
from broadcaster.errors import BadSetting
from broadcaster.publishing.hub import Told, post_to_hub, tell_hub, wait_after
from tests.broadcaster.publishing.stations import Station, at

HUB = "https://hub.example/"
NOW = at("2026-11-10T08:00")


class Hub:
    """A hub that can be deaf."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.is_deaf = False

    def __call__(self, _hub_url: str, topic: str) -> None:
        if self.is_deaf:
            raise OSError("HTTP 503")
        self.heard.append(topic)


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "hub.json"


def test_each_change_is_told_once(memory: Path) -> None:
    hub = Hub()
    feeds = {"a": b"1", "b": b"1"}
    assert tell_hub(HUB, memory, feeds, now=NOW, tell=hub) == Told(("a", "b"), ())
    assert tell_hub(HUB, memory, feeds, now=NOW, tell=hub) == Told()
    assert tell_hub(HUB, memory, {**feeds, "b": b"2"}, now=NOW, tell=hub) == Told(("b",), ())
    assert hub.heard == ["a", "b", "b"]


def test_a_deaf_hub_is_asked_again_after_one_two_four_minutes_and_hears_everything_in_the_end(memory: Path) -> None:
    hub, asked = Hub(), []
    hub.is_deaf = True

    def tell(hub_url: str, topic: str) -> None:
        asked.append(minute)
        hub(hub_url, topic)

    for minute in range(16):
        assert tell_hub(HUB, memory, {"a": b"1"}, now=_at(minute), tell=tell).waiting == ("a",)
    assert asked == [0, 1, 3, 7, 15]
    hub.is_deaf = False
    assert tell_hub(HUB, memory, {"a": b"2", "b": b"1"}, now=_at(31), tell=hub) == Told(("a", "b"), ())


def _at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def test_waiting_never_takes_longer_than_an_hour() -> None:
    assert [wait_after(failures) for failures in (1, 2, 7, 8, 1000)] == [
        timedelta(minutes=1), timedelta(minutes=2), timedelta(hours=1), timedelta(hours=1), timedelta(hours=1),
    ]  # fmt: skip


def test_a_clock_set_back_does_not_silence_us(memory: Path) -> None:
    hub = Hub()
    hub.is_deaf = True
    tell_hub(HUB, memory, {"a": b"1"}, now=NOW, tell=hub)
    hub.is_deaf = False
    assert tell_hub(HUB, memory, {"a": b"1"}, now=NOW - timedelta(days=2), tell=hub).told == ("a",)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"hub": 1, "other": 2}', b'{"hub": "https://other/"}'])
def test_a_lost_spoilt_or_foreign_memory_only_means_telling_again(content: bytes, memory: Path) -> None:
    memory.write_bytes(content)
    hub = Hub()
    assert tell_hub(HUB, memory, {"a": b"1"}, now=NOW, tell=hub).told == ("a",)


def test_publishing_tells_of_the_feeds_that_changed_and_a_dead_hub_holds_nothing_up(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.settings = station.settings.model_copy(update={"hub_url": "http://127.0.0.1:9/"})
    assert station.publish(at("2026-11-10T05:00"))
    assert b'rel="hub"' in (station.settings.public_folder / "feeds/columns/ntvt.xml").read_bytes()
    state = (station.settings.data / "hub.json").read_text()
    assert '"failures": 1' in state
    with pytest.raises(OSError, match="Connection"):
        post_to_hub("http://127.0.0.1:9/", "topic")


def test_a_hub_without_a_scheme_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="BROADCASTER_HUB_URL"):
        load_settings(data=tmp_path, hub_url="hub.example")
