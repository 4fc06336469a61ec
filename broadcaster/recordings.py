"""Human recordings: taken in as they are given, judged before they are kept, aired instead of speech."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from audio.files import write_whole
from audio.recordings import read_recording
from broadcaster import audit
from broadcaster.approvals import article_of
from broadcaster.config import Settings
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Recording

SUFFIXES = (".mp3", ".wav", ".m4a", ".ogg", ".flac", ".aac")
LARGEST_BYTES = 500_000_000


class RecordingRefused(BroadcasterError):
    """A recording may not go on air; the message says what a person can do about it."""


def take_in(session: Session, settings: Settings, ref: str, path: Path, *, by: str, now: datetime) -> Recording:
    """Keeps a recording of an article's present text.

    Raises:
        NotFound: the article or the file is not there.
        RecordingRefused: the file is no recording that may go on air.
    """
    article = article_of(session, ref)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise RecordingRefused(_("{file}: chỉ nhận {suffixes}", file=path.name, suffixes=", ".join(SUFFIXES)))
    if not path.is_file():
        raise NotFound(_("không có tệp «{file}»", file=path.name))
    if path.stat().st_size > LARGEST_BYTES:
        raise RecordingRefused(_("{file}: tệp quá lớn", file=path.name))
    verdict = read_recording(path)
    if verdict.pcm is None:
        words = " ".join(finding.words for finding in verdict.findings)
        raise RecordingRefused(f"{path.name}: {words}")
    data = path.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    standing = article.recording
    if standing is not None and standing.sha256 == sha256:
        return standing
    # The file comes before the row; a file without a row does no harm.
    write_whole(settings.recordings_folder / (sha256 + suffix), data)
    recording = Recording(text_digest=article.text_digest, sha256=sha256, suffix=suffix, by=by, at=now)
    recording.length_ms, recording.warnings = verdict.pcm.length_ms, [finding.words for finding in verdict.findings]
    article.recordings.append(recording)
    audit.record(session, "recordings.add", ref, by=by, now=now, sha256=sha256)
    return recording


def take_out(session: Session, ref: str, *, by: str, now: datetime) -> None:
    """Lets speech take the place of an article's recording again.

    Raises:
        NotFound: the article has none.
    """
    recording = article_of(session, ref).recording
    if recording is None:
        raise NotFound(_("{ref}: bài không có bản thu âm", ref=ref))
    recording.removed_at = now
    audit.record(session, "recordings.remove", ref, by=by, now=now)
