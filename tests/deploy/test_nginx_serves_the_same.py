"""deploy/nginx.conf under a real nginx: the same statuses and headers as the web process on a table of requests."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from broadcaster.config import Settings
from broadcaster.publishing.held import Markers
from broadcaster.publishing.tree import bring_in_line
from tests.deploy.servers import free_port, nginx, nginx_configuration, web_process

SOUND = b"ID3" + bytes(range(256)) * 400
SHA256 = hashlib.sha256(SOUND).hexdigest()
MEDIA = f"media/{SHA256[:2]}/{SHA256}.mp3"
GONE = f"media/00/00{'ab' * 31}.mp3"
HELD = "zones/tt/2026-11-11/0530.mp3"
KEY = "0123456789abcdef" * 4
FEED = "feeds/columns/ntvt.xml"
TEXT = "<rss>Người tốt</rss>".encode() * 20
TREE: dict[str, bytes | Path | None] = {
    MEDIA: SOUND,
    FEED: TEXT,
    "feeds/columns/ntvt.json": TEXT,
    "feeds/index.opml": TEXT,
    "feeds/artwork.png": b"\x89PNG",
    "feeds/zones/tt.m3u": TEXT,
    "feeds/zones/tt.xspf": TEXT,
    "schedule/tt.ics": TEXT,
    "zones/tt/2026-11-10/0530.mp3": SOUND,
    "zones/tt/2026-11-10/0530.chapters.json": TEXT,
    "zones/tt/2026-11-10/0530.vtt": TEXT,
    "zones/tt/today.m3u": TEXT,
    "players/key/manifest.json": TEXT,
    f"players/{KEY}/manifest.json": b'{"zone": "tt"}',
    "articles/2026-0101.html": TEXT,
    "index.html": TEXT,
}
#: What has to be the same word for word; tags of texts are nginx's own, those of media are digests at both.
HEADERS = (
    "Content-Type", "Content-Length", "Content-Range", "Content-Encoding", "Cache-Control", "Accept-Ranges",
    "Access-Control-Allow-Origin", "X-Content-Type-Options", "X-Robots-Tag", "Vary", "Last-Modified",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    path: str
    status: int
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()


def with_header(path: str, status: int, name: str, value: str, method: str = "GET") -> Asked:
    return Asked(path, status, method, ((name, value),))


REQUESTS = [
    *(Asked(path, 200) for path in TREE),
    *(Asked(path, 200, "HEAD") for path in (MEDIA, FEED)),
    *(with_header(path, 200, "Accept-Encoding", "gzip") for path in (FEED, MEDIA, "index.html", "schedule/tt.ics")),
    with_header(FEED, 200, "Accept-Encoding", "identity"),
    with_header(MEDIA, 206, "Range", "bytes=100-199"),
    with_header(MEDIA, 206, "Range", "bytes=-5"),
    with_header(MEDIA, 206, "Range", f"bytes={len(SOUND) - 1}-"),
    with_header(MEDIA, 416, "Range", f"bytes={len(SOUND)}-"),
    with_header(MEDIA, 200, "Range", "bytes=0-1,5-6"),
    with_header("zones/tt/2026-11-10/0530.mp3", 206, "Range", "bytes=1-"),
    Asked(MEDIA, 206, "GET", (("Range", "bytes=9-"), ("If-Range", f'"{SHA256}"'))),
    Asked(MEDIA, 200, "GET", (("Range", "bytes=9-"), ("If-Range", '"another"'))),
    with_header(MEDIA, 304, "If-None-Match", f'"{SHA256}"'),
    with_header(MEDIA, 304, "If-None-Match", f'"other", "{SHA256}"'),
    with_header(MEDIA, 200, "If-None-Match", '"other"'),
    with_header(FEED, 200, "If-None-Match", '"other"'),
    # Held for players: there for a player's key, and only then.
    Asked(HELD, 404),
    Asked(HELD, 404, "HEAD"),
    with_header(HELD, 404, "Range", "bytes=1-"),
    *(
        Asked(f"{HELD}?key={wrong}", 404)
        for wrong in ("", "key", "f" * 64, f"../players/{KEY}", f"{KEY}%00", f"{KEY}/")
    ),
    Asked(f"{HELD}?key={KEY}", 200),
    Asked(f"{HELD}?key={KEY}", 200, "HEAD"),
    with_header(f"{HELD}?key={KEY}", 206, "Range", "bytes=1-"),
    Asked(f"zones/tt/2026-11-10/0530.mp3?key={KEY}", 200),
    Asked("zones/tt/2026-11-09/0530.mp3", 410),
    Asked("zones/tt/2026-11-08/0530.mp3", 404),
    Asked(GONE, 410),
    Asked("articles/gone.html", 410),
    Asked("articles/never.html", 404),
    Asked("media/00/never.mp3", 404),
    Asked(f"{FEED}.gz", 404),
    Asked("feeds/columns/.unfinished-0badcafe", 404),
    Asked("feeds/.hidden/a.xml", 404),
    Asked("feeds/linked.txt", 404),
    Asked("feeds/linked-folder/ntvt.xml", 404),
    Asked("feeds/columns", 404),
]


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The web process and nginx over one tree. Neither knows of the other."""
    folder = tmp_path_factory.mktemp("served")
    settings = Settings(data=folder / "data")
    root = settings.public_folder
    there = {**TREE, HELD: SOUND}
    bring_in_line(root, {**there, GONE: SOUND, "articles/gone.html": TEXT, "zones/tt/2026-11-09/0530.mp3": SOUND})
    bring_in_line(root, there)
    Markers(root).raise_for([HELD])
    (folder / "data/secret.txt").write_text("secret")
    (root / "feeds/.hidden").mkdir()
    (root / "feeds/.hidden/a.xml").write_text("secret")
    (root / "feeds/columns/.unfinished-0badcafe").write_text("secret")
    (root / "feeds/linked.txt").symlink_to(folder / "data/secret.txt")
    (root / "feeds/linked-folder").symlink_to(root / "feeds/columns")
    port = free_port()
    with web_process(settings) as web, nginx(nginx_configuration(root, port), port, folder / "nginx") as other:
        yield web, other


def answer(address: str, asked: Asked) -> tuple[int, dict[str, str | None], bytes]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
    headers = {"Host": "127.0.0.1", "Accept-Encoding": "identity", **dict(asked.headers)}
    connection.request(asked.method, "/" + asked.path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name: response.headers.get(name) for name in HEADERS}, body


@pytest.mark.parametrize(
    "asked", REQUESTS, ids=lambda asked: f"{asked.method} {asked.path[:40]} {asked.status} {asked.headers}"
)
def test_both_answer_alike(asked: Asked, addresses: tuple[str, str]) -> None:
    (web_status, web_headers, web_body), (status, headers, body) = (answer(one, asked) for one in addresses)
    assert (web_status, status) == (asked.status, asked.status)
    assert b"secret" not in body
    if asked.status == 206 or headers["Content-Encoding"]:
        # nginx says that it knows parts only where it sends a whole text.
        headers.pop("Accept-Ranges")
        web_headers.pop("Accept-Ranges")
    if asked.status in {200, 206}:
        assert headers == web_headers
        assert body == web_body
    elif asked.status == 304:
        assert headers["Cache-Control"] == web_headers["Cache-Control"]
        assert body == b""
    elif asked.status == 416:
        assert headers["Content-Range"] == web_headers["Content-Range"]


@pytest.mark.parametrize("path", ["feeds/%2e%2e/%2e%2e/secret.txt", "feeds/..%2f..%2fsecret.txt", "../secret.txt"])
def test_nobody_climbs_out_of_the_tree(path: str, addresses: tuple[str, str]) -> None:
    for address in addresses:
        status, _headers, body = answer(address, Asked(path, 404))
        assert status in {400, 404}
        assert b"secret" not in body


def test_media_carries_its_digest_as_its_tag_at_both(addresses: tuple[str, str]) -> None:
    for address in addresses:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        connection.request("GET", f"/{MEDIA}", headers={"Host": "127.0.0.1"})
        response = connection.getresponse()
        response.read()
        assert response.headers.get_all("ETag") == [f'"{SHA256}"']
        connection.close()


def test_a_reader_that_holds_a_feed_is_told_so_by_the_tag_it_was_given(addresses: tuple[str, str]) -> None:
    for address in addresses:
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)
        connection.request("GET", f"/{FEED}", headers={"Host": "127.0.0.1"})
        first = connection.getresponse()
        first.read()
        given = {"If-None-Match": str(first.headers["ETag"]), "Host": "127.0.0.1"}
        connection.request("GET", f"/{FEED}", headers=given)
        again = connection.getresponse()
        again.read()
        assert again.status == 304
        connection.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_tree_is_read_only_at_both(method: str, addresses: tuple[str, str]) -> None:
    for address in addresses:
        status, _headers, _body = answer(address, Asked(FEED, 405, method))
        assert status in {403, 405}


def test_while_the_application_is_away_people_find_the_front_page(addresses: tuple[str, str]) -> None:
    status, headers, body = answer(addresses[1], Asked("", 200))
    assert (status, body) == (200, TEXT)
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer(addresses[1], Asked("airtime", 503))[0] == 503
