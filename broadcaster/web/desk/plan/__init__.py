"""The plan at the desk: the month, the week and the day; drafts; changes by hand; what is urgent; and why it is so."""

from broadcaster.web.desk.plan.calendar import calendar
from broadcaster.web.desk.plan.changes import changes
from broadcaster.web.desk.plan.drafts import drafts
from broadcaster.web.desk.plan.reasons import reasons
from broadcaster.web.desk.plan.sittings import sittings
from broadcaster.web.desk.plan.urgent import urgent

PLAN_ROOMS = (calendar, sittings, changes, drafts, reasons, urgent)

__all__ = ["PLAN_ROOMS"]
