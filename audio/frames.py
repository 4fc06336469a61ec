"""MP3 frames as they lie in a file: reading them, making silent ones, and the Info frame that heads a file.

Only one shape is spoken here: MPEG-1 layer III, 48 kHz, mono, constant bit rate. At 48 kHz a frame of 1152 samples
lasts exactly 24 ms and has a whole number of bytes at every bit rate, so that programmes are joined like beads.
Nothing is imported but the standard library: joining must stay as light as copying.

Sources: ISO/IEC 11172-3 clause 2.4 (frame header and side information); the LAME project's "Mp3 Info Tag" revision 1
(layout of the Info frame).
"""

from __future__ import annotations

import struct
from functools import cache

from audio.errors import AudioError

RATE_HZ = 48_000
SAMPLES_PER_FRAME = 1152
FRAME_MS = 24
#: The encoder's delay, and the decoder's (528 + 1): how late the first sample of a segment comes out.
ENCODER_DELAY = 576
DECODER_DELAY = 529
LEAD_IN = ENCODER_DELAY + DECODER_DELAY
#: Layer III bit rates, kb/s, by the index in the header (ISO/IEC 11172-3 2.4.2.3).
BITRATES_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
#: Below this a frame is too small for a whole Info tag.
LOWEST_BITRATE_KBPS = 56
HEADER_BYTES = 4
SIDE_INFO_BYTES = 17
#: Where the 8 bits of global gain stand in the mono side information, for each of the two granules.
GLOBAL_GAIN_BITS = (39, 98)


class NotOurFrames(AudioError):
    """Bytes that are not whole frames of one format; joining them would give a broken file."""


def frame_bytes(bitrate_kbps: int) -> int:
    """Bytes of one frame. Raises NotOurFrames for a bit rate that layer III does not have."""
    if bitrate_kbps not in BITRATES_KBPS or bitrate_kbps < LOWEST_BITRATE_KBPS:
        raise NotOurFrames(f"Không hỗ trợ tốc độ {bitrate_kbps} kb/s; hãy dùng 64 hoặc 96 kb/s.")
    return SAMPLES_PER_FRAME // 8 * bitrate_kbps * 1000 // RATE_HZ


def header(bitrate_kbps: int) -> bytes:
    """The four bytes before each frame: sync, MPEG-1 layer III without CRC, 48 kHz, mono, original."""
    return bytes((0xFF, 0xFB, BITRATES_KBPS.index(bitrate_kbps) << 4 | 0b0100, 0xC4))


@cache
def silent_frame(bitrate_kbps: int) -> bytes:
    """24 ms of digital silence: a frame whose side information says that nothing follows."""
    return header(bitrate_kbps).ljust(frame_bytes(bitrate_kbps), b"\0")


def bitrate_of(frame: bytes) -> int:
    """The bit rate of a frame, kb/s. Raises NotOurFrames where the four bytes are not a header of our shape."""
    if len(frame) < HEADER_BYTES or frame[0] != 0xFF or frame[1] != 0xFB or frame[2] & 0x0E != 0x04:
        raise NotOurFrames("Không phải khung MP3 48 kHz của hệ thống.")
    if frame[3] & 0xC0 != 0xC0:
        raise NotOurFrames("Khung MP3 không phải một kênh (mono).")
    index = frame[2] >> 4
    if not 0 < index < len(BITRATES_KBPS):
        raise NotOurFrames("Khung MP3 có tốc độ bit không hợp lệ.")
    return BITRATES_KBPS[index]


def count_frames(data: bytes, bitrate_kbps: int) -> int:
    """How many frames `data` holds. Raises NotOurFrames unless it is whole frames of that bit rate, each in sync."""
    size = frame_bytes(bitrate_kbps)
    wanted = header(bitrate_kbps)
    if len(data) % size:
        raise NotOurFrames(f"Dữ liệu không gồm các khung trọn vẹn {size} byte.")
    count = len(data) // size
    # Three strided slices look at every frame at the speed of memory; the fourth byte may carry mode extensions.
    if data[0::size] + data[1::size] + data[2::size] != wanted[:1] * count + wanted[1:2] * count + wanted[2:3] * count:
        raise NotOurFrames("Có khung MP3 khác định dạng nằm giữa dữ liệu.")
    return count


def quieter(frame: bytes, steps: int) -> bytes:
    """The same frame turned down by `steps` of 1.5 dB, without decoding: both granules' global gain is lowered."""
    bits = SIDE_INFO_BYTES * 8
    end = HEADER_BYTES + SIDE_INFO_BYTES
    side = int.from_bytes(frame[HEADER_BYTES:end], "big")
    for position in GLOBAL_GAIN_BITS:
        shift = bits - position - 8
        gain = side >> shift & 0xFF
        side += (max(0, gain - steps) - gain) << shift
    return frame[:HEADER_BYTES] + side.to_bytes(SIDE_INFO_BYTES, "big") + frame[end:]


def faded(data: bytes, bitrate_kbps: int, *, first: int = 0) -> bytes:
    """Frames that sink by 0.75 dB each, without decoding; `first` is how many of the fade have gone before.

    After 80 frames (1.9 s) that is 60 dB.
    """
    size = frame_bytes(bitrate_kbps)
    return b"".join(quieter(data[at : at + size], (first + at // size + 1) // 2) for at in range(0, len(data), size))


def crc16(data: bytes) -> int:
    """CRC-16 (polynomial 0x8005, reflected), as the Info tag wants it."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


def info_frame(bitrate_kbps: int, *, frame_count: int, padding: int) -> bytes:
    """The frame that heads a file: how many frames follow, where to seek, how many samples to drop at both ends.

    `frame_count` counts the frames after this one; `padding` is what a decoder must drop at the end beyond the delay,
    in samples, at most 4095.
    """
    if not 0 <= padding < 4096:
        raise ValueError("padding has 12 bits")
    size = frame_bytes(bitrate_kbps)
    total_bytes = size * (frame_count + 1)
    # At a constant bit rate the n-th per cent of the time lies at the n-th per cent of the bytes.
    seek_table = bytes(min(255, percent * 256 // 100) for percent in range(100))
    tag = b"Info" + struct.pack(">III", 0x0F, frame_count, min(total_bytes, 0xFFFFFFFF)) + seek_table
    tag += struct.pack(">I", 50)
    low_pass_hundred_hz = 110
    delays = (ENCODER_DELAY << 12 | padding).to_bytes(3, "big")
    tag += b"LAME3.100" + bytes((0x01, low_pass_hundred_hz)) + bytes(8) + bytes((0, min(bitrate_kbps, 255)))
    tag += delays + bytes(4) + struct.pack(">I", min(total_bytes, 0xFFFFFFFF)) + bytes(2)
    head = header(bitrate_kbps) + bytes(SIDE_INFO_BYTES) + tag
    return (head + struct.pack(">H", crc16(head))).ljust(size, b"\0")
