"""Explanations in Vietnamese and English, made from the model: why here, why not, why under the minimum."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.planning.kernel_score import freshness, unit_worth
from scheduler.planning.layout import Layout, lay_out
from scheduler.planning.phrases import PHRASES
from scheduler.planning.phrases import Language as Language
from scheduler.planning.values import Article, Plan, Problem, Reason, Session, Unplaced


class _Speaker:
    """Fills phrases of one language with values as people write them."""

    def __init__(self, problem: Problem, language: Language) -> None:
        self._phrases = PHRASES[language]
        self._zone = ZoneInfo(problem.tz)
        self._sessions = {session.id: session for session in problem.sessions}

    def say(self, phrase: str, **values: object) -> str:
        return self._phrases[phrase].format(**values)

    def time(self, instant: datetime | str | None) -> str:
        if instant is None:
            return self._phrases["none"]
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return moment.astimezone(self._zone).strftime("%H:%M %d/%m/%Y")

    def session(self, name: object) -> str:
        known = self._sessions.get(str(name))
        return str(name) if known is None else f"{self.time(known.starts_at)} ({known.id})"

    def length(self, length_ms: object) -> str:
        assert isinstance(length_ms, int | float)
        seconds = round(length_ms / 1000)
        return f"{seconds // 60}:{seconds % 60:02d}"

    def names(self, names: object) -> str:
        listed = ", ".join(str(name) for name in names) if isinstance(names, list | tuple) else str(names)
        return listed or self._phrases["none"]


def explain_article(problem: Problem, plan: Plan, article_id: str, language: Language = "vi") -> str:
    """Where an article airs; and for each zone where it does not, why not and what would have to give way."""
    speaker = _Speaker(problem, language)
    article = next((article for article in problem.articles if article.id == article_id), None)
    if article is None:
        return speaker.say("unknown_article", article=article_id)
    sessions = {session.id: session for session in problem.sessions}
    airings = sorted(
        (sessions[placement.session] for placement in plan.placements if placement.article == article_id),
        key=lambda session: (session.starts_at, session.id),
    )
    shown = {"article": article.id, "unit": article.unit, "length": speaker.length(article.length_ms)}
    if airings:
        listed = ", ".join(f"{speaker.time(session.starts_at)} {session.zone}" for session in airings)
        lines = [speaker.say("airs", **shown, count=len(airings), sessions=listed)]
    else:
        lines = [speaker.say("airs_nowhere", **shown)]
    for missing in plan.unplaced:
        if missing.article == article_id and missing.zone is not None:
            lines.append(speaker.say("in_zone", zone=missing.zone, why=_why_not(speaker, missing)))
    return "\n".join(lines)


def _why_not(speaker: _Speaker, missing: Unplaced) -> str:
    detail = missing.detail
    reason = missing.reason
    if reason is Reason.NO_ROOM:
        if "needs_ms" in detail:
            needs, largest = speaker.length(detail["needs_ms"]), speaker.length(detail["largest_ms"])
            return speaker.say("no_room_capacity", needs=needs, largest=largest)
        locked = speaker.names(detail.get("locked", ()))
        return speaker.say("no_room_locked", session=speaker.session(detail.get("session")), locked=locked)
    phrase = "outranked_field" if reason is Reason.OUTRANKED and "field" in detail else str(reason)
    return speaker.say(phrase, **_shown(speaker, detail))


def _shown(speaker: _Speaker, detail: Mapping[str, object]) -> dict[str, object]:
    """The detail's values as people write them; what a phrase wants and the detail lacks reads as none."""
    shown: dict[str, object] = dict.fromkeys(("last_aired", "earliest", "expires_at"), speaker.time(None))
    for name, value in detail.items():
        if name in ("not_before", "expires_at", "last_session", "last_aired", "earliest"):
            shown[name] = speaker.time(None if value is None else str(value))
        elif name == "session":
            shown[name] = speaker.session(value)
        elif name == "articles":
            shown[name] = speaker.names(value)
        else:
            shown[name] = value
    return shown


def explain_airing(problem: Problem, plan: Plan, session_id: str, article_id: str, language: Language = "vi") -> str:
    """Why an article airs in a session: what the plan would lose without it."""
    speaker = _Speaker(problem, language)
    session = next((session for session in problem.sessions if session.id == session_id), None)
    article = next((article for article in problem.articles if article.id == article_id), None)
    if session is None:
        return speaker.say("unknown_session", session=session_id)
    if article is None:
        return speaker.say("unknown_article", article=article_id)
    placement = next((p for p in plan.placements if p.session == session_id and p.article == article_id), None)
    if placement is None:
        return speaker.say("not_here", article=article_id, session=speaker.session(session_id))
    run = speaker.say("first_run" if placement.first_run else "repeat")
    lines = [
        speaker.say(
            "airing",
            article=article.id,
            unit=article.unit,
            time=speaker.time(session.starts_at),
            zone=session.zone,
            position=placement.position + 1,
            run=run,
        )
    ]
    return "\n".join(lines + _reasons_for(speaker, problem, plan, session, article))


def _reasons_for(speaker: _Speaker, problem: Problem, plan: Plan, session: Session, article: Article) -> list[str]:
    lines = []
    if any(pair.session == session.id and pair.article == article.id for pair in problem.locked):
        lines.append(speaker.say("because_locked"))
    if any(pair.session == session.id and pair.article == article.id for pair in problem.previous):
        lines.append(speaker.say("because_previous"))
    zones = {one.id: one for one in problem.sessions}
    others = [p for p in plan.placements if p.article == article.id and p.session != session.id]
    due = article.air_by
    if due is not None and session.starts_at <= due:
        in_time = [p for p in others if zones[p.session].zone == session.zone and zones[p.session].starts_at <= due]
        if not in_time:
            lines.append(speaker.say("because_in_time", air_by=speaker.time(due)))
    if not others:
        lines.append(speaker.say("because_only"))
    layout = lay_out(problem)
    outcome = next(unit for unit in plan.units if unit.unit == article.unit)
    without_ms = outcome.planned_ms - article.length_ms
    if outcome.target_ms and without_ms < outcome.target_ms:
        without, target = speaker.length(without_ms), speaker.length(outcome.target_ms)
        lines.append(speaker.say("because_minimum", unit=article.unit, without=without, target=target))
    airtime, fresh = _worth(layout, session, article, outcome.planned_ms)
    gain = f"{airtime + fresh:.0f}"
    lines.append(speaker.say("because_gain", gain=gain, airtime=f"{airtime:.0f}", fresh=f"{fresh:.0f}"))
    return lines


def _worth(layout: Layout, session: Session, article: Article, planned_ms: int) -> tuple[float, float]:
    """What the airing brings: its part of the unit's worth, and its freshness."""
    number = layout.session_number[session.id]
    tables = layout.tables
    pair = layout.pair_number[layout.article_number[article.id], tables.session_zone[number]]
    unit = tables.article_unit[layout.article_number[article.id]]
    airtime = unit_worth(tables, unit, planned_ms) - unit_worth(tables, unit, planned_ms - article.length_ms)
    return airtime, freshness(tables, pair, number)


def explain_unit(problem: Problem, plan: Plan, unit: str, language: Language = "vi") -> str:
    """What a unit gets, and why it stays under its minimum where it does."""
    speaker = _Speaker(problem, language)
    outcome = next((outcome for outcome in plan.units if outcome.unit == unit), None)
    if outcome is None:
        return speaker.say("unknown_unit", unit=unit)
    planned = speaker.length(outcome.planned_ms)
    lines = [speaker.say("unit", unit=unit, planned=planned, articles=outcome.articles)]
    if outcome.target_ms:
        lines.append(speaker.say("unit_target", target=speaker.length(outcome.target_ms)))
        if not outcome.short_ms:
            lines.append(speaker.say("unit_reached"))
        else:
            lines.append(speaker.say("unit_short", short=speaker.length(outcome.short_ms)))
            if outcome.reachable_ms is not None:
                lines.append(speaker.say("unit_unreachable", reachable=speaker.length(outcome.reachable_ms)))
            else:
                lines.append(speaker.say("unit_outranked"))
    target = next((target for target in problem.targets if target.unit == unit), None)
    if target is not None and (target.min_articles or 0) > outcome.articles:
        shown = {"articles": outcome.articles, "min_articles": target.min_articles}
        lines.append(speaker.say("unit_articles_short", **shown))
    return "\n".join(lines)
