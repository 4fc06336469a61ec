"""Figures for a monitor that asks regularly (Prometheus): counts and moments, never a name, a key or a token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from flask import Blueprint, Flask, Response, current_app, request
from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.models import Airing, BroadcastSession, Bulletin, Player, PlayerStatus
from broadcaster.web.health import Pulse
from broadcaster.web.kept import KeptAnswers

metrics = Blueprint("metrics", __name__)


def install_metrics(app: Flask) -> None:
    """Counts answers by address pattern and status, and gives the page its figures."""
    registry = CollectorRegistry()
    answers = Counter("broadcaster_http_answers", "Answers given", ("method", "address", "status"), registry=registry)
    registry.register(_Books(app))
    app.extensions["metrics"] = registry

    def count(response: Response) -> Response:
        # The pattern, not the address itself: those of players are secrets, and others are without number.
        pattern = request.url_rule.rule if request.url_rule else "-"
        answers.labels(request.method, pattern, str(response.status_code)).inc()
        return response

    app.after_request(count)


@metrics.get("/metrics")
def figures() -> Response:
    """The figures of this moment."""
    registry: CollectorRegistry = current_app.extensions["metrics"]
    response = Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


class _Books(Collector):
    """What the books say at the moment of asking; where they cannot be read, that alone is said."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> list[Metric]:
        return []  # asked for nothing while the application is being put together

    def collect(self) -> Iterator[Metric]:
        database: Database = self._app.extensions["database"]
        settings: Settings = self._app.extensions["settings"]
        clock: Callable[[], datetime] = self._app.extensions["clock"]
        pulse: Pulse = self._app.extensions["pulse"]
        kept: KeptAnswers = self._app.extensions["kept"]
        words = "Answers of the public tree given again without asking the application"
        yield CounterMetricFamily("broadcaster_http_answers_kept", words, kept.given)
        try:
            with database.reading() as session:
                found = list(_of_books(session, settings, clock()))
        except SQLAlchemyError:
            yield _gauge("broadcaster_database_up", "Whether the database can be read", 0)
        else:
            yield _gauge("broadcaster_database_up", "Whether the database can be read", 1)
            yield from found
        if pulse.last is not None:
            yield _gauge("broadcaster_tick_ok", "Whether the last tick went well", int(pulse.last.ok))
            yield _gauge("broadcaster_tick_timestamp_seconds", "The last tick", pulse.last.now.timestamp())


def _of_books(session: Session, settings: Settings, now: datetime) -> Iterator[Metric]:
    players = session.scalar(select(func.count(Player.id)).where(Player.revoked_at.is_(None))) or 0
    since = now - timedelta(minutes=settings.player_silent_min)
    heard = select(func.count(PlayerStatus.player_id)).join(Player, Player.id == PlayerStatus.player_id)
    heard = heard.where(Player.revoked_at.is_(None), PlayerStatus.heard_at >= since)
    waiting = select(func.coalesce(func.sum(PlayerStatus.airings_waiting), 0))
    coming = select(func.count(Bulletin.id)).join(BroadcastSession, BroadcastSession.id == Bulletin.session_id)
    coming = coming.where(Bulletin.superseded_at.is_(None), BroadcastSession.starts_at >= now)
    yield _gauge("broadcaster_players", "Players that have keys", players)
    yield _gauge("broadcaster_players_silent", "Of them, not heard of lately", players - (session.scalar(heard) or 0))
    yield _gauge("broadcaster_airings_waiting", "Airings that players could not send yet", session.scalar(waiting) or 0)
    yield _gauge("broadcaster_airings", "Airings in the books", session.scalar(select(func.count(Airing.id))) or 0)
    yield _gauge("broadcaster_bulletins_ahead", "Bulletins ready for sessions to come", session.scalar(coming) or 0)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
