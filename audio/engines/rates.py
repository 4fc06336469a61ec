"""Engines asked to speak a little quicker, by their own option for it: what an engine does itself is heard least."""

from __future__ import annotations

from collections.abc import Mapping

from audio.engines.espeak import RATE_WPM
from audio.engines.openai import SPEED as OPENAI_SPEED
from audio.engines.options import number
from audio.engines.piper import LENGTH_SCALE
from audio.engines.roles import options_of
from audio.engines.viettel import SPEED as VIETTEL_SPEED

#: The option that says how quick an engine speaks, what it is by default, and whether more of it is quicker.
RATE_OPTIONS: Mapping[str, tuple[str, float, bool]] = {
    "espeak": ("espeak.rate_wpm", RATE_WPM, True),
    "openai": ("openai.speed", OPENAI_SPEED, True),
    "piper": ("piper.length_scale", LENGTH_SCALE, False),
    "viettel": ("viettel.speed", VIETTEL_SPEED, True),
}


def has_rate(engine: str) -> bool:
    """Whether an engine can be asked to speak quicker by a few per cent."""
    return engine in RATE_OPTIONS


def options_at_rate(engine: str, options: Mapping[str, str], rate: float) -> dict[str, str]:
    """The options of all engines with `engine` reading `rate` times as fast as they say; the announcer's stay.

    Raises KeyError for an engine without a rate; EngineSettingWrong.
    """
    if rate == 1:
        return dict(options)
    key, usual, quicker_is_more = RATE_OPTIONS[engine]
    standing = number(options_of("reader", options), key, usual)
    wanted = standing * rate if quicker_is_more else standing / rate
    value = str(round(wanted)) if isinstance(usual, int) else f"{wanted:.3f}"
    return {**options, f"{key}.reader": value}
