"""Piper: a neural voice on this machine, from a voice file that the operator brings (`.onnx` and `.onnx.json`)."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from audio.engines.errors import EngineSettingWrong
from audio.engines.held_voice import HeldVoice
from audio.engines.options import number, required, whole_number

#: A neural voice takes a tenth to a half of the time it speaks; a long sentence speaks for half a minute.
SPEAK_WITHIN_S = 90.0
#: Longer than the voice's own pace: for loudspeakers in the open.
LENGTH_SCALE = 1.1
_CHILD = Path(__file__).with_name("piper_child.py")


class Piper(HeldVoice):
    """The model stays loaded in a child process.

    `python` is an interpreter that has the `piper-tts` package; it need not be ours, and had better not be: the
    package and its runtime are larger than all of this.
    """

    name = "piper"
    synthetic = True

    def __init__(
        self, voice_file: Path, *, length_scale: float = LENGTH_SCALE, children: int = 1, python: str = ""
    ) -> None:
        settings_file = voice_file.with_name(voice_file.name + ".json")
        missing = [path.name for path in (voice_file, settings_file) if not path.is_file()]
        if missing:
            raise EngineSettingWrong(f"piper.voice_file: không có tệp {', '.join(missing)}.")
        if not 0.5 <= length_scale <= 2.0:
            raise EngineSettingWrong(f"piper.length_scale phải từ 0.5 đến 2, không phải {length_scale:g}.")
        # The settings file tells one training of a voice from the next; the model is too large to read for this.
        settings = sha256(settings_file.read_bytes()).hexdigest()[:8]
        self.voice = f"{voice_file.stem}-{length_scale:g}-{settings}"
        # -I: the folder of the child is not searched, where this very file would be taken for Piper's package.
        command = [python or sys.executable, "-I", str(_CHILD), str(voice_file), str(length_scale)]
        super().__init__(self.name, command, children=children, speak_within_s=SPEAK_WITHIN_S)

    @classmethod
    def from_options(cls, options: Mapping[str, str]) -> Piper:
        """Reads `piper.voice_file` or `.voice`, `.length_scale`, `.children`, `.python`. Raises EngineSettingWrong."""
        voice_file = options.get("piper.voice") or required(options, "piper.voice_file")
        return cls(
            Path(voice_file),
            length_scale=number(options, "piper.length_scale", LENGTH_SCALE),
            children=whole_number(options, "piper.children", 1),
            python=options.get("piper.python", ""),
        )
