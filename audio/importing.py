"""Sound files from elsewhere, as frames that can be joined: encoded anew, with nothing changed that can be heard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio import frames as mp3
from audio.errors import AudioError
from audio.mastering import ENCODER_LOSS_DB, MasteringProfile, encode
from audio.pcm import FULL_SCALE
from audio.transcoding import decode


class NoSuchSound(AudioError):
    """A file that is not there, or holds no sound."""


@dataclass(frozen=True)
class Frames:
    """Raw frames, and how long what they hold sounds (the frames last up to 47 ms longer)."""

    data: bytes
    sound_ms: int


def frames_of(path: Path, *, bitrate_kbps: int = 64) -> Frames:
    """The sound in `path` as frames: frames of ours are taken as they are, anything else is decoded and encoded.

    Neither trimmed nor made louder. Raises NoSuchSound, TranscodingFailed.
    """
    if not path.is_file():
        raise NoSuchSound(f"Không có tệp {path}.")
    data = path.read_bytes()
    try:
        return Frames(data, mp3.count_frames(data, bitrate_kbps) * mp3.FRAME_MS)
    except mp3.NotOurFrames:
        pass  # an ordinary file, which is what most are
    pcm = decode(path)
    if not len(pcm.samples):
        raise NoSuchSound(f"Tệp {path.name} không có âm thanh.")
    values = pcm.samples.astype(np.float32) * np.float32(10 ** (ENCODER_LOSS_DB / 20) / (FULL_SCALE - 1))
    return Frames(encode(values, len(values), MasteringProfile(bitrate_kbps=bitrate_kbps)), pcm.length_ms)
