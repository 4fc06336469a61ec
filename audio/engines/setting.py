"""From a setting such as `gtts,espeak` to engines."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from audio.engines.engine import Engine
from audio.engines.errors import EngineSettingWrong
from audio.engines.roles import Role, options_of

#: Name in the setting → module and class. Imported only when named, so that nobody pays for engines they don't use.
ENGINES: Mapping[str, tuple[str, str]] = {
    "espeak": ("audio.engines.espeak", "Espeak"),
    "fpt": ("audio.engines.fpt", "Fpt"),
    "gtts": ("audio.engines.gtts", "Gtts"),
    "monotone": ("audio.engines.monotone", "Monotone"),
    "openai": ("audio.engines.openai", "OpenAi"),
    "piper": ("audio.engines.piper", "Piper"),
    "viettel": ("audio.engines.viettel", "Viettel"),
}
#: The option keys of each engine: a misspelt one would be passed by in silence, and a text go where nobody meant it to.
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "espeak": ("rate_wpm", "children"),
    "fpt": ("key", "voice", "speed", "base_url"),
    "gtts": ("base_url", "least_between_requests_s"),
    "monotone": (),
    "openai": ("base_url", "key", "model", "voice", "speed"),
    "piper": ("voice_file", "voice", "length_scale", "children", "python"),
    "viettel": ("token", "voice", "speed", "base_url"),
}


def _unknown_options(options: Mapping[str, str]) -> list[str]:
    known = {f"{engine}.{key}" for engine, keys in OPTIONS.items() for key in keys}
    return [f"không có tùy chọn “{key}”" for key in sorted(options) if key not in known]


def engines_from_setting(setting: str, options: Mapping[str, str], *, role: Role = "reader") -> tuple[Engine, ...]:
    """The engines named in `setting`, in its order, each with its `options` (keys such as `gtts.base_url`) for `role`.

    Raises EngineSettingWrong that names every fault at once: unknown names, doubles, missing options.
    """
    names = [name.strip().lower() for name in setting.split(",") if name.strip()]
    faults = [] if names else ["chưa nêu giọng đọc nào"]
    faults += [f"không có giọng đọc “{name}”" for name in names if name not in ENGINES]
    faults += [f"“{name}” được nêu hai lần" for name in sorted({name for name in names if names.count(name) > 1})]
    made: list[Engine] = []
    try:
        options = options_of(role, options)
    except EngineSettingWrong as error:
        faults.append(str(error))
    faults += _unknown_options(options)
    for name in dict.fromkeys(names):
        if name not in ENGINES:
            continue
        module, class_name = ENGINES[name]
        try:
            made.append(getattr(import_module(module), class_name).from_options(options))
        except EngineSettingWrong as error:
            faults.append(str(error))
    if faults:
        for engine in made:
            engine.close()
        known = ", ".join(ENGINES)
        raise EngineSettingWrong(f"Cấu hình giọng đọc “{setting}” sai: {'; '.join(faults)}. Có thể dùng: {known}.")
    return tuple(made)
