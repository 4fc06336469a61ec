"""The public tree: feeds that parse everywhere, true lengths, no private word, the same bytes for the same state."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import podcastparser
import pytest

from broadcaster.config import Settings
from broadcaster.publishing import publish
from broadcaster.publishing.storage import FolderStorage
from broadcaster.publishing.tree import bring_in_line
from broadcaster.tasks import tick
from feeds.checks import check_published
from tests.broadcaster.conftest import Town
from tests.broadcaster.trees import MEDIA, private_texts, says, tree_of


def published(town: Town) -> dict[str, bytes]:
    return tree_of(town.settings.public_folder)


def sizes(town: Town, files: dict[str, bytes]) -> dict[str, int]:
    return {f"{town.settings.public_url}/{path}": len(content) for path, content in files.items()}


def test_every_file_passes_our_own_strict_checks(small_town: Town) -> None:
    files = published(small_town)
    private = private_texts(small_town.database)
    true_bytes = sizes(small_town, files)
    checked = {
        path: check_published(path, content, private=private, true_bytes=true_bytes) for path, content in files.items()
    }
    assert [(path, fault) for path, found in checked.items() for fault in found or []] == []
    kinds = ("feeds/columns/nong-thon-moi.xml", "feeds/columns/nong-thon-moi.json", "feeds/zones/tt.xml")
    more = ("feeds/index.opml", "schedule/tt.ics", "zones/tt/today.m3u", "zones/vb/today.xspf")
    assert all(checked[path] is not None for path in kinds + more)
    assert sum(path.startswith("players/") for path in checked) == 2


def test_feedparser_and_podcastparser_read_every_feed_without_a_complaint(small_town: Town) -> None:
    files = published(small_town)
    true_bytes = sizes(small_town, files)
    feeds = [path for path in files if path.startswith("feeds/") and path.endswith(".xml")]
    assert len(feeds) == 4
    enclosures = 0
    for path in feeds:
        parsed = feedparser.parse(files[path])
        assert not parsed.bozo, (path, parsed.get("bozo_exception"))
        podcast = podcastparser.parse(f"{small_town.settings.public_url}/{path}", BytesIO(files[path]))
        assert len(podcast["episodes"]) == len(parsed.entries)
        for entry in parsed.entries:
            for enclosure in entry.enclosures:
                assert int(enclosure.length) == true_bytes[enclosure.href], (path, enclosure)
                enclosures += 1
        for episode in podcast["episodes"]:
            for enclosure in episode["enclosures"]:
                assert enclosure["file_size"] == true_bytes[enclosure["url"]]
    # Two bulletins of the morning, and the four articles that stand in columns.
    assert enclosures == 6


def test_nothing_in_the_tree_points_at_nothing(small_town: Town) -> None:
    files = published(small_town)
    named = {found.group().decode() for content in files.values() for found in MEDIA.finditer(content)}
    base = re.escape(small_town.settings.public_url)
    for content in files.values():
        named |= {
            match.decode().split("#")[0]
            for match in re.findall(
                rf"{base}/((?:feeds|zones|articles|media|schedule)/[^\"'<>\s\\\\]+)".encode(), content
            )
        }
    assert named
    assert named - set(files) == set()
    reached = {path for path in files if path.startswith("media/")}
    assert reached <= named


def test_a_manifest_says_what_the_files_are(small_town: Town) -> None:
    files = published(small_town)
    manifests = [json.loads(content) for path, content in files.items() if path.startswith("players/")]
    assert sorted(manifest["zone"] for manifest in manifests) == ["tt", "vb"]
    for manifest in manifests:
        assert len(manifest["items"]) == 4
        for item in manifest["items"]:
            assert len(files[item["path"]]) == item["bytes"]
            assert item["path"].endswith(f"{item['sha256']}.mp3")


def test_no_private_word_is_anywhere_in_the_tree(small_town: Town) -> None:
    private = private_texts(small_town.database)
    assert len(private) >= 60
    files = published(small_town)
    leaks = [(path, word) for word in private for path, content in files.items() if says(content, word)]
    assert leaks == []


def test_publishing_again_or_a_little_later_changes_no_byte(small_town: Town) -> None:
    town = small_town
    before = published(town)
    assert not publish(town.database, town.settings, town.voice, now=town.now)
    assert not publish(town.database, town.settings, town.voice, now=town.now + timedelta(minutes=1))
    done = tick(town.database, town.settings, town.voice, now=town.now)
    assert not done.published
    assert (done.rendered.renditions, done.rendered.bulletins, done.rendered.failures) == ([], [], [])
    assert published(town) == before


def test_two_publishes_of_one_state_are_identical_wherever_they_are_written(small_town: Town, tmp_path: Path) -> None:
    town = small_town
    elsewhere = Settings(**{**town.settings.model_dump(), "storage_url": f"file://{tmp_path / 'elsewhere'}"})
    changes = publish(town.database, elsewhere, town.voice, now=town.now)
    assert tree_of(elsewhere.public_folder) == published(town)
    assert sorted(changes.added) == sorted(published(town))


def test_what_is_deleted_or_spoilt_in_the_tree_comes_back_bit_for_bit(small_town: Town) -> None:
    town = small_town
    before = published(town)
    root = town.settings.public_folder
    for number, path in enumerate(sorted(before)):
        target = root / path
        target.unlink()
        if number % 3 == 1 and not path.startswith("media/"):
            target.write_bytes(b"spoilt")
    (root / "stranger").mkdir()
    (root / "stranger" / "file.txt").write_text("not ours")
    changes = publish(town.database, town.settings, town.voice, now=town.now)
    assert published(town) == before
    assert changes.removed == ("stranger/file.txt",)
    assert not (root / "stranger").exists()


def test_what_is_deleted_from_the_shelf_comes_back_bit_for_bit(small_town: Town) -> None:
    town = small_town
    before, shelf = published(town), tree_of(town.settings.shelf_folder)
    bulletins = {path.rpartition("/")[2] for path in before if path.startswith("media/")}
    frames = sorted(path for path in shelf if path.endswith(".frames"))
    sound = sorted(path for path in shelf if path.endswith(".mp3"))
    gone = [path for path in sound if path.rpartition("/")[2] in bulletins][:4] + frames[::6] + sound[:1]
    for path in gone:
        (town.settings.shelf_folder / path).unlink(missing_ok=True)
    done = tick(town.database, town.settings, town.voice, now=town.now)
    assert done.rendered.failures == []
    assert tree_of(town.settings.shelf_folder) == shelf
    assert published(town) == before


def test_no_feed_ever_names_sound_that_is_not_there_yet(
    small_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = small_town
    elsewhere = Settings(**{**town.settings.model_dump(), "storage_url": f"file://{tmp_path / 'elsewhere'}"})
    root = elsewhere.public_folder
    looked_at: list[str] = []
    put = FolderStorage.put

    def watched(storage: FolderStorage, path: str, content: bytes | Path) -> None:
        for found in MEDIA.finditer(content if isinstance(content, bytes) else b""):
            assert (root / found.group().decode()).is_file(), path
            looked_at.append(path.rpartition("/")[2])
        put(storage, path, content)

    monkeypatch.setattr(FolderStorage, "put", watched)
    publish(town.database, elsewhere, town.voice, now=town.now)
    assert {"tt.xml", "manifest.json", "T-01.html", "nong-thon-moi.xml"} <= set(looked_at)


def test_sound_goes_only_when_no_feed_names_it_any_more(
    small_town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = small_town
    root = town.settings.public_folder
    remove = FolderStorage.remove
    seen: list[str] = []

    def watched(storage: FolderStorage, path: str) -> None:
        if path.startswith("media/"):
            texts = [content for name, content in tree_of(root).items() if not name.endswith(".mp3")]
            assert not any(path.encode() in content for content in texts)
            seen.append(path)
        remove(storage, path)

    monkeypatch.setattr(FolderStorage, "remove", watched)
    changes = publish(town.database, town.settings, town.voice, now=town.now + timedelta(days=30))
    assert any(path.startswith("media/") for path in changes.removed)
    assert seen
    assert root.is_dir()


def test_a_file_that_the_shelf_has_lost_is_reported_and_what_stands_is_kept(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    bring_in_line(root, {"media/aa/one.mp3": b"sound", "zones/tt/0530.mp3": b"sound"})
    changes = bring_in_line(root, {"media/aa/one.mp3": None, "zones/tt/0530.mp3": None, "media/bb/two.mp3": None})
    assert changes.missing == ("media/bb/two.mp3", "zones/tt/0530.mp3")
    assert (root / "media/aa/one.mp3").read_bytes() == b"sound"
