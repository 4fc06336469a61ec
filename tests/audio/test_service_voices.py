"""Voices of services and of roles: settings reach the service; no fault costs an article its sound, or tells a key."""

from __future__ import annotations

import json
import logging
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np
import pytest

from audio.engines import (
    Degradation,
    Engine,
    EngineChain,
    EngineError,
    EngineRefused,
    EngineSettingWrong,
    engines_from_setting,
)
from audio.engines.fpt import Fpt
from audio.engines.monotone import Monotone
from audio.engines.openai import OpenAi
from audio.engines.piper import Piper
from audio.engines.roles import has_own_voice
from audio.engines.viettel import Viettel
from audio.engines.web import Caller, Manners
from audio.pcm import from_floats, wave_bytes

Answer: TypeAlias = Callable[[BaseHTTPRequestHandler, bytes], None]
SCRIPT = (("Kính thưa toàn thể bà con.", 500), ("Hôm nay trời đẹp.", 300))
BY_MONOTONE = EngineChain([Monotone()]).speak(SCRIPT).pcm
WAV = wave_bytes(from_floats(0.3 * np.sin(2 * np.pi * 220 * np.arange(60_000) / 24_000), 24_000))
KEY = "sk-dont-tell-4711"
#: For something that never comes.
PATIENCE_S = 0.8


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


def status(code: int) -> Answer:
    """An error that repeats the key, as some services do."""
    return body(json.dumps({"error": {"message": f"{KEY} …"}}).encode(), code)


def hang(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
    handler.over.wait(10)  # type: ignore[attr-defined]  # set by the fixture when the test is over


def cut(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(WAV)))
    handler.end_headers()
    handler.wfile.write(WAV[: len(WAV) // 2])


def promise(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
    """FPT.AI's first answer: the sound will lie at an address."""
    host = f"http://127.0.0.1:{handler.server.server_port}"  # type: ignore[attr-defined]  # of a server, not of any
    body(json.dumps({"error": 0, "async": f"{host}/short/1.mp3", "message": "", "request_id": "1"}).encode())(
        handler, b""
    )


def caller(patience_s: float = 20.0) -> Caller:
    """It never pauses, and has patience on a busy machine, except where the fault is that nothing comes."""
    return Caller(Manners(timeout_s=(20.0, patience_s), whole_answer_s=60.0), sleep=lambda _: None)


@dataclass(frozen=True)
class Case:
    """A service: how its engine is made, and what it answers to a first sentence and up to the fault in the second."""

    make: Callable[[str, Caller], Engine]
    well: tuple[Answer, ...]
    before_fault: tuple[Answer, ...] = ()


def openai(url: str, asks: Caller) -> Engine:
    return OpenAi(base_url=url, key=KEY, model="m", voice="lan", caller=asks)


def viettel(url: str, asks: Caller) -> Engine:
    return Viettel(KEY, base_url=url, caller=asks)


def fpt(url: str, asks: Caller) -> Engine:
    return Fpt(KEY, base_url=url, caller=asks, sleep=lambda _: None)


CASES = {
    "openai": Case(openai, (body(WAV),)),
    "viettel": Case(viettel, (body(WAV),)),
    "fpt": Case(fpt, (promise, body(WAV))),
    "fpt collecting": Case(fpt, (promise, body(WAV)), (promise,)),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param(status(429), "busy", id="429"),
        pytest.param(status(500), "busy", id="500"),
        pytest.param(status(401), "refused", id="401"),
        pytest.param(status(403), "refused", id="403"),
        pytest.param(hang, "timed_out", id="hang"),
        pytest.param(cut, "broken_answer", id="cut"),
        pytest.param(body(b""), "broken_answer", id="empty"),
        pytest.param(body(WAV[:600]), "broken_answer", id="truncated"),
        pytest.param(body(b"<html>" + KEY.encode()), "broken_answer", id="html"),
    ],
)
def test_a_fault_in_the_second_sentence_leaves_the_whole_article_to_the_next_engine_and_no_key_anywhere(
    imitation: Service, caplog: pytest.LogCaptureFixture, name: str, fault: Answer, why: str
) -> None:
    caplog.set_level(logging.DEBUG)
    case = CASES[name]
    engine = case.make(imitation.url, caller(PATIENCE_S) if fault is hang else caller())
    imitation.answers = [*case.well, *case.before_fault, fault]
    spoken = EngineChain([engine, Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation(engine.name, why),))
    assert spoken.pcm == BY_MONOTONE, "nothing partial is kept"
    imitation.answers = [*case.before_fault, fault]
    with pytest.raises(EngineError) as failed:
        engine.synthesise("một")
    told = [*traceback.format_exception(failed.value), spoken.degraded[0].message, repr(engine), engine.voice]
    assert KEY not in "".join(told) + caplog.text


@pytest.mark.parametrize("name", CASES)
def test_with_nobody_listening_the_article_is_spoken_by_the_next_engine(name: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        engine = CASES[name].make(f"http://127.0.0.1:{unused.getsockname()[1]}", caller())
        spoken = EngineChain([engine, Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation(engine.name, "unreachable"),))
    assert spoken.pcm == BY_MONOTONE


@pytest.mark.parametrize("name", CASES)
def test_the_key_goes_to_the_service_and_only_with_the_question(imitation: Service, name: str) -> None:
    case = CASES[name]
    imitation.answers = [*case.well, *case.well]
    spoken = EngineChain([case.make(imitation.url, caller()), Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == (name.split()[0], ())
    for path, headers, asked in imitation.asked:
        assert KEY not in path, "an address ends in the logs of every machine between"
        assert path.endswith(".mp3") != (KEY in f"{headers} {asked.decode()}")


#: What a child may do wrong instead of holding a voice; `{start}` is the good first answer.
CHILDREN = {
    "ends at once": ("", "unreachable"),
    "cannot load the voice": ("say(1, b'no such voice')", "unreachable"),
    "dies while speaking": ("{start}; read(1)", "unreachable"),
    "hangs while speaking": ("{start}; read(1); time.sleep(20)", "timed_out"),
    "fails to speak": ("{start}; read(1); say(1, b'odd'); read()", "broken_answer"),
    "answers nothing": ("{start}; read(1); say(0, b''); read()", "broken_answer"),
    "answers half": ("{start}; read(1); out.write(struct.pack('<BI', 0, 9000) + b'12'); out.flush()", "unreachable"),
}


@pytest.mark.parametrize("what", CHILDREN)
def test_a_piper_that_fails_leaves_the_article_to_the_next_engine(tmp_path: Path, what: str) -> None:
    program, why = CHILDREN[what]
    stand_in = tmp_path / "python"
    lines = (
        f"#!{sys.executable} -ISu",
        "import struct, sys, time",
        "out, read = sys.stdout.buffer, sys.stdin.buffer.read",
        "def say(status, content): out.write(struct.pack('<BI', status, len(content)) + content); out.flush()",
        program.format(start="say(0, b'16000')"),
    )
    stand_in.write_text("\n".join(lines))
    stand_in.chmod(0o755)
    for name in ("voice.onnx", "voice.onnx.json"):
        (tmp_path / name).write_text("{}")
    engine = Piper(tmp_path / "voice.onnx", python=str(stand_in))
    engine._speak_within_s = PATIENCE_S if why == "timed_out" else 20.0
    try:
        spoken = EngineChain([engine, Monotone()]).speak(SCRIPT)
    finally:
        engine.close()
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation("piper", why),))
    assert spoken.pcm == BY_MONOTONE


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


@pytest.mark.parametrize("value", ["khóa-của-bạn", "sk dont tell", "sk-dont-tell\nx", "sk-dont-tell\u200b"])
@pytest.mark.parametrize("key", ["openai.key", "fpt.key", "fpt.voice"])
def test_what_cannot_go_into_a_line_of_http_is_named_and_not_repeated(key: str, value: str) -> None:
    with pytest.raises(EngineSettingWrong, match=key) as wrong:
        engines_from_setting(key.split(".")[0], {"fpt.key": KEY, key: value})
    assert value not in str(wrong.value)


def test_a_line_of_http_that_cannot_be_sent_costs_the_engine_and_not_the_article(imitation: Service) -> None:
    for key in ("của tôi", f"{KEY}\n"):
        engine = OpenAi(base_url=imitation.url, key=key, caller=caller())
        spoken = EngineChain([engine, Monotone()]).speak(SCRIPT)
        assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation("openai", "failed"),))
        with pytest.raises(EngineError) as failed:
            engine.synthesise("một")
        assert KEY not in "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_an_openai_address_is_understood_with_and_without_its_version(imitation: Service, ending: str) -> None:
    imitation.answers = [body(WAV)]
    (engine,) = engines_from_setting("openai", {"openai.base_url": imitation.url + ending})
    engine.synthesise("một")
    assert imitation.asked[0][0] == "/v1/audio/speech"
    assert engine.voice.endswith("@127.0.0.1"), "another server's voice of the same name is another voice"


def test_viettel_is_asked_for_its_better_sound(imitation: Service) -> None:
    imitation.answers = [body(WAV)]
    viettel(imitation.url, caller()).synthesise("một")
    assert json.loads(imitation.asked[0][2])["without_filter"] is False


class Stored(Caller):
    """Answers as FPT.AI does with an address in storage, where the sound comes to lie after some looks."""

    def __init__(self, address: str, not_yet: list[int]) -> None:
        super().__init__(Manners())
        self.address, self.not_yet = address, not_yet

    def post(self, url: str, **_content: object) -> bytes:
        return json.dumps({"error": 0, "async": self.address}).encode()

    def get(self, url: str, **_content: object) -> bytes:
        if self.not_yet:
            refused = EngineRefused("chưa có")
            refused.status = self.not_yet.pop(0)
            raise refused
        return WAV


STORAGE = "https://s3-ap-southeast-1.amazonaws.com/text2speech-v4/male.0.mp3"


@pytest.mark.parametrize(
    ("address", "not_yet", "why"),
    [
        (STORAGE, [403, 404, 403], None),
        (STORAGE, [401], "refused"),
        (STORAGE, [403] * 99, "timed_out"),
        (STORAGE.replace("text2speech-", "other-"), [], "broken_answer"),
        (STORAGE.replace("https", "http"), [], "broken_answer"),
        ("https://file01.fpt.ai/text2speech-v5/short/1.mp3", [404, 404], None),
        ("https://file01.fpt.ai/text2speech-v5/short/1.mp3", [403], "refused"),
    ],
)
def test_fpt_sound_is_collected_where_its_documentation_says_it_may_lie(
    address: str, not_yet: list[int], why: str | None
) -> None:
    slept: list[float] = []
    engine = Fpt(KEY, caller=Stored(address, not_yet), sleep=slept.append)
    degraded = EngineChain([engine, Monotone()]).speak(SCRIPT[:1]).degraded
    assert degraded == ((Degradation("fpt", why),) if why else ())
    if why == "timed_out":
        assert sum(slept) >= 120, "the documentation speaks of up to two minutes"
