"""Office files are zip archives: what they would unpack to is summed up before anything is unpacked."""

from __future__ import annotations

import io
import zipfile

from broadcaster.errors import Fault, ImportRefused
from broadcaster.language import gettext as _

LARGEST_PACKED_BYTES = 20 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 64 * 1024 * 1024
MOST_PARTS = 2_000


def check_packed(data: bytes, name: str) -> None:
    """Refuses what is no archive, or one that would grow beyond all measure.

    Raises:
        ImportRefused: naming the file.
    """
    if len(data) > LARGEST_PACKED_BYTES:
        raise ImportRefused([Fault(name, _("tệp quá lớn (trên {most} MB)", most=LARGEST_PACKED_BYTES // 2**20))])
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise ImportRefused([Fault(name, _("tệp hỏng hoặc không phải docx, xlsx"))]) from None
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        raise ImportRefused([Fault(name, _("nội dung giải nén quá lớn, không nhận"))])
