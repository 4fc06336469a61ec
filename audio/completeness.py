"""Whether a sound file ends where it says it ends. Decoders play what is there and say nothing about the rest.

Sources: the layouts of RIFF/WAVE (Multimedia Programming Interface 1.0), Ogg pages (RFC 3533), ISO base media boxes
(ISO/IEC 14496-12), MPEG audio frame headers (ISO/IEC 11172-3) and the Xing/Info tag.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

#: How much of a file's end is looked at, bytes; more than any Ogg page or MP3 frame.
_TAIL = 128 * 1024
_MPEG1_LAYER3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MPEG2_LAYER3_KBPS = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MPEG_RATES_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def is_cut_short(path: Path) -> bool:
    """Whether bytes are missing at the end of a WAV, Ogg, MP4/M4A or MP3 file. Other files: False, nobody knows."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
            return _wave_cut(file, size)
        if head[:4] == b"OggS":
            return _ogg_cut(file, size)
        if head[4:8] == b"ftyp":
            return _boxes_cut(file, size)
        if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
            return _mp3_cut(file, size)
    return False


def _wave_cut(file: BinaryIO, size: int) -> bool:
    """A chunk that claims more bytes than are there. Recorders that stream write 0 or all ones: then nobody knows."""
    at = 12
    while at + 8 <= size:
        file.seek(at)
        name, length = struct.unpack("<4sI", file.read(8))
        if name == b"data":
            return length not in (0, 0xFFFFFFFF) and at + 8 + length > size
        at += 8 + length + length % 2
    return True


def _ogg_cut(file: BinaryIO, size: int) -> bool:
    """The last page must bear the mark of the end of its stream, and be whole."""
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) < at + 27:
        return True
    flags, segments = tail[at + 5], tail[at + 26]
    lengths = tail[at + 27 : at + 27 + segments]
    whole = len(lengths) == segments and at + 27 + segments + sum(lengths) <= len(tail)
    return not (whole and flags & 0x04)


def _boxes_cut(file: BinaryIO, size: int) -> bool:
    """Boxes one after the other; the last may not reach beyond the file, and the index (moov) must be among them."""
    at, names = 0, set()
    while at + 8 <= size:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        if length == 1:
            length = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))[0]
        names.add(name)
        if length == 0:
            at = size
            break
        if length < 8:
            return True
        at += length
    return at > size or b"moov" not in names


def _mp3_cut(file: BinaryIO, size: int) -> bool:
    """Fewer bytes than the Xing/Info tag counts, or a last frame that is not whole."""
    start = _after_id3(file)
    file.seek(start)
    first = file.read(4096)
    for mark in (b"Xing", b"Info"):
        at = first.find(mark, 0, 200)
        if at >= 0 and len(first) >= at + 16:
            flags = struct.unpack(">I", first[at + 4 : at + 8])[0]
            if flags & 2:
                (counted,) = struct.unpack(">I", first[at + 8 + 4 * (flags & 1) :][:4])
                # A few bytes are forgiven: taggers count the tag's own frame or not.
                return bool(size - start < counted - 2000)
    file.seek(max(start, size - _TAIL))
    return _ends_within_a_frame(file.read())


def _after_id3(file: BinaryIO) -> int:
    file.seek(0)
    head = file.read(10)
    if head[:3] != b"ID3" or len(head) < 10:
        return 0
    return 10 + (head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9])


def _ends_within_a_frame(tail: bytes) -> bool:
    """Walks the frames of the tail from the first place where three follow each other."""
    if tail[-128:-125] == b"TAG":
        tail = tail[:-128]
    for start in range(min(len(tail), 4000)):
        at, walked = start, 0
        while (length := _mp3_frame_length(tail[at : at + 4])) and at + length <= len(tail):
            at += length
            walked += 1
        if walked >= 3:
            # A frame has begun that is not all there; anything else at the end is some tag.
            return length > 0 and at + length > len(tail)
    return False


def _mp3_frame_length(header: bytes) -> int:
    """Bytes of the layer III frame that begins with `header`; 0 where none begins."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE0 != 0xE0 or header[1] >> 1 & 3 != 1:
        return 0
    version, bitrate, rate = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or bitrate in (0, 15) or rate == 3:
        return 0
    kbps = (_MPEG1_LAYER3_KBPS if version == 3 else _MPEG2_LAYER3_KBPS)[bitrate]
    samples = 1152 if version == 3 else 576
    return samples // 8 * kbps * 1000 // _MPEG_RATES_HZ[version][rate] + (header[2] >> 1 & 1)
