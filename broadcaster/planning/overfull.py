"""Whether a plan still fits its sessions now that lengths are known that were estimates when it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from audio.fitting import pace_to_fit
from broadcaster.errors import BroadcasterError
from broadcaster.language import gettext as _
from broadcaster.lengths import article_lengths_ms
from broadcaster.models import BroadcastSession, Placement, Plan
from broadcaster.planning.problem import published_plan_of
from broadcaster.planning.publish import draft_of
from broadcaster.scripts import Voice, article_script


class PlanNoLongerFits(BroadcasterError):
    """Sessions of a draft hold more than they can take, now that lengths are known; planning again mends it."""

    def __init__(self, sessions: tuple[Overfull, ...], month: str, tz: ZoneInfo) -> None:
        self.sessions = sessions
        lines = "\n".join(f"  {one.words(tz)}" for one in sessions)
        super().__init__(
            _(
                "bản nháp tháng {month} không còn vừa; hãy lập lại, hoặc công bố với --anyway:\n{lines}",
                month=month,
                lines=lines,
            )
        )


@dataclass(frozen=True, slots=True)
class Overfull:
    """A session to come that holds `over_ms` more than it can take.

    `loses_items`: no change of pace makes up for it. `is_new`: the plan that binds does not have it so already.
    """

    session_id: int
    zone: str
    starts_at: datetime
    over_ms: int
    refs: tuple[str, ...]
    loses_items: bool
    is_new: bool

    def words(self, tz: ZoneInfo) -> str:
        """For people: which session, by how much, and what will become of it."""
        at, seconds = f"{self.starts_at.astimezone(tz):%d/%m %H:%M}", round(self.over_ms / 1000)
        if self.loses_items:
            return _("{zone} {at}: thừa {seconds} giây, sẽ phải bỏ bớt bài", zone=self.zone, at=at, seconds=seconds)
        return _("{zone} {at}: thừa {seconds} giây, sẽ đọc nhanh hơn một chút", zone=self.zone, at=at, seconds=seconds)


def overfull_sessions(
    session: Session, plan: Plan, voice: Voice, *, now: datetime, standing: Plan | None = None
) -> tuple[Overfull, ...]:
    """The sessions to come of a plan that no longer fit by the lengths that are known now, in order of time.

    `standing` is the plan that binds meanwhile.
    """
    lengths_ms = article_lengths_ms(session, voice)
    bound = _by_session(standing.placements if standing is not None else (), now)
    held = {key: {row.article_id for row in rows} for key, rows in bound.items()}
    found = []
    for rows in _by_session(plan.placements, now).values():
        broadcast = rows[0].session
        over_ms = _over_ms(broadcast, rows, lengths_ms)
        if over_ms > 0:
            found.append(
                Overfull(
                    session_id=broadcast.id,
                    zone=broadcast.zone.code,
                    starts_at=broadcast.starts_at,
                    over_ms=over_ms,
                    refs=tuple(row.article.ref for row in rows),
                    loses_items=_loses_items(rows, lengths_ms, over_ms, voice),
                    is_new={row.article_id for row in rows} != held.get(broadcast.id),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.starts_at, one.zone)))


def check_room(session: Session, month: str, voice: Voice, *, now: datetime, tz: ZoneInfo) -> tuple[Overfull, ...]:
    """To be called before a draft is published: its sessions that are too full, all of which will fit somehow.

    Raises:
        NotFound: there is no draft.
        PlanNoLongerFits: sessions would lose items, and the plan that binds does not have them so already.
    """
    found = overfull_sessions(
        session, draft_of(session, month), voice, now=now, standing=published_plan_of(session, month)
    )
    lost = tuple(one for one in found if one.loses_items and one.is_new)
    if lost:
        raise PlanNoLongerFits(lost, month, tz)
    return found


def _by_session(placements: Iterable[Placement], now: datetime) -> dict[int, list[Placement]]:
    found: dict[int, list[Placement]] = {}
    for row in placements:
        if row.removed_at is None and row.session.starts_at > now and row.session.is_open:
            found.setdefault(row.session_id, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: row.position)
    return found


def _over_ms(broadcast: BroadcastSession, rows: Sequence[Placement], lengths_ms: Mapping[int, int]) -> int:
    # An article that is withdrawn has no length any more, and takes no room.
    needed_ms = sum(lengths_ms[row.article_id] + broadcast.zone.gap_ms for row in rows if row.article_id in lengths_ms)
    return needed_ms - broadcast.capacity_ms


def _loses_items(rows: Sequence[Placement], lengths_ms: Mapping[int, int], over_ms: int, voice: Voice) -> bool:
    """Whether shorter pauses and stretching are not enough; what an engine can do of itself is not counted on."""
    spoken = [row.article for row in rows if row.article_id in lengths_ms and row.article.recording is None]
    scripts = [article_script(article, voice) for article in spoken]
    pauses_ms = sum(sentence.pause_ms for script in scripts for sentence in script.sentences[:-1])
    speech_ms = sum(lengths_ms[article.id] for article in spoken) - pauses_ms
    return pace_to_fit(speech_ms, pauses_ms, speech_ms + pauses_ms - over_ms, has_rate=False).over_ms > 0
