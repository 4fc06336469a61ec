"""Drafts of a month: told what is possible, planned with progress, compared, accepted whole or in part, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from broadcaster.access import Act
from broadcaster.errors import BroadcasterError, NotFound
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Unit
from broadcaster.months import month_of
from broadcaster.planning import (
    AlreadyPlanning,
    Change,
    Comparison,
    NothingToPlan,
    PlanNoLongerFits,
    Wanted,
    accept_sessions,
    check_room,
    compare_draft,
    discard_draft,
    month_outlook,
    publish_plan,
    start_planning,
)
from broadcaster.web.desk.forms import HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, page, station_zone
from broadcaster.web.desk.paging import page_of_list
from broadcaster.web.desk.plan.asked import BadQuestion, checked_month, number_sent
from broadcaster.web.desk.plan.house import all_zones, month_state, plan_desk, reader, voice
from broadcaster.web.desk.plan.thoughts import thought
from scheduler.planning import Outlook

drafts = Blueprint("plan_drafts", __name__, url_prefix=DESK + "/plan/months/<month>")

#: So many sessions that change are compared on a page.
SESSIONS_A_PAGE = 25
DEFAULT_SECONDS, MOST_SECONDS = 10, 600
_DAY_AND_TIME = len("20261110-1700")


class PlanForm(HouseForm):
    """What is to be planned, and how long may be thought about it."""

    zone = SelectField(_("Địa bàn"))
    seconds = IntegerField(
        _("Thời gian tìm lịch tốt hơn (giây)"),
        [InputRequired(), NumberRange(min=1, max=MOST_SECONDS)],
        description=_("Lâu hơn thì lịch tốt hơn; 10 giây thường là đủ."),
        default=DEFAULT_SECONDS,
    )

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        zones = [(zone.code, zone.name) for zone in all_zones(books)]
        self.zone.choices = [("", gettext("mọi địa bàn")), *zones]


@dataclass(frozen=True, slots=True)
class SessionChanges:
    """A session that a draft changes, with each change."""

    session_id: int
    code: str
    changes: Sequence[Change]


@drafts.get("")
@allowed(Act.CHANGE_PLAN)
def overview(month: str) -> Response:
    """How far the month is, and the form to plan it."""
    return _overview(checked_month(month), PlanForm())


@drafts.post("/make")
@allowed(Act.CHANGE_PLAN)
def make(month: str) -> Response:
    """Begins to plan the month in the background."""
    form = PlanForm()
    with books_reading() as books:
        form.offer(books)
    if not form.validate():
        return _overview(checked_month(month), form, status=422)
    wanted = Wanted(checked_month(month), user().name, form.zone.data or None, seconds=float(form.seconds.data))
    try:
        start_planning(database(), wanted, voice=voice(), tz=station_zone(), clock=current_app.extensions["clock"])
    except AlreadyPlanning as running:
        flash(str(running))
    return redirect(url_for("plan_drafts.overview", month=month))


@drafts.get("/progress")
@allowed(Act.CHANGE_PLAN)
def progress(month: str) -> Response:
    """How far planning is: the part of the overview that renews itself. Without JavaScript the overview does."""
    with books_reading() as books:
        state = month_state(books, checked_month(month), moment())
    answer = page("desk/plan/_progress.html", state=state)
    if not state.is_running:
        # The page around it has something new to show: the draft, or what went wrong.
        answer.headers["HX-Refresh"] = "true"
    return answer


@drafts.get("/outlook")
@allowed(Act.CHANGE_PLAN)
def outlook(month: str) -> Response:
    """Before planning: room, what is owed, which minimums no plan can reach. Sent for by the overview; a page too."""
    who = reader()
    with books_reading() as books:
        state = month_state(books, checked_month(month), who.now)

        def think() -> Outlook | None:
            try:
                return month_outlook(books, month, voice=voice(), now=who.now, tz=who.tz)
            except NothingToPlan:
                return None

        found = thought(books, ("outlook", month), who.now, think)
        units = dict(books.execute(select(Unit.code, Unit.name)).tuples().all())
        zones = {zone.code: zone.name for zone in all_zones(books)}
    template = "desk/plan/_outlook.html" if "HX-Request" in request.headers else "desk/plan/outlook.html"
    return page(template, state=state, outlook=found, units=units, zones=zones)


@drafts.get("/draft")
@allowed(Act.CHANGE_PLAN)
def draft(month: str) -> Response:
    """The draft beside what is published: session by session, each change with its reason."""
    return _compared(checked_month(month))


@drafts.post("/publish")
@allowed(Act.CHANGE_PLAN)
def publish(month: str) -> Response:
    """Makes the whole draft binding: the one that was looked at, and no other."""
    draft_id, who = number_sent("draft"), reader()
    try:
        with books_writing() as books:
            full = () if request.form.get("anyway") else check_room(books, month, voice(), now=who.now, tz=who.tz)
            done = publish_plan(books, month, by=user().name, now=who.now, tz=who.tz, draft_id=draft_id)
    except PlanNoLongerFits as refused:
        return _compared(checked_month(month), overfull=[one.words(who.tz) for one in refused.sessions], status=422)
    except BroadcasterError as refused:
        return _compared(checked_month(month), refused=str(refused).splitlines(), status=409)
    flash(
        gettext(
            "Đã công bố: thêm {added}, bỏ {removed}, giữ {kept} lượt phát sắp tới. Bản tin được dựng trong vài phút.",
            added=done.added,
            removed=done.removed,
            kept=done.kept,
        )
    )
    for one in full:
        flash(one.words(who.tz))
    return redirect(url_for("plan.table", view="month", day=f"{month}-01"))


@drafts.post("/accept")
@allowed(Act.CHANGE_PLAN)
def accept(month: str) -> Response:
    """Takes the chosen sessions over; the others stay as they are published."""
    draft_id = number_sent("draft")
    chosen = [int(text) for text in request.form.getlist("sessions") if text.isascii() and text.isdecimal()]
    if not chosen:
        return _compared(checked_month(month), refused=[gettext("Hãy chọn ít nhất một buổi.")], status=422)
    try:
        accept_sessions(plan_desk(), checked_month(month), chosen, draft_id=draft_id)
    except BroadcasterError as refused:
        return _compared(month, refused=str(refused).splitlines(), status=409)
    flash(gettext("Đã nhận {count} buổi của bản nháp; các buổi khác giữ nguyên.", count=len(chosen)))
    return redirect(url_for("plan_drafts.draft", month=month))


@drafts.post("/discard")
@allowed(Act.CHANGE_PLAN)
def discard(month: str) -> Response:
    """Drops the draft; what is published stays."""
    draft_id = number_sent("draft")
    with books_writing() as books:
        discard_draft(books, checked_month(month), by=user().name, now=moment(), draft_id=draft_id)
    flash(gettext("Đã bỏ bản nháp; lịch đã công bố giữ nguyên."))
    return redirect(url_for("plan_drafts.overview", month=month))


def _overview(month: str, form: PlanForm, *, status: int = 200) -> Response:
    with books_reading() as books:
        form.offer(books)
        state = month_state(books, month, moment())
        this_month = month_of(moment(), station_zone())
        return page("desk/plan/month.html", status=status, state=state, form=form, this_month=this_month)


def _compared(month: str, *, refused: Sequence[str] = (), overfull: Sequence[str] = (), status: int = 200) -> Response:
    who = reader()
    with books_reading() as books:
        state = month_state(books, month, who.now)
        if state.draft is None:
            if not refused:
                raise NotFound(gettext("tháng {month} chưa có bản nháp", month=month))
            raise BadQuestion("\n".join(refused))

        def think() -> Comparison:
            return compare_draft(books, month, voice=voice(), now=who.now, tz=who.tz)

        compared = thought(books, ("draft", month, state.draft.id), who.now, think)
        found = page_of_list(_by_session(compared), rows_a_page=SESSIONS_A_PAGE)
        return page(
            "desk/plan/draft.html",
            status=status,
            state=state,
            compared=compared,
            found=found,
            refused=refused,
            overfull=overfull,
        )


def _by_session(compared: Comparison) -> list[SessionChanges]:
    """The changes by session, in order of time. What moves is told at both ends, for both sessions change."""
    by_session: dict[tuple[str, int], list[Change]] = {}
    for change in compared.changes:
        by_session.setdefault((change.session, change.session_id), []).append(change)
        if change.from_session is not None and change.from_session_id is not None:
            by_session.setdefault((change.from_session, change.from_session_id), []).append(change)
    # A code ends with its day and time: in their order, then by zone.
    in_time = sorted(by_session.items(), key=lambda row: (row[0][0][-_DAY_AND_TIME:], row[0][0]))
    return [SessionChanges(session_id, code, changes) for (code, session_id), changes in in_time]
