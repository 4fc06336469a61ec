"""A folder and a bucket keep the tree alike; the same tests on both, then what only one of them does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broadcaster.config import Settings
from broadcaster.errors import BadSetting
from broadcaster.publishing.held import Markers
from broadcaster.publishing.storage import BucketStorage, FolderStorage, Storage, StorageUnavailable
from broadcaster.publishing.storage.s3 import Keys, Place, signed_headers
from broadcaster.publishing.tree import Content, bring_storage_in_line
from tests.broadcaster.publishing.buckets import KEYS, Bucket, bucket_service
from tests.broadcaster.publishing.stations import Station, at

FEED, MEDIA = "feeds/columns/ntvt.xml", f"media/ab/ab{'0' * 62}.mp3"
ZONED = "zones/tt/2026-11-10/0530.mp3"


@dataclass
class Kept:
    """A place under test: `fresh` makes the storage as each publication does, `held` says what lies there."""

    fresh: Callable[[], Storage]
    held: Callable[[], dict[str, bytes]]


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Bucket]]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret)
    with bucket_service() as found:
        yield found


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "folder":
        root = tmp_path / "public"
        return Kept(
            lambda: FolderStorage(root),
            lambda: {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()},
        )
    url, bucket = request.getfixturevalue("service")
    return Kept(
        lambda: BucketStorage.at(url),
        lambda: {key.removeprefix("loa/"): data for key, (data, _headers) in bucket.objects.items()},
    )


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "shelf.mp3"
    path.write_bytes(b"ID3 sound" * 99)
    return path


def test_a_tree_is_brought_in_line_and_then_nothing_changes(kept: Kept, sound: Path) -> None:
    wanted: dict[str, Content] = {FEED: b"<rss/>", MEDIA: sound, ZONED: sound}
    changes = bring_storage_in_line(kept.fresh(), wanted)
    assert changes.added == tuple(sorted(wanted))
    assert kept.held().keys() == {*wanted, f"{FEED}.gz"}
    assert not bring_storage_in_line(kept.fresh(), wanted)


def test_only_what_differs_is_written(kept: Kept, sound: Path) -> None:
    many: dict[str, Content] = {
        f"feeds/columns/{number:02}.xml": f"<rss>{number}</rss>".encode() for number in range(9)
    }
    bring_storage_in_line(kept.fresh(), {**many, MEDIA: sound})
    changes = bring_storage_in_line(kept.fresh(), {**many, "feeds/columns/04.xml": b"<rss>X</rss>", MEDIA: sound})
    assert (changes.added, changes.changed, changes.removed) == ((), ("feeds/columns/04.xml",), ())
    assert kept.held()["feeds/columns/04.xml"] == b"<rss>X</rss>"


def test_what_is_not_wanted_goes_with_its_twin(kept: Kept, sound: Path) -> None:
    bring_storage_in_line(kept.fresh(), {FEED: b"<rss/>", MEDIA: sound})
    assert bring_storage_in_line(kept.fresh(), {MEDIA: sound}).removed == (FEED,)
    assert kept.held().keys() == {MEDIA}


def test_a_new_bulletin_takes_the_place_of_the_old_one_under_its_name(kept: Kept, sound: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer.mp3"
    newer.write_bytes(sound.read_bytes()[::-1])
    bring_storage_in_line(kept.fresh(), {ZONED: sound})
    assert bring_storage_in_line(kept.fresh(), {ZONED: newer}).changed == (ZONED,)
    assert kept.held() == {ZONED: newer.read_bytes()}


def test_what_the_shelf_has_lost_is_reported_and_what_stands_is_kept(kept: Kept, sound: Path) -> None:
    bring_storage_in_line(kept.fresh(), {MEDIA: sound})
    changes = bring_storage_in_line(kept.fresh(), {MEDIA: None, ZONED: None})
    assert changes.missing == (ZONED,)
    assert kept.held().keys() == {MEDIA}


def test_names_beyond_ascii_are_kept_as_they_are(kept: Kept) -> None:
    wanted: dict[str, Content] = {"articles/Bài số 1 (a+b)~.html": b"<p>"}
    bring_storage_in_line(kept.fresh(), wanted)
    assert not bring_storage_in_line(kept.fresh(), wanted)
    assert wanted.keys() <= kept.held().keys()


def test_a_text_changes_its_second_of_change_with_every_version(tmp_path: Path) -> None:
    # nginx knows a file by that second and its size: two versions of one length within a second must differ.
    storage = FolderStorage(tmp_path / "public", clock=lambda: 1_790_000_000.0)
    seen = set()
    for version in (b"one", b"two", b"six"):
        storage.put(FEED, version)
        seen |= {int((tmp_path / "public" / name).stat().st_mtime) for name in (FEED, f"{FEED}.gz")}
    assert seen == {1_790_000_000, 1_790_000_001, 1_790_000_002}


def test_objects_have_their_type_and_their_time_to_be_kept(service: tuple[str, Bucket], sound: Path) -> None:
    url, bucket = service
    bring_storage_in_line(BucketStorage.at(url), {FEED: b"<rss/>", MEDIA: sound, "players/k/manifest.json": b"{}"})
    said = {
        key.removeprefix("loa/"): (headers["content-type"], headers["cache-control"], headers.get("content-encoding"))
        for key, (_data, headers) in bucket.objects.items()
    }
    rss = "application/rss+xml; charset=utf-8"
    assert said == {
        FEED: (rss, "public, max-age=300", None),
        f"{FEED}.gz": (rss, "public, max-age=300", "gzip"),
        MEDIA: ("audio/mpeg", "public, max-age=31536000, immutable", None),
        "players/k/manifest.json": ("application/json", "private, no-cache", None),
        "players/k/manifest.json.gz": ("application/json", "private, no-cache", "gzip"),
    }


def test_an_unchanged_bucket_is_only_listed(service: tuple[str, Bucket], sound: Path) -> None:
    url, bucket = service
    wanted: dict[str, Content] = {FEED: b"<rss/>", MEDIA: sound}
    bring_storage_in_line(BucketStorage.at(url), wanted)
    for own_tags, asked in ((False, ["GET"]), (True, ["GET", f"HEAD loa/{FEED}"])):
        bucket.own_tags = own_tags
        bucket.asked.clear()
        assert not bring_storage_in_line(BucketStorage.at(url), wanted)
        assert bucket.asked == asked


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_bucket_that_refuses_is_a_failure_that_may_pass(service: tuple[str, Bucket], status: int) -> None:
    url, bucket = service
    bucket.broken = status
    with pytest.raises(StorageUnavailable, match=str(status)) as failure:
        bring_storage_in_line(BucketStorage.at(url), {FEED: b"<rss/>"})
    assert failure.value.can_retry


def test_a_bucket_far_away_is_a_failure_that_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-word")
    with pytest.raises(StorageUnavailable) as failure:
        BucketStorage.at("s3://kho?endpoint=http://127.0.0.1:9").paths()
    assert "secret-word" not in str(failure.value)


def test_a_wrong_secret_is_refused(service: tuple[str, Bucket], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(StorageUnavailable, match="403"):
        BucketStorage.at(service[0]).paths()


def test_the_folder_is_published_even_while_the_bucket_is_down(station: Station, service: tuple[str, Bucket]) -> None:
    url, bucket = service
    station.settings = station.settings.model_copy(update={"storage_url": url})
    bucket.broken = 503
    now = at("2026-11-10T12:00")
    with pytest.raises(StorageUnavailable):
        station.publish(now)
    assert (station.settings.public_folder / FEED).is_file()
    bucket.broken = None
    assert not station.publish(now), "the folder was up to date"
    root = station.settings.public_folder
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    # A bucket cannot ask for a key, so what can be guessed is not in it before it airs.
    held = Markers(root).paths()
    assert held
    open_to_all = {path: data for path, data in files.items() if path not in held}
    assert {key.removeprefix("loa/"): data for key, (data, _headers) in bucket.objects.items()} == open_to_all


@pytest.mark.parametrize("url", ["s3://", "s3:///folder", "s3://kho?endpoint=ftp://x"])
def test_a_setting_that_names_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(BadSetting, match="s3://"):
        Place.of(url)


def test_missing_keys_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    with pytest.raises(BadSetting, match="AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY"):
        Keys.from_environment()
    assert "hidden" not in repr(Keys("a", "hidden"))


def test_with_a_bucket_the_tree_lies_in_the_data_folder_too(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, storage_url="s3://kho/loa")
    assert (settings.public_folder, settings.bucket_url) == (tmp_path / "public", "s3://kho/loa")
    assert os.fspath(Settings(storage_url="file:///srv/loa").public_folder) == "/srv/loa"
    with pytest.raises(BadSetting, match="ftp"):
        _ = Settings(storage_url="ftp://x").public_folder


# The worked examples of the Amazon S3 API Reference, "Examples: Signature Calculations".
_EXAMPLE_KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
_EXAMPLE_HOST = {"host": "examplebucket.s3.amazonaws.com"}


@pytest.mark.parametrize(
    ("method", "path", "query", "headers", "content", "signature"),
    [
        (
            "GET", "/test.txt", "", {**_EXAMPLE_HOST, "range": "bytes=0-9"}, b"",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT", "/test%24file.text", "",
            {
                **_EXAMPLE_HOST, "date": "Fri, 24 May 2013 00:00:00 GMT",
                "x-amz-storage-class": "REDUCED_REDUNDANCY",
            },
            b"Welcome to Amazon S3.", "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET", "/", "max-keys=2&prefix=J", _EXAMPLE_HOST, b"",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ],
    ids=["get", "put", "list"],
)  # fmt: skip
def test_requests_are_signed_as_the_service_documents(
    method: str, path: str, query: str, headers: dict[str, str], content: bytes, signature: str
) -> None:
    at_that_time = datetime(2013, 5, 24, tzinfo=UTC)
    signed = signed_headers(method, path, query, headers, content, "us-east-1", _EXAMPLE_KEYS, at=at_that_time)
    assert signed["Authorization"].endswith(f"Signature={signature}")
