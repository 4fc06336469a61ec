"""Tells a WebSub hub which feeds have changed (W3C WebSub, section 7), again and again until it listens.

There is no outbox that could get out of step with the tree: what the hub was last told stands in one small file, and
whatever differs from it in the tree is still to be told. A process that is killed anywhere tells it next time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import requests
import structlog

from audio.files import write_whole

#: How long the hub may take to connect and to answer: publishing must not hang on it.
TIMEOUT_S = (3.0, 5.0)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)

#: Tells the hub of one address; raises OSError where it was not taken.
Tell = Callable[[str, str], None]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one round."""

    told: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Heard:
    """What a hub has heard: the digest of each feed as it was last told of, and how the last tries went."""

    hub: str
    told: dict[str, str] = field(default_factory=dict)
    failures: int = 0
    next_at: str | None = None


def post_to_hub(hub_url: str, topic: str) -> None:
    """One ping. Raises OSError (requests' own among them) where the hub cannot be reached or refuses."""
    answer = requests.post(
        hub_url,
        data={"hub.mode": "publish", "hub.topic": topic, "hub.url": topic},
        timeout=TIMEOUT_S,
        allow_redirects=False,
    )
    if not 200 <= answer.status_code < 300:
        raise OSError(f"HTTP {answer.status_code}")


def tell_hub(
    hub_url: str, memory_file: Path, feeds: Mapping[str, bytes], *, now: datetime, tell: Tell = post_to_hub
) -> Told:
    """Tells the hub of every feed, by its URL, that reads otherwise than when it was last told of.

    After a failure the hub is left alone for a minute, then two, four, up to an hour. A feed that the hub never heard
    of counts as changed.
    """
    heard = _read(memory_file, hub_url)
    digests = {url: hashlib.sha256(content).hexdigest() for url, content in feeds.items()}
    waiting = [url for url in sorted(digests) if heard.told.get(url) != digests[url]]
    if not waiting or _is_resting(heard, now):
        return Told(waiting=tuple(waiting))
    told = {url: digest for url, digest in heard.told.items() if url in digests}
    failures = 0
    done: list[str] = []
    for url in waiting:
        try:
            tell(hub_url, url)
        except OSError as failure:
            failures = heard.failures + 1
            log.warning("hub not told", hub=hub_url, failures=failures, why=str(failure))
            break
        done.append(url)
        told[url] = digests[url]
    next_at = (now + wait_after(failures)).isoformat() if failures else None
    written = asdict(_Heard(hub_url, told, failures, next_at))
    write_whole(memory_file, json.dumps(written, sort_keys=True, indent=1).encode())
    return Told(tuple(done), tuple(waiting[len(done) :]))


def wait_after(failures: int) -> timedelta:
    """How long the hub is left alone after so many failures in a row."""
    doubled: int = 2 ** min(failures - 1, 10)
    return min(LONGEST_WAIT, FIRST_WAIT * doubled)


def _is_resting(heard: _Heard, now: datetime) -> bool:
    next_at = datetime.fromisoformat(heard.next_at) if heard.next_at else None
    # A clock that was set back must not silence us for longer than we ever meant to wait.
    return next_at is not None and now < next_at <= now + LONGEST_WAIT


def _read(memory_file: Path, hub_url: str) -> _Heard:
    """What the hub was told; nothing where it is another hub, or where the file is missing or spoilt."""
    try:
        heard = _Heard(**json.loads(memory_file.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return _Heard(hub_url)
    return heard if heard.hub == hub_url else _Heard(hub_url)
