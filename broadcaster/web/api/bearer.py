"""Who a request comes from, by the token it shows. A token is never repeated, neither in an answer nor in a log."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy.orm import Session

from broadcaster.integrations import program_of_token
from broadcaster.language import gettext as _
from broadcaster.models import ApiToken, Player, Scope
from broadcaster.players import player_of_token
from broadcaster.tokens import looks_like_token
from broadcaster.web.api.refusals import ApiRefusal
from broadcaster.web.askers import address_of

#: From one address so many wrong tokens a minute are looked at; a device with a right one is never held up by others.
WRONG_TOKENS_A_MINUTE = 30


class WrongTokens:
    """Counts wrong tokens by address. Shared by the threads that answer."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._limit = RateLimitItemPerMinute(WRONG_TOKENS_A_MINUTE)

    def too_many(self, address: str) -> bool:
        """Notes one more, and says whether that is too many."""
        return not self._limiter.hit(self._limit, "wrong-token", address)


@dataclass(frozen=True, slots=True)
class Program:
    """A program and what it may do. `unit_id` limits it to one unit's articles."""

    name: str
    scopes: frozenset[str]
    unit_id: int | None
    unit_code: str | None

    @classmethod
    def of(cls, row: ApiToken) -> Program:
        return cls(row.name, frozenset(row.scopes), row.unit_id, row.unit.code if row.unit else None)


def require_player(session: Session) -> Player:
    """The player that asks.

    Raises:
        ApiRefusal: 401 without a right token, 403 with a program's, 429 after too many wrong ones.
    """
    token = _shown()
    player = player_of_token(session, token) if token else None
    if player is not None:
        return player
    if token and program_of_token(session, token) is not None:
        raise ApiRefusal(403, "wrong_scope", _("khóa này không phải của máy phát"))
    raise _refused()


def require_program(session: Session, scope: Scope) -> Program:
    """The program that asks, which has this scope.

    Raises:
        ApiRefusal: 401 without a right token, 403 without the scope, 429 after too many wrong ones.
    """
    token = _shown()
    row = program_of_token(session, token) if token else None
    if row is not None:
        program = Program.of(row)
        if scope in program.scopes:
            return program
        raise ApiRefusal(403, "wrong_scope", _("khóa này không có quyền «{scope}»", scope=scope.value))
    if token and player_of_token(session, token) is not None:
        raise ApiRefusal(403, "wrong_scope", _("khóa của máy phát chỉ dùng để báo phát và báo tình trạng"))
    raise _refused()


def _shown() -> str | None:
    """The token in the one place where it belongs; in an address it would end up in logs."""
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if kind.lower() == "bearer" and looks_like_token(token) else None


def _refused() -> ApiRefusal:
    wrong: WrongTokens = current_app.extensions["wrong_tokens"]
    if wrong.too_many(address_of(request)):
        words = _("quá nhiều khóa sai từ địa chỉ này, hãy đợi một phút")
        return ApiRefusal(429, "too_many_wrong_tokens", words, {"Retry-After": "60"})
    words = _("cần khóa còn hiệu lực trong Authorization: Bearer")
    return ApiRefusal(401, "wrong_token", words, {"WWW-Authenticate": 'Bearer realm="broadcaster"'})
