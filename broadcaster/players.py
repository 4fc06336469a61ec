"""Players: who they are, the keys they hold, and what they say of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import audit
from broadcaster.errors import NotAllowed, NotFound
from broadcaster.language import gettext as _
from broadcaster.models import Player, PlayerStatus, Technology, Zone
from broadcaster.tokens import digest_of_token, is_same_digest, new_read_key, new_write_token

#: A device's clock may differ by so much before we speak of skew: a request takes its time on a slow line.
CLOCK_NOISE_MS = 5_000
#: Texts that devices send are kept up to this length.
LONGEST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Keys:
    """A player's keys as they are shown, once; `token` is None where it stays what it was."""

    code: str
    read_key: str = field(repr=False)
    token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a player says of itself. `sent_at` is the moment by its own clock."""

    sent_at: datetime | None = None
    pulled: bool = False
    generation: str | None = None
    valid_until: datetime | None = None
    holds: tuple[str, ...] = ()
    free_bytes: int | None = None
    airings_waiting: int = 0
    airings_rejected: int = 0
    agent: str | None = None
    problem: str | None = None


def all_players(session: Session) -> Sequence[Player]:
    """Every player with its zone and its status, the revoked ones too."""
    query = select(Player).options(joinedload(Player.zone), joinedload(Player.status)).order_by(Player.code)
    return session.scalars(query).all()


def add_player(
    session: Session,
    code: str,
    *,
    name: str,
    zone_code: str,
    technology: Technology,
    by: str,
    now: datetime,
) -> Keys:
    """A new player with new keys.

    Raises:
        NotAllowed: there is a player of this code.
        NotFound: there is no such zone.
    """
    if session.scalars(select(Player).where(Player.code == code)).first() is not None:
        raise NotAllowed(_("máy phát «{code}» đã có; muốn cấp khóa mới hãy dùng rotate", code=code))
    zone = session.scalars(select(Zone).where(Zone.code == zone_code)).first()
    if zone is None:
        raise NotFound(_("không có địa bàn «{code}»", code=zone_code))
    token = new_write_token()
    player = Player(code=code, name=name, zone=zone, technology=technology.value, read_key=new_read_key())
    player.token_prefix, player.token_hash, player.token_made_at = token.prefix, token.sha256, now
    session.add(player)
    audit.record(session, "players.add", code, by=by, now=now, zone=zone_code, token=token.prefix)
    return Keys(code, player.read_key, token.text)


def rotate_keys(session: Session, code: str, *, read_key: bool, token: bool, by: str, now: datetime) -> Keys:
    """Gives a player new keys; the old ones end at once. A revoked player is back with both new.

    Raises:
        NotFound: there is no such player.
    """
    player = player_of_code(session, code)
    was_revoked = player.revoked_at is not None
    if read_key or was_revoked:
        player.read_key = new_read_key()
    shown = None
    if token or was_revoked:
        fresh = new_write_token()
        player.token_prefix, player.token_hash, player.token_made_at = fresh.prefix, fresh.sha256, now
        shown = fresh.text
    player.revoked_at = None
    audit.record(session, "players.rotate", code, by=by, now=now, token=player.token_prefix, read_key=read_key)
    return Keys(code, player.read_key, shown)


def revoke_player(session: Session, code: str, *, by: str, now: datetime) -> bool:
    """Ends both keys of a player; False where they had ended before. Its address goes with the next publication.

    Raises:
        NotFound: there is no such player.
    """
    player = player_of_code(session, code)
    if player.revoked_at is not None:
        return False
    player.revoked_at = now
    audit.record(session, "players.revoke", code, by=by, now=now)
    return True


def player_of_code(session: Session, code: str) -> Player:
    """The player of this code.

    Raises:
        NotFound: there is none.
    """
    player = session.scalars(select(Player).where(Player.code == code)).first()
    if player is None:
        raise NotFound(_("không có máy phát «{code}»", code=code))
    return player


def player_of_token(session: Session, token: str) -> Player | None:
    """The player whose write token this is; None for one that was revoked, rotated away, or never ours."""
    shown = digest_of_token(token)
    query = (
        select(Player).where(Player.token_hash == shown, Player.revoked_at.is_(None)).options(joinedload(Player.zone))
    )
    player = session.scalars(query).first()
    return player if player is not None and is_same_digest(player.token_hash, shown) else None


def skew_of(sent_at: datetime | None, now: datetime) -> int | None:
    """How many milliseconds a device's clock runs ahead of ours; 0 within what a slow line explains."""
    if sent_at is None:
        return None
    skew_ms = round((sent_at - now).total_seconds() * 1000)
    return skew_ms if abs(skew_ms) > CLOCK_NOISE_MS else 0


def note_heartbeat(session: Session, player: Player, beat: Heartbeat, *, now: datetime) -> PlayerStatus:
    """Writes down what a player says of itself, in place of what it said before."""
    status = session.get(PlayerStatus, player.id)
    if status is None:
        status = PlayerStatus(player_id=player.id, heard_at=now)
        session.add(status)
    status.heard_at = now
    if beat.pulled:
        status.pulled_at = now
    status.skew_ms = skew_of(beat.sent_at, now)
    status.generation, status.valid_until = beat.generation, beat.valid_until
    status.holds = list(beat.holds)
    status.free_bytes = beat.free_bytes
    status.airings_waiting, status.airings_rejected = beat.airings_waiting, beat.airings_rejected
    status.agent = beat.agent[:LONGEST_WORDS] if beat.agent else None
    status.problem = beat.problem[:LONGEST_WORDS] if beat.problem else None
    session.flush()
    return status
