"""Keeps alerts in line with what is so: each opens once, stands while its condition does, and is resolved when gone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.alerts.conditions import AlertKind, Condition
from broadcaster.alerts.words import alert_words
from broadcaster.models import Alert, AlertDelivery

OPENED, RESOLVED = "opened", "resolved"


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that stands, in words; `opened_at` is station time."""

    kind: str
    subject: str
    opened_at: datetime
    words: str


def open_alerts(session: Session, tz: ZoneInfo) -> tuple[OpenAlert, ...]:
    """Every alert that stands, the newest first."""
    query = select(Alert).where(Alert.resolved_at.is_(None)).order_by(Alert.opened_at.desc(), Alert.id.desc())
    return tuple(
        OpenAlert(
            kind=alert.kind,
            subject=alert.subject,
            opened_at=alert.opened_at.astimezone(tz),
            words=alert_words(alert.kind, alert.subject, alert.detail, tz),
        )
        for alert in session.scalars(query)
    )


def keep(
    session: Session,
    conditions: Sequence[Condition],
    looked_at: Collection[AlertKind],
    channels: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Opens what is new, brings up to date what stands, resolves what is gone of the kinds that were looked at."""
    standing = {
        (alert.kind, alert.subject): alert
        for alert in session.scalars(select(Alert).where(Alert.resolved_at.is_(None)).order_by(Alert.id))
    }
    found = {(condition.kind.value, condition.subject): condition for condition in conditions}
    for key, condition in found.items():
        alert = standing.get(key)
        if alert is None:
            alert = Alert(kind=key[0], subject=key[1], opened_at=now, detail=condition.detail)
            session.add(alert)
            session.flush()
            session.add_all(_delivery(alert, channel, OPENED, now) for channel in channels)
        elif alert.detail != condition.detail:
            alert.detail = condition.detail
    for key, alert in standing.items():
        if key not in found and key[0] in looked_at:
            alert.resolved_at = now
            _tell_resolved(session, alert, now)
    session.flush()


def _tell_resolved(session: Session, alert: Alert, now: datetime) -> None:
    """Whoever was told that it opened is told that it is over; whoever was not yet is told nothing."""
    for delivery in session.scalars(select(AlertDelivery).where(AlertDelivery.alert_id == alert.id)).all():
        if delivery.delivered_at is not None:
            session.add(_delivery(alert, delivery.channel, RESOLVED, now))
        elif delivery.dropped_at is None:
            delivery.dropped_at = now


def _delivery(alert: Alert, channel: str, event: str, now: datetime) -> AlertDelivery:
    return AlertDelivery(alert_id=alert.id, channel=channel, event=event, due_at=now)
