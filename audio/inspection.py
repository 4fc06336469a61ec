"""A look at every recording and rendition before it goes on air, with words that a person can act on."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio.assembly import Bulletin
from audio.loudness import integrated_lufs
from audio.mastering import Mastered, MasteringProfile
from audio.pcm import FULL_SCALE, Pcm
from audio.waveform import STEP_MS

#: The mean of all samples, of full scale: a little comes of cheap converters, much of broken ones.
OFFSET_NAMED = 0.02
OFFSET_REFUSED = 0.05
#: So far under the loudest stretch nothing is heard any more.
SILENT_BELOW_PEAK_DB = 50.0
#: How long a top must be flat to be a clipped one, seconds.
FLAT_TOP_S = 0.00018


class Severity(enum.Enum):
    """What a finding means for going on air."""

    NOTE = "note"
    WARNING = "warning"
    REFUSAL = "refusal"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it should be. `code` is ASCII and stays; `words` are for the person at the desk."""

    code: str
    severity: Severity
    words: str
    at_ms: int | None = None


@dataclass(frozen=True)
class Limits:
    """What is let pass. Times in milliseconds."""

    longest_silence_ms: int = 2000
    flat_tops_a_second: float = 0.5
    shortest_ms: int = 1000
    #: Longer than any item of a session; also what a machine of 2 GB can still master.
    longest_ms: int = 30 * 60 * 1000
    length_tolerance_ms: int = 48
    loudness_tolerance_lu: float = 0.5
    highest_peak_dbtp: float = -1.0


def inspect_pcm(pcm: Pcm, limits: Limits | None = None) -> tuple[Finding, ...]:
    """Looks at sound as it was spoken or recorded, before mastering."""
    allowed = limits or Limits()
    length_ms = pcm.length_ms
    if not len(pcm.samples) or not np.any(pcm.samples):
        return (refusal("silent", "Bản âm thanh hoàn toàn im lặng. Hãy kiểm tra micro và ghi lại."),)
    findings = []
    if length_ms < allowed.shortest_ms:
        findings.append(refusal("too_short", f"Chỉ dài {length_ms / 1000:.1f} giây, quá ngắn để phát."))
    if length_ms > allowed.longest_ms:
        minutes = allowed.longest_ms // 60000
        findings.append(refusal("too_long", f"Dài {length_ms // 60000} phút, quá {minutes} phút. Hãy cắt bớt."))
    values = pcm.samples.astype(np.float32) / np.float32(FULL_SCALE)
    for found in (
        _clipping(pcm, allowed),
        _offset(values),
        _long_silence(values, pcm.rate_hz, allowed),
        _cut_off(values, pcm.rate_hz),
    ):
        if found is not None:
            findings.append(found)
    return tuple(findings)


def inspect_mastered(
    mastered: Mastered, profile: MasteringProfile, limits: Limits | None = None
) -> tuple[Finding, ...]:
    """Looks at an item as it will go on air."""
    allowed = limits or Limits()
    findings = []
    # A frame has 24 ms, whatever is in it; an encoder that stumbles gives fewer, or frames that a decoder leaves out.
    heard_ms = len(mastered.peaks) * STEP_MS
    if mastered.peaks and abs(heard_ms - mastered.length_ms) > STEP_MS + allowed.length_tolerance_ms:
        words = f"Giải mã được {heard_ms / 1000:.1f} trong {mastered.length_ms / 1000:.1f} giây: mã hóa MP3 có lỗi."
        findings.append(refusal("encoding", words))
    off_lu = mastered.loudness_lufs - profile.target_lufs
    if abs(off_lu) > allowed.loudness_tolerance_lu:
        word = "to" if off_lu > 0 else "nhỏ"
        findings.append(warning("loudness", f"Độ to lệch {abs(off_lu):.1f} LU ({word} hơn mức đã đặt)."))
    if mastered.true_peak_dbtp > allowed.highest_peak_dbtp:
        findings.append(warning("peak", f"Đỉnh âm {mastered.true_peak_dbtp:.1f} dBTP, có thể bị rè trên loa."))
    return tuple(findings)


def inspect_length(length_ms: int, wanted_ms: int, limits: Limits | None = None) -> tuple[Finding, ...]:
    """Compares a bulletin's length with its session's."""
    allowed = limits or Limits()
    off_ms = length_ms - wanted_ms
    if abs(off_ms) <= allowed.length_tolerance_ms:
        return ()
    word = "dài hơn" if off_ms > 0 else "ngắn hơn"
    return (refusal("length", f"Bản tin {word} buổi phát {abs(off_ms) / 1000:.1f} giây."),)


def inspect_bulletin(
    made: Bulletin,
    blocks: Sequence[float],
    profile: MasteringProfile,
    *,
    session_ms: int,
    peaks: Sequence[float] = (),
    limits: Limits | None = None,
) -> tuple[Finding, ...]:
    """Looks at a joined bulletin by arithmetic: length against the session's, loudness and silences from the parts'.

    `peaks` has the highest sample of each 100 ms (see `audio.waveform`); without it silences are not looked for.
    """
    allowed = limits or Limits()
    findings = list(inspect_length(made.length_ms, session_ms, allowed))
    off_lu = integrated_lufs(blocks) - profile.target_lufs
    if abs(off_lu) > allowed.loudness_tolerance_lu:
        word = "to" if off_lu > 0 else "nhỏ"
        findings.append(warning("loudness", f"Cả bản tin {word} hơn mức đã đặt {abs(off_lu):.1f} LU."))
    ends_ms = [chapter.starts_ms + chapter.length_ms for chapter in made.chapters]
    if ends_ms and max(ends_ms) > made.length_ms:
        findings.append(refusal("cut_off", "Mục cuối bị cắt vì bản tin hết giờ.", made.length_ms))
    if len(peaks):
        quiet = np.asarray(peaks) <= max(max(peaks) * 10 ** (-SILENT_BELOW_PEAK_DB / 20), 1e-5)
        findings += _silences(quiet, STEP_MS, allowed)
    return tuple(findings)


def may_air(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing forbids going on air; warnings are for a person to see."""
    return all(finding.severity is not Severity.REFUSAL for finding in findings)


def refusal(code: str, words: str, at_ms: int | None = None) -> Finding:
    """A finding that forbids going on air."""
    return Finding(code, Severity.REFUSAL, words, at_ms)


def warning(code: str, words: str, at_ms: int | None = None) -> Finding:
    """A finding that a person should see first."""
    return Finding(code, Severity.WARNING, words, at_ms)


def _clipping(pcm: Pcm, allowed: Limits) -> Finding | None:
    """Flat tops: stretches of 0.18 ms and more within 3 % of the highest sample.

    A voice has next to none (measured: 0 a second), clipped 1.5 times 2, three times 40, and coded as MP3 afterwards,
    which makes the tops uneven, 2. Sound that stays under half of full scale has not been clipped here.
    """
    # Of a negative sample its complement: one less than its magnitude, but no wider type and no overflow.
    magnitudes = np.maximum(pcm.samples, ~pcm.samples)
    peak = int(magnitudes.max())
    if peak < FULL_SCALE // 2:
        return None
    starts, lengths = _runs(magnitudes > 0.97 * peak)
    clips = starts[lengths >= max(3, round(pcm.rate_hz * FLAT_TOP_S))]
    if len(clips) <= allowed.flat_tops_a_second * max(1.0, pcm.length_ms / 1000):
        return None
    at_ms = int(clips[0]) * 1000 // pcm.rate_hz
    words = f"Tiếng bị vỡ ở {len(clips)} chỗ, chỗ đầu tại {_clock(at_ms)}. Hãy giảm mức thu và ghi lại."
    return warning("clipping", words, at_ms)


def _offset(values: npt.NDArray[np.float32]) -> Finding | None:
    offset = float(np.mean(values))
    words = f"Tín hiệu lệch {abs(offset) * 100:.0f} % khỏi mức không: thiết bị thu có lỗi."
    if abs(offset) > OFFSET_REFUSED:
        return refusal("dc_offset", words + " Hãy ghi lại bằng thiết bị khác.")
    return warning("dc_offset", words) if abs(offset) > OFFSET_NAMED else None


def _long_silence(values: npt.NDArray[np.float32], rate_hz: int, allowed: Limits) -> Finding | None:
    """The longest stretch 50 dB or more under the loudest 20 ms."""
    step = max(1, rate_hz // 50)
    whole = len(values) // step * step
    if not whole:
        return None
    rows = values[:whole].reshape(-1, step)
    # The stretch's own mean is taken off: an offset is no sound.
    energies = rows.var(axis=1)
    quiet = energies <= max(energies.max() * 10 ** (-SILENT_BELOW_PEAK_DB / 10), 1e-10)
    found = _silences(quiet, 20, allowed)
    return found[0] if found else None


def _silences(quiet: npt.NDArray[np.bool_], step_ms: int, allowed: Limits) -> list[Finding]:
    """The longest silence, where it is too long."""
    starts, lengths = _runs(quiet)
    if not len(lengths):
        return []
    longest = int(np.argmax(lengths))
    length_ms, at_ms = int(lengths[longest]) * step_ms, int(starts[longest]) * step_ms
    if length_ms <= allowed.longest_silence_ms:
        return []
    words = f"Im lặng {length_ms / 1000:.1f} giây tại {_clock(at_ms)}. Nếu không cố ý, hãy ghi lại hoặc cắt bỏ."
    return [warning("long_silence", words, at_ms)]


def _cut_off(values: npt.NDArray[np.float32], rate_hz: int) -> Finding | None:
    """Sound at full strength in the very last moment: a voice dies away in at least some hundredths of a second."""
    # Variances, not squares: an offset is no sound.
    if float(values[-max(1, rate_hz // 200) :].var()) < float(values.var()):
        return None
    at_ms = len(values) * 1000 // rate_hz
    return warning("cut_off", "Kết thúc đột ngột, có thể bị mất phần cuối. Hãy nghe lại đoạn cuối.", at_ms)


def _runs(flags: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Starts and lengths of stretches that are true."""
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    starts = np.flatnonzero(edges == 1)
    return starts, np.flatnonzero(edges == -1) - starts


def _clock(at_ms: int) -> str:
    minutes, seconds = divmod(at_ms // 1000, 60)
    return f"{minutes}:{seconds:02d}"
