"""The published schedule as iCalendar (RFC 5545).

Every stamp comes from the sessions themselves, so the file changes only when the schedule does.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone

from feeds.text import clean, one_line, plain_line
from feeds.validation import require_distinct, require_text
from feeds.values import GENERATOR, CalendarSession

_FIRST_DAY_OF_TIME_ZONE = date(2000, 1, 1)
_POLL = timedelta(hours=1)


def calendar(sessions: Iterable[CalendarSession], *, name: str, time_zone: ZoneInfo) -> bytes:
    """The calendar file. Sessions are shown in `time_zone`, which the file describes itself.

    Raises InvalidValue where two sessions share a uid.
    """
    ordered = sorted(sessions, key=lambda session: (session.starts_at, session.uid))
    require_text("name", name)
    require_distinct("sessions.uid", (session.uid for session in ordered))
    written = Calendar()
    written.add("prodid", f"-//{GENERATOR}//schedule//VI")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", plain_line(name))
    written.add("x-wr-timezone", time_zone.key)
    written.add("refresh-interval", _POLL, parameters={"value": "DURATION"})
    # RFC 5545 wants at least one component: the zone stands there when no session does.
    written.add_component(Timezone.from_tzinfo(time_zone, time_zone.key, first_date=_FIRST_DAY_OF_TIME_ZONE))
    for session in ordered:
        written.add_component(_event(session, time_zone))
    content: bytes = written.to_ical()
    return content


def _event(session: CalendarSession, time_zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", session.uid)
    event.add("dtstamp", session.updated_at)
    event.add("last-modified", session.updated_at)
    event.add("sequence", session.sequence)
    event.add("dtstart", session.starts_at.astimezone(time_zone).replace(microsecond=0))
    event.add("duration", timedelta(milliseconds=session.length_ms - session.length_ms % 1000 or 1000))
    event.add("summary", plain_line(session.title))
    if lines := [line for line in map(one_line, session.lines) if line]:
        event.add("description", clean("\n".join(lines)))
    if session.place and (place := plain_line(session.place)):
        event.add("location", place)
    event.add("transp", "TRANSPARENT")
    return event
