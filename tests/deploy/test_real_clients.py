"""Real programs read the published tree over HTTP: each gets every item, and sound from the first byte to the last.

The tree is a station's, published by our own code, with real MP3; nginx serves it as shipped. What a client fetched is
compared with the tree byte for byte, or by nginx's own count of the bytes it sent.
"""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
import wave
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import feedparser
import podcastparser
import pytest

from audio.transcoding import ffmpeg
from tests.broadcaster.publishing.stations import at, make_station
from tests.deploy.servers import Missing, free_port, nginx, nginx_configuration, program

CLIENTS = Path(__file__).with_name("clients")
MODULES = CLIENTS / "node_modules"
LENGTH_S = 2.0
#: On a busy machine a program may start slowly; nothing here is judged by its speed.
PATIENCE_S = 30.0
FEEDS = {"column": "feeds/columns/ntvt.xml", "podcast": "feeds/zones/tt.xml"}
Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Served:
    """The tree as the clients meet it: address and folder, and of both feeds each item's guid with its recording."""

    url: str
    root: Path
    log: Path
    items: Mapping[str, Mapping[str, str]]

    def feed(self, kind: str) -> str:
        return f"{self.url}/{FEEDS[kind]}"

    def file(self, url: str) -> bytes:
        return (self.root / url.removeprefix(self.url + "/")).read_bytes()

    def whole_in(self, folder: Path, kind: str) -> bool:
        """Whether a folder holds every recording of a feed, byte for byte."""
        wanted = {hashlib.sha256(self.file(url)).digest() for url in self.items[kind].values()}
        held = {hashlib.sha256(path.read_bytes()).digest() for path in folder.rglob("*") if path.is_file()}
        return wanted <= held

    def sent_whole(self, url: str, agent: str) -> bool:
        """Whether nginx sent all bytes of a recording to a client, going by its log."""
        path, size = url.removeprefix(self.url), len(self.file(url))
        # nginx writes its line after the last byte: a client may be done by then.
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            lines = [line.split("\t") for line in self.log.read_text("utf-8").splitlines() if line.count("\t") == 2]
            if any(line[0] == path and int(line[1]) >= size and agent in line[2].lower() for line in lines):
                return True
            time.sleep(0.1)
        return False


def tone(name: str) -> bytes:
    """Two seconds of a tone of its own, as MP3."""
    pitch = 300 + int(hashlib.sha256(name.encode()).hexdigest()[:3], 16) // 4
    source = f"sine=frequency={pitch}:sample_rate=48000:duration={LENGTH_S}"
    done = ffmpeg(["-f", "lavfi", "-i", source, "-ac", "1", "-b:a", "64k", "-f", "mp3", "-"])
    return bytes(done)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("clients"), free_port()
    station = make_station(folder, public_url=f"http://127.0.0.1:{port}", sound=tone)
    station.publish(at("2026-11-10T17:05"))
    station.database.close()
    root, log = station.settings.public_folder, folder / "access.log"
    items = {}
    for kind, path in FEEDS.items():
        entries = feedparser.parse((root / path).read_bytes()).entries
        items[kind] = {entry.id: entry.enclosures[0].href for entry in entries}
    assert (len(items["column"]), len(items["podcast"])) == (4, 2)
    server = nginx_configuration(root, port).replace(
        "server_tokens off;", f"server_tokens off; access_log {log} sent;", 1
    )
    form = 'log_format sent "$uri\t$body_bytes_sent\t$http_user_agent";'
    with nginx(form + server, port, folder / "nginx") as url:
        yield Served(url, root, log, items)


def run(command: list[str], **environment: str) -> str:
    """Runs a client; answers what it said on both outputs."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {said[-2000:]}"
    return said


def fetched(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:
        return bytes(answer.read())


def row(record: Record, client: str, items: int, sound: int, how: str) -> None:
    record("client", f"{client:20} {items:2} items  {sound:2} recordings whole  {how}")


def test_feedparser(served: Served, record_property: Record) -> None:
    for kind in FEEDS:
        read = feedparser.parse(served.feed(kind))
        assert not read.bozo
        assert {entry.id: entry.enclosures[0].href for entry in read.entries} == served.items[kind]
    _fetch_all(served)
    row(record_property, "feedparser", 6, 6, "parses by URL, enclosures fetched")


def test_podcastparser(served: Served, record_property: Record) -> None:
    for kind in FEEDS:
        read = podcastparser.parse(served.feed(kind), io.BytesIO(fetched(served.feed(kind))))
        assert {one["guid"]: one["enclosures"][0]["url"] for one in read["episodes"]} == served.items[kind]
    _fetch_all(served)
    row(record_property, "podcastparser", 6, 6, "parses, enclosures fetched")


def test_reader(served: Served, record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its own copy of feedparser asks for a module of the standard library of long ago; feedparser brings a successor.
    monkeypatch.setitem(sys.modules, "sgmllib", importlib.import_module("feedparser_sgmllib"))
    try:
        from reader import make_reader
    except ImportError as missing:
        raise Missing("the package «reader» is not in the environment") from missing
    reader = make_reader(":memory:")
    for kind in FEEDS:
        reader.add_feed(served.feed(kind))
    reader.update_feeds()
    for kind in FEEDS:
        entries = list(reader.get_entries(feed=served.feed(kind)))
        assert {entry.id: entry.enclosures[0].href for entry in entries} == served.items[kind]
    reader.close()
    _fetch_all(served)
    row(record_property, "reader", 6, 6, "updates by URL, enclosures fetched")


def _fetch_all(served: Served) -> None:
    for kind in FEEDS:
        for url in served.items[kind].values():
            assert fetched(url) == served.file(url)


@pytest.mark.parametrize("client", ["rss-parser", "feedsmith", "podcast-partytime"])
def test_readers_of_node(client: str, served: Served, record_property: Record) -> None:
    if not (MODULES / client).is_dir():
        raise Missing(f"{client} is not installed; run: python run.py test, or npm ci in tests/deploy/clients")
    for kind in FEEDS:
        command = [program("node", "nodejs"), str(CLIENTS / "read.cjs"), client, served.feed(kind)]
        said = run(command, NODE_PATH=str(MODULES))
        assert {one["guid"]: one["audio"] for one in json.loads(said)} == served.items[kind]
    _fetch_all(served)
    row(record_property, client, 6, 6, "parses, enclosures fetched")


def test_gpodder_on_the_command_line(served: Served, tmp_path: Path, record_property: Record) -> None:
    homes = {"GPODDER_HOME": str(tmp_path / "home"), "GPODDER_DOWNLOAD_DIR": str(tmp_path / "got")}
    gpo = program("gpo", "gpodder")
    for kind in FEEDS:
        run([gpo, "subscribe", served.feed(kind)], **homes)
    run([gpo, "update"], **homes)
    run([gpo, "download"], **homes)
    assert all(served.whole_in(tmp_path / "got", kind) for kind in FEEDS)
    row(record_property, "gpo", 6, 6, "subscribes, downloads")


def test_podget(served: Served, tmp_path: Path, record_property: Record) -> None:
    podget, home, got = program("podget"), tmp_path / "home", tmp_path / "got"
    home.mkdir()
    run([podget, "-d", str(home), "--create-config", "podgetrc"], HOME=str(tmp_path))
    settings = home / "podgetrc"
    # It wants more free space than a test machine may have.
    settings.write_text(re.sub(r"(?m)^MIN_SPACE=.*", "MIN_SPACE=1", settings.read_text()))
    (home / "serverlist").write_text("".join(f"{served.feed(kind)} cat {kind}\n" for kind in FEEDS))
    run([podget, "-d", str(home), "-l", str(got)], HOME=str(tmp_path))
    assert all(served.whole_in(got, kind) for kind in FEEDS)
    row(record_property, "podget", 6, 6, "downloads")


def test_mpg123(served: Served, tmp_path: Path, record_property: Record) -> None:
    for number, url in enumerate(served.items["podcast"].values()):
        out = tmp_path / f"{number}.wav"
        run([program("mpg123"), "-q", "-w", str(out), url])
        assert _seconds(out) == pytest.approx(LENGTH_S, abs=0.1)
    row(record_property, "mpg123", 2, 2, "plays over HTTP/1.0 to WAV")


def _seconds(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return float(sound.getnframes()) / float(sound.getframerate())


def test_liquidsoap_plays_the_playlist(served: Served, tmp_path: Path, record_property: Record) -> None:
    out, script = tmp_path / "out.wav", tmp_path / "play.liq"
    script.write_text(
        'set("init.allow_root", true)\nset("log.stdout", true)\nset("log.file", false)\n'
        f's = playlist(mode="normal", loop=false, "{served.url}/feeds/zones/tt.m3u")\n'
        'clock.assign_new(sync="none", [s])\n'
        f'output.file(fallible=true, on_stop=shutdown, %wav(stereo=false), "{out}", s)\n'
    )
    run([program("liquidsoap"), str(script)])
    assert _seconds(out) >= 2 * LENGTH_S - 0.2
    assert all(served.sent_whole(url, "liquidsoap") for url in _bulletins(served))
    row(record_property, "liquidsoap", 2, 2, "plays the M3U of the zone to WAV")


def _bulletins(served: Served) -> list[str]:
    lines = fetched(f"{served.url}/feeds/zones/tt.m3u").decode().splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_mpd_loads_the_podcast(served: Served, tmp_path: Path, record_property: Record) -> None:
    port = free_port()
    (tmp_path / "music").mkdir()
    (tmp_path / "lists").mkdir()
    configuration = tmp_path / "mpd.conf"
    configuration.write_text(
        f'bind_to_address "127.0.0.1"\nport "{port}"\nzeroconf_enabled "no"\nmusic_directory "{tmp_path}/music"\n'
        f'playlist_directory "{tmp_path}/lists"\ndb_file "{tmp_path}/db"\nlog_file "{tmp_path}/log"\n'
        'input {\nplugin "curl"\n}\nplaylist_plugin {\nname "rss"\nenabled "yes"\n}\n'
        'audio_output {\ntype "null"\nname "nowhere"\nsync "no"\n}\n'
    )
    process = subprocess.Popen([program("mpd"), "--no-daemon", str(configuration)], stderr=subprocess.DEVNULL)
    try:
        mpd = _Mpd(port)
        mpd.ask(f'load "{served.feed("podcast")}"')
        queued = [line.removeprefix("file: ") for line in mpd.ask("playlistinfo") if line.startswith("file: ")]
        assert queued == list(served.items["podcast"].values())
        mpd.ask("play")
        mpd.wait_until_stopped()
        assert all(served.sent_whole(url, "music player daemon") for url in queued)
    finally:
        process.terminate()
        process.wait(10)
    row(record_property, "mpd", 2, 2, "loads the RSS itself, plays")


class _Mpd:
    """As much of MPD's protocol as it takes to load a playlist and hear it out."""

    def __init__(self, port: int) -> None:
        ends = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S).makefile("rw")
                break
            except ConnectionRefusedError:
                assert time.monotonic() < ends, "mpd did not listen in time"
                time.sleep(0.05)
        assert self._line.readline().startswith("OK MPD")

    def ask(self, command: str) -> list[str]:
        self._line.write(command + "\n")
        self._line.flush()
        said = []
        while not (line := self._line.readline().rstrip("\n")).startswith(("OK", "ACK")):
            said.append(line)
        assert line == "OK", line
        return said

    def wait_until_stopped(self) -> None:
        ends = time.monotonic() + PATIENCE_S
        while "state: stop" not in (status := self.ask("status")):
            assert time.monotonic() < ends, status
            time.sleep(0.05)
        assert not [line for line in status if line.startswith("error:")], status
