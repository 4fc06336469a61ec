"""Reading the settings of engines: text in, values out, complaints that name the setting."""

from __future__ import annotations

from collections.abc import Mapping

from audio.engines.errors import EngineSettingWrong


def whole_number(options: Mapping[str, str], key: str, otherwise: int) -> int:
    """The whole number set under `key`. Raises EngineSettingWrong."""
    try:
        return int(options.get(key, otherwise))
    except ValueError as error:
        raise EngineSettingWrong(f"{key} phải là số nguyên, không phải “{options[key]}”.") from error


def number(options: Mapping[str, str], key: str, otherwise: float) -> float:
    """The number set under `key`. Raises EngineSettingWrong."""
    try:
        return float(options.get(key, otherwise))
    except ValueError as error:
        raise EngineSettingWrong(f"{key} phải là số, không phải “{options[key]}”.") from error


def in_header(options: Mapping[str, str], key: str, otherwise: str | None = None) -> str:
    """What is set under `key` and goes into a line of HTTP: keys, names of voices. `otherwise` None: it must be set.

    Raises EngineSettingWrong, which never repeats the value: it may be a secret.
    """
    value = required(options, key) if otherwise is None else options.get(key, otherwise).strip()
    if not all("!" <= character <= "~" for character in value):
        raise EngineSettingWrong(f"{key} chỉ được có chữ không dấu, chữ số và ký hiệu, không có dấu cách.")
    return value


def required(options: Mapping[str, str], key: str) -> str:
    """What is set under `key`. Raises EngineSettingWrong where nothing is."""
    value = options.get(key, "").strip()
    if not value:
        raise EngineSettingWrong(f"Chưa đặt {key}.")
    return value
