"""The operator's page, for loudspeakers without an agent: today's sessions to play, and what was on the air in one tap.

It works without script. With one it also works without a network once it was opened: the sound is kept by the browser,
and what was tapped is delivered later. An event is named after what was played, so tapping twice counts once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, flash, jsonify, redirect, request, session, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.airing import Exchange, Result, record_airings
from broadcaster.language import gettext as _
from broadcaster.models import Airing, BroadcastSession, Bulletin, BulletinItem, Outcome, Player
from broadcaster.months import day_start
from broadcaster.publishing.addresses import Addresses
from broadcaster.publishing.held import Markers
from broadcaster.publishing.view import is_embargoed, may_be_heard
from broadcaster.web.api.bodies import body_row, listed
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, moment, page, settings, station_zone

operator = Blueprint("operator", __name__, url_prefix=DESK + "/operator")

MOST_ROWS = 200
_PLACE = "operator_player"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A session of today as its operator sees it. Without a `path` there is nothing to be played yet."""

    code: str
    starts_at: datetime
    length_ms: int
    titles: tuple[str, ...]
    path: str | None
    #: What this player is known to have done; None: nothing was said yet.
    outcome: str | None


@operator.get("")
@allowed(Act.REPORT_AIRINGS)
def today() -> Response:
    """Today's sessions of one player; which one is remembered."""
    with books_reading() as books:
        players = _players(books)
        chosen = request.args.get("player") or session.get(_PLACE)
        player = next((one for one in players if one.code == chosen), next(iter(players), None))
        if player is not None:
            session[_PLACE] = player.code
        broadcasts = _broadcasts(books, player) if player is not None else []
        return page("desk/operator.html", players=players, player=player, broadcasts=broadcasts)


@operator.post("/report")
@allowed(Act.REPORT_AIRINGS)
def reported() -> Response:
    """Takes one report from the page's own form."""
    minutes = request.form.get("minutes", "").strip()
    length_ms = request.form.get("length_ms", "")
    whole_ms = int(length_ms) if length_ms.isdecimal() and len(length_ms) < 10 else 0
    played_ms = int(minutes) * 60_000 if minutes.isdecimal() and len(minutes) < 5 else 0
    outcome = request.form.get("outcome", "")
    row: dict[str, object] = {
        **{name: request.form.get(name) for name in ("event_id", "item_id", "started_at", "player", "reason")},
        "outcome": outcome,
        "played_ms": whole_ms if outcome == Outcome.PLAYED else min(played_ms, whole_ms),
    }
    (result,) = _record([row])
    flash(_("Máy chủ không nhận: {why}", why=result.reason) if result.status == "rejected" else _("Đã ghi nhận."))
    return redirect(url_for("operator.today"))


@operator.post("/reports")
@allowed(Act.REPORT_AIRINGS)
def delivered() -> Response:
    """Takes what a page had kept while there was no network; each row gets its answer."""
    body, _faults = body_row()
    results = _record(listed(body, "airings", most=MOST_ROWS))
    document = [{"event_id": one.event_id, "status": one.status, "reason": one.reason} for one in results]
    response = jsonify(results=document)
    response.headers["Cache-Control"] = "no-store"
    return response


@operator.get("/worker.js")
@allowed(Act.REPORT_AIRINGS)
def worker() -> Response:
    """The page's service worker: it must lie below the address that it serves."""
    response: Response = current_app.send_static_file("operator-worker.js")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = url_for("operator.today")
    return response


def _record(rows: list[object] | list[dict[str, object]]) -> list[Result]:
    by, now = user().name, moment()
    results: list[Result] = []
    with books_writing() as books:
        codes = {player.code: player for player in _players(books)}
        for number, values in enumerate(rows):
            row: Mapping[str, object] = values if isinstance(values, Mapping) else {}
            player = codes.get(str(row.get("player")))
            # Each for its own player: a phone may serve two places, and neither reports for a foreign zone.
            exchange = Exchange(player, None, settings().airings_late_days)
            results += record_airings(books, [(row, f"airings[{number}]")], by=by, now=now, exchange=exchange)
    return results


def _players(books: Session) -> list[Player]:
    query = select(Player).where(Player.revoked_at.is_(None)).order_by(Player.name, Player.code)
    return list(books.scalars(query.options(joinedload(Player.zone))))


def _broadcasts(books: Session, player: Player) -> list[Broadcast]:
    tz, now = station_zone(), moment()
    begins = day_start(now.astimezone(tz).date(), tz)
    addresses = Addresses(settings().public_url, tz)
    query = (
        select(Bulletin)
        .join(BroadcastSession)
        .where(
            Bulletin.superseded_at.is_(None),
            BroadcastSession.zone_id == player.zone_id,
            BroadcastSession.starts_at >= begins,
            BroadcastSession.starts_at < begins + timedelta(days=1),
            BroadcastSession.cancelled_why.is_(None),
        )
        .order_by(BroadcastSession.starts_at)
        .options(joinedload(Bulletin.session), selectinload(Bulletin.items).joinedload(BulletinItem.article))
    )
    bulletins = [one for one in books.scalars(query) if not one.session.is_interrupt]
    ids = [one.session_id for one in bulletins]
    said = books.scalars(select(Airing).where(Airing.player_id == player.id, Airing.session_id.in_(ids)))
    outcomes = {airing.session_id: airing.outcome for airing in said.all()}
    return [_broadcast(one, player, outcomes.get(one.session_id), addresses, now) for one in bulletins]


def _broadcast(
    bulletin: Bulletin, player: Player, outcome: str | None, addresses: Addresses, now: datetime
) -> Broadcast:
    path = addresses.bulletin(player.zone.code, bulletin.session.starts_at)
    is_there = may_be_heard(bulletin, now) and (settings().public_folder / path).is_file()
    if Markers(settings().public_folder).stands(path):
        # Until then its name is not enough; staff get it by its digest, which nobody guesses.
        path = addresses.media(bulletin.sha256)
    secret = is_embargoed(bulletin, now)
    titles = (item.article.title for item in bulletin.items if item.article is not None)
    return Broadcast(
        code=bulletin.code,
        starts_at=bulletin.session.starts_at.astimezone(station_zone()),
        length_ms=bulletin.length_ms,
        titles=() if secret else tuple(titles),
        path=path if is_there else None,
        outcome=outcome,
    )
