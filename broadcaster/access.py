"""Who may do what: one table of roles and acts. Pages, commands and tests read it; nobody keeps a copy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from broadcaster.errors import NotAllowed
from broadcaster.language import gettext as _
from broadcaster.models import UNIT_ROLES, Role, User


class Act(StrEnum):
    """Something that somebody does or sees. Reading one's own account needs no act but being signed in."""

    SEE_ARTICLES = "see-articles"
    ENTER_ARTICLES = "enter-articles"
    ENDORSE_ARTICLES = "endorse-articles"
    APPROVE_ARTICLES = "approve-articles"
    WITHDRAW_ARTICLES = "withdraw-articles"
    CORRECT_READINGS = "correct-readings"
    SEE_PLAN = "see-plan"
    CHANGE_PLAN = "change-plan"
    INTERRUPT = "interrupt"
    SEE_AIRTIME = "see-airtime"
    CLOSE_MONTHS = "close-months"
    PRINT_PAPERS = "print-papers"
    EXPORT_DOSSIERS = "export-dossiers"
    REPORT_AIRINGS = "report-airings"
    SEE_HEALTH = "see-health"
    CHANGE_SETTINGS = "change-settings"
    MANAGE_PEOPLE = "manage-people"
    READ_AUDIT = "read-audit"


_UNIT = frozenset({Act.SEE_ARTICLES, Act.SEE_PLAN, Act.SEE_AIRTIME})

ACTS_OF_ROLE: Mapping[Role, frozenset[Act]] = {
    Role.CONTRIBUTOR: _UNIT | {Act.ENTER_ARTICLES},
    Role.ENDORSER: _UNIT | {Act.ENDORSE_ARTICLES},
    Role.REVIEWER: frozenset(
        {
            Act.SEE_ARTICLES,
            Act.ENTER_ARTICLES,
            Act.APPROVE_ARTICLES,
            Act.WITHDRAW_ARTICLES,
            Act.SEE_PLAN,
            Act.SEE_AIRTIME,
            Act.PRINT_PAPERS,
            Act.EXPORT_DOSSIERS,
        }
    ),
    Role.EDITOR: frozenset(
        {
            Act.SEE_ARTICLES,
            Act.ENTER_ARTICLES,
            Act.WITHDRAW_ARTICLES,
            Act.CORRECT_READINGS,
            Act.SEE_PLAN,
            Act.CHANGE_PLAN,
            Act.INTERRUPT,
            Act.SEE_AIRTIME,
            Act.CLOSE_MONTHS,
            Act.PRINT_PAPERS,
            Act.REPORT_AIRINGS,
            Act.SEE_HEALTH,
        }
    ),
    Role.OPERATOR: frozenset({Act.SEE_PLAN, Act.REPORT_AIRINGS, Act.SEE_HEALTH}),
    Role.ADMIN: frozenset(Act),
}


def may(user: User, act: Act) -> bool:
    """Whether the user's role allows the act at all; what it is done to is another question (`sees_unit`)."""
    return user.disabled_at is None and act in ACTS_OF_ROLE.get(Role(user.role), frozenset())


def require(user: User, act: Act) -> None:
    """Refuses what the role does not allow.

    Raises:
        NotAllowed: naming the account and its role.
    """
    if not may(user, act):
        raise NotAllowed(
            _("tài khoản «{name}» (vai trò {role}) không được làm việc này", name=user.name, role=user.role)
        )


def acts_for_one_unit(user: User) -> bool:
    """Whether the user sees only what belongs to one unit."""
    return Role(user.role) in UNIT_ROLES


def sees_unit(user: User, unit_id: int | None) -> bool:
    """Whether the user may see and touch what belongs to the unit. What is foreign is answered as if it were not."""
    return not acts_for_one_unit(user) or (user.unit_id is not None and user.unit_id == unit_id)
