"""Recordings that people bring: read with care, judged in words, equal to speech once they are in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio.completeness import is_cut_short
from audio.inspection import Finding, Limits, inspect_pcm, may_air, refusal, warning
from audio.pcm import Pcm
from audio.transcoding import TranscodingFailed, decode, describe, ffmpeg

_AUDIO = re.compile(r"Stream #\d+:\d+.*?: Audio: (?P<codec>\w+).*?, (?P<rate>\d+) Hz, (?P<layout>[^,]+)")
_PICTURE = re.compile(r"Stream #\d+:\d+.*?: Video: (?!.*\(attached pic\))")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d)\.(\d\d)")
#: Below this a voice sounds as over the telephone.
LOWEST_RATE_HZ = 16_000
#: How much stronger the difference of two channels is than their sum when they cancel each other out.
CANCELLING = 4.0


@dataclass(frozen=True)
class Described:
    """What a file says about itself, as ffmpeg reads it; `length_ms` is None where it does not say."""

    has_sound: bool
    has_picture: bool
    rate_hz: int
    channels: int
    length_ms: int | None


@dataclass(frozen=True)
class Recording:
    """The verdict on a recording. `pcm` is there unless it was refused: mono, ready for `master`."""

    findings: tuple[Finding, ...]
    pcm: Pcm | None

    @property
    def refused(self) -> bool:
        """Whether it may not go on air."""
        return self.pcm is None


def read_recording(path: Path, limits: Limits | None = None) -> Recording:
    """Reads and judges a recording (mp3, wav, m4a, aac, ogg, flac, aiff); never raises for what a file holds.

    Cases: a video, no sound, text by another name: refused. Cut short: refused, since the end would be missing on
    air. Too long: refused before it is decoded. Two channels that cancel each other out: the left one is taken.
    """
    allowed = limits or Limits()
    try:
        described = parse_description(describe(path))
        refused = _refused_unheard(path, described, allowed)
        if refused is not None:
            return Recording((refused,), None)
        findings, mix = _channels(path, described)
        # At its own rate: a clipped top is flat only as long as nobody has computed new samples from it.
        pcm = decode(path, rate_hz=min(described.rate_hz, 48_000), mix=mix)
    except TranscodingFailed as error:
        return Recording((refusal("unreadable", f"Không giải mã được tệp. {error}"),), None)
    findings += _narrow(described)
    findings += inspect_pcm(pcm, allowed)
    return Recording(findings, pcm if may_air(findings) else None)


def parse_description(text: str) -> Described:
    """What matters of ffmpeg's description of a file."""
    sound = _AUDIO.search(text)
    duration = _DURATION.search(text)
    length_ms = None
    if duration:
        hours, minutes, seconds, hundredths = (int(group) for group in duration.groups())
        length_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + hundredths * 10
    layout = sound["layout"].strip() if sound else ""
    return Described(
        has_sound=sound is not None,
        has_picture=_PICTURE.search(text) is not None,
        rate_hz=int(sound["rate"]) if sound else 0,
        channels={"mono": 1, "1 channels": 1, "stereo": 2, "2 channels": 2}.get(layout, 3) if sound else 0,
        length_ms=length_ms,
    )


def _refused_unheard(path: Path, described: Described, allowed: Limits) -> Finding | None:
    """What is wrong enough not to listen to it at all."""
    if described.has_picture:
        return refusal("video", "Đây là tệp video. Hãy xuất riêng phần tiếng (mp3, wav, m4a, ogg) rồi tải lên lại.")
    if not described.has_sound:
        return refusal("not_sound", "Tệp không chứa âm thanh đọc được; phần đuôi tên tệp có thể không đúng.")
    if is_cut_short(path):
        return refusal("truncated", "Tệp bị cắt cụt, thiếu phần cuối. Hãy sao chép hoặc tải lên lại từ bản gốc.")
    if described.length_ms is not None and described.length_ms > allowed.longest_ms:
        minutes, most = described.length_ms // 60_000, allowed.longest_ms // 60_000
        return refusal("too_long", f"Bản ghi dài {minutes} phút, tối đa {most} phút. Hãy cắt bớt hoặc chia nhỏ.")
    return None


def _channels(path: Path, described: Described) -> tuple[tuple[Finding, ...], str]:
    """What is to be said about the channels, and how one is made of them."""
    if described.channels != 2:
        return (), ""
    halves = "pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1"
    output = ffmpeg(["-i", f"file:{path}", "-map", "0:a:0", "-af", halves, "-ar", "8000", "-f", "s16le", "pipe:1"])
    both = np.frombuffer(output, dtype="<i2").reshape(-1, 2).astype(np.float32)
    together, apart = (float(np.mean(np.square(both[:, channel]))) if len(both) else 0.0 for channel in (0, 1))
    if apart <= CANCELLING * together or apart < 1:
        return (), ""
    words = "Hai kênh trái, phải ngược pha nên triệt tiêu nhau trên loa một kênh; hệ thống chỉ dùng kênh trái."
    return (warning("out_of_phase", words),), "pan=mono|c0=c0"


def _narrow(described: Described) -> tuple[Finding, ...]:
    if described.rate_hz >= LOWEST_RATE_HZ:
        return ()
    words = f"Ghi ở {described.rate_hz / 1000:g} kHz nên tiếng bí như qua điện thoại. Nên ghi từ 44.1 kHz trở lên."
    return (warning("narrow_band", words),)
