"""What feeds cost: building a column after a new article, serving it, and a hundred devices pulling sound meanwhile.

Serving and pulling are in modules of their own. Building and publishing is measured against plain feedgen.

Both sides are given the same values and count CPU seconds of this process, medians of several rounds, each round with
one more article. Ours writes what changed, its hash and its `.gz`; feedgen writes its one file and nothing else.
"""

import argparse
import gzip
import hashlib
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from feedgen.feed import FeedGenerator

from bench.feeds_pulling import pull
from bench.feeds_serving import compare
from feeds.archives import channel_pages
from feeds.fragments import FragmentCache
from feeds.rss import body_html, column_feed, summary_of
from feeds.values import Audio, Channel, Item

_STATION = ZoneInfo("Asia/Ho_Chi_Minh")
_FIRST = datetime(2026, 1, 1, 6, tzinfo=_STATION)
_PHRASES = (
    "phong trào thi đua",
    "yêu nước",
    "nông thôn mới",
    "cải cách hành chính",
    "hộ nghèo",
    "cánh đồng",
    "hợp tác xã",
    "đoàn viên thanh niên",
    "hội phụ nữ",
    "cựu chiến binh",
    "thầy giáo",
    "học sinh",
    "an toàn thực phẩm",
    "kỷ cương",
    "văn minh đô thị",
    "15/15 xã",
    "5.000.000 đồng",
    "8,7 m2",
    "& nhiều việc khác",
)
_BASE = "https://phat-thanh.example"
_LEAST_RATIO = 20.0
#: The feed that is served holds so many.
_FEED_ITEMS = 50


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench feeds")
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=["building", "serving", "pulling"], default=None)
    options = parser.parse_args(arguments)
    feed = column_feed(_column(_articles(_FEED_ITEMS)))
    parts: dict[str, Callable[[Path], int]] = {
        "building": partial(_building, options.items, options.rounds),
        "serving": partial(compare, feed),
        "pulling": partial(pull, feed),
    }
    status = 0
    for name, part in parts.items():
        if options.only in {None, name}:
            with tempfile.TemporaryDirectory() as folder:
                status = max(status, part(Path(folder)))
    return status


def _building(count: int, rounds: int, folder: Path) -> int:
    tree, fragments = _Tree(folder), FragmentCache()
    before = _column(_articles(count))
    tree.publish(before)  # the state an article arrives in
    column_feed(before, fragments)
    ours, plain, joined = [], [], []
    for number in range(1, rounds + 1):
        # Made anew each round, as values out of a database are: no object is shared with the round before.
        channel = _column(_articles(count + number))
        ours.append(_cpu_s(partial(tree.publish, channel)))
        joined.append(_cpu_s(partial(column_feed, channel, fragments)))
        plain.append(_cpu_s(partial(_plain_feedgen, channel, folder)))
    cold = _cpu_s(partial(column_feed, before))
    rival, mine = statistics.median(plain), statistics.median(ours)
    print(f"a column of {count} articles after one new one, CPU ms, median of {rounds}:")
    _line("plain feedgen, the whole file, written", rival, rival)
    _line("ours, all documents compared, changed ones written with hash and .gz", mine, rival)
    _line("ours as a single document, fragments kept, not written", statistics.median(joined), rival)
    _line("ours as a single document, nothing kept, not written", cold, rival)
    print(f"documents written a round: {tree.written / rounds:.1f} of {tree.documents}")
    met = rival >= _LEAST_RATIO * mine
    print(f"{'met' if met else 'MISSED'}: at least {_LEAST_RATIO:.0f} times less CPU, here {rival / mine:.0f}")
    return 0 if met else 1


class _Tree:
    """A folder of feeds brought up to date, as a publisher that keeps its fragments does it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._fragments = FragmentCache()
        self._digests: dict[str, str] = {}
        self._former: dict[str, Channel] = {}
        self.documents = 0
        self.written = 0

    def publish(self, channel: Channel) -> None:
        pages = channel_pages(channel, lambda number: f"{_BASE}/feeds/columns/column-{number}.xml")
        first = not self._former
        for page in pages:
            if self._former.get(page.self_url) == page:
                continue
            content = column_feed(page, self._fragments)
            _write(self._folder / page.self_url.rpartition("/")[2], content)
            self._digests[page.self_url] = hashlib.sha256(content).hexdigest()
            self.written += not first
        self._former = {page.self_url: page for page in pages}
        self.documents = len(pages)


def _write(path: Path, content: bytes) -> None:
    for name, data in ((path.name, content), (f"{path.name}.gz", gzip.compress(content, compresslevel=6, mtime=0))):
        beside = path.with_name(f".{name}")
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path.with_name(name))


def _plain_feedgen(channel: Channel, folder: Path) -> None:
    """The same column as a program writes it that uses feedgen and its own extensions by the book."""
    generator = FeedGenerator()
    generator.load_extension("dc")
    generator.load_extension("podcast")
    generator.title(channel.title)
    generator.link(href=channel.self_url, rel="self")
    generator.link(href=channel.link, rel="alternate")
    generator.description(channel.description)
    generator.language(channel.language)
    generator.lastBuildDate(channel.updated_at)
    for item in channel.items:
        entry = generator.add_entry(order="append")
        entry.title(item.title)
        entry.link(href=item.link)
        entry.guid(item.guid, permalink=False)
        entry.description(summary_of(item))
        entry.content(body_html(item), type="CDATA")
        entry.pubDate(item.published_at)
        entry.category([{"term": name} for name in item.categories])
        entry.dc.dc_creator(item.author)
        if item.audio:
            entry.enclosure(item.audio.url, item.audio.bytes, item.audio.type)
            entry.podcast.itunes_duration(item.audio.length_ms // 1000)
    (folder / "plain.xml").write_bytes(generator.rss_str())


def _articles(count: int) -> tuple[Item, ...]:
    """Invented articles of 150 to 600 words, newest first; article 7 is the same in every run and of every count."""
    return tuple(_article(number, random.Random(number)) for number in range(count, 0, -1))


def _article(number: int, chance: random.Random) -> Item:
    paragraphs = tuple(
        " ".join(chance.choices(_PHRASES, k=chance.randint(20, 40))) for _ in range(chance.randint(3, 6))
    )
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    return Item(
        guid=f"urn:article:{number}",
        title=" ".join(chance.choices(_PHRASES, k=4)),
        link=f"{_BASE}/articles/{number}",
        published_at=_FIRST + timedelta(hours=number),
        updated_at=_FIRST + timedelta(hours=number, minutes=5),
        summary=" ".join(chance.choices(_PHRASES, k=14)),
        body_paragraphs=paragraphs,
        author="Phường Lê Lợi",
        categories=("Nông thôn mới", "Cải cách hành chính"),
        audio=Audio(
            url=f"{_BASE}/media/{sha256[:2]}/{sha256}.mp3",
            bytes=1_440_000 + number,
            length_ms=180_000 + number,
            synthetic=True,
        ),
    )


def _column(items: tuple[Item, ...]) -> Channel:
    return Channel(
        title="Người tốt, việc tốt",
        description="Chuyên mục của thị xã",
        link=f"{_BASE}/columns/nguoi-tot-viec-tot",
        self_url=f"{_BASE}/feeds/columns/nguoi-tot-viec-tot.xml",
        updated_at=items[0].published_at,
        items=items,
    )


def _cpu_s(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _line(what: str, cpu_s: float, rival_s: float) -> None:
    print(f"  {cpu_s * 1000:9.1f}  1/{rival_s / cpu_s:<5.1f} {what}")
