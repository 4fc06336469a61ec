"""The child process that holds a Piper voice, loaded once. Run as a program; knows nothing of the rest of the house.

Speaks the protocol of espeak_child. Piper's own package is installed by whoever has a voice for it; it stays out of
our process because it is GPL, and because its runtime takes memory that is given back only when a process ends.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from importlib import import_module
from pathlib import Path
from typing import Any


def load(voice_file: str) -> Any:
    """The voice, held by one thread: on a shared machine several of them wait for each other more than they work."""
    piper: Any = import_module("piper")
    runtime: Any = import_module("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = runtime.InferenceSession(voice_file, sess_options=options, providers=["CPUExecutionProvider"])
    config = piper.PiperConfig.from_dict(json.loads(Path(voice_file + ".json").read_text(encoding="utf-8")))
    return piper.PiperVoice(session=session, config=config)


def main(arguments: list[str]) -> int:
    """VOICE_FILE LENGTH_SCALE; serves until its standard input ends."""
    voice_file, length_scale = arguments
    source = sys.stdin.buffer
    # Whatever a library prints must not get between the answers.
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def answer(status: int, content: bytes) -> None:
        output.write(struct.pack("<BI", status, len(content)) + content)
        output.flush()

    # No noise: the same text shall always sound the same.
    settings = {"length_scale": float(length_scale), "noise_scale": 0.0, "noise_w_scale": 0.0}
    try:
        voice = load(voice_file)
        config = import_module("piper").SynthesisConfig(**settings)
    except Exception as failure:  # noqa: BLE001  # whatever a foreign package raises, the parent is to hear of it
        answer(1, f"{type(failure).__name__}: {failure}".encode())
        return 1
    answer(0, str(voice.config.sample_rate).encode())
    while len(head := source.read(4)) == 4:
        text = source.read(struct.unpack("<I", head)[0]).decode()
        try:
            chunks = [chunk.audio_int16_bytes for chunk in voice.synthesize(text, syn_config=config)]
        except Exception as failure:  # noqa: BLE001  # as above
            answer(1, f"{type(failure).__name__}: {failure}".encode())
            continue
        answer(0, b"".join(chunks))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
