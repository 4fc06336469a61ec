"""Roles, states and other codes of the desk, in words."""

from __future__ import annotations

from broadcaster.language import gettext as _
from broadcaster.models import Role, Technology, UnitKind


def role_words(role: str) -> str:
    """A role as people call it."""
    words = {
        Role.CONTRIBUTOR: _("Cộng tác viên đơn vị"),
        Role.ENDORSER: _("Thủ trưởng đơn vị"),
        Role.REVIEWER: _("Phòng Nội vụ (duyệt)"),
        Role.EDITOR: _("Biên tập viên"),
        Role.OPERATOR: _("Trực loa"),
        Role.ADMIN: _("Quản trị viên"),
    }
    return words[Role(role)]


def unit_kind_words(kind: str) -> str:
    """A kind of unit as people call it."""
    words = {
        UnitKind.COMMUNE: _("xã"),
        UnitKind.WARD: _("phường"),
        UnitKind.FRONT: _("Mặt trận Tổ quốc"),
        UnitKind.ASSOCIATION: _("đoàn thể, hội"),
        UnitKind.POLICE: _("công an"),
        UnitKind.MILITARY: _("quân sự"),
        UnitKind.EDUCATION: _("giáo dục"),
        UnitKind.DEPARTMENT: _("phòng, ban"),
        UnitKind.ENTERPRISE: _("doanh nghiệp"),
        UnitKind.OTHER: _("khác"),
    }
    return words[UnitKind(kind)]


def technology_words(technology: str) -> str:
    """How sound gets to the loudspeakers, in words."""
    words = {
        Technology.WIRED: _("có dây"),
        Technology.FM: _("FM không dây"),
        Technology.IP: _("qua mạng IP"),
    }
    return words[Technology(technology)]
