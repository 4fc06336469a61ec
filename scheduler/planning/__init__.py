"""The month's plan: values in, plan out; its certificate, its reasons, its changes and its explanations."""

from scheduler.planning.assess import assess, reading_order
from scheduler.planning.breaches import Arrangement, Breach, HardRule, breaches, new_breaches
from scheduler.planning.difference import Added, ChangeReason, Difference, Moved, Removed, difference
from scheduler.planning.explain import Explainer, Language, Names, explain_airing, explain_article, explain_unit
from scheduler.planning.faults import Fault, ProblemError
from scheduler.planning.outlook import Outlook, Unreachable, ZoneOutlook, outlook
from scheduler.planning.plan_json import plan_from_json, plan_to_json
from scheduler.planning.problem_json import problem_from_json, problem_to_json
from scheduler.planning.search import make_plan
from scheduler.planning.values import (
    Article,
    Pair,
    PastAiring,
    Placement,
    Plan,
    Priority,
    Problem,
    Reason,
    Rules,
    Session,
    Target,
    UnitOutcome,
    Unplaced,
)

__all__ = [
    "Added",
    "Arrangement",
    "Article",
    "Breach",
    "ChangeReason",
    "Difference",
    "Explainer",
    "Fault",
    "HardRule",
    "Language",
    "Moved",
    "Names",
    "Outlook",
    "Pair",
    "PastAiring",
    "Placement",
    "Plan",
    "Priority",
    "Problem",
    "ProblemError",
    "Reason",
    "Removed",
    "Rules",
    "Session",
    "Target",
    "UnitOutcome",
    "Unplaced",
    "Unreachable",
    "ZoneOutlook",
    "assess",
    "breaches",
    "difference",
    "explain_airing",
    "explain_article",
    "explain_unit",
    "make_plan",
    "new_breaches",
    "outlook",
    "plan_from_json",
    "plan_to_json",
    "problem_from_json",
    "problem_to_json",
    "reading_order",
]
