"""A voice per role: the articles and the lines around them may be spoken by different voices of one engine.

An option may bear a role at its end: `openai.voice.announcer` holds for the announcer alone and outweighs
`openai.voice`. Any option of any engine can be set so, for instance `piper.voice_file.announcer` or
`espeak.rate_wpm.announcer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

from audio.engines.errors import EngineSettingWrong

#: The reader reads articles; the announcer says what stands around them: ident, dateline, sign-off.
Role: TypeAlias = Literal["reader", "announcer"]
ROLES: tuple[Role, ...] = get_args(Role)


def options_of(role: Role, options: Mapping[str, str]) -> dict[str, str]:
    """The options as they hold for `role`, without roles in their keys.

    Raises EngineSettingWrong that names every key with an unknown role.
    """
    plain = {key: value for key, value in options.items() if not _with_role(key)}
    wrong = [key for key in options if _with_role(key) and key.rpartition(".")[2] not in ROLES]
    if wrong:
        raise EngineSettingWrong(f"{', '.join(wrong)}: không có vai ấy, chỉ có {', '.join(ROLES)}")
    own = {key.removesuffix(f".{role}"): value for key, value in options.items() if _holds_for(role, key)}
    return plain | own


def has_own_voice(role: Role, options: Mapping[str, str]) -> bool:
    """Whether anything is set for `role` alone; otherwise one set of engines can serve all roles."""
    return any(_holds_for(role, key) for key in options)


def _with_role(key: str) -> bool:
    return key.count(".") > 1


def _holds_for(role: Role, key: str) -> bool:
    return _with_role(key) and key.endswith(f".{role}")
