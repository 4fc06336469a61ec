"""Codes of articles in words."""

from __future__ import annotations

from broadcaster.articles.inbox import State
from broadcaster.language import gettext as _
from broadcaster.models import Kind, Priority, ScanKind


def state_words(state: str) -> str:
    """Where an article stands."""
    return {
        State.WAITS_FOR_ENDORSEMENT: _("chờ thủ trưởng xác nhận"),
        State.RECEIVED: _("mới nhận, chưa xem hồ sơ"),
        State.WAITS_FOR_APPROVAL: _("chờ duyệt"),
        State.APPROVED: _("đã duyệt, chưa có lịch"),
        State.PLANNED: _("đã có lịch phát"),
        State.AIRED: _("đã phát"),
        State.EMBARGOED: _("giữ đến ngày được phát"),
        State.EXPIRED: _("hết hạn"),
        State.WITHDRAWN: _("đã rút"),
    }[State(state)]


def state_class(state: str) -> str:
    """The colour of a state's label; the words say the same without it."""
    return {
        State.WITHDRAWN: "tag-bad",
        State.EXPIRED: "tag-bad",
        State.WAITS_FOR_ENDORSEMENT: "tag-warm",
        State.RECEIVED: "tag-warm",
        State.WAITS_FOR_APPROVAL: "tag-warm",
        State.PLANNED: "tag-good",
        State.AIRED: "tag-good",
    }.get(State(state), "")


def article_kind_words(kind: str) -> str:
    """An exemplar or a spontaneous deed."""
    return {Kind.EXEMPLAR: _("điển hình (ĐHTT, NTVT)"), Kind.SPONTANEOUS: _("đột xuất")}[Kind(kind)]


def priority_words(priority: str) -> str:
    """How urgent an article is."""
    return {
        Priority.NORMAL: _("thông thường"),
        Priority.PRIORITY: _("ưu tiên"),
        Priority.URGENT: _("khẩn cấp"),
    }[Priority(priority)]


def field_words(field: str) -> str:
    """A field of the movement, named as the plan names it."""
    return {
        "san-xuat-kinh-doanh": _("Sản xuất, kinh doanh"),
        "nong-thon-moi": _("Nông thôn mới"),
        "cai-cach-hanh-chinh": _("Cải cách hành chính"),
        "nguoi-tot-viec-tot": _("Người tốt, việc tốt"),
        "day-tot-hoc-tot": _("Dạy tốt, học tốt"),
        "y-duc": _("Y đức"),
        "nhan-si-tri-thuc": _("Nhân sĩ, trí thức, nhà khoa học trẻ"),
        "lap-than-lap-nghiep": _("Lập thân, lập nghiệp"),
        "xay-dung-dang": _("Xây dựng Đảng, chính quyền, đoàn thể"),
        "an-ninh-to-quoc": _("Vì an ninh Tổ quốc"),
        "thi-dua-quyet-thang": _("Thi đua quyết thắng"),
    }.get(field, field)


def scan_words(kind: str) -> str:
    """What a scan shows."""
    return {
        ScanKind.SEALED: _("trang ký, đóng dấu"),
        ScanKind.COVER: _("trang bìa"),
        ScanKind.OTHER: _("giấy tờ khác"),
    }[ScanKind(kind)]


def part_words(part: str) -> str:
    """A point of the dossier's checklist."""
    return {
        "motive": _("Động cơ"),
        "figures": _("Số liệu về việc làm cụ thể"),
        "results": _("Kết quả"),
        "spread": _("Sự lan tỏa trong đơn vị"),
        "cover": _("Trang bìa đủ thông tin"),
        "sealed": _("Có trang ký, đóng dấu"),
    }[part]


def cover_words(role: str, field: str) -> str:
    """What a cover sheet lacks."""
    who = _("người viết") if role == "author" else _("nhân vật")
    what = {
        "name": _("họ và tên"),
        "phone": _("điện thoại"),
        "address": _("chức vụ và nơi công tác, hoặc địa chỉ"),
    }[field]
    return f"{who}: {what}"


def act_words(act: str) -> str:
    """An act of the audit chain upon an article; one without words of its own is shown by its code."""
    return {
        "articles.import": _("nhập từ tệp"),
        "articles.enter": _("nhập bằng biểu mẫu"),
        "articles.change": _("sửa"),
        "articles.endorse": _("xác nhận của đơn vị"),
        "articles.approve": _("duyệt"),
        "articles.unapproved": _("mất duyệt vì văn bản đổi"),
        "articles.places": _("bỏ chỗ phát vì địa bàn, chuyên mục hoặc thời hạn đổi"),
        "articles.withdraw": _("rút bài"),
        "dossiers.check": _("xem hồ sơ"),
        "scans.add": _("thêm bản quét"),
        "scans.remove": _("bỏ bản quét"),
        "readings.accept": _("chấp nhận cách đọc"),
        "recordings.add": _("thêm bản thu âm"),
        "recordings.remove": _("bỏ bản thu âm"),
    }.get(act, act)
