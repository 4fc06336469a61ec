"""The tables. A row owns its transitions and its small decisions; what is derived is never stored as a fact."""

from broadcaster.models.account import UNIT_ROLES, Invitation, Role, SignIn, User
from broadcaster.models.airing import Airing, Outcome
from broadcaster.models.alert import Alert, AlertDelivery
from broadcaster.models.article import (
    Approval,
    Article,
    ArticleColumn,
    ArticleZone,
    CoverPerson,
    Endorsement,
    Kind,
    Priority,
    Recording,
)
from broadcaster.models.bulletin import Bulletin, BulletinItem, ItemKind
from broadcaster.models.calendar_day import CalendarDay, DayKind
from broadcaster.models.dossier import ArticleVersion, DossierCheck, Scan, ScanKind
from broadcaster.models.house import AuditEntry, ClockJob, JobRun
from broadcaster.models.index import index_again
from broadcaster.models.interrupt import DrillReport, Interrupt
from broadcaster.models.lexicon import AcceptedReading, LexiconRow
from broadcaster.models.month import AiringCorrection, ClosedMonth, LateEntry
from broadcaster.models.plan import Placement, Plan, PlanReason, PlanRun, PlanState, PlanUnit, Post, RunState
from broadcaster.models.player import Player, PlayerStatus, Technology
from broadcaster.models.rendition import Rendition, RenditionFault, VoicePace
from broadcaster.models.slot import INTERRUPT_RULE, BroadcastSession, SlotException, SlotRule
from broadcaster.models.token import ApiToken, Scope
from broadcaster.models.unit import AirtimeTarget, Campaign, Quota, Succession, Unit, UnitKind
from broadcaster.models.zone import Column, Zone

__all__ = [
    "INTERRUPT_RULE",
    "UNIT_ROLES",
    "AcceptedReading",
    "Airing",
    "AiringCorrection",
    "AirtimeTarget",
    "Alert",
    "AlertDelivery",
    "ApiToken",
    "Approval",
    "Article",
    "ArticleColumn",
    "ArticleVersion",
    "ArticleZone",
    "AuditEntry",
    "BroadcastSession",
    "Bulletin",
    "BulletinItem",
    "CalendarDay",
    "Campaign",
    "ClockJob",
    "ClosedMonth",
    "Column",
    "CoverPerson",
    "DayKind",
    "DossierCheck",
    "DrillReport",
    "Endorsement",
    "Interrupt",
    "Invitation",
    "ItemKind",
    "JobRun",
    "Kind",
    "LateEntry",
    "LexiconRow",
    "Outcome",
    "Placement",
    "Plan",
    "PlanReason",
    "PlanRun",
    "PlanState",
    "PlanUnit",
    "Player",
    "PlayerStatus",
    "Post",
    "Priority",
    "Quota",
    "Recording",
    "Rendition",
    "RenditionFault",
    "Role",
    "RunState",
    "Scan",
    "ScanKind",
    "Scope",
    "SignIn",
    "SlotException",
    "SlotRule",
    "Succession",
    "Technology",
    "Unit",
    "UnitKind",
    "User",
    "VoicePace",
    "Zone",
    "index_again",
]
