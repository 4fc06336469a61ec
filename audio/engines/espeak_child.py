"""The child process that holds espeak-ng. Run as a program; it knows nothing of the rest of the house.

Why a process of its own: the library is not thread-safe and aborts when two threads use it, and its licence (GPL)
asks for distance. Why a fork for every utterance: espeak keeps state between calls (the flutter of the voice, for
one), so that the same text sounds different each time. Here the library is initialised once, and each utterance is
spoken by a fork of that fresh state: the same text gives the same bytes, in this process and in every other.

Protocol, on standard input and output, little-endian:
    asked:    uint32 length, that many bytes of UTF-8
    answered: uint8 status (0 sound, 1 failure), uint32 length, that many bytes (int16 samples, or a message)
The first answer comes unasked: status 0 and the sample rate as text, or a failure.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from typing import BinaryIO

# From espeak-ng's speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS = 2
_INITIALIZE_DONT_EXIT = 0x8000
_CHARS_UTF8 = 1
_POSITION_CHARACTER = 1
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_EE_OK = 0
_PIECE = 1 << 16

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def load(library_path: str, data_path: str, voice: str, settings: dict[int, int]) -> tuple[ctypes.CDLL, int]:
    """The library, ready to speak, and its sample rate. Raises OSError with a sentence."""
    library = ctypes.CDLL(library_path)
    rate_hz = library.espeak_Initialize(_AUDIO_OUTPUT_SYNCHRONOUS, 0, data_path.encode(), _INITIALIZE_DONT_EXIT)
    if rate_hz <= 0:
        raise OSError(f"espeak-ng does not start with the data in {data_path}")
    if library.espeak_SetVoiceByName(voice.encode()) != _EE_OK:
        raise OSError(f"espeak-ng has no voice {voice!r}")
    for parameter, value in settings.items():
        library.espeak_SetParameter(parameter, value, 0)
    return library, rate_hz


def speak_into(library: ctypes.CDLL, text: bytes, pipe: int) -> int:
    """Speaks, writes the samples into `pipe` as they come, and returns an exit status."""
    gone = False

    def take(samples: object, count: int, _events: object) -> int:
        nonlocal gone
        if samples and count > 0 and not gone:
            data = memoryview(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]  # a pointer at run time
            try:
                while data:
                    data = data[os.write(pipe, data) :]
            except OSError:
                gone = True
        return int(gone)

    # Held in a name until the call has ended: the library keeps a bare pointer.
    callback = _Callback(take)
    library.espeak_SetSynthCallback(callback)
    ended = text + b"\0"
    failed = library.espeak_Synth(ended, len(ended), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None)
    return int(failed != _EE_OK or gone)


def in_a_fork(library: ctypes.CDLL, text: bytes) -> tuple[int, bytes]:
    """The answer's status and content."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(speak_into(library, text, writing))
    os.close(writing)
    pieces = []
    while piece := os.read(reading, _PIECE):
        pieces.append(piece)
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if status:
        return 1, f"espeak-ng ended with status {status}".encode()
    return 0, b"".join(pieces)


def answer(output: BinaryIO, status: int, content: bytes) -> None:
    """Writes one answer."""
    output.write(struct.pack("<BI", status, len(content)) + content)
    output.flush()


def main(arguments: list[str]) -> int:
    """LIBRARY DATA VOICE RATE PITCH RANGE VOLUME; serves until its standard input ends."""
    library_path, data_path, voice, rate, pitch, pitch_range, volume = arguments
    source, output = sys.stdin.buffer, sys.stdout.buffer
    settings = {_RATE: int(rate), _PITCH: int(pitch), _RANGE: int(pitch_range), _VOLUME: int(volume)}
    try:
        library, rate_hz = load(library_path, data_path, voice, settings)
    except OSError as failure:
        answer(output, 1, str(failure).encode())
        return 1
    answer(output, 0, str(rate_hz).encode())
    while len(head := source.read(4)) == 4:
        (length,) = struct.unpack("<I", head)
        text = source.read(length)
        if len(text) < length:
            break
        answer(output, *in_a_fork(library, text))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
