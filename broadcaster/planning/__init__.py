"""Plans of a month: from the books to a planning problem, to a draft, to the plan that binds."""

from broadcaster.planning.drafts import Drafted, NothingToPlan, make_draft
from broadcaster.planning.explain import explain
from broadcaster.planning.publish import Published, publish_plan

__all__ = ["Drafted", "NothingToPlan", "Published", "explain", "make_draft", "publish_plan"]
