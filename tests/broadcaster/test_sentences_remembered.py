"""A sentence changed in an article is the only one that is spoken again, whoever speaks."""

from __future__ import annotations

import pytest

from audio.engines.monotone import Monotone
from audio.pcm import Pcm
from audio.speech import read_aloud
from broadcaster.config import Settings
from broadcaster.installation import prepare
from broadcaster.models import Zone
from broadcaster.profiles import profile_of, shaped_by
from broadcaster.rendering.requests import Request
from broadcaster.rendering.studio import Studio

NUMBERS = [f"Hộ thứ {number} trong xóm đã tự tay trồng một hàng cây trước ngõ nhà mình." for number in range(1, 41)]


def request_for(sentences: list[str]) -> Request:
    script = read_aloud(" ".join(sentences))
    profile = profile_of(Zone(code="tt", target_lufs=-16.0))
    return Request("Hàng cây", script, profile, shaped_by(script, profile), article_id=1)


def test_of_forty_sentences_only_the_changed_one_is_spoken_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(settings).close()
    asked: list[str] = []
    speak = Monotone.synthesise

    def listening(engine: Monotone, text: str) -> Pcm:
        asked.append(text)
        return speak(engine, text)

    monkeypatch.setattr(Monotone, "synthesise", listening)
    studio = Studio(settings)
    studio.make(request_for(NUMBERS))
    assert len(asked) == 40
    asked.clear()
    changed = [*NUMBERS[:20], "Riêng cụ Thìn trồng hẳn hai hàng.", *NUMBERS[21:]]
    studio.make(request_for(changed))
    studio.close()
    assert [text.strip(" .") for text in asked] == ["Riêng cụ Thìn trồng hẳn hai hàng"]
