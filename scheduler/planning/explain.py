"""Explanations in Vietnamese and English, made from the model: why here, why not, why under the minimum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from scheduler.planning.breaches import Breach
from scheduler.planning.difference import Added, Moved, Removed
from scheduler.planning.kernel_score import freshness, unit_worth
from scheduler.planning.layout import Layout, lay_out
from scheduler.planning.phrases import PHRASES
from scheduler.planning.phrases import Language as Language
from scheduler.planning.values import Article, Pair, Plan, Problem, Reason, Session, Unplaced

INSTANTS = frozenset({"not_before", "expires_at", "last_session", "last_aired", "earliest", "other"})
LENGTHS = frozenset({"needs_ms", "largest_ms", "capacity_ms"})


@dataclass(frozen=True, slots=True)
class Names:
    """What people call things, by id; whatever has no name is called by its id."""

    articles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


class _Speaker:
    """Fills phrases of one language with values as people write them."""

    def __init__(self, problem: Problem, language: Language, names: Names) -> None:
        self._phrases = PHRASES[language]
        self._zone = ZoneInfo(problem.tz)
        self._sessions = {session.id: session for session in problem.sessions}
        self._names = names

    def say(self, phrase: str, **values: object) -> str:
        return self._phrases[phrase].format(**values)

    def time(self, instant: datetime | str | None) -> str:
        if instant is None:
            return self._phrases["none"]
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        return moment.astimezone(self._zone).strftime("%H:%M %d/%m/%Y")

    def session(self, name: object) -> str:
        known = self._sessions.get(str(name))
        return str(name) if known is None else f"{self.time(known.starts_at)} {self.zone(known.zone)}"

    def length(self, length_ms: object) -> str:
        assert isinstance(length_ms, int | float)
        seconds = round(length_ms / 1000)
        return f"{seconds // 60}:{seconds % 60:02d}"

    def article(self, name: str) -> str:
        return self._names.articles.get(name, name)

    def unit(self, name: str) -> str:
        return self._names.units.get(name, name)

    def zone(self, name: str) -> str:
        return self._names.zones.get(name, name)

    def articles(self, names: object) -> str:
        listed = names if isinstance(names, list | tuple) else [names]
        return ", ".join(self.article(str(name)) for name in listed) or self._phrases["none"]

    def shown(self, detail: Mapping[str, object]) -> dict[str, object]:
        """The detail's values as people write them; what a phrase wants and the detail lacks reads as none."""
        shown: dict[str, object] = dict.fromkeys(("last_aired", "earliest", "expires_at"), self.time(None))
        for name, value in detail.items():
            shown[name] = self._value(name, value)
        return shown

    def _value(self, name: str, value: object) -> object:
        if name in INSTANTS:
            return self.time(None if value is None else str(value))
        if name in LENGTHS:
            return self.length(value)
        if name == "session":
            return self.session(value)
        if name in ("articles", "locked"):
            return self.articles(value)
        if name == "unit":
            return self.unit(str(value))
        if name == "zone":
            return self.zone(str(value))
        if name == "field":
            return self._names.fields.get(str(value), str(value))
        return f"{value:g}" if isinstance(value, float) and name == "hours" else value


class Explainer:
    """Explains one plan of one problem in one language; what all answers need is worked out once."""

    def __init__(self, problem: Problem, plan: Plan, language: Language = "vi", names: Names | None = None) -> None:
        self._problem, self._plan = problem, plan
        self._speaker = _Speaker(problem, language, names or Names())

    @cached_property
    def _layout(self) -> Layout:
        return lay_out(self._problem)

    @cached_property
    def _articles(self) -> dict[str, Article]:
        return {article.id: article for article in self._problem.articles}

    @cached_property
    def _sessions(self) -> dict[str, Session]:
        return {session.id: session for session in self._problem.sessions}

    @cached_property
    def _airings(self) -> dict[str, list[Session]]:
        """By article the sessions in which it airs, by time."""
        found: dict[str, list[Session]] = {}
        for placement in self._plan.placements:
            found.setdefault(placement.article, []).append(self._sessions[placement.session])
        for sessions in found.values():
            sessions.sort(key=lambda session: (session.starts_at, session.id))
        return found

    @cached_property
    def _unplaced(self) -> dict[str, list[Unplaced]]:
        found: dict[str, list[Unplaced]] = {}
        for row in self._plan.unplaced:
            found.setdefault(row.article, []).append(row)
        return found

    @cached_property
    def _locked(self) -> set[Pair]:
        return set(self._problem.locked)

    @cached_property
    def _previous(self) -> set[Pair]:
        return set(self._problem.previous)

    def article(self, article_id: str) -> str:
        """Where an article airs; and for each zone where it does not, why not and what would have to give way."""
        speaker = self._speaker
        article = self._articles.get(article_id)
        if article is None:
            return speaker.say("unknown_article", article=speaker.article(article_id))
        airings = self._airings.get(article_id, [])
        shown = {
            "article": speaker.article(article.id),
            "unit": speaker.unit(article.unit),
            "length": speaker.length(article.length_ms),
        }
        if airings:
            listed = ", ".join(speaker.session(session.id) for session in airings)
            lines = [speaker.say("airs", **shown, count=len(airings), sessions=listed)]
        else:
            lines = [speaker.say("airs_nowhere", **shown)]
        for missing in self._unplaced.get(article_id, []):
            if missing.zone is not None:
                why = self.why_not(missing)
                lines.append(speaker.say("in_zone", zone=speaker.zone(missing.zone), why=why))
        return "\n".join(lines)

    def why_not(self, missing: Unplaced) -> str:
        """Why an article does not air in a zone, what would have to give way, and when it could at the earliest."""
        speaker, detail, reason = self._speaker, missing.detail, missing.reason
        if reason is Reason.NO_ROOM:
            if "needs_ms" in detail:
                needs, largest = speaker.length(detail["needs_ms"]), speaker.length(detail["largest_ms"])
                return speaker.say("no_room_capacity", needs=needs, largest=largest)
            locked = speaker.articles(detail.get("locked", ()))
            return speaker.say("no_room_locked", session=speaker.session(detail.get("session")), locked=locked)
        phrase = "outranked_field" if reason is Reason.OUTRANKED and "field" in detail else str(reason)
        return speaker.say(phrase, **speaker.shown(detail))

    def airing(self, session_id: str, article_id: str) -> str:
        """Why an article airs in a session: what the plan would lose without it."""
        speaker = self._speaker
        session, article = self._sessions.get(session_id), self._articles.get(article_id)
        if session is None:
            return speaker.say("unknown_session", session=session_id)
        if article is None:
            return speaker.say("unknown_article", article=speaker.article(article_id))
        named = speaker.article(article_id)
        placement = next(
            (p for p in self._plan.placements if p.session == session_id and p.article == article_id), None
        )
        if placement is None:
            return speaker.say("not_here", article=named, session=speaker.session(session_id))
        line = speaker.say(
            "airing",
            article=named,
            unit=speaker.unit(article.unit),
            time=speaker.time(session.starts_at),
            zone=speaker.zone(session.zone),
            position=placement.position + 1,
            run=speaker.say("first_run" if placement.first_run else "repeat"),
        )
        return "\n".join([line, *self._reasons_for(session, article)])

    def _reasons_for(self, session: Session, article: Article) -> list[str]:
        speaker, pair = self._speaker, Pair(session.id, article.id)
        lines = []
        if pair in self._locked:
            lines.append(speaker.say("because_locked"))
        if pair in self._previous:
            lines.append(speaker.say("because_previous"))
        others = [one for one in self._airings.get(article.id, []) if one.id != session.id]
        due = article.air_by
        in_time = [one for one in others if due is not None and one.zone == session.zone and one.starts_at <= due]
        if due is not None and session.starts_at <= due and not in_time:
            lines.append(speaker.say("because_in_time", air_by=speaker.time(due)))
        if not others:
            lines.append(speaker.say("because_only"))
        # A unit that came after the plan was made has no outcome in it; what it has is what airs here.
        outcome = next((unit for unit in self._plan.units if unit.unit == article.unit), None)
        planned_ms = outcome.planned_ms if outcome is not None else article.length_ms
        without_ms = planned_ms - article.length_ms
        if outcome is not None and outcome.target_ms and without_ms < outcome.target_ms:
            without, target = speaker.length(without_ms), speaker.length(outcome.target_ms)
            lines.append(
                speaker.say("because_minimum", unit=speaker.unit(article.unit), without=without, target=target)
            )
        airtime, fresh = self._worth(session, article, planned_ms)
        shown = {"gain": f"{airtime + fresh:.0f}", "airtime": f"{airtime:.0f}", "fresh": f"{fresh:.0f}"}
        lines.append(speaker.say("because_gain", **shown))
        return lines

    def _worth(self, session: Session, article: Article, planned_ms: int) -> tuple[float, float]:
        """What the airing brings: its part of the unit's worth, and its freshness."""
        layout = self._layout
        number, tables = layout.session_number[session.id], layout.tables
        pair = layout.pair_number[layout.article_number[article.id], tables.session_zone[number]]
        unit = tables.article_unit[layout.article_number[article.id]]
        airtime = unit_worth(tables, unit, planned_ms) - unit_worth(tables, unit, planned_ms - article.length_ms)
        return airtime, freshness(tables, pair, number)

    def unit(self, unit: str) -> str:
        """What a unit gets, and why it stays under its minimum where it does."""
        speaker = self._speaker
        outcome = next((outcome for outcome in self._plan.units if outcome.unit == unit), None)
        if outcome is None:
            return speaker.say("unknown_unit", unit=speaker.unit(unit))
        planned = speaker.length(outcome.planned_ms)
        lines = [speaker.say("unit", unit=speaker.unit(unit), planned=planned, articles=outcome.articles)]
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
        target = next((target for target in self._problem.targets if target.unit == unit), None)
        if target is not None and (target.min_articles or 0) > outcome.articles:
            shown = {"articles": outcome.articles, "min_articles": target.min_articles}
            lines.append(speaker.say("unit_articles_short", **shown))
        return "\n".join(lines)

    def change(self, change: Added | Moved | Removed) -> str:
        """What was added, moved or removed, and why."""
        speaker = self._speaker
        article, why = speaker.article(change.article), speaker.say(f"change_{change.reason}")
        if isinstance(change, Moved):
            here, there = speaker.session(change.from_session), speaker.session(change.to_session)
            return speaker.say("moved", article=article, here=here, there=there, why=why)
        session = speaker.session(change.session)
        if isinstance(change, Added):
            return speaker.say("added", article=article, session=session, why=why)
        words = speaker.say("removed", article=article, session=session, why=why)
        if change.in_favour_of:
            words += " " + speaker.say("in_favour_of", articles=speaker.articles(change.in_favour_of))
        return words

    def breach(self, breach: Breach) -> str:
        """Which rule is broken, where, and by what."""
        speaker = self._speaker
        shown = speaker.shown({**breach.detail, "session": breach.session})
        return speaker.say(f"breach_{breach.rule}", **{**shown, "article": speaker.article(breach.article)})


def explain_article(problem: Problem, plan: Plan, article_id: str, language: Language = "vi") -> str:
    """Where an article airs; and for each zone where it does not, why not and what would have to give way."""
    return Explainer(problem, plan, language).article(article_id)


def explain_airing(problem: Problem, plan: Plan, session_id: str, article_id: str, language: Language = "vi") -> str:
    """Why an article airs in a session: what the plan would lose without it."""
    return Explainer(problem, plan, language).airing(session_id, article_id)


def explain_unit(problem: Problem, plan: Plan, unit: str, language: Language = "vi") -> str:
    """What a unit gets, and why it stays under its minimum where it does."""
    return Explainer(problem, plan, language).unit(unit)
