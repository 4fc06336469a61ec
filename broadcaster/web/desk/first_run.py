"""From an empty database to the first bulletin: what is done, what comes next, and a sample town to try things on."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, current_app, flash, redirect, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broadcaster.access import Act
from broadcaster.language import gettext
from broadcaster.models import (
    Approval,
    Article,
    Bulletin,
    Column,
    Endorsement,
    Plan,
    Role,
    Unit,
    User,
    Zone,
)
from broadcaster.sample.loading import load_sample, remove_sample, sample_state
from broadcaster.web.desk.guard import DESK, allowed, user
from broadcaster.web.desk.house import books_reading, database, moment, page, settings

first_run = Blueprint("first_run", __name__, url_prefix=DESK + "/first-run")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is for, whether it is done, and where it is done."""

    title: str
    why: str
    is_done: bool
    address: str | None


@first_run.get("")
@allowed(Act.CHANGE_SETTINGS)
def guide() -> Response:
    """The steps in their order; the first one that is open is what comes next."""
    with books_reading() as books:
        steps = _steps(books)
        sample = sample_state(books)
    upcoming = next((number for number, step in enumerate(steps) if not step.is_done), None)
    return page("desk/first_run.html", steps=steps, upcoming=upcoming, sample=sample)


@first_run.post("/sample/load")
@allowed(Act.CHANGE_SETTINGS)
def sample_loaded() -> Response:
    """Puts the sample town in."""
    load_sample(database(), settings(), by=user().name, now=moment())
    flash(gettext("Đã nạp thị xã mẫu và lịch của tháng; âm thanh có dần trong vài phút tới."))
    return redirect(url_for("first_run.guide"))


@first_run.post("/sample/remove")
@allowed(Act.CHANGE_SETTINGS)
def sample_removed() -> Response:
    """Takes the sample town out, with everything that has come since."""
    remove_sample(database(), settings(), now=moment())
    flash(gettext("Đã gỡ dữ liệu mẫu; đài lại trống như trước."))
    return redirect(url_for("first_run.guide"))


def _steps(books: Session) -> list[Step]:
    approved = select(Approval.id).where(Approval.dropped_at.is_(None))
    reviewer = select(User.id).where(
        User.role == Role.REVIEWER, User.disabled_at.is_(None), User.password_hash.is_not(None)
    )
    return [
        Step(
            gettext("Địa bàn và giờ phát"),
            gettext("Mỗi địa bàn có loa riêng; hai buổi mỗi ngày làm việc, 05:30 và 17:00, được đặt sẵn."),
            _is_there(books, select(Zone.id)),
            url_for("places.new_zone"),
        ),
        Step(
            gettext("Chuyên mục của cổng"),
            gettext("Mỗi chuyên mục thành một nguồn tin RSS cho cổng thông tin."),
            _is_there(books, select(Column.id)),
            url_for("places.new_column"),
        ),
        Step(
            gettext("Đơn vị"),
            gettext("Xã, phường, phòng ban, đoàn thể có bài và được tính thời lượng."),
            _is_there(books, select(Unit.id)),
            url_for("units.new_unit"),
        ),
        Step(
            gettext("Người duyệt"),
            gettext("Không ai được duyệt bài mình nhập: cần thêm ít nhất một tài khoản phòng Nội vụ."),
            _is_there(books, reviewer),
            url_for("people.new"),
        ),
        Step(
            gettext("Bài đầu tiên"),
            gettext("Nhập bằng biểu mẫu, tệp Word hoặc Excel."),
            _is_there(books, select(Article.id)),
            _address("articles.new"),
        ),
        Step(
            gettext("Xác nhận và duyệt"),
            gettext("Thủ trưởng đơn vị xác nhận, phòng Nội vụ duyệt: hai việc của hai người."),
            _is_there(books, select(Endorsement.article_id)) and _is_there(books, approved),
            _address("articles.inbox"),
        ),
        Step(
            gettext("Lịch phát"),
            gettext("Phần mềm xếp lịch tháng, nói rõ vì sao; biên tập viên xem rồi công bố."),
            _is_there(books, select(Plan.id).where(Plan.published_at.is_not(None))),
            _address("plan.table"),
        ),
        Step(
            gettext("Bản tin đầu tiên"),
            gettext("Được dựng và đưa ra trong vài phút sau khi công bố lịch."),
            _is_there(books, select(Bulletin.id)),
            url_for("home.front"),
        ),
        Step(
            gettext("Đưa nguồn tin cho cổng"),
            gettext("Chép địa chỉ RSS của từng chuyên mục cho người quản trị cổng."),
            _is_there(books, select(Bulletin.id)),
            url_for("station.feeds"),
        ),
    ]


def _is_there(books: Session, wanted: Select[tuple[int]]) -> bool:
    return books.scalars(wanted.limit(1)).first() is not None


def _address(endpoint: str) -> str | None:
    """The address of a room, if the house has it."""
    return url_for(endpoint) if endpoint in current_app.view_functions else None
