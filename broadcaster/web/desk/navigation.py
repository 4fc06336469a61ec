"""The ways through the workplace: each shown to those whose role allows what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_login import current_user

from broadcaster.access import Act
from broadcaster.language import LaterText
from broadcaster.language import later as _
from broadcaster.web.desk.words import role_words, technology_words, unit_kind_words


@dataclass(frozen=True, slots=True)
class Door:
    """One room: its first view, who may enter (without acts: everybody), and what is in it in a few words."""

    endpoint: str
    label: LaterText
    acts: tuple[Act, ...] = ()
    hint: LaterText | None = None


#: In the order of the day's work.
DOORS = (
    Door("front.desk", _("Hôm nay")),
    Door("articles.inbox", _("Bài viết"), (Act.SEE_ARTICLES,), _("Nhận, xác nhận, duyệt, tìm và rút bài")),
    Door("plan.table", _("Lịch phát"), (Act.SEE_PLAN,), _("Lịch tháng, tuần, ngày; lập lịch và sửa lịch")),
    Door("operator.today", _("Trực loa"), (Act.REPORT_AIRINGS,), _("Phát hôm nay, và báo đã phát trong một chạm")),
    Door("airtime.month", _("Thời lượng"), (Act.SEE_AIRTIME,), _("Từng đơn vị, chỉ tiêu, chốt tháng")),
    Door("papers.all_papers", _("Giấy tờ"), (Act.PRINT_PAPERS,), _("Lịch tuần, bảng thời lượng, báo cáo, hồ sơ")),
    Door("lexicon.entries", _("Từ điển"), (Act.CORRECT_READINGS,), _("Cách đọc riêng của đài")),
    Door("players.everybody", _("Máy phát"), (Act.SEE_HEALTH,), _("Cụm loa, khóa và tình trạng")),
    Door("alerts.standing", _("Cảnh báo"), (Act.SEE_HEALTH,), _("Buổi lỡ, máy im lặng, đề nghị phát bù")),
    Door("watch.health", _("Sức khỏe"), (Act.SEE_HEALTH,), _("Mọi thứ có ổn không, và cách sửa")),
    Door("station.all_settings", _("Cài đặt"), (Act.CHANGE_SETTINGS,), _("Địa bàn, giờ phát, đơn vị, giọng đọc")),
    Door("people.all_people", _("Cán bộ"), (Act.MANAGE_PEOPLE,), _("Tài khoản, vai trò và thư mời")),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A door as it stands on a page."""

    address: str
    label: LaterText
    hint: LaterText | None
    is_here: bool


def desk_navigation() -> list[Item]:
    """The doors that are open to whoever is signed in."""
    here = request.blueprint
    return [
        Item(url_for(door.endpoint), door.label, door.hint, _is_here(door, here))
        for door in DOORS
        if not door.acts or any(current_user.may(act) for act in door.acts)
    ]


def _is_here(door: Door, here: str | None) -> bool:
    """Whether the page is of the door's room: of its blueprint, or of one that the room is divided into."""
    room = door.endpoint.split(".")[0]
    return here is not None and (here == room or here.startswith(f"{room}_"))


def install_navigation(app: Flask) -> None:
    """Gives the templates the doors and the words of roles."""
    app.jinja_env.globals.update(
        desk_navigation=desk_navigation,
        role_words=role_words,
        unit_kind_words=unit_kind_words,
        technology_words=technology_words,
    )
