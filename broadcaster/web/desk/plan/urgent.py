"""Urgent news: first in the next sessions, or on the air at once by interrupting every player; and drills of it."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, redirect, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from audio.errors import AudioError
from broadcaster.access import Act
from broadcaster.errors import BroadcasterError
from broadcaster.interrupts import all_interrupts, end_interrupt, send_interrupt
from broadcaster.language import gettext
from broadcaster.language import later as _
from broadcaster.models import Article, Priority
from broadcaster.planning import put_urgent
from broadcaster.publishing import publish
from broadcaster.web.desk.forms import Filled, HouseForm
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, books_writing, database, moment, page, settings
from broadcaster.web.desk.plan.books import is_free_for
from broadcaster.web.desk.plan.house import all_zones, plan_desk, voice
from broadcaster.web.desk.plan.sittings import may_air

urgent = Blueprint("plan_urgent", __name__, url_prefix=DESK + "/plan/urgent")

#: So far back what was sent is listed.
LISTED_FOR = timedelta(days=30)
MOST_OFFERED = 100
NEXT, NOW, DRILL = "next", "now", "drill"


class ZonesField(SelectMultipleField):  # type: ignore[misc]  # wtforms is published without types
    """Zones as boxes to tick; none means where the article is meant for."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class UrgentForm(HouseForm):
    """What goes on the air, where, and how."""

    article = SelectField(_("Bài"), [Filled()], description=_("Tin khẩn cấp đứng trước; bài khác chỉ để diễn tập."))
    how = RadioField(_("Cách phát"), [InputRequired()], default=NEXT)
    zones = ZonesField(_("Địa bàn"), description=_("Không chọn nghĩa là mọi địa bàn của bài."))
    minutes = IntegerField(
        _("Hết hiệu lực sau (phút)"),
        [InputRequired(), NumberRange(min=1, max=24 * 60)],
        description=_("Máy phát nào nhận được muộn hơn thì không ngắt chương trình nữa."),
        default=30,
    )

    def offer(self, books: Session) -> None:
        """Fills the choices."""
        rows = books.execute(
            select(Article.ref, Article.title, Article.priority)
            .where(may_air(), is_free_for(moment()), or_(Article.expires_at.is_(None), Article.expires_at > moment()))
            .order_by(Article.priority != Priority.URGENT, Article.received_at.desc())
            .limit(MOST_OFFERED)
        )
        marks = {Priority.URGENT.value: gettext("KHẨN CẤP")}
        self.article.choices = [
            (ref, f"{marks[priority]}: {ref} {title}" if priority in marks else f"{ref} {title}")
            for ref, title, priority in rows
        ]
        self.how.choices = [
            (NEXT, gettext("Đứng đầu buổi kế tiếp của mỗi địa bàn; bài khác nhường chỗ nếu cần")),
            (NOW, gettext("Ngắt chương trình, phát ngay trên mọi máy phát")),
            (DRILL, gettext("Diễn tập ngắt chương trình: nói rõ là diễn tập, không tính vào đâu")),
        ]
        self.zones.choices = [(zone.code, zone.name) for zone in all_zones(books)]


@urgent.get("")
@allowed(Act.INTERRUPT)
def overview() -> Response:
    """The form, and what was sent of late."""
    return _overview(UrgentForm())


@urgent.post("/send")
@allowed(Act.INTERRUPT)
def send() -> Response:
    """Puts it on the air."""
    form = UrgentForm()
    with books_reading() as books:
        form.offer(books)
    if form.validate():
        try:
            _put_on_air(form)
        except (BroadcasterError, AudioError) as refused:
            form.refuse(form.article, str(refused))
        else:
            return redirect(url_for("plan_urgent.overview"))
    return _overview(form, status=422)


@urgent.post("/<code>/end")
@allowed(Act.INTERRUPT)
def end(code: str) -> Response:
    """Calls an interrupt off, for players that have not begun it."""
    with books_writing() as books:
        is_ended = end_interrupt(books, code, by=user().name, now=moment())
    publish(database(), settings(), voice(), now=moment())
    flash(gettext("Đã gọi lại tin khẩn.") if is_ended else gettext("Tin khẩn này đã hết hiệu lực từ trước."))
    return redirect(url_for("plan_urgent.overview"))


def _put_on_air(form: UrgentForm) -> None:
    ref, zones = form.article.data, tuple(form.zones.data or ())
    if form.how.data == NEXT:
        for changed in put_urgent(plan_desk(), ref, zones=zones):
            flash(gettext("Bài {ref} đứng đầu {count} buổi kế tiếp.", ref=ref, count=len(changed.sessions)))
            for note in changed.notes:
                flash(note)
        return
    codes = send_interrupt(
        database(),
        settings(),
        voice(),
        ref,
        zone_codes=zones,
        drill=form.how.data == DRILL,
        expires_in=timedelta(minutes=form.minutes.data),
        by=user().name,
        now=moment(),
    )
    publish(database(), settings(), voice(), now=moment())
    words = (
        gettext("Đã gửi diễn tập tới {count} địa bàn.")
        if form.how.data == DRILL
        else gettext("Đã gửi tin khẩn tới {count} địa bàn; máy phát ngắt chương trình ở lần hỏi kế tiếp.")
    )
    flash(words.format(count=len(codes)))


def _overview(form: UrgentForm, *, status: int = 200) -> Response:
    now = moment()
    with books_reading() as books:
        form.offer(books)
        sent = all_interrupts(books, since=now - LISTED_FOR)[:MOST_OFFERED]
        return page("desk/plan/urgent.html", status=status, form=form, sent=sent)
