"""`say`: text to a sound file."""

from __future__ import annotations

import sys
from pathlib import Path

from audio.assembly import Part, assemble_to
from audio.engines import EngineChain, engines_from_setting
from audio.errors import AudioError
from audio.files import write_whole
from audio.mastering import MasteringProfile, master
from audio.pcm import wave_bytes
from audio.speech import read_aloud
from audio.tags import Tags


class UnreadableText(AudioError):
    """Standard input is not UTF-8."""


def say(engine: str, voice: str, output: str) -> int:
    """Speaks standard input into `output`. Raises AudioError, OSError."""
    path = Path(output)
    if path.suffix.lower() not in {".wav", ".mp3"}:
        print(f"Lỗi: tệp ra phải là .wav hoặc .mp3, không phải “{path.name}”.", file=sys.stderr)
        return 2
    try:
        text = sys.stdin.buffer.read().decode()
    except UnicodeDecodeError as error:
        raise UnreadableText(f"Văn bản vào phải là UTF-8 (lỗi ở byte {error.start}).") from error
    script = read_aloud(text)
    for suspicion in script.suspicions:
        print(f"{suspicion.token}: {suspicion.message}", file=sys.stderr)
    options = {f"{name.strip()}.voice": voice for name in engine.split(",")} if voice else {}
    chain = EngineChain(engines_from_setting(engine, options))
    try:
        spoken = chain.speak([(sentence.spoken, sentence.pause_ms) for sentence in script.sentences])
    finally:
        chain.close()
    for one in spoken.degraded:
        print(f"{one.engine}: {one.message}", file=sys.stderr)
    if path.suffix.lower() == ".wav":
        write_whole(path, wave_bytes(spoken.pcm))
        return 0
    frames = master(spoken.pcm, MasteringProfile(horn=False)).frames
    tags = Tags(title=path.stem, date="", zone="", speakers=(f"{spoken.engine} ({spoken.voice})",))
    assemble_to(path, [Part(frames, path.stem)], tags=tags)
    return 0
