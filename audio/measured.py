"""What was measured of an item, as it is kept beside its frames: everything that a bulletin reckons with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from audio.digests import digest_of
from audio.errors import AudioError
from audio.mastering import Mastered

VERSION = 1


class MeasurementsUnreadable(AudioError):
    """The file beside the frames is not what we wrote; measuring the frames again mends it."""

    can_retry = True


@dataclass(frozen=True)
class Measured:
    """`loudness_blocks` and `peaks` as in `Mastered`: one value each 100 ms."""

    length_ms: int
    loudness_lufs: float
    true_peak_dbtp: float
    loudness_blocks: tuple[float, ...]
    peaks: tuple[float, ...]

    @classmethod
    def of(cls, mastered: Mastered) -> Measured:
        """What mastering has measured."""
        return cls(
            mastered.length_ms,
            mastered.loudness_lufs,
            mastered.true_peak_dbtp,
            mastered.loudness_blocks,
            mastered.peaks,
        )

    def as_bytes(self) -> bytes:
        """For the shelf; the same measurements always give the same bytes."""
        return json.dumps({"version": VERSION, **asdict(self)}, separators=(",", ":")).encode()


def measured_key(frames_key: str) -> str:
    """The key on the shelf of what was measured of the frames under `frames_key`."""
    return digest_of("measured", VERSION, frames_key)


def parse_measured(content: bytes) -> Measured:
    """What `as_bytes` wrote. Raises MeasurementsUnreadable."""
    try:
        document = json.loads(content)
        return Measured(
            int(document["length_ms"]),
            float(document["loudness_lufs"]),
            float(document["true_peak_dbtp"]),
            tuple(map(float, document["loudness_blocks"])),
            tuple(map(float, document["peaks"])),
        )
    except (ValueError, KeyError, TypeError) as wrong:
        raise MeasurementsUnreadable("Số đo âm thanh lưu kèm không đọc được; hãy chạy lại lệnh render.") from wrong
