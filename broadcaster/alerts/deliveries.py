"""Tells people of alerts: what is due goes out, what fails is tried again after a while, each message arrives once.

A process killed between sending and writing that down sends once more: better told twice than not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from broadcaster.alerts.keeping import RESOLVED
from broadcaster.alerts.mail import Mailbox, NotSent
from broadcaster.alerts.webhook import Webhook
from broadcaster.alerts.words import alert_words
from broadcaster.config import Settings
from broadcaster.db import Database
from broadcaster.language import gettext as _
from broadcaster.models import AlertDelivery
from broadcaster.quiet_hours import QuietHours

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: After so long nobody wants to know any more; the alert itself still stands on its page.
GIVEN_UP_AFTER = timedelta(hours=48)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One alert that opened or is resolved, as it is told."""

    delivery_id: int
    kind: str
    subject: str
    event: str
    at: datetime
    words: str


#: Hands over messages together; raises NotSent.
Send = Callable[[Sequence[Message], datetime], None]


def channels_of(settings: Settings) -> dict[str, Send]:
    """The ways that are set up, by name."""
    channels: dict[str, Send] = {}
    mailbox, webhook = Mailbox.of(settings), Webhook.of(settings)
    if mailbox is not None:
        channels["email"] = lambda messages, _now: mailbox.send(*_letter(messages, settings))
    if webhook is not None:
        channels["webhook"] = lambda messages, now: webhook.send(_document(messages, settings), now=now)
    return channels


def deliver(database: Database, settings: Settings, channels: Mapping[str, Send], *, now: datetime) -> int:
    """Sends what is due, each way in one message; answers how many were told. Nothing goes out in quiet hours."""
    quiet = QuietHours.parse(settings.alert_quiet_hours)
    if quiet is not None and quiet.over_at(now, settings.zone_info) > now:
        return 0
    arrived = 0
    for channel, send in channels.items():
        messages = _due(database, channel, settings.zone_info, now)
        if not messages:
            continue
        try:
            # Nothing is held in the database while the network takes its time.
            send(messages, now)
        except NotSent as failure:
            log.warning("alerts not sent", channel=channel, why=str(failure))
            _put_off(database, messages, str(failure), can_retry=failure.can_retry, now=now)
            continue
        arrived += len(messages)
        with database.writing() as session:
            for row in session.scalars(select(AlertDelivery).where(AlertDelivery.id.in_(_ids(messages)))):
                row.delivered_at, row.failure, row.attempts = now, None, row.attempts + 1
    return arrived


def _due(database: Database, channel: str, tz: ZoneInfo, now: datetime) -> list[Message]:
    query = (
        select(AlertDelivery)
        .where(
            AlertDelivery.channel == channel,
            AlertDelivery.delivered_at.is_(None),
            AlertDelivery.dropped_at.is_(None),
            AlertDelivery.due_at <= now,
        )
        .options(joinedload(AlertDelivery.alert))
        .order_by(AlertDelivery.id)
    )
    with database.reading() as session:
        return [_message(row, tz) for row in session.scalars(query)]


def _message(row: AlertDelivery, tz: ZoneInfo) -> Message:
    alert = row.alert
    words = alert_words(alert.kind, alert.subject, alert.detail, tz)
    at = alert.resolved_at if row.event == RESOLVED and alert.resolved_at is not None else alert.opened_at
    return Message(row.id, alert.kind, alert.subject, row.event, at.astimezone(tz), words)


def _put_off(database: Database, messages: Sequence[Message], why: str, *, can_retry: bool, now: datetime) -> None:
    """After a failure it is tried again in a minute, then two, four, up to an hour; in the end not any more."""
    with database.writing() as session:
        for row in session.scalars(select(AlertDelivery).where(AlertDelivery.id.in_(_ids(messages)))).all():
            wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.attempts, 10)) if can_retry else LONGEST_WAIT
            row.attempts += 1
            row.failure, row.due_at = why, now + wait
            opened_at = row.alert.resolved_at or row.alert.opened_at
            if now - opened_at > GIVEN_UP_AFTER:
                row.dropped_at = now


def _ids(messages: Sequence[Message]) -> list[int]:
    return [message.delivery_id for message in messages]


def _letter(messages: Sequence[Message], settings: Settings) -> tuple[str, list[str]]:
    subject = _("{station}: {count} cảnh báo", station=settings.station, count=len(messages))
    lines = [
        _("Đã hết: {words}", words=message.words) if message.event == RESOLVED else message.words
        for message in messages
    ]
    return subject, lines


def _document(messages: Sequence[Message], settings: Settings) -> dict[str, object]:
    return {
        "station": settings.station,
        "alerts": [
            {
                "id": message.delivery_id,
                "event": message.event,
                "kind": message.kind,
                "subject": message.subject,
                "at": message.at.isoformat(timespec="seconds"),
                "words": message.words,
            }
            for message in messages
        ],
    }
