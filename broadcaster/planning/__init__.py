"""Plans of a month: from the books to a planning problem, to a draft, to the plan that binds, and changes by hand."""

from broadcaster.planning.accept import accept_sessions
from broadcaster.planning.changes import add, lock, move, remove, reorder, unlock
from broadcaster.planning.comparison import Change, Comparison, Kept, compare_draft
from broadcaster.planning.drafts import Drafted, NothingToPlan, make_draft, month_outlook
from broadcaster.planning.editing import Changed, Desk, RuleBroken
from broadcaster.planning.explain import MonthAccount, explain, month_account
from broadcaster.planning.overfull import Overfull, PlanNoLongerFits, check_room, overfull_sessions
from broadcaster.planning.publish import Published, discard_draft, publish_plan
from broadcaster.planning.runs import AlreadyPlanning, RunStatus, Wanted, latest_run, run_status, start_planning
from broadcaster.planning.told import PlanChanged
from broadcaster.planning.urgent import put_urgent

__all__ = [
    "AlreadyPlanning",
    "Change",
    "Changed",
    "Comparison",
    "Desk",
    "Drafted",
    "Kept",
    "MonthAccount",
    "NothingToPlan",
    "Overfull",
    "PlanChanged",
    "PlanNoLongerFits",
    "Published",
    "RuleBroken",
    "RunStatus",
    "Wanted",
    "accept_sessions",
    "add",
    "check_room",
    "compare_draft",
    "discard_draft",
    "explain",
    "latest_run",
    "lock",
    "make_draft",
    "month_account",
    "month_outlook",
    "move",
    "overfull_sessions",
    "publish_plan",
    "put_urgent",
    "remove",
    "reorder",
    "run_status",
    "start_planning",
    "unlock",
]
