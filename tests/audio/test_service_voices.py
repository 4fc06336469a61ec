"""Voices of services and of roles: settings reach the service; no fault costs an article its sound, or tells a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Protocol, TypeAlias

import numpy as np
import pytest

from audio.engines import EngineSettingWrong, engines_from_setting
from audio.engines.roles import has_own_voice
from audio.pcm import from_floats, wave_bytes

Answer: TypeAlias = Callable[[BaseHTTPRequestHandler, bytes], None]
WAV = wave_bytes(from_floats(0.3 * np.sin(2 * np.pi * 220 * np.arange(60_000) / 24_000), 24_000))


class Service(Protocol):
    url: str
    answers: list[Answer]
    asked: list[tuple[str, dict[str, str], bytes]]


def body(content: bytes, status: int = 200) -> Answer:
    def reply(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return reply


def test_the_announcer_speaks_with_a_voice_of_its_own_where_one_is_set(imitation: Service) -> None:
    imitation.answers = [body(WAV)]
    options = {"openai.base_url": imitation.url, "openai.voice": "lan", "openai.voice.announcer": "minh"}
    (reader,) = engines_from_setting("openai", options)
    (announcer,) = engines_from_setting("openai", options, role="announcer")
    reader.synthesise("một")
    announcer.synthesise("một")
    assert [json.loads(asked)["voice"] for _, _, asked in imitation.asked] == ["lan", "minh"]
    assert reader.voice != announcer.voice, "what one has said is not remembered as the other's"


def test_any_option_may_bear_a_role_and_outweighs_the_one_without() -> None:
    options = {"espeak.rate_wpm": "140", "espeak.rate_wpm.announcer": "170", "espeak.rate_wpm.reader": "150"}
    voices = [engines_from_setting("espeak", options, role=role)[0].voice for role in ("reader", "announcer")]
    assert [voice.split("-")[1] for voice in voices] == ["150", "170"]


def test_without_options_of_its_own_a_role_speaks_as_the_others_do() -> None:
    options = {"espeak.rate_wpm": "140", "espeak.rate_wpm.reader": "150"}
    assert engines_from_setting("espeak", options, role="announcer")[0].voice.split("-")[1] == "140"
    assert not has_own_voice("announcer", options)
    assert has_own_voice("reader", options)
    assert not has_own_voice("reader", {"espeak.reader": "1"})


def test_unknown_roles_are_named_together_with_every_other_fault() -> None:
    options = {"espeak.rate_wpm.singer": "99", "espeak.pitch.clown": "1"}
    with pytest.raises(EngineSettingWrong) as wrong:
        engines_from_setting("espeak,siri", options)
    for fault in ("espeak.rate_wpm.singer", "espeak.pitch.clown", "reader, announcer", "“siri”"):
        assert fault in str(wrong.value)
