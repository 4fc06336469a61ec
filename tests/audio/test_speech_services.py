"""Engines that speak over the network, against a server on this machine that behaves as services do, well or badly."""

from __future__ import annotations

import base64
import json
import socket
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio.engines import (
    Degradation,
    Engine,
    EngineAnswerBroken,
    EngineChain,
    EngineError,
    EngineRefused,
    EngineSettingWrong,
    Remembering,
    engines_from_setting,
)
from audio.engines.fpt import Fpt
from audio.engines.gtts import LONGEST_TEXT, Gtts
from audio.engines.monotone import Monotone
from audio.engines.openai import OpenAi
from audio.engines.segments import segments
from audio.engines.viettel import Viettel
from audio.engines.web import Caller, Manners
from audio.pcm import from_floats, wave_bytes
from audio.shelf import Shelf
from audio.transcoding import ffmpeg

Answer: TypeAlias = Callable[[BaseHTTPRequestHandler, bytes], None]
SCRIPT = (("Kính thưa toàn thể bà con.", 500), ("Hôm nay trời đẹp.", 300))


class Service(Protocol):
    url: str
    answers: list[Answer]
    asked: list[tuple[str, dict[str, str], bytes]]


def tone(seconds: float) -> bytes:
    values = 0.3 * np.sin(2 * np.pi * 220 * np.arange(round(24_000 * seconds)) / 24_000)
    return ffmpeg(["-i", "pipe:0", "-f", "mp3", "pipe:1"], given=wave_bytes(from_floats(values, 24_000)))


MP3 = tone(2.5)


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def google(sound: bytes) -> bytes:
    entry = ["wrb.fr", "jQ1olc", json.dumps([base64.b64encode(sound).decode()]), None, None, None, "generic"]
    return b")]}'\n\n" + json.dumps([entry]).encode() + b"\n"


def good(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    answer(handler, 200, google(MP3))


def status(code: int, **headers: str) -> Answer:
    return lambda handler, _body: answer(handler, code, b"no", **headers)


def body(content: bytes) -> Answer:
    return lambda handler, _body: answer(handler, 200, content)


def hang(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.over.wait(10)  # type: ignore[attr-defined]  # set by the fixture when the test is over


def cut(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(google(MP3)[:500])


def drip(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    while not handler.over.wait(0.01):  # type: ignore[attr-defined]
        try:
            handler.wfile.write(b" ")
            handler.wfile.flush()
        except OSError:
            return


def hurried(**changes: Any) -> tuple[Caller, list[float]]:
    """A caller whose pauses are noted instead of waited for."""
    slept: list[float] = []
    manners = Manners(**{"timeout_s": (0.5, 0.3), "whole_answer_s": 0.5, **changes})
    return Caller(manners, sleep=slept.append), slept


@pytest.fixture
def gtts(imitation: Service) -> Gtts:
    return Gtts(base_url=imitation.url, caller=hurried()[0])


def test_a_sentence_is_asked_for_in_vietnamese_and_decoded(imitation: Service, gtts: Gtts) -> None:
    imitation.answers = [good]
    pcm = gtts.synthesise("Kính thưa toàn thể bà con.")
    assert pcm.length_ms == pytest.approx(2500, abs=80)
    path, headers, question = imitation.asked[0]
    assert path == "/_/TranslateWebserverUi/data/batchexecute"
    assert headers["User-Agent"].startswith("Mozilla")
    form = urllib.parse.parse_qs(question.decode())
    (((_, inner, *_),),) = json.loads(form["f.req"][0])
    assert json.loads(inner)[:2] == ["Kính thưa toàn thể bà con.", "vi"]


def test_a_long_sentence_is_asked_for_in_pieces_of_at_most_100_characters(imitation: Service, gtts: Gtts) -> None:
    imitation.answers = [good]
    text = "Ông Nguyễn Văn A, trưởng thôn, cùng bà con trong thôn đã hiến hơn hai nghìn mét vuông đất để mở đường. " * 2
    pcm = gtts.synthesise(text)
    assert len(imitation.asked) == 4
    assert pcm.length_ms == pytest.approx(4 * 2500, abs=300)


@pytest.mark.parametrize(
    ("fault", "why", "calls"),
    [
        (status(429), "busy", 3),
        (status(429, Retry_After="3600"), "busy", 1),
        (status(500), "busy", 3),
        (status(503), "busy", 3),
        (status(403), "refused", 1),
        (status(400), "refused", 1),
        (status(302, Location="http://127.0.0.1:9/"), "refused", 1),
        (hang, "timed_out", 1),
        (drip, "timed_out", 1),
        (cut, "broken_answer", 3),
        (body(b""), "broken_answer", 3),
        (body(b"<html>captcha jQ1olc</html>"), "broken_answer", 3),
        (body(b')]}\'\n\n[["di",14]]'), "broken_answer", 3),
        (body(google(b"")), "broken_answer", 1),
        (body(google(b"not sound at all" * 50)), "broken_answer", 1),
        (body(google(MP3)[:700]), "broken_answer", 3),
        (body(google(MP3[:600])), "broken_answer", 1),
    ],
)
def test_whatever_goes_wrong_the_article_gets_its_sound_from_the_next_engine(
    imitation: Service, fault: Answer, why: str, calls: int
) -> None:
    imitation.answers = [fault]
    caller, slept = hurried()
    chain = EngineChain([Gtts(base_url=imitation.url, caller=caller), Monotone()])
    spoken = chain.speak(SCRIPT)
    assert spoken.engine == "monotone"
    assert spoken.degraded == (Degradation("gtts", why),)
    assert spoken.pcm == EngineChain([Monotone()]).speak(SCRIPT).pcm, "nothing partial is kept"
    assert len(imitation.asked) == calls
    assert len(slept) == calls - 1


def test_a_failure_in_the_second_sentence_keeps_nothing_of_the_first(imitation: Service) -> None:
    imitation.answers = [good, status(403)]
    spoken = EngineChain([Gtts(base_url=imitation.url, caller=hurried()[0]), Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation("gtts", "refused"),))
    assert spoken.pcm == EngineChain([Monotone()]).speak(SCRIPT).pcm


def test_a_service_that_recovers_in_time_is_heard(imitation: Service) -> None:
    imitation.answers = [status(429, Retry_After="4"), status(500), good]
    caller, slept = hurried()
    spoken = EngineChain([Gtts(base_url=imitation.url, caller=caller), Monotone()]).speak(SCRIPT[:1])
    assert (spoken.engine, spoken.degraded) == ("gtts", ())
    assert slept == [4.0, 3.0], "as long as the service asked for, then as long as we would wait anyway"


def test_with_nobody_listening_the_breaker_opens_at_the_first_article() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        chain = EngineChain([Gtts(base_url=f"http://127.0.0.1:{unused.getsockname()[1]}"), Monotone()])
        whys = [chain.speak(SCRIPT).degraded[0].why for _ in range(20)]
    assert whys == ["unreachable"] + ["breaker_open"] * 19


def test_requests_keep_their_distance_over_all_calls(imitation: Service) -> None:
    imitation.answers = [good]
    now = [100.0]
    slept: list[float] = []
    caller = Caller(Manners(least_between_requests_s=1.0), clock=lambda: now[0], sleep=slept.append)
    engine = Gtts(base_url=imitation.url, caller=caller)
    engine.synthesise("một")
    now[0] += 0.25
    engine.synthesise("hai")
    engine.synthesise("ba")
    now[0] += 10
    engine.synthesise("bốn")
    assert slept == [0.75, 1.75]


@pytest.mark.parametrize("fault", [status(401), status(500), body(b"secret-key")])
def test_no_message_bears_the_address_or_what_the_service_answered(imitation: Service, fault: Answer) -> None:
    imitation.answers = [fault]
    with pytest.raises(EngineError) as failed:
        Gtts(base_url=f"{imitation.url}/secret-key", caller=hurried()[0]).synthesise("một")
    assert "secret-key" not in str(failed.value)
    assert imitation.url not in str(failed.value)


WAV = wave_bytes(from_floats(0.3 * np.sin(2 * np.pi * 220 * np.arange(60_000) / 24_000), 24_000))
#: What each service's good answer is, and how an engine is made that asks the server of the test.
SERVICES: dict[str, tuple[bytes, Callable[[str, Caller], Engine]]] = {
    "openai": (WAV, lambda url, caller: OpenAi(base_url=url, key="sk-1", model="vi", voice="lan", caller=caller)),
    "viettel": (MP3, lambda url, caller: Viettel("token-1", base_url=url, caller=caller)),
}


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("fault", "why", "calls"),
    [
        (status(429), "busy", 3),
        (status(500), "busy", 3),
        (status(401), "refused", 1),
        (hang, "timed_out", 1),
        (drip, "timed_out", 1),
        (cut, "broken_answer", 3),
        (body(b""), "broken_answer", 3),
        (body(b"<html>maintenance</html>"), "broken_answer", 1),
        (body(MP3[:600]), "broken_answer", 1),
    ],
)
def test_every_service_under_every_fault_leaves_the_article_to_the_next_engine(
    imitation: Service, name: str, fault: Answer, why: str, calls: int
) -> None:
    imitation.answers = [fault]
    spoken = EngineChain([SERVICES[name][1](imitation.url, hurried()[0]), Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation(name, why),))
    assert spoken.pcm == EngineChain([Monotone()]).speak(SCRIPT).pcm
    assert len(imitation.asked) == calls


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_that_answers_well_is_heard(imitation: Service, name: str) -> None:
    sound, make = SERVICES[name]
    imitation.answers = [body(sound)]
    spoken = EngineChain([make(imitation.url, hurried()[0]), Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == (name, ())
    assert len(imitation.asked) == 2


def test_openai_is_asked_as_its_interface_says(imitation: Service) -> None:
    imitation.answers = [body(WAV)]
    SERVICES["openai"][1](imitation.url, hurried()[0]).synthesise("Chào bà con.")
    path, headers, question = imitation.asked[0]
    assert path == "/v1/audio/speech"
    assert headers["Authorization"] == "Bearer sk-1"
    asked = json.loads(question)
    assert (asked["model"], asked["voice"], asked["input"]) == ("vi", "lan", "Chào bà con.")


def test_viettel_is_asked_as_its_interface_says_and_its_errors_are_refusals(imitation: Service) -> None:
    imitation.answers = [body(MP3), body(b'{"code": 422, "vi_message": "token-1 sai"}')]
    engine = SERVICES["viettel"][1](imitation.url, hurried()[0])
    engine.synthesise("Chào bà con.")
    asked = json.loads(imitation.asked[0][2])
    assert (asked["text"], asked["token"], asked["tts_return_option"]) == ("Chào bà con.", "token-1", 3)
    with pytest.raises(EngineRefused, match="422") as refused:
        engine.synthesise("Chào bà con.")
    assert "token-1" not in str(refused.value)


def fpt(imitation: Service) -> Fpt:
    return Fpt("key-1", base_url=imitation.url, caller=hurried()[0], sleep=lambda _: None)


def promise(imitation: Service, **changes: Any) -> Answer:
    return body(json.dumps({"error": 0, "async": f"{imitation.url}/sound.mp3", "message": "", **changes}).encode())


def test_fpt_is_asked_and_its_sound_fetched_when_it_is_there(imitation: Service) -> None:
    imitation.answers = [promise(imitation), status(404), status(404), body(MP3)]
    assert fpt(imitation).synthesise("Chào bà con.").length_ms == pytest.approx(2500, abs=80)
    paths = [path for path, _, _ in imitation.asked]
    assert paths == ["/hmi/tts/v5"] + ["/sound.mp3"] * 3
    assert imitation.asked[0][1]["api_key"] == "key-1"
    assert imitation.asked[0][2].decode() == "Chào bà con."
    assert "api_key" not in imitation.asked[1][1], "the key goes to the service only"


@pytest.mark.parametrize(
    ("changes", "then", "why"),
    [
        ({"error": 1}, status(500), "refused"),
        ({"async": "http://169.254.169.254/latest"}, status(500), "broken_answer"),
        ({"async": "https://fpt.ai.example/a.mp3"}, status(500), "broken_answer"),
        ({"async": "file:///etc/passwd"}, status(500), "broken_answer"),
        ({}, status(404), "timed_out"),
        ({}, status(500), "busy"),
        ({}, hang, "timed_out"),
        ({}, body(b""), "broken_answer"),
        ({}, body(b"<html>"), "broken_answer"),
    ],
)
def test_fpt_under_fault_leaves_the_article_to_the_next_engine(
    imitation: Service, changes: dict[str, Any], then: Answer, why: str
) -> None:
    imitation.answers = [promise(imitation, **changes), then]
    spoken = EngineChain([fpt(imitation), Monotone()]).speak(SCRIPT)
    assert (spoken.engine, spoken.degraded) == ("monotone", (Degradation("fpt", why),))


@pytest.mark.parametrize("answered", [b"", b"[]", b"{}", b"no json", b'"text"'])
def test_fpt_answering_nonsense_is_a_broken_answer(imitation: Service, answered: bytes) -> None:
    imitation.answers = [body(answered)]
    with pytest.raises(EngineAnswerBroken):
        fpt(imitation).synthesise("một")


@pytest.mark.parametrize(
    ("setting", "options", "missing"),
    [
        ("fpt", {}, "fpt.key"),
        ("viettel", {"viettel.token": " "}, "viettel.token"),
        ("openai", {}, "openai.key"),
        ("piper", {}, "piper.voice_file"),
        ("piper", {"piper.voice_file": "không có.onnx"}, "không có.onnx"),
        ("fpt", {"fpt.key": "k", "fpt.speed": "nhanh"}, "fpt.speed"),
    ],
)
def test_what_a_service_needs_and_was_not_set_is_named(setting: str, options: dict[str, str], missing: str) -> None:
    with pytest.raises(EngineSettingWrong, match=missing):
        engines_from_setting(setting, options)


def test_keys_are_in_no_name_no_voice_and_no_representation() -> None:
    options = {"fpt.key": "SECRET", "viettel.token": "SECRET", "openai.key": "SECRET"}
    for engine in engines_from_setting("fpt,viettel,openai", options):
        assert "SECRET" not in f"{engine.name} {engine.voice} {engine!r}"


def test_a_local_server_needs_no_key(imitation: Service) -> None:
    imitation.answers = [body(WAV)]
    (engine,) = engines_from_setting("openai", {"openai.base_url": imitation.url})
    engine.synthesise("một")
    assert "Authorization" not in imitation.asked[0][1]


def test_a_sentence_changed_in_an_article_of_forty_is_the_only_one_asked_for_again(
    imitation: Service, tmp_path: Path
) -> None:
    imitation.answers = [good]
    chain = EngineChain([Remembering(Gtts(base_url=imitation.url, caller=hurried()[0]), Shelf(tmp_path))])
    script = [(f"Câu thứ {number}.", 300) for number in range(40)]
    first = chain.speak(script)
    assert len(imitation.asked) == 40
    again = chain.speak(script)
    assert len(imitation.asked) == 40
    assert again == first
    script[17] = ("Một câu khác hẳn.", 300)
    chain.speak(script)
    assert len(imitation.asked) == 41


def test_a_failure_is_not_remembered(imitation: Service, tmp_path: Path) -> None:
    imitation.answers = [status(403), good]
    engine = Remembering(Gtts(base_url=imitation.url, caller=hurried()[0]), Shelf(tmp_path))
    with pytest.raises(EngineRefused):
        engine.synthesise("một")
    assert engine.synthesise("một").length_ms > 2000


@given(st.text(alphabet="aăđ ,.;\n", max_size=400), st.integers(5, 100))
def test_segments_are_short_enough_and_lose_nothing_but_spaces(text: str, longest: int) -> None:
    pieces = segments(text, longest)
    assert all(0 < len(piece) <= longest for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_segments_are_cut_where_a_speaker_breathes() -> None:
    text = "Nhân dịp đầu xuân năm mới, thay mặt Ủy ban nhân dân, tôi xin gửi tới bà con lời chúc. Chúc bà con khỏe."
    assert segments(text, LONGEST_TEXT) == [
        "Nhân dịp đầu xuân năm mới, thay mặt Ủy ban nhân dân, tôi xin gửi tới bà con lời chúc.",
        "Chúc bà con khỏe.",
    ]
    assert segments(text, 60)[0] == "Nhân dịp đầu xuân năm mới, thay mặt Ủy ban nhân dân,"
