"""Roles, states and other codes of the desk, in words."""

from __future__ import annotations

from broadcaster.language import gettext as _
from broadcaster.models import Role


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
