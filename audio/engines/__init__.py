"""Voices: one file an engine behind one Protocol, and the chain that falls back from one to the next."""

from audio.engines.breaker import BreakerSettings
from audio.engines.chain import Degradation, EngineChain, Spoken, speak_by
from audio.engines.engine import Engine
from audio.engines.errors import (
    EngineAnswerBroken,
    EngineBusy,
    EngineError,
    EngineRefused,
    EngineSettingWrong,
    EngineTimedOut,
    EngineUnreachable,
    NoEngineSpoke,
    NothingToSay,
)
from audio.engines.remembering import Remembering
from audio.engines.setting import ENGINES, engines_from_setting

__all__ = [
    "ENGINES",
    "BreakerSettings",
    "Degradation",
    "Engine",
    "EngineAnswerBroken",
    "EngineBusy",
    "EngineChain",
    "EngineError",
    "EngineRefused",
    "EngineSettingWrong",
    "EngineTimedOut",
    "EngineUnreachable",
    "NoEngineSpoke",
    "NothingToSay",
    "Remembering",
    "Spoken",
    "engines_from_setting",
    "speak_by",
]
