"""Scanned papers: known by their content and not by their name, kept outside of the public tree."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy.orm import Session

from audio.files import write_whole
from broadcaster import audit
from broadcaster.config import Settings
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Article, Scan, ScanKind

LARGEST_BYTES = 20 * 1024 * 1024
MOST_PAGES = 200
MOST_SCANS = 20
_PNG, _PNG_END = b"\x89PNG\r\n\x1a\n", b"IEND\xaeB`\x82"
_JPEG, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg"}


class ScanRefused(BroadcasterError):
    """A file is no scan that can be kept; the message says what to do."""


@dataclass(frozen=True, slots=True)
class _Seen:
    suffix: str
    pages: int


def attach(
    session: Session, settings: Settings, article: Article, data: bytes, kind: ScanKind, *, by: str, now: datetime
) -> Scan:
    """Keeps a scan with an article; the same one again changes nothing.

    Raises:
        ScanRefused: it is too large, damaged, or neither PDF nor PNG nor JPEG.
    """
    seen = _look_at(data)
    sha256 = hashlib.sha256(data).hexdigest()
    standing = [scan for scan in article.scans if scan.removed_at is None]
    for scan in standing:
        if scan.sha256 == sha256:
            return scan
    if len(standing) >= MOST_SCANS:
        raise ScanRefused(_("mỗi bài giữ tối đa {most} bản quét", most=MOST_SCANS))
    write_whole(_path(settings, sha256, seen.suffix), data)
    scan = Scan(kind=kind, sha256=sha256, suffix=seen.suffix, size_bytes=len(data), pages=seen.pages, by=by, at=now)
    article.scans.append(scan)
    audit.record(session, "scans.add", article.ref, by=by, now=now, kind=kind.value, sha256=sha256)
    return scan


def detach(session: Session, article: Article, scan_id: int, *, by: str, now: datetime) -> None:
    """Takes a scan off an article.

    Raises:
        NotFound: the article has no such scan.
    """
    scan = scan_of(article, scan_id)
    scan.removed_at = now
    audit.record(session, "scans.remove", article.ref, by=by, now=now, sha256=scan.sha256)


def scan_of(article: Article, scan_id: int) -> Scan:
    """One of the article's scans.

    Raises:
        NotFound: it has no such scan.
    """
    for scan in article.scans:
        if scan.id == scan_id and scan.removed_at is None:
            return scan
    raise NotFound(_("bài không có bản quét ấy"))


def file_of(settings: Settings, scan: Scan) -> Path:
    """Where a scan's file lies.

    Raises:
        NotFound: the file is lost.
    """
    path = _path(settings, scan.sha256, scan.suffix)
    if not path.is_file():
        raise NotFound(_("tệp của bản quét không còn"))
    return path.resolve()


def _path(settings: Settings, sha256: str, suffix: str) -> Path:
    return settings.scans_folder / sha256[:2] / (sha256 + suffix)


def _look_at(data: bytes) -> _Seen:
    """What the content shows that it is. Raises ScanRefused."""
    if len(data) > LARGEST_BYTES:
        raise ScanRefused(_("tệp lớn quá {most} MB", most=LARGEST_BYTES // 1024 // 1024))
    if data.startswith(_PNG) and data.rstrip(b"\0").endswith(_PNG_END):
        return _Seen(".png", 1)
    if data.startswith(_JPEG) and data.rstrip(b"\0\r\n").endswith(_JPEG_END):
        return _Seen(".jpg", 1)
    if data.startswith(b"%PDF-"):
        return _Seen(".pdf", _pages_of(data))
    raise ScanRefused(_("chỉ nhận tệp PDF, PNG hoặc JPEG còn nguyên vẹn"))


def _pages_of(data: bytes) -> int:
    try:
        reader = PdfReader(io.BytesIO(data))
        pages = 0 if reader.is_encrypted else len(reader.pages)
    # What the reader raises on damaged files is no closed list: cut-off numbers, wrong types, endless references.
    except (PyPdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError):
        raise ScanRefused(_("tệp PDF bị hỏng, không mở được")) from None
    if not 1 <= pages <= MOST_PAGES:
        raise ScanRefused(_("tệp PDF phải có từ 1 đến {most} trang và không đặt mật khẩu", most=MOST_PAGES))
    return pages
